"""Places offered while somebody types, and the ZIP nearest to a point."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from trainers.core.models import Place
from trainers.core.search import places
from trainers.core.search.place_starts import Offer, nearest_zip, starting_with

only_reads = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def labels(session: Session, typed: str) -> list[str]:
    return [offer.label for offer in starting_with(session, typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("por", "Portland, OR"),
        ("PORTL", "Portland, OR"),
        ("portland o", "Portland, OR"),
        ("portland, or", "Portland, OR"),
        ("portland oreg", "Portland, OR"),
        ("St. L", "Saint Louis, MO"),
        ("st", "Saint Louis, MO"),
        ("sain", "Saint Louis, MO"),
        ("mayagü", "Mayagüez, PR"),
        ("mayagu", "Mayagüez, PR"),
        ("lakewood, c", "Lakewood, CO"),
        ("manhattan, n", "Manhattan, NY"),
        ("multn", "Multnomah County, OR"),
        ("orange county, f", "Orange County, FL"),
        ("cook county il", "Cook County, IL"),
        ("97005", "Beaverton, OR 97005"),
        ("0090", "San Juan, PR 00907"),
        ("washington, d", "Washington, DC"),
    ],
)
def test_the_likeliest_place_comes_first(places_session: Session, typed: str, first: str) -> None:
    assert labels(places_session, typed)[0] == first


def test_at_most_eight_the_most_populous_towns_first_then_counties_and_the_state(places_session: Session) -> None:
    offered = starting_with(places_session, "ore")
    assert [offer.kind for offer in offered] == ["town"] * 6 + ["county", "state"]
    assert offered[-2:] == [Offer("Oregon County, MO", "county"), Offer("Oregon", "state")]
    assert offered[1:3] == [Offer("Oregon City, OR", "town"), Offer("Oregon, OH", "town")]
    assert len(starting_with(places_session, "97")) == 8


def test_a_finished_zip_is_offered_though_nobody_lives_there_and_military_mail_is_not(
    places_session: Session,
) -> None:
    assert labels(places_session, "97207") == ["Portland, OR 97207"]  # PO boxes
    assert labels(places_session, "0901") == labels(places_session, "apo, ae") == []


@pytest.mark.parametrize(
    "typed", ["", "p", "9", " ", "...", "\x00", "🏃", "%", "_o", "x" * 10_000, "970051", "٩٧"]
)
def test_nothing_is_offered_for_too_little_or_for_what_is_no_place(places_session: Session, typed: str) -> None:
    assert starting_with(places_session, typed) == []


@only_reads
@given(st.text(alphabet="abcdefghilmnoprstuvwy ,.", min_size=2, max_size=6))
def test_each_offer_is_understood_as_what_it_says(places_session: Session, typed: str) -> None:
    for offer in starting_with(places_session, typed):
        found = places.find(places_session, offer.label)
        assert isinstance(found, places.Spot | places.Area), offer
        assert found.label == offer.label


@pytest.mark.parametrize("typed", ["por", "970", "orange county, c"])
def test_one_statement_answers(places_session: Session, typed: str) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split()[0])

    engine = places_session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert starting_with(places_session, typed)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements.count("SELECT") == 1


@pytest.mark.parametrize(
    ("lat", "lon", "town", "state"),
    [
        (45.50, -122.65, "Portland", "OR"),
        (40.75, -74.00, "New York", "NY"),
        (61.20, -149.90, "Anchorage", "AK"),
        (21.30, -157.85, "Honolulu", "HI"),
        (18.45, -66.10, "San Juan", "PR"),
        (18.35, -64.95, "St Thomas", "VI"),  # where the Census counts nobody by ZIP
        (13.45, 144.80, "Barrigada", "GU"),
    ],
)
def test_the_nearest_zip_where_people_live(
    places_session: Session, lat: float, lon: float, town: str, state: str
) -> None:
    place = places_session.get(Place, nearest_zip(places_session, lat, lon))
    assert place is not None
    assert (place.town, place.state) == (town, state)


def test_people_are_not_sent_to_a_post_office_box(places_session: Session) -> None:
    boxes = places.find(places_session, "97207")
    assert isinstance(boxes, places.Spot)
    assert nearest_zip(places_session, boxes.lat, boxes.lon) == "97204"


def test_the_nearest_zip_is_nearer_than_all_others(places_session: Session) -> None:
    spot = places.find(places_session, str(nearest_zip(places_session, 44.05, -121.3)))
    assert isinstance(spot, places.Spot)
    least = places.miles_between(44.05, -121.3, spot.lat, spot.lon)
    for place in places_session.query(Place).where(
        Place.state == "OR", Place.population > 0, Place.lat.is_not(None)
    ):
        assert places.miles_between(44.05, -121.3, place.lat or 0, place.lon or 0) >= least


@pytest.mark.parametrize(("lat", "lon"), [(51.5, -0.1), (0.0, 0.0), (90.0, 0.0), (-90.0, 180.0), (52.9, 172.9)])
def test_outside_the_us_there_is_none(places_session: Session, lat: float, lon: float) -> None:
    assert nearest_zip(places_session, lat, lon) is None
