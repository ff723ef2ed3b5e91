"""For whoever watches the server: can this process answer?"""

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from trainers.core import heartbeats
from trainers.web import access, site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access.linked
def healthz() -> ResponseReturnValue:
    """ "ok", or 503 when the database cannot answer. Never kept by a cache."""
    try:
        site.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return no_database()
    return in_lines(200, ["ok"])


@blueprint.get("/healthz/jobs")
@access.linked
def jobs() -> ResponseReturnValue:
    """Whether planning, sending and long work go on: a line each, and 503 when one of them does not."""
    try:
        signs = heartbeats.signs_of_life(site.session(), now=site.now())
    except SQLAlchemyError:
        return no_database()
    well = all(sign.well for sign in signs)
    lines = [sign.words if sign.well else f"{sign.words}  <- look here" for sign in signs]
    return in_lines(200 if well else 503, ["ok" if well else "not well", *lines])


def no_database() -> Response:
    current_app.logger.exception("The database does not answer")
    return in_lines(503, ["The database does not answer."])


def in_lines(status: int, lines: list[str]) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
