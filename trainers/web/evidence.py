"""A trainer's own photos, handed back to nobody else."""

from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from trainers.core import evidence
from trainers.core.errors import NotFound
from trainers.web import access, site

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/dashboard/evidence/<uuid:uuid>")
@access.trainer_only
def show(uuid: UUID) -> ResponseReturnValue:
    found = evidence.find_evidence(site.session(), str(uuid))
    if found.trainer_id != access.own_trainer().id:
        raise NotFound("This file is not here, or no longer.")
    return as_response(evidence.read_file(site.files(), found), found.content_type)


def as_response(data: bytes, content_type: str) -> Response:
    """Pictures we drew ourselves may be looked at; a PDF, which we did not, is only handed out."""
    response = Response(data, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if content_type == "application/pdf":
        response.headers["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    return response
