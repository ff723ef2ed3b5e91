"""US places: what somebody types, a point on the map, and the ZIPs within so many miles of it."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from math import inf
from pathlib import Path
from typing import TypedDict

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, true, update
from sqlalchemy.orm import Session

from .. import names
from ..content import CONTENT, ContentError
from ..models import Place
from .distance import box_around, unit_vector
from .distance import distance_words as distance_words
from .distance import miles_between as miles_between
from .states import STATE_WORDS
from .states import STATES as STATES
from .states import state_name as state_name

LONGEST_PLACE = 100  # characters of what was typed that are looked at
ALIKE = 0.72  # the ratio of SequenceMatcher from which on a spelling is offered
OFFERED = 5
COLUMNS = ["zip", "town", "state", "lat", "lon", "population", "county"]

_COUNTRY = (("usa",), ("u", "s", "a"), ("united", "states"), ("united", "states", "of", "america"))
_SHORT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_JOINED = {"mc", "o", "d"}
_ZIP = re.compile(r"(?<!\d)(\d{5})(?:\s*[-\u2010-\u2015]?\s*\d{4})?$", re.ASCII)
_FEW_DIGITS = re.compile(r"[0-9]{1,5}")  # a ZIP whose leading zeros were lost, perhaps


class PlaceRow(TypedDict):
    """One row of places.csv with its search keys and its vector; without a point for military mail."""

    zip: str
    town: str
    state: str
    lat: float | None
    lon: float | None
    population: int
    county: str
    town_key: str
    county_key: str
    x: float | None
    y: float | None
    z: float | None


@dataclass(frozen=True)
class Spot:
    """One place on the map; a town stands at its most populous ZIP."""

    zip: str
    town: str
    state: str
    lat: float
    lon: float
    label: str  # "Portland, OR" for a town, "Beaverton, OR 97005" for a ZIP; `find` understands both


@dataclass(frozen=True)
class Several:
    """A town name that stands in more than one state, most populous first."""

    text: str
    spots: list[Spot]


@dataclass(frozen=True)
class NoPoint:
    """Military mail: known, and nowhere on the map. The label is the ZIP, or "APO, AE"."""

    zip: str
    label: str


@dataclass(frozen=True)
class Unknown:
    """No such place; `nearest` may be what was meant, likeliest first, and may be empty."""

    text: str
    nearest: list[Spot]


Found = Spot | Several | NoPoint | Unknown


@dataclass(frozen=True)
class _Town:
    """A town's search key; the state is None when it was not given."""

    key: str
    state: str | None


@dataclass(frozen=True)
class _OtherName:
    """A town whose mail goes under another town's name, and the ZIP nearest to its middle."""

    town: str
    state: str
    zip: str
    population: int


# Loading


