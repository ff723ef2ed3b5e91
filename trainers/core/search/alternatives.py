"""Where to look instead when a search finds nobody: the nearest, a wider circle, one choice less, online."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import pi

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Listing, Place
from . import matches
from .distance import EARTH_RADIUS_MILES, miles_of_chord
from .matches import Asked, Kept, Match, PlaceCount, Totals
from .query import MOST_MILES, RADII, Query
from .states import state_name

EVERYWHERE = EARTH_RADIUS_MILES * pi
OFFERED = 3


@dataclass(frozen=True)
class Nearest:
    """The nearest town beyond the circle where somebody matches, and how many do there."""

    miles: float
    town: str
    state: str
    trainers: int


@dataclass(frozen=True)
class Wider:
    """The smallest radius on offer that finds somebody."""

    radius: int
    trainers: int


@dataclass(frozen=True)
class Without:
    """How many match when one field of the query is left out."""

    field: str
    trainers: int


@dataclass(frozen=True)
class Alternatives:
    """`matches` are the nearest ones beyond the circle, `online` counts those who match online, wherever they are.

    `empty_state` names a state without any listing; `empty_site`: nobody is listed at all.
    """

    nearest: Nearest | None
    matches: tuple[Match, ...]
    wider: Wider | None
    without: tuple[Without, ...]
    online: int
    empty_state: str | None
    empty_site: bool


def alternatives(session: Session, asked: Asked, totals: Totals, kept: Kept | None = None) -> Alternatives:
    """For a search that found nobody; `totals` are its counts."""
    query, where = asked.query, asked.query.centre or asked.query.area
    around = _around(session, asked) if query.centre else None
    away = [place for place in matches.by_zip(session, around) if place.lat is not None] if around else []
    return Alternatives(
        nearest=_nearest(away),
        matches=tuple(matches.nearest(session, around, OFFERED)) if around and away else (),
        wider=_wider(away, query.radius),
        without=tuple(_without(session, asked, totals)),
        online=0 if query.modes == ("online",) else count_online(session, asked, kept),
        empty_state=state_name(where.state) if where and not _is_listed(session, where.state) else None,
        empty_site=not _is_listed(session),
    )


def count_online(session: Session, asked: Asked, kept: Kept | None = None) -> int:
    """How many match online, wherever they are."""
    return matches.count_all(session, _again(session, asked, replace(asked.query, modes=("online",))), kept)


def _again(session: Session, asked: Asked, query: Query) -> Asked:
    return matches.ask(session, query, today=asked.today, sought=asked.sought)


def _around(session: Session, asked: Asked) -> Asked | None:
    """The widest circle on offer; where nobody is in it either, everywhere. None when that is in vain."""
    for miles in (MOST_MILES, EVERYWHERE):
        wider = _again(session, asked, replace(asked.query, radius=int(miles)))
        if matches.count_all(session, wider):
            return wider
    return None


def _nearest(away: Sequence[PlaceCount]) -> Nearest | None:
    if not away:
        return None
    first = away[0]
    in_town = sum(each.trainers for each in away if (each.town, each.state) == (first.town, first.state))
    return Nearest(_miles(first), first.town, first.state, in_town)


def _wider(away: Sequence[PlaceCount], radius: int) -> Wider | None:
    for miles in (*RADII, MOST_MILES):
        trainers = sum(each.trainers for each in away if _miles(each) <= miles)
        if miles > radius and trainers:
            return Wider(miles, trainers)
    return None


def _miles(place: PlaceCount) -> float:
    return miles_of_chord(place.chord or 0.0)


def _without(session: Session, asked: Asked, totals: Totals) -> Iterator[Without]:
    """The choices that stand in the way by themselves; of a search by name, the place too."""
    for group, trainers in totals.without.items():
        if trainers:
            yield Without(group, trainers)
    if asked.query.name and asked.query.place:
        anywhere = _again(session, asked, replace(asked.query, place=None))
        if trainers := matches.count_all(session, anywhere):
            yield Without("place", trainers)


def _is_listed(session: Session, state: str | None = None) -> bool:
    """Whether anybody is listed, in the state if one is named."""
    query = select(Listing.trainer_id).limit(1)
    if state:
        query = query.join(Place, Place.zip == Listing.zip).where(Place.state == state)
    return session.scalar(query) is not None
