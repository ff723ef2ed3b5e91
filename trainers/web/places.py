"""Places offered while somebody types one, and the ZIP nearest to where a browser says that it is."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from trainers.core.search.place_starts import nearest_zip, starting_with
from trainers.extensions import csrf
from trainers.web import access, site
from trainers.web.forms.places import PlaceStart, read_position
from trainers.web.forms.search import TrainerSearch
from trainers.web.htmx import page_or_fragment, see_other, wants_fragment

blueprint = Blueprint("places", __name__)
csrf.exempt(blueprint)  # it changes and stores nothing, and comes from pages that are the same for everybody
KEPT = 3600  # seconds that a browser may offer the same places without asking again


@blueprint.get("/places")
@access.public
def index() -> ResponseReturnValue:
    form = PlaceStart(request.args)
    fine = form.validate()
    offers = starting_with(site.session(), form.place.data) if fine else []
    response = page_or_fragment(
        "places/index.html", "places/_offers.html", 200 if fine else 422, form=form, offers=offers
    )
    return kept(response) if fine and wants_fragment() else response


def kept(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = KEPT
    return response


@blueprint.post("/places/near")
@access.linked
def near() -> ResponseReturnValue:
    """On to the search around the nearest ZIP. Where the browser is stands in no address and is not kept."""
    if not from_own_page(request.headers):
        abort(403)
    form = TrainerSearch(request.form)
    position = read_position(request.form)
    zip_code = nearest_zip(site.session(), *position) if position else None
    if zip_code is None:
        back = form.address(place=None)
        return render_template("places/near.html", outside=position is not None, back=back), 422
    return see_other(form.address(place=zip_code))


def from_own_page(headers: Headers) -> bool:
    """Other sites shall not send people here. All browsers that tell where they are say which page sends."""
    origin = site.url("/").rstrip("/")
    return headers.get("Sec-Fetch-Site") == "same-origin" or headers.get("Origin") == origin
