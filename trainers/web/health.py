"""For whoever watches the server: can this process answer?"""

from shutil import disk_usage

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from limits.storage import Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from trainers.core import heartbeats
from trainers.core.evidence import StoreTrouble
from trainers.core.heartbeats import Sign
from trainers.extensions import limiter
from trainers.web import access, site

blueprint = Blueprint("health", __name__)

LEAST_FREE = 200 * 2**20


@blueprint.get("/healthz")
@access.linked
def healthz() -> ResponseReturnValue:
    """ "ok", or 503 when the database cannot answer. Never kept by a cache."""
    try:
        site.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return no_database()
    return in_lines(200, ["ok", *limits_alone()])


@blueprint.get("/healthz/jobs")
@access.linked
def jobs() -> ResponseReturnValue:
    """Whether planning, sending and long work go on: a line each, and 503 when one of them does not."""
    try:
        signs = heartbeats.signs_of_life(site.session(), now=site.now())
    except SQLAlchemyError:
        return no_database()
    signs = [*signs, files_sign(), disk_sign()]
    well = all(sign.well for sign in signs)
    lines = [sign.words if sign.well else f"{sign.words}  <- look here" for sign in signs]
    return in_lines(200 if well else 503, ["ok" if well else "not well", *lines])


def limits_alone() -> list[str]:
    """Pages go on without Redis, so it is said and no trouble of this process."""
    alone = limiter.enabled and limiter.storage is not None and not is_answering(limiter.storage)
    return ["limits: their store does not answer, each process counts by itself  <- look here"] if alone else []


def is_answering(storage: Storage) -> bool:
    try:
        return storage.check()
    except Exception:  # each kind of store has errors of its own
        return False


def files_sign() -> Sign:
    try:
        site.files().demand_reachable()
    except StoreTrouble as error:
        return Sign(False, f"files: {error}")
    return Sign(True, "files: the store answers")


def disk_sign() -> Sign:
    free = disk_usage(current_app.instance_path).free
    return Sign(free > LEAST_FREE, f"disk: {free // 2**20:,} MB free")


def no_database() -> Response:
    current_app.logger.exception("The database does not answer")
    return in_lines(503, ["The database does not answer."])


def in_lines(status: int, lines: list[str]) -> Response:
    return Response("".join(f"{line}\n" for line in lines), status, mimetype="text/plain")
