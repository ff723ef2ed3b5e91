"""How well we check, for everybody."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core.care import record
from trainers.web import access, site
from trainers.web.kept_pages import kept

blueprint = Blueprint("our_record", __name__)


@blueprint.get("/our-record")
@access.public
@kept
def show() -> ResponseReturnValue:
    quarters = record.quarters(site.session(), today=site.today(), zone=site.zone())
    return render_template("our_record/show.html", quarters=quarters)