def read_places(path: Path) -> Iterator[PlaceRow]:
    """The rows of places.csv. One that cannot be read raises ContentError with its line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != COLUMNS:
            raise ContentError(f"{path.name}: the first line must be {','.join(COLUMNS)}")
        for row in rows:
            try:
                yield _place_row(*row)
            except (ValueError, TypeError) as error:
                raise ContentError(f"{path.name}, line {rows.line_num}: {error}") from error


def load_places(session: Session, path: Path) -> int:
    """Bring the table in line with the file; returns how many rows were added or changed (0: nothing to do).

    Compares every row, which takes about 0.2 s, so that a table changed by hand or half loaded is mended where a
    stored checksum would say "done". A ZIP that left the file stays in the table: a trainer may stand on it.
    """
    table = Place.__table__.columns
    query = select(*(table[name] for name in PlaceRow.__annotations__))
    known = {row[0]: tuple(row) for row in session.execute(query)}
    added, changed = [], []
    for row in read_places(path):
        before = known.get(row["zip"])
        if before is None:
            added.append(row)
        elif before != tuple(row.values()):
            changed.append(row)
    if added:
        session.execute(insert(Place), added)
    if changed:
        session.execute(update(Place), changed)
    return len(added) + len(changed)


def _place_row(zip_code: str, town: str, state: str, lat: str, lon: str, population: str, county: str) -> PlaceRow:
    on_map = bool(lat or lon)  # one without the other is an error, which float() reports
    x, y, z = unit_vector(float(lat), float(lon)) if on_map else (None, None, None)
    return {
        "zip": zip_code,
        "town": town,
        "state": state,
        "lat": float(lat) if on_map else None,
        "lon": float(lon) if on_map else None,
        "population": int(population),
        "county": county,
        "town_key": fold_place(town),
        "county_key": fold_place(county),
        "x": x,
        "y": y,
        "z": z,
    }


@cache
def _other_names() -> dict[str, list[_OtherName]]:
    """content/data/towns.csv by key without spaces, so that Lakewood, CO and Manhattan, NY are found."""
    found = defaultdict(list)
    with (CONTENT / "data" / "towns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = _OtherName(row["town"], row["state"], row["zip"], int(row["population"]))
            found[_squeezed(fold_place(name.town))].append(name)
    return dict(found)


# Finding


def find(session: Session, text: str) -> Found:
    """Read a ZIP, a ZIP+4, "Portland, OR", "portland oregon" or "Beaverton". Raises nothing for odd input."""
    typed = unicodedata.normalize("NFKC", text[:LONGEST_PLACE]).strip()
    number = _ZIP.search(typed)
    if number and (place := session.get(Place, number[1])):
        return _zip_spot(place) or NoPoint(place.zip, place.zip)
    towns = _readings(typed[: number.start()] if number else typed)
    for search in (_spelled_so, _run_together):
        for town in towns:
            if found := _find_town(session, town, search(town), text):
                return found
    if (number and not towns) or _FEW_DIGITS.fullmatch(typed):
        return Unknown(text, _near_number(session, number[1] if number else typed.zfill(5)))
    return Unknown(text, _alike(session, towns) if towns else [])


@lru_cache(maxsize=40_000)
def fold_place(text: str) -> str:
    """A town's search key: "St. Louis" is "saint louis", "O'Fallon" and "O Fallon" are "ofallon"."""
    if text.replace(" ", "").isascii() and text.replace(" ", "").isalpha():
        return _town_key(tuple(text.lower().split()))  # most towns, and twice as fast
    return _town_key(names.words(text))


def _town_key(words: tuple[str, ...]) -> str:
    key: list[str] = []
    for place, word in enumerate(words, 1):
        full = word if place == len(words) else _SHORT.get(word, word)  # "mt" at the end is Montana
        if key and key[-1] in _JOINED:
            key[-1] += full
        else:
            key.append(full)
    return " ".join(key)


def _squeezed(key: str) -> str:
    return key.replace(" ", "")


def _readings(text: str) -> list[_Town]:
    """The ways to read a town and perhaps a state, in the order in which they are tried."""
    words = names.words(text)
    for country in _COUNTRY:
        words = words[: -len(country)] if words[-len(country) :] == country else words
    with_state = [
        _Town(_town_key(words[:-size]), STATE_WORDS[" ".join(words[-size:])])
        for size in (4, 3, 2, 1)
        if len(words) > size and " ".join(words[-size:]) in STATE_WORDS
    ]
    whole = [_Town(_town_key(words), None)] if words else []
    return with_state if with_state and "," in text else whole + with_state


def _find_town(session: Session, town: _Town, condition: ColumnElement[bool], text: str) -> Found | None:
    spots = _spots(session, town, condition)
    if len(spots) > 1:
        return Several(text, spots)
    return spots[0] if spots else _military(session, town)


def _spelled_so(town: _Town) -> ColumnElement[bool]:
    return and_(Place.town_key == town.key, _in_state(town))


def _run_together(town: _Town) -> ColumnElement[bool]:
    """De Kalb and DeKalb, Winston Salem and Winstonsalem. No index helps, so this is the second try."""
    return and_(func.replace(Place.town_key, " ", "") == _squeezed(town.key), _in_state(town))


def _spots(session: Session, town: _Town, condition: ColumnElement[bool] | None = None) -> list[Spot]:
    """One for each state that has such a town, most populous first."""
    others = [name for name in _other_names().get(_squeezed(town.key), []) if town.state in (None, name.state)]
    found = _by_state(session, _spelled_so(town) if condition is None else condition)
    found |= _under_other_names(session, others)
    return [spot for _, spot in sorted(found.values(), key=lambda pair: -pair[0])]


def _in_state(town: _Town) -> ColumnElement[bool]:
    return Place.state == town.state if town.state else true()


def _by_state(session: Session, condition: ColumnElement[bool]) -> dict[str, tuple[int, Spot]]:
    """For each state the people of all ZIPs that meet the condition, and the most populous one's point."""
    found: dict[str, tuple[int, Spot]] = {}
    for place in session.scalars(select(Place).where(condition).order_by(Place.population.desc(), Place.zip)):
        if spot := _spot(place):
            people, first = found.get(place.state, (0, spot))
            found[place.state] = (people + place.population, first)
    return found


