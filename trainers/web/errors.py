"""Every error is one page with a sentence and a way back; htmx receives the sentence alone."""

import errno
from contextlib import suppress
from math import ceil
from time import time
from urllib.parse import urlencode

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests

from trainers.core.errors import Gone, NotFound, Refused
from trainers.core.evidence import StoreTrouble
from trainers.core.violations import broken_rule
from trainers.extensions import db, limiter, reads_only
from trainers.logs import request_id
from trainers.web.htmx import FRAGMENT_HEADERS, wants_fragment

WORDS: dict[int, tuple[str, str]] = {
    400: ("That did not work", "Something in the address or the form could not be read. Go back and try again."),
    403: ("This page is for others", "Your account may not open this page."),
    404: ("We cannot find that page", "The address may have a slip in it, or the page has moved."),
    405: ("That did not work", "This address cannot be used that way. Go back and try again."),
    410: ("No longer here", "What was at this address has been taken down."),
    409: ("That was done already", "Go back and look again: something has changed meanwhile."),
    413: ("That file is too large", "Send a file of up to 10 MB. A photo from a phone at normal size is enough."),
    429: ("That was a lot at once", "Please wait a few minutes, then try again."),
    503: ("Not just now", "Something that we need does not answer. Please try again in a few minutes."),
    500: ("Something broke on our side", "Nothing was saved. Please try again in a little while."),
}
A_SHEET = "A file of sheets has less than 500 KB. Go back in your browser: what you had is still there."
TOO_LARGE = {
    "jobs": "Send a CSV file of up to 5 MB. Split a larger one into several.",
    "sheets": A_SHEET,
    "my_sheets": A_SHEET,
}
"""The sentence for 413 where other files than photos are sent."""
AT_THE_SAME_MOMENT = "This was sent twice at the same moment, or somebody else was faster. Go back and look again."


class TooManyTries(TooManyRequests):
    """Wrong too often; `sentence` says when to try again."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.sentence = sentence


RETRY_AFTER = 120  # seconds
COLLISIONS = ("40P01", "40001")
"""A deadlock, a serialization failure."""
CANNOT_SAVE = (
    "Nothing can be saved at the moment, and nothing was. Go back, keep the page open, and try again later."
)
CANNOT_READ = "Our database does not answer at the moment. Nothing was changed. Please try again in a few minutes."
NO_FILES = "Files can be neither kept nor shown at the moment, and nothing was saved. Please try again later."
STUCK = ("readonly database", "disk is full", "disk I/O error", "is locked")
"""What SQLite says when it can read and not write."""
LOST = ("08", "53", "57")
"""Classes of PostgreSQL's states: no connection, nothing left (disk, memory, connections), shut down."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
NOT_NOW = "That cannot be done now"
"""Over a refusal of core, whose sentence says why: the account need not be the reason."""


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(Gone, lambda error: answer(410, error.sentence))
    app.register_error_handler(NotFound, lambda error: answer(404, error.sentence, error.heading))
    app.register_error_handler(Refused, lambda error: answer(403, error.sentence, NOT_NOW))
    app.register_error_handler(IntegrityError, on_violation)
    app.register_error_handler(OperationalError, on_collision)
    app.register_error_handler(StoreTrouble, on_store_trouble)
    app.register_error_handler(OSError, on_full_disk)
    app.register_error_handler(500, lambda _error: answer(500))


