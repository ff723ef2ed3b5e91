"""Places whose name starts as somebody types, while they type; and the ZIP nearest to a point."""

from dataclasses import dataclass
from itertools import chain

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from .. import names
from ..models import Place
from .distance import box_around, chord_squared, unit_vector
from .place_file import other_names
from .place_kinds import county_of, whole_state
from .place_words import fold_place, key_of, unfinished_keys, words_of
from .states import MILITARY, STATES

OFFERED = 8
COUNTIES_BESIDE_TOWNS = 2
SHORTEST = 2
FARTHEST = 100.0  # miles to the nearest ZIP from which on a point lies outside the US
NOT_COUNTED = ("AS", "GU", "MH", "MP", "VI")  # people live there, and the Census tells no numbers by ZIP
AFTER_ALL_LETTERS = "\U0010ffff"


@dataclass(frozen=True)
class Offer:
    """One place to choose: `places.find` understands the label. The kind is zip, town, county or state."""

    label: str
    kind: str


def starting_with(session: Session, typed: str) -> list[Offer]:
    """Up to 8, the most populous first; towns before counties before the state. One statement."""
    words = words_of(typed[:100])
    start = "".join(words)
    if len(start) < SHORTEST:
        return []
    if start.isdecimal() and start.isascii():
        return _zips(session, start)
    towns, counties = _towns_and_counties(session, words)
    states = [Offer(whole_state(code).label, "state") for code in _states(" ".join(words))]
    beside = counties[:COUNTIES_BESIDE_TOWNS] + states[:1]
    found = towns[: OFFERED - len(beside)] + beside + counties[COUNTIES_BESIDE_TOWNS:]
    return found[:OFFERED]


def nearest_zip(session: Session, lat: float, lon: float) -> str | None:
    """The ZIP in which people live whose middle is nearest; None outside the US."""
    box = box_around(lat, lon, FARTHEST)
    x, y, z = unit_vector(lat, lon)
    chord = (Place.x - x) * (Place.x - x) + (Place.y - y) * (Place.y - y) + (Place.z - z) * (Place.z - z)
    lived_in = or_(Place.population > 0, Place.state.in_(NOT_COUNTED))
    near = and_(Place.lat.between(box.south, box.north), chord <= chord_squared(FARTHEST))
    return session.scalar(select(Place.zip).where(near, lived_in).order_by(chord, Place.zip).limit(1))


def _zips(session: Session, digits: str) -> list[Offer]:
    if len(digits) > 5:
        return []
    inside = Place.zip.between(digits.ljust(5, "0"), digits.ljust(5, "9"))
    asked = select(Place).where(inside, Place.lat.is_not(None))
    found = session.scalars(asked.order_by(Place.population.desc(), Place.zip).limit(OFFERED))
    return [Offer(f"{place.label} {place.zip}", "zip") for place in found]


def _towns_and_counties(session: Session, words: tuple[str, ...]) -> tuple[list[Offer], list[Offer]]:
    asked = (
        _most_populous("town", Place.town, Place.town_key, words),
        _most_populous("county", Place.county, Place.county_key, words),
    )
    towns: list[tuple[int, str, str]] = _other_towns(words)
    counties: list[tuple[int, str, str]] = []
    for kind, name, state, people in session.execute(union_all(*(select(each.subquery()) for each in asked))):
        (towns if kind == "town" else counties).append((-people, name, state))
    return (
        [Offer(f"{name}, {state}", "town") for _, name, state in sorted(towns)],
        [Offer(county_of(name, state).label, "county") for _, name, state in sorted(counties)],
    )


def _most_populous(
    kind: str, name: InstrumentedAttribute[str], key: InstrumentedAttribute[str], words: tuple[str, ...]
) -> Select[str, str, str, int]:
    people = func.sum(Place.population)
    return (
        select(literal(kind).label("kind"), func.min(name).label("name"), Place.state, people.label("people"))
        .where(or_(*_starts(key, words)), Place.lat.is_not(None))
        .group_by(key, Place.state)
        .order_by(people.desc(), key, Place.state)
        .limit(OFFERED)
    )


def _starts(key: InstrumentedAttribute[str], words: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """The name is not finished, or it is and a state has been begun. As ranges, because an index answers them."""
    begun = [and_(key >= start, key < start + AFTER_ALL_LETTERS) for start in unfinished_keys(words)]
    named = [and_(key == name, Place.state.in_(states)) for name, states in _with_states(words)]
    return [*begun, *named]


def _with_states(words: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The ways to read a finished name and the beginning of a state behind it."""
    ends = ((key_of(words[:-size]), _states(" ".join(words[-size:]))) for size in (1, 2, 3) if len(words) > size)
    return [(name, states) for name, states in ends if states]


def _states(begun: str) -> list[str]:
    """The states whose name begins so, or whose two letters these are; military mail has no towns."""
    return [
        code
        for code, name in STATES.items()
        if code not in MILITARY and (code.lower() == begun or names.fold(name).startswith(begun))
    ]


def _other_towns(words: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Those of towns.csv, which are not in the table."""
    starts, finished = tuple(unfinished_keys(words)), _with_states(words)
    found = []
    for other in chain.from_iterable(other_names().values()):
        key = fold_place(other.town)
        if key.startswith(starts) or any(key == name and other.state in states for name, states in finished):
            found.append((-other.population, other.town, other.state))
    return found
