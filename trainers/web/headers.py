"""Response headers: the content policy for all, caching by who may see the page."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from secure import (
    ContentSecurityPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
)

from trainers.extensions import compress
from trainers.web import kept_pages
from trainers.web.access import Access, access_of, no_store
from trainers.web.htmx import wants_fragment

ASKS_WHERE = {"directory.index"}
"""The only page that may ask a browser where it is, once a button is pressed there."""

TELLS_NO_OTHER_SITE = {"hip_check", "sheets"}
"""From pages of these no link that leads out says where the reader comes from."""


COMPRESS = {
    "COMPRESS_REGISTER": False,  # only what is public
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,  # once the page has been kept
    "COMPRESS_ALGORITHM": ["br", "zstd", "gzip"],
}


class QuietSession(SecureCookieSessionInterface):
    """Leaves public pages alone: they neither depend on a cookie nor set one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if access_of(request.endpoint) is not Access.PUBLIC:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = QuietSession()
    headers = security_headers(https=app.config["SESSION_COOKIE_SECURE"]).headers
    app.config.update(COMPRESS)
    compress.init_app(app)

    @app.after_request
    def finish(response: Response) -> Response:
        if not kept_pages.is_kept():
            response.headers.update(headers)
            if request.endpoint in ASKS_WHERE:
                response.headers["Permissions-Policy"] = "geolocation=(self)"
            if request.blueprint in TELLS_NO_OTHER_SITE:
                response.headers["Referrer-Policy"] = "same-origin"
            response = compressed(cached(response))
            kept_pages.keep(response)
        if "ETag" in response.headers:
            response.make_conditional(request)
        return response


def security_headers(*, https: bool) -> Secure:
    policy = (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'")
        .img_src("'self'", "data:")
        .connect_src("'self'")
        .form_action("'self'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
        .frame_src("'self'")
    )
    return Secure(
        csp=policy,
        hsts=StrictTransportSecurity().max_age(31_536_000) if https else None,
        # not no-referrer: Flask-WTF demands a Referer over https
        referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
        permissions=PermissionsPolicy().geolocation(),
        xcto=XContentTypeOptions().nosniff(),
    )


def compressed(response: Response) -> Response:
    """What everybody may see, in the encoding that the browser likes best. A page with a token in it stays as it
    is: how long it becomes would tell of what is in it."""
    if access_of(request.endpoint) is not Access.PUBLIC or response.status_code != 200:
        return response
    return compress.after_request(response)


def cached(response: Response) -> Response:
    """Public pages may be kept but are asked for again each time, unless a view has said for how long they hold;
    everything else is never kept."""
    if request.endpoint == "static" or response.cache_control.max_age:
        return response
    public = access_of(request.endpoint) is Access.PUBLIC and response.status_code == 200 and not wants_fragment()
    if not public:
        no_store(response)
        return response
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response
