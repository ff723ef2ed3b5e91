"""A trainer's own photos, handed back to nobody else."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from trainers.core import evidence
from trainers.core.errors import NotFound
from trainers.web import access, site, uploaded

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/dashboard/evidence/<uuid:uuid>")
@access.trainer_only
def show(uuid: UUID) -> ResponseReturnValue:
    found = evidence.find_evidence(site.session(), str(uuid))
    if found.trainer_id != access.own_trainer().id:
        raise NotFound("This file is not here, or no longer.")
    return uploaded.as_response(evidence.read_file(site.files(), found), found.content_type)
