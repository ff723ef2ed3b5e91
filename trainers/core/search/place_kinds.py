"""What a typed place can turn out to be."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from ..models import Place
from .place_words import fold_place
from .states import state_name


@dataclass(frozen=True)
class Area:
    """A county, or without one a whole state: no point and no circle, only what lies inside."""

    label: str  # "Multnomah County, OR", "Oregon"; `places.find` understands both
    state: str
    county: str | None = None

    @property
    def name(self) -> str:
        return self.county or self.label


@dataclass(frozen=True)
class Spot:
    """One place on the map; a town stands at its most populous ZIP."""

    zip: str
    town: str
    state: str
    lat: float
    lon: float
    label: str  # "Portland, OR" for a town, "Beaverton, OR 97005" for a ZIP; `places.find` understands both
    instead: Area | None = None  # what the same word may mean as well: New York is a state, too

    @property
    def name(self) -> str:
        return self.town


@dataclass(frozen=True)
class Several:
    """A name that more than one place has, most populous first."""

    text: str
    spots: list[Spot | Area]

    @property
    def name(self) -> str:
        """What to ask about, as it is written; as it was typed where that says more: LA, orange co."""
        name = self.spots[0].name
        return name if fold_place(name) in fold_place(self.text) else self.text


@dataclass(frozen=True)
class NoPoint:
    """Military mail: known, and nowhere on the map. The label is the ZIP, or "APO, AE"."""

    zip: str
    label: str


@dataclass(frozen=True)
class Unknown:
    """No such place; `nearest` may be what was meant, likeliest first, and may be empty."""

    text: str
    nearest: list[Spot | Area]


Found = Area | Spot | Several | NoPoint | Unknown


def whole_state(code: str) -> Area:
    """New York and Washington are towns as well: their states are called so."""
    name = state_name(code)
    return Area(f"{name} state" if code in ("NY", "WA") else name, code)


def county_of(name: str, state: str) -> Area:
    return Area(f"{name}, {state}", state, name)


def zips_in(area: Area) -> ColumnElement[bool]:
    """The condition under which a row of `Place` lies in the area. A ZIP lies in one county alone."""
    in_state = Place.state == area.state
    return and_(in_state, Place.county_key == fold_place(area.county)) if area.county else in_state
