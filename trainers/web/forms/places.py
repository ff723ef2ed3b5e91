import re
from collections.abc import Mapping

from wtforms import StringField
from wtforms.validators import Length

from .base import SearchForm
from .search import LONGEST_PLACE, one_alone, readable

DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
STEP = 0.05
"""Degrees: some three miles. The browser rounds before it sends; who sends more gets it rounded here."""


class PlaceStart(SearchForm):
    place = StringField(
        "Place",
        [Length(max=LONGEST_PLACE, message=f"Shorten this to {LONGEST_PLACE} characters."), one_alone],
        description="The start of a town, a county, a state or a ZIP code",
        filters=[readable],
    )


def read_position(given: Mapping[str, str]) -> tuple[float, float] | None:
    """Latitude and longitude, rounded; None where that is no point on the earth."""
    typed = given.get("lat", ""), given.get("lon", "")
    if not all(DEGREES.fullmatch(each) for each in typed):
        return None
    lat, lon = (round(float(each) / STEP) * STEP for each in typed)
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None
