"""For whoever watches the server: can this process answer?"""

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from trainers.web import access, site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access.linked
def healthz() -> ResponseReturnValue:
    """ "ok", or 503 when the database cannot answer. Never kept by a cache."""
    try:
        site.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        current_app.logger.exception("The database does not answer")
        return Response("The database does not answer.\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
