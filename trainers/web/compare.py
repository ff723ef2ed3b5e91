"""Trainers whom somebody marked, side by side and on paper. The marks themselves stay in the browser."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import comparison
from trainers.web import access, site

blueprint = Blueprint("compare", __name__)


@blueprint.get("/trainers/compare")
@access.public
def show() -> ResponseReturnValue:
    asked = (each.strip() for each in request.args.getlist("t"))
    found = comparison.compare(site.session(), asked, today=site.today(), zone=site.zone())
    return render_template("compare/show.html", comparison=found, most=comparison.MOST, address=request.path)
