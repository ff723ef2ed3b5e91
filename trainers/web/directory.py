"""Finding a trainer, checking one by name or number, and the public profile."""

from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from trainers.core import directory, trainers
from trainers.core.alternatives import count_online
from trainers.core.cards import cards_for
from trainers.core.languages import language_name
from trainers.core.places import Found, NoPoint, Several, Spot, Unknown
from trainers.core.rules import load_specialties, rule_book
from trainers.web import access, site
from trainers.web.forms.search import TrainerSearch
from trainers.web.htmx import page_or_fragment

blueprint = Blueprint("directory", __name__)


@blueprint.get("/trainers")
@access.public
def index() -> ResponseReturnValue:
    form, found = TrainerSearch(), None
    if form.validate():
        found = form.locate(site.session())
    if form.errors:
        return page_or_fragment("directory/index.html", "directory/_refused.html", 422, **around(form, found))
    return page_or_fragment("directory/index.html", "directory/_results.html", **around(form, found), **answer(form, found))


def around(form: TrainerSearch, found: Found | None) -> dict[str, object]:
    """What stands around the results."""
    return {
        "form": form,
        "found": found,
        "spoken": directory.spoken(site.session()),
        "book": rule_book(),
    }
