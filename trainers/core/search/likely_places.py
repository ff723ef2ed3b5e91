"""What may have been meant by a place that nobody knows."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from ..models import Place
from .place_file import other_names
from .place_kinds import Area, Spot, county_of, whole_state
from .place_rows import in_state, spots, zip_spot
from .place_words import Reading, county_reading, fold_place
from .states import MILITARY, STATE_WORDS

ALIKE = 0.72  # the ratio of SequenceMatcher from which on a spelling is offered
OFFERED = 5


def alike(session: Session, names: list[Reading]) -> list[Spot | Area]:
    """The same name in other states, then names spelled nearly so in the state that was given, or in all."""
    name = next((name for name in names if name.state), names[0])
    if county := county_reading(name):
        return _counties_alike(session, county)
    anywhere = Reading(name.key, None)
    same_name = spots(session, anywhere) or spots(session, Reading(name.key.rpartition(" ")[0], None))
    towns = _towns_alike(session, name)
    if name.state and not towns and not same_name:
        towns = _towns_alike(session, anywhere)
    found: list[Spot | Area] = [*same_name[: OFFERED - 2], *_states_alike(name), *towns]
    return list({place.label: place for place in found}.values())[:OFFERED]


def _likeness(typed: str, names: Iterable[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """(key, state) of the names that differ by a slip or two, the likeliest first; given with their people."""
    compared = SequenceMatcher(b=typed, autojunk=False)
    ranked = []
    for key, state, people in names:
        compared.set_seq1(key)
        if min(compared.real_quick_ratio(), compared.quick_ratio()) >= ALIKE and compared.ratio() >= ALIKE:
            ranked.append((-compared.ratio(), -people, key, state))
    return [(key, state) for *_, key, state in sorted(ranked)[:OFFERED]]


def _towns_alike(session: Session, town: Reading) -> list[Spot]:
    likely = _likeness(town.key, _candidates(session, town))
    found = (spots(session, Reading(key, state)) for key, state in likely)
    return [spots[0] for spots in found if spots]


def _counties_alike(session: Session, county: Reading) -> list[Spot | Area]:
    """The same county in other states, then those spelled nearly so."""
    known = session.execute(
        select(Place.county_key, Place.state, func.sum(Place.population), func.min(Place.county))
        .where(Place.county_key != "", Place.lat.is_not(None))
        .group_by(Place.county_key, Place.state)
        .order_by(func.sum(Place.population).desc(), Place.state)
    ).all()
    spelled = {(key, state): county_of(name, state) for key, state, _, name in known}
    elsewhere = [area for (key, _), area in spelled.items() if key == county.key]
    of_state = [(key, state, people) for key, state, people, _ in known if county.state in (None, state)]
    found: list[Spot | Area] = [
        *elsewhere[: OFFERED - 2],
        *(spelled[each] for each in _likeness(county.key, of_state)),
    ]
    return list(dict.fromkeys(found))[:OFFERED]


def _states_alike(name: Reading) -> list[Area]:
    if name.state:
        return []
    names = ((names_key, code, 0) for names_key, code in STATE_WORDS.items() if len(names_key) > 3)
    likely = dict.fromkeys(state for _, state in _likeness(name.key, names))
    return [whole_state(state) for state in likely if state not in MILITARY][:1]


def _candidates(session: Session, town: Reading) -> list[tuple[str, str, int]]:
    """(key, state, people) of the towns worth comparing: those of the state, or with the first letter or second.

    Few enough to be compared in some 20 ms; the second letter is for "Oprtland".
    """
    letters = set(town.key[:2])
    starts = or_(*(and_(Place.town_key >= letter, Place.town_key < chr(ord(letter) + 1)) for letter in letters))
    size = func.length(Place.town_key).between(len(town.key) - 2, len(town.key) + 2)
    rows = session.execute(
        select(Place.town_key, Place.state, func.sum(Place.population))
        .where(in_state(town) if town.state else starts, size, Place.lat.is_not(None))
        .group_by(Place.town_key, Place.state)
    )
    return [(key, state, people) for key, state, people in rows] + [
        (fold_place(name.town), name.state, name.population)
        for key, named in other_names().items()
        if town.state or key[0] in letters
        for name in named
        if town.state in (None, name.state)
    ]


def near_number(session: Session, number: str) -> list[Spot | Area]:
    """The ZIPs next to an unknown one with the same first three digits (one mail centre): near on the map too."""
    places = session.scalars(select(Place).where(Place.zip.startswith(number[:3]), Place.lat.is_not(None)))
    nearest = sorted(places, key=lambda place: abs(int(place.zip) - int(number)))[:3]
    return [spot for spot in map(zip_spot, nearest) if spot]
