"""What was decided about a trainer, for the trainer."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from trainers.core.long_work.spreadsheets import BOM, write_rows
from trainers.core.review import told
from trainers.web import access, site

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/dashboard/decisions.csv")
@access.trainer_only
def as_csv() -> ResponseReturnValue:
    """The whole of it: what was sent in, and each decision, from the beginning."""
    rows = told.record_of(site.session(), access.own_trainer(), site.zone())
    response = Response(BOM + write_rows([told.HEADER, *rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="my-record.csv"'
    return response


@blueprint.get("/dashboard/decisions")
@access.trainer_only
def index() -> ResponseReturnValue:
    found = told.decisions_about(site.session(), access.own_trainer(), site.zone())
    return render_template("decisions/index.html", decisions=found)
