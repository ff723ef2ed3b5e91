"""Counties and whole states: typed, asked about, and the ZIPs in them."""

import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.search.test_place_file import in_file, spot
from trainers.core.models import Place
from trainers.core.search import places
from trainers.core.search.place_words import KINDS_OF_COUNTY
from trainers.core.search.places import Area, Several, zips_in


@pytest.mark.parametrize(
    ("text", "label", "state", "county"),
    [
        ("Multnomah County", "Multnomah County, OR", "OR", "Multnomah County"),
        ("multnomah county oregon", "Multnomah County, OR", "OR", "Multnomah County"),
        ("Multnomah", "Multnomah County, OR", "OR", "Multnomah County"),
        ("Multnomah, OR", "Multnomah County, OR", "OR", "Multnomah County"),
        ("Cook County IL", "Cook County, IL", "IL", "Cook County"),
        ("Cook Co. IL", "Cook County, IL", "IL", "Cook County"),
        ("county of Cook, Illinois", "Cook County, IL", "IL", "Cook County"),
        ("Orleans Parish", "Orleans Parish, LA", "LA", "Orleans Parish"),
        ("De Kalb County, GA", "DeKalb County, GA", "GA", "DeKalb County"),
        ("la salle parish", "LaSalle Parish, LA", "LA", "LaSalle Parish"),
        ("Saint Louis County, MO", "St. Louis County, MO", "MO", "St. Louis County"),
        ("St Louis city, MO", "St. Louis city, MO", "MO", "St. Louis city"),
        ("Kodiak Island Borough", "Kodiak Island Borough, AK", "AK", "Kodiak Island Borough"),
        ("Anchorage Municipality", "Anchorage Municipality, AK", "AK", "Anchorage Municipality"),
        ("dona ana county", "Doña Ana County, NM", "NM", "Doña Ana County"),
        ("Prince Georges County", "Prince George's County, MD", "MD", "Prince George's County"),
        ("Oregon County", "Oregon County, MO", "MO", "Oregon County"),
        ("Oregon", "Oregon", "OR", None),
        ("OR", "Oregon", "OR", None),
        ("state of Oregon, USA", "Oregon", "OR", None),
        ("Washington state", "Washington state", "WA", None),
        ("the state of New York", "New York state", "NY", None),
        ("D.C.", "District of Columbia", "DC", None),
        ("puerto rico", "Puerto Rico", "PR", None),
    ],
)
def test_counties_and_states_are_areas(
    places_session: Session, text: str, label: str, state: str, county: str | None
) -> None:
    assert places.find(places_session, text) == Area(label, state, county)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Orange County", ["Orange County, CA", "Orange County, FL"]),
        ("Washington", ["Washington, DC", "Washington state"]),
        ("LA", ["Los Angeles, CA", "Louisiana"]),
    ],
)
def test_a_name_of_several_areas_or_of_town_and_state_is_asked_about(
    places_session: Session, text: str, first: list[str]
) -> None:
    found = places.find(places_session, text)
    assert isinstance(found, Several)
    assert [place.label for place in found.spots][:2] == first


def test_new_york_is_the_city_and_offers_the_state(places_session: Session) -> None:
    assert spot(places_session, "New York").instead == Area("New York state", "NY")
    assert spot(places_session, "New York, NY").instead is None


def test_an_area_holds_its_own_zips_and_no_others(places_session: Session) -> None:
    def inside(text: str) -> set[str]:
        area = places.find(places_session, text)
        assert isinstance(area, Area)
        return set(places_session.scalars(select(Place.zip).where(zips_in(area))))

    multnomah = inside("Multnomah County")
    assert {"97201", "97207"} <= multnomah  # a PO box too
    assert multnomah.isdisjoint({"97005", "98660"})
    assert multnomah < inside("Oregon")
    assert inside("St. Louis city, MO").isdisjoint(inside("St. Louis County, MO"))
    assert inside("St. Louis County, MN").isdisjoint(inside("St. Louis County, MO"))


def test_every_county_and_state_is_found_by_its_label(places_session: Session) -> None:
    counties = sorted({(row["county"], row["state"]) for row in in_file().values() if row["county"]})
    for county, state in random.Random(5).sample(counties, 200):
        label = f"{county}, {state}"
        found = places.find(places_session, label)
        assert found == Area(label, state, county) or label in ("Carson City, NV", "Guam, GU"), label
    for code in {row["state"] for row in in_file().values() if row["lat"] is not None}:
        found = places.find(places_session, code)
        if isinstance(found, Area):
            assert places.find(places_session, found.label) == found
    endings = {county.rpartition(" ")[2].lower() for county, _ in counties}
    assert endings <= {word for kind in KINDS_OF_COUNTY for word in kind.split()} | {"columbia", "guam"}
