from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core import articles
from trainers.web import access

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access.public
def index() -> ResponseReturnValue:
    return render_template("home.html", ways=articles.list_ways())