def _under_other_names(session: Session, others: list[_OtherName]) -> dict[str, tuple[int, Spot]]:
    found: dict[str, tuple[int, Spot]] = {}
    for name in others:
        place = session.get(Place, name.zip)
        if place and (spot := _spot(place)):
            label = f"{name.town}, {name.state}"
            found[name.state] = (name.population, replace(spot, town=name.town, label=label))
    return found


def _military(session: Session, town: _Town) -> NoPoint | None:
    """ "APO AE": a town of the table that has no point."""
    query = select(Place).where(Place.town_key == town.key, _in_state(town)).order_by(Place.zip).limit(1)
    place = session.scalar(query)
    return NoPoint(place.zip, place.label) if place else None


def _spot(place: Place) -> Spot | None:
    if place.lat is None or place.lon is None:
        return None
    return Spot(place.zip, place.town, place.state, place.lat, place.lon, place.label)


def _zip_spot(place: Place) -> Spot | None:
    spot = _spot(place)
    return replace(spot, label=f"{spot.label} {spot.zip}") if spot else None


# What may have been meant


def _alike(session: Session, towns: list[_Town]) -> list[Spot]:
    """The same name in other states, then names spelled nearly so in the state that was given, or in all."""
    town = next((town for town in towns if town.state), towns[0])
    if not town.state and town.key in STATE_WORDS:
        return _largest(session, STATE_WORDS[town.key])
    anywhere = _Town(town.key, None)
    same_name = _spots(session, anywhere) or _spots(session, _Town(town.key.rpartition(" ")[0], None))
    alike = _spelled_alike(session, town)
    if town.state and not alike and not same_name:
        alike = _spelled_alike(session, anywhere)
    offered = {spot.label: spot for spot in same_name[: OFFERED - 2] + alike}
    return list(offered.values())[:OFFERED]


def _spelled_alike(session: Session, town: _Town) -> list[Spot]:
    """Towns whose key differs by a slip or two, the likeliest first."""
    compared = SequenceMatcher(b=town.key, autojunk=False)
    ranked = []
    for key, state, people in _candidates(session, town):
        compared.set_seq1(key)
        if min(compared.real_quick_ratio(), compared.quick_ratio()) >= ALIKE and compared.ratio() >= ALIKE:
            ranked.append((-compared.ratio(), -people, key, state))
    found = (_spots(session, _Town(key, state)) for *_, key, state in sorted(ranked)[:OFFERED])
    return [spots[0] for spots in found if spots]


def _candidates(session: Session, town: _Town) -> list[tuple[str, str, int]]:
    """(key, state, people) of the towns worth comparing: those of the state, or with the first letter or second.

    Few enough to be compared in some 20 ms; the second letter is for "Oprtland".
    """
    letters = set(town.key[:2])
    starts = or_(*(and_(Place.town_key >= letter, Place.town_key < chr(ord(letter) + 1)) for letter in letters))
    size = func.length(Place.town_key).between(len(town.key) - 2, len(town.key) + 2)
    rows = session.execute(
        select(Place.town_key, Place.state, func.sum(Place.population))
        .where(_in_state(town) if town.state else starts, size, Place.lat.is_not(None))
        .group_by(Place.town_key, Place.state)
    )
    return [(key, state, people) for key, state, people in rows] + [
        (fold_place(name.town), name.state, name.population)
        for key, named in _other_names().items()
        if town.state or key[0] in letters
        for name in named
        if town.state in (None, name.state)
    ]


def _largest(session: Session, state: str) -> list[Spot]:
    """A state was typed and nothing else: its largest towns."""
    keys = session.scalars(
        select(Place.town_key)
        .where(Place.state == state, Place.lat.is_not(None))
        .group_by(Place.town_key)
        .order_by(func.sum(Place.population).desc(), Place.town_key)
        .limit(OFFERED)
    )
    return [_spots(session, _Town(key, state))[0] for key in keys.all()]


def _near_number(session: Session, number: str) -> list[Spot]:
    """The ZIPs next to an unknown one with the same first three digits (one mail centre): near on the map too."""
    places = session.scalars(select(Place).where(Place.zip.startswith(number[:3]), Place.lat.is_not(None)))
    nearest = sorted(places, key=lambda place: abs(int(place.zip) - int(number)))[:3]
    return [spot for spot in map(_zip_spot, nearest) if spot]


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
