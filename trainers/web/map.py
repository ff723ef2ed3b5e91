"""Where the trainers of a search are: the same search as a drawing, and the same drawing in words."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.search import directory, map
from trainers.core.search.places import Area, Found, Spot
from trainers.web import access, site
from trainers.web.forms.search import TrainerSearch
from trainers.web.searching import PLACES, refused

blueprint = Blueprint("map", __name__)


@blueprint.get("/trainers/map")
@access.public
def show() -> ResponseReturnValue:
    form = TrainerSearch()
    form.validate()
    found = form.locate(site.session())
    if form.errors:
        return refused(form, found)
    form.path = request.path
    place = {"form": form, "found": found, "place": PLACES[type(found)]}
    return render_template("map/show.html", **place, **answer(form, found))


def answer(form: TrainerSearch, found: Found | None) -> dict[str, Any]:
    """The map; for a place that is none on a map, how many can be met online instead."""
    session, today = site.session(), site.today()
    if found is None or isinstance(found, Spot | Area):
        query = form.query(found)
        return {"query": query, "map": map.map_of(session, query, today=today)}
    return {"online": directory.count_online(session, form.query(None), today=today, kept=site.kept_counts())}
