"""Looking places up in the table: towns, counties and ZIPs, as what they turn out to be."""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from ..models import Place
from .place_file import OtherName, other_names
from .place_kinds import Area, NoPoint, Spot, county_of
from .place_words import KINDS_OF_COUNTY, Reading, squeezed


def spelled_so(town: Reading) -> ColumnElement[bool]:
    return and_(Place.town_key == town.key, in_state(town))


def run_together(town: Reading) -> ColumnElement[bool]:
    """De Kalb and DeKalb, Winston Salem and Winstonsalem. No index helps, so this is the second try."""
    return and_(func.replace(Place.town_key, " ", "") == squeezed(town.key), in_state(town))


def in_state(town: Reading) -> ColumnElement[bool]:
    return Place.state == town.state if town.state else true()


def spots(session: Session, town: Reading, condition: ColumnElement[bool] | None = None) -> list[Spot]:
    """One for each state that has such a town, most populous first."""
    others = [name for name in other_names().get(squeezed(town.key), []) if town.state in (None, name.state)]
    found = _by_state(session, spelled_so(town) if condition is None else condition)
    found |= _under_other_names(session, others)
    return [spot for _, spot in sorted(found.values(), key=lambda pair: -pair[0])]


def counties(session: Session, condition: ColumnElement[bool]) -> list[Area]:
    """The counties of the ZIPs that meet the condition, most populous first."""
    people = func.sum(Place.population).desc()
    asked = select(Place.county, Place.state).where(condition, Place.county_key != "")
    rows = session.execute(asked.group_by(Place.county, Place.state).order_by(people, Place.state))
    return [county_of(county, state) for county, state in rows]


def named_county(county: Reading) -> ColumnElement[bool]:
    return and_(Place.county_key == county.key, in_state(county))


def county_run_together(county: Reading) -> ColumnElement[bool]:
    """DeKalb County and De Kalb County, as `run_together`."""
    return and_(func.replace(Place.county_key, " ", "") == squeezed(county.key), in_state(county))


def county_without_its_word(name: Reading) -> ColumnElement[bool]:
    """ "Multnomah" for Multnomah County. Only where no town is called so."""
    if not name.key:
        return false()
    return and_(or_(*(Place.county_key == f"{name.key} {kind}" for kind in KINDS_OF_COUNTY)), in_state(name))


def military(session: Session, town: Reading) -> NoPoint | None:
    """ "APO AE": a town of the table that has no point."""
    place = session.scalar(select(Place).where(spelled_so(town)).order_by(Place.zip).limit(1))
    return NoPoint(place.zip, place.label) if place else None


def spot_of(place: Place) -> Spot | None:
    if place.lat is None or place.lon is None:
        return None
    return Spot(place.zip, place.town, place.state, place.lat, place.lon, place.label)


def zip_spot(place: Place) -> Spot | None:
    spot = spot_of(place)
    return replace(spot, label=f"{spot.label} {spot.zip}") if spot else None


def _by_state(session: Session, condition: ColumnElement[bool]) -> dict[str, tuple[int, Spot]]:
    """For each state the people of all ZIPs that meet the condition, and the most populous one's point."""
    found: dict[str, tuple[int, Spot]] = {}
    for place in session.scalars(select(Place).where(condition).order_by(Place.population.desc(), Place.zip)):
        if spot := spot_of(place):
            people, first = found.get(place.state, (0, spot))
            found[place.state] = (people + place.population, first)
    return found


def _under_other_names(session: Session, others: list[OtherName]) -> dict[str, tuple[int, Spot]]:
    found: dict[str, tuple[int, Spot]] = {}
    for name in others:
        place = session.get(Place, name.zip)
        if place and (spot := spot_of(place)):
            label = f"{name.town}, {name.state}"
            found[name.state] = (name.population, replace(spot, town=name.town, label=label))
    return found
