"""What was decided about a trainer, for the trainer."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core.review import told
from trainers.web import access, site

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/dashboard/decisions")
@access.trainer_only
def index() -> ResponseReturnValue:
    found = told.decisions_about(site.session(), access.own_trainer(), site.zone())
    return render_template("decisions/index.html", decisions=found)
