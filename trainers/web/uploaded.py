"""Files that somebody sent us, handed back."""

from typing import Any

from flask import Response

SANDBOX = "sandbox; default-src 'none'"


class SandboxedFile(Response):
    """A download that can do nothing where a browser opens it after all; our pages' policy would let it more."""

    def get_wsgi_headers(self, environ: Any) -> Any:
        headers = super().get_wsgi_headers(environ)
        headers["Content-Security-Policy"] = SANDBOX
        return headers


def as_response(data: bytes, content_type: str) -> Response:
    """Pictures we drew ourselves may be looked at; a PDF, which we did not, is only handed out."""
    if content_type != "application/pdf":
        return Response(data, content_type=content_type)
    response = SandboxedFile(data, content_type=content_type)
    response.headers["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    return response
