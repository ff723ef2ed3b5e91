"""What the pages about a search have in common: the form, the place in it, and what they refuse."""

from typing import Any

from flask import Response

from trainers.core.review import outages
from trainers.core.rules import rule_book
from trainers.core.search.places import Area, Found, NoPoint, Several, Spot, Unknown
from trainers.web import data_version, site
from trainers.web.forms.boxes import Boxes
from trainers.web.forms.search import TrainerSearch
from trainers.web.htmx import page_or_fragment

SEARCH_LIMIT = "120 per minute; 3000 per hour"
"""Nobody reads as fast; who copies the directory has to take the day for it."""
PAGE = "directory/index.html"
PLACES = {
    Spot: "spot",
    Area: "area",
    Several: "several",
    NoPoint: "no_point",
    Unknown: "unknown",
    type(None): "anywhere",
}
"""What a typed place turned out to be, as the templates call it."""


def open_outages() -> list[outages.Told]:
    return outages.told(site.session())


def around(form: TrainerSearch, found: Found | None) -> dict[str, Any]:
    """The form, and what the place in it turned out to be."""
    return {
        "form": form,
        "found": found,
        "place": PLACES[type(found)],
        "boxes": Boxes(form, {}),
        "book": rule_book(),
        "outages": data_version.of_app().remembered("outages", open_outages),
        "source_of": outages.source_of,
    }


def refused(form: TrainerSearch, found: Found | None) -> Response:
    """Each mistake at its field, and nothing lost."""
    return page_or_fragment(PAGE, "directory/_refused.html", 422, **around(form, found))
