"""The search for programs: /trainers.json says what /trainers says."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from trainers.core.errors import NotFound
from trainers.core.search import directory
from trainers.core.search.matches import MOST_ROWS
from trainers.core.search.places import Area, Found, NoPoint, Several, Spot, Unknown
from trainers.core.search.query import PAGE_SIZE
from trainers.core.search.result_rows import HeldCredential, ResultRow
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.search import TrainerSearch
from trainers.web.searching import SEARCH_LIMIT

blueprint = Blueprint("programs", __name__)


@blueprint.get("/trainers.json")
@limiter.limit(SEARCH_LIMIT, exempt_when=site.is_tried_out)
@access.public
def trainers() -> ResponseReturnValue:
    form = TrainerSearch()
    form.validate()
    found = form.locate(site.session())
    said: dict[str, Any] = {
        "place": place_of(found) if isinstance(found, Spot | Area) else None,
        "choices": choices_in(found),
        "message": None,
        "corrected": {},
        "total": 0,
        "results": [],
        "facets": {},
    }
    if form.errors:
        said["message"] = " ".join(message for messages in form.errors.values() for message in messages)
        return answered(said, 422)
    if found is not None and not isinstance(found, Spot | Area):
        return answered(said | {"message": question(found)})
    try:
        return answered(said | results(form, found))
    except NotFound as error:
        return answered(said | {"message": error.sentence}, 404)


def results(form: TrainerSearch, found: Spot | Area | None) -> dict[str, Any]:
    """One page where a page is asked for, else all that can be paged through."""
    day: dict[str, Any] = {"today": site.today(), "kept": site.kept_counts()}
    take = PAGE_SIZE if "page" in request.args else MOST_ROWS
    answer = directory.search(site.session(), form.query(found), take=take, **day)
    return {
        "corrected": dict(answer.corrected),
        "total": answer.total,
        "results": [trainer(row) for row in answer.rows],
        "facets": form.counts(answer.facets),
    }


def trainer(row: ResultRow) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": row.name,
        "distance_miles": None if row.miles is None else round(row.miles, 1),
        "credentials": [credential(held) for held in row.held],
    }


def credential(held: HeldCredential) -> dict[str, Any]:
    issuer, code = held.key.split("/")
    return {
        "issuer": issuer,
        "code": code,
        "status": held.status.value,
        "expires_on": held.expires_on.isoformat() if held.expires_on else None,
        "checked_on": held.looked_on.isoformat() if held.looked_on else None,
    }


def place_of(place: Spot | Area) -> dict[str, Any]:
    """A county or a state has no ZIP, no town and no point."""
    if isinstance(place, Area):
        return {"label": place.label, "zip": None, "town": None, "state": place.state, "lat": None, "lon": None}
    return {
        "label": place.label,
        "zip": place.zip,
        "town": place.town,
        "state": place.state,
        "lat": place.lat,
        "lon": place.lon,
    }


def choices_in(found: Found | None) -> list[dict[str, Any]]:
    """The places of one name, or those spelled nearly so; each label is understood as `place`."""
    if isinstance(found, Several):
        return [place_of(spot) for spot in found.spots]
    return [place_of(spot) for spot in found.nearest] if isinstance(found, Unknown) else []


def question(found: Several | NoPoint | Unknown) -> str:
    if isinstance(found, Several):
        return f"Which {found.name}? Ask again with one of the choices."
    if isinstance(found, NoPoint):
        return f"{found.label} is military mail and has no place on our map. Ask for a town, or for mode=online."
    return (
        f"We know no place called {found.text}. Ask for a town and its state, a county, a state, or a 5-digit ZIP."
    )


def answered(said: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(said)
    response.status_code = status
    response.headers["X-Robots-Tag"] = "noindex"
    return response