def on_http(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    response = answer(code, getattr(error, "sentence", None))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    if isinstance(error, TooManyRequests):
        response.retry_after = seconds_to_wait(error)
    return response


def seconds_to_wait(error: TooManyRequests) -> int:
    """What an error says, or when the limit that Flask-Limiter saw exceeded begins anew."""
    if isinstance(error.retry_after, int):
        return error.retry_after
    limit = limiter.current_limit
    return max(1, ceil(limit.reset_at - time())) if limit else 60


def on_csrf(_error: CSRFError) -> Response:
    return answer(400, "The page was open too long or in another window. Go back, reload it and send it again.")


def on_violation(error: IntegrityError) -> Response:
    """Two who did the same at the same moment, where core has no words of its own for who came second."""
    rule = broken_rule(error) or ""
    if not rule.startswith(("uq_", "pk_")):
        raise error
    current_app.logger.warning("%s %s broke %s", request.method, request.endpoint, rule)
    return answer(409, AT_THE_SAME_MOMENT)


def on_collision(error: OperationalError) -> Response:
    """PostgreSQL undid one of two that waited for each other. On SQLite writers queue, and this cannot be."""
    if getattr(error.orig, "sqlstate", None) not in COLLISIONS:
        return on_database_trouble(error)
    current_app.logger.warning("%s %s: %s", request.method, request.endpoint, type(error.orig).__name__)
    return answer(409, AT_THE_SAME_MOMENT)


def on_database_trouble(error: OperationalError) -> Response:
    """It is gone, locked for long, read-only or full. A page that writes when it is looked at is our fault."""
    said = str(error.orig)
    lost = (
        error.connection_invalidated or (getattr(error.orig, "sqlstate", "") or "")[:2] in LOST or not_there(said)
    )
    stuck = any(each in said for each in STUCK)
    if not lost and (not stuck or reads_only()):
        raise error
    current_app.logger.error("%s %s: the database: %s", request.method, request.endpoint, said.splitlines()[0])
    return answer(503, CANNOT_SAVE if stuck and not reads_only() else CANNOT_READ)


def not_there(said: str) -> bool:
    return any(each in said for each in ("unable to open database file", "connection failed", "disk I/O error"))


def on_store_trouble(error: StoreTrouble) -> Response:
    current_app.logger.error("%s %s: %s", request.method, request.endpoint, error)
    return answer(503, NO_FILES)


def on_full_disk(error: OSError) -> Response:
    if error.errno not in FULL:
        raise error
    current_app.logger.error("%s %s: %s", request.method, request.endpoint, errno.errorcode[error.errno])
    return answer(503, CANNOT_SAVE)


def answer(code: int, sentence: str | None = None, heading: str | None = None) -> Response:
    """The error page. Rolls back first, so that nothing half-done can be kept."""
    with suppress(SQLAlchemyError):
        db.session.rollback()
    usual, default = WORDS.get(code, WORDS[500 if code >= 500 else 400])
    if code == 413:
        default = TOO_LARGE.get(request.blueprint or "", default)
    name = "errors/_message.html" if wants_fragment() else "errors/error.html"
    back_href, back_text = way_back(code, refused=heading == NOT_NOW)
    html = render_template(
        name,
        code=code,
        heading=heading or usual,
        sentence=sentence or default,
        back_href=back_href,
        back_text=back_text,
        request_id=request_id.get(),
    )
    response = make_response(html, code)
    if code == 503:
        response.retry_after = RETRY_AFTER
    response.vary.update(FRAGMENT_HEADERS)
    return response


def way_back(code: int, *, refused: bool = False) -> tuple[str, str]:
    """`refused`: the page is theirs, only what they wanted cannot be done."""
    if request.blueprint == "security":
        return ("/login" if request.view_args else request.path), "Go back"
    if request.path == "/trainers" and "page" in request.args:
        others = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return "/trainers" + ("?" + urlencode(others) if others else ""), "Back to the first page of results"
    if request.path.startswith("/trainers"):
        return "/trainers", "Search for a trainer"
    if code == 403 and not refused:
        return "/dashboard", "Go to My listing"
    return way_back_inside(code)


def way_back_inside(code: int) -> tuple[str, str]:
    if request.path.startswith("/admin"):
        return "/admin/jobs", "Back to imports and exports"
    if request.path.startswith("/review"):
        return "/review", "Back to the queue"
    if code == 403:
        return "/dashboard", "Go to My listing"
    if request.path.startswith("/sheets"):
        return "/sheets", "Movement screen sheets"
    if request.path.startswith("/dashboard"):
        return request.path if request.method == "POST" and code != 404 else "/dashboard", "Go back"
    return "/", "Go to the start page"
