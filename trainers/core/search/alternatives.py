"""Where to look instead when a search finds nobody: farther away, with one choice less, online."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Listing, Place
from .distance import miles_between
from .matches import MOST_MILES, RADII, Query, count, count_by_place
from .places import Spot
from .states import state_name

CHOICES = ("credentials", "issuers", "fms", "specialties", "modes", "languages", "accepting")
"""The fields of a query that can be left out one by one; of a search by name, the place too."""


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
    """`online` counts those who match online, wherever they are; `empty_state` names a state without any listing.

    `empty_site`: nobody is listed at all.
    """

    nearest: Nearest | None
    wider: Wider | None
    without: tuple[Without, ...]
    online: int
    empty_state: str | None
    empty_site: bool


def alternatives(session: Session, query: Query, *, today: date) -> Alternatives:
    centre, where = query.centre, query.centre or query.area
    away = _away(session, query, centre, today) if centre else []
    return Alternatives(
        nearest=_nearest(away),
        wider=_wider(away, query.radius),
        without=tuple(_without(session, query, today)),
        online=0 if query.modes == ("online",) else count_online(session, query, today=today),
        empty_state=state_name(where.state) if where and not _listed(session, where.state) else None,
        empty_site=not _listed(session),
    )


def count_online(session: Session, query: Query, *, today: date) -> int:
    """How many match online, wherever they are."""
    return count(session, replace(query, modes=("online",)), today=today)


@dataclass(frozen=True)
class _Away:
    """How many match at one ZIP, and how far that is."""

    miles: float
    town: str
    state: str
    trainers: int


def _away(session: Session, query: Query, centre: Spot, today: date) -> list[_Away]:
    """Nearest first; ZIPs without a point are left out."""
    found = [
        _Away(miles_between(centre.lat, centre.lon, place.lat, place.lon), place.town, place.state, place.trainers)
        for place in count_by_place(session, query, today=today)
        if place.lat is not None and place.lon is not None
    ]
    return sorted(found, key=lambda each: each.miles)


def _nearest(away: list[_Away]) -> Nearest | None:
    if not away:
        return None
    first = away[0]
    in_town = sum(each.trainers for each in away if (each.town, each.state) == (first.town, first.state))
    return Nearest(first.miles, first.town, first.state, in_town)


def _wider(away: list[_Away], radius: int) -> Wider | None:
    for miles in (*RADII, MOST_MILES):
        trainers = sum(each.trainers for each in away if each.miles <= miles)
        if miles > radius and trainers:
            return Wider(miles, trainers)
    return None


def _without(session: Session, query: Query, today: date) -> Iterator[Without]:
    """The choices that stand in the way by themselves."""
    nothing = Query()
    for field in (*CHOICES, "place") if query.name else CHOICES:
        if getattr(query, field) == getattr(nothing, field):
            continue
        if found := count(session, replace(query, **{field: getattr(nothing, field)}), today=today):
            yield Without(field, found)


def _listed(session: Session, state: str | None = None) -> bool:
    """Whether anybody is listed, in the state if one is named."""
    query = select(func.count()).select_from(Listing)
    if state:
        query = query.join(Place).where(Place.state == state)
    return bool(session.scalar(query))
