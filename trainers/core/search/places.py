"""US places: what somebody types, found; and the ZIPs within so many miles of a place."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from math import inf

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from ..models import Place
from . import place_rows as rows
from .distance import box_around, distance_words, miles_between
from .likely_places import alike, near_number
from .place_file import PlaceRow, load_places, read_places
from .place_kinds import Area, Found, NoPoint, Several, Spot, Unknown, whole_state, zips_in
from .place_words import Reading, county_reading, fold_place, readings, said_as_state, state_of
from .states import STATES, state_name

__all__ = [
    "STATES",
    "Area",
    "Found",
    "NoPoint",
    "PlaceRow",
    "Several",
    "Spot",
    "Unknown",
    "distance_words",
    "find",
    "fold_place",
    "load_places",
    "miles_between",
    "read_places",
    "state_name",
    "within",
    "zips_in",
]

LONGEST_PLACE = 100  # characters of what was typed that are looked at

_ZIP = re.compile(r"(?<!\d)(\d{5})(?:\s*[-\u2010-\u2015]?\s*\d{4})?$", re.ASCII)
_FEW_DIGITS = re.compile(r"[0-9]{1,5}")  # a ZIP whose leading zeros were lost, perhaps
_CITIES_TOO = {"new york": "new york", "washington": "washington", "la": "los angeles"}
"""What is typed for a city at least as often as for the state of the same name."""


def find(session: Session, text: str) -> Found:
    """Read a ZIP, a ZIP+4, "Portland, OR", "portland oregon", "Beaverton", "Cook County IL" or "Oregon".

    Raises nothing for odd input.
    """
    typed = unicodedata.normalize("NFKC", text[:LONGEST_PLACE]).strip()
    number = _ZIP.search(typed)
    if number and (place := session.get(Place, number[1])):
        return rows.zip_spot(place) or NoPoint(place.zip, place.zip)
    named = typed[: number.start()] if number else typed
    if code := state_of(named):
        return _state(session, code, named, text)
    towns = readings(named)
    for search in (_towns, _counties, _towns_run_together, _counties_run_together, _counties_without_their_word):
        for town in towns:
            if found := search(session, town, text):
                return found
    if (number and not towns) or _FEW_DIGITS.fullmatch(typed):
        return Unknown(text, near_number(session, number[1] if number else typed.zfill(5)))
    return Unknown(text, alike(session, towns) if towns else [])


def _state(session: Session, code: str, typed: str, text: str) -> Found:
    """A state, or the city that is called so; military mail's regions are nowhere on the map."""
    area = whole_state(code)
    key = fold_place(typed)
    if key in _CITIES_TOO and not said_as_state(typed):
        first, *others = rows.spots(session, Reading(_CITIES_TOO[key], None))
        if first.state == code:
            return replace(first, instead=area)
        return Several(text, [first, area, *others])
    place = session.scalar(select(Place).where(zips_in(area)).order_by(Place.lat.is_(None), Place.zip).limit(1))
    if place is None:
        return Unknown(text, [])
    return NoPoint(place.zip, area.label) if place.lat is None else area


def _one_or_several(found: list[Spot] | list[Area], text: str) -> Found | None:
    if len(found) > 1:
        return Several(text, list(found))
    return found[0] if found else None


def _towns(session: Session, town: Reading, text: str) -> Found | None:
    return _one_or_several(rows.spots(session, town), text) or rows.military(session, town)


def _towns_run_together(session: Session, town: Reading, text: str) -> Found | None:
    return _one_or_several(rows.spots(session, town, rows.run_together(town)), text)


def _counties(session: Session, name: Reading, text: str) -> Found | None:
    return _counties_where(session, county_reading(name) or name, rows.named_county, text)


def _counties_run_together(session: Session, name: Reading, text: str) -> Found | None:
    county = county_reading(name)
    return _counties_where(session, county, rows.county_run_together, text) if county else None


def _counties_without_their_word(session: Session, name: Reading, text: str) -> Found | None:
    return _counties_where(session, name, rows.county_without_its_word, text)


def _counties_where(
    session: Session, name: Reading, condition: Callable[[Reading], ColumnElement[bool]], text: str
) -> Found | None:
    return _one_or_several(rows.counties(session, condition(name)), text)


# Distance


def within(session: Session, spot: Spot, miles: float, among: Select[str] | None = None) -> dict[str, float]:
    """ZIP -> miles for every place in the circle, the spot's own among them (0.0). ValueError below 0 miles.

    `among` selects the ZIPs that are of interest: 250 miles around New York hold thousands.
    """
    if not 0 <= miles < inf:
        raise ValueError(f"A radius of {miles} miles")
    box = box_around(spot.lat, spot.lon, miles)
    spans = (Place.lon.between(west, east) for west, east in box.spans)
    query = select(Place.zip, Place.lat, Place.lon).where(Place.lat.between(box.south, box.north), or_(*spans))
    if among is not None:
        query = query.where(Place.zip.in_(among))
    found = {
        zip_code: miles_between(spot.lat, spot.lon, lat, lon)
        for zip_code, lat, lon in session.execute(query)
        if lat is not None and lon is not None
    }
    return {zip_code: distance for zip_code, distance in found.items() if distance <= miles}
