"""What is found for what somebody types, and the circle around a place."""

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.search.test_place_file import in_file, spot
from trainers.core.models import Place
from trainers.core.search import places
from trainers.core.search.places import Area, NoPoint, Several, Spot, Unknown

only_reads = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

ANCHORAGE, ADAK, HONOLULU, GUAM, SAN_JUAN, NEW_YORK = "99503", "99546", "96813", "96910", "00901", "10001"


def points() -> list[tuple[str, float, float]]:
    rows = in_file().values()
    return [
        (row["zip"], row["lat"], row["lon"]) for row in rows if row["lat"] is not None and row["lon"] is not None
    ]


def nearest(session: Session, text: str) -> list[str]:
    found = places.find(session, text)
    assert isinstance(found, Unknown), found
    return [spot.label for spot in found.nearest]


# Folding


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Saint Louis", "saint louis"),
        ("St. Louis", "saint louis"),
        ("ST LOUIS", "saint louis"),
        ("Sault Ste. Marie", "sault sainte marie"),
        ("Ft. Worth", "fort worth"),
        ("Mt Vernon", "mount vernon"),
        ("Coeur d'Alene", "coeur dalene"),
        ("Coeur d’Alene", "coeur dalene"),
        ("coeur d alene", "coeur dalene"),
        ("O'Fallon", "ofallon"),
        ("O Fallon", "ofallon"),
        ("Mc Allen", "mcallen"),
        ("McAllen", "mcallen"),
        ("Winston-Salem", "winston salem"),
        ("Cañon City", "canon city"),
        ("Waikīkī", "waikiki"),
        ("  Los   Angeles ", "los angeles"),
        ("", ""),
        ("...", ""),
    ],
)
def test_spellings_fall_together(text: str, key: str) -> None:
    assert places.fold_place(text) == key


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once_and_leaves_single_spaces(text: str) -> None:
    key = places.fold_place(text)
    assert places.fold_place(key.upper()).replace(" ", "") == places.fold_place(key).replace(" ", "")
    assert key == " ".join(key.split())


# Finding


@pytest.mark.parametrize(
    "text",
    [
        "97005",
        " 97005 ",
        "97005-1234",
        "97005 1234",
        "970051234",
        "97005–1234",
        "９７００５",
        "Beaverton, OR 97005",
    ],
)
def test_a_zip_is_found_however_it_is_typed(places_session: Session, text: str) -> None:
    found = spot(places_session, text)
    assert (found.zip, found.label) == ("97005", "Beaverton, OR 97005")
    assert places.miles_between(found.lat, found.lon, 45.49, -122.80) < 2


def test_leading_zeros_matter(places_session: Session) -> None:
    assert spot(places_session, "00901").town == "San Juan"
    assert nearest(places_session, "901") == ["San Juan, PR 00901", "San Juan, PR 00902", "San Juan, PR 00906"]
    assert nearest(places_session, "2138")[0] == "Cambridge, MA 02138"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Portland, OR", "Portland, OR"),
        ("portland or", "Portland, OR"),
        ("Portland, Oregon", "Portland, OR"),
        ("PORTLAND OREGON", "Portland, OR"),
        ("Portland, OR, USA", "Portland, OR"),
        ("Portland, OR 99999", "Portland, OR"),
        ("St. Louis MO", "Saint Louis, MO"),
        ("Saint Louis, Missouri", "Saint Louis, MO"),
        ("Billings MT", "Billings, MT"),
        ("Mt. Vernon, WA", "Mount Vernon, WA"),
        ("Charleston, West Virginia", "Charleston, WV"),
        ("Charleston West Virginia", "Charleston, WV"),
        ("Winston-Salem", "Winston-Salem, NC"),
        ("winston salem nc", "Winston-Salem, NC"),
        ("coeur d alene", "Coeur d'Alene, ID"),
        ("O Fallon, IL", "O'Fallon, IL"),
        ("De Kalb, IL", "Dekalb, IL"),
        ("Washington, D.C.", "Washington, DC"),
        ("washington d c", "Washington, DC"),
        ("new york", "New York, NY"),
        ("New York, New York", "New York, NY"),
        ("New York City", "New York City, NY"),
        ("nyc", "NYC, NY"),
        ("Manhattan, NY", "Manhattan, NY"),
        ("Lakewood, CO", "Lakewood, CO"),
        ("Tigard", "Tigard, OR"),
        ("Kansas City, Missouri", "Kansas City, MO"),
        ("San Juan, Puerto Rico", "San Juan, PR"),
        ("Honolulu", "Honolulu, HI"),
        ("saint thomas, us virgin islands", "St Thomas, VI"),
    ],
)
def test_a_town_is_found_however_it_is_typed(places_session: Session, text: str, label: str) -> None:
    assert spot(places_session, text).label == label


def test_a_town_stands_at_its_most_populous_zip(places_session: Session) -> None:
    ours = [row for row in in_file().values() if (row["town"], row["state"]) == ("Portland", "OR")]
    assert spot(places_session, "Portland, OR").zip == max(ours, key=lambda row: row["population"])["zip"]


def test_manhattan_is_in_manhattan(places_session: Session) -> None:
    found = spot(places_session, "Manhattan, NY")
    assert places.miles_between(found.lat, found.lon, 40.7831, -73.9712) < 1


def test_a_name_in_several_states_is_asked_about_most_populous_first(places_session: Session) -> None:
    found = places.find(places_session, "Springfield")
    assert isinstance(found, Several)
    labels = [spot.label for spot in found.spots]
    assert labels[:3] == ["Springfield, MO", "Springfield, MA", "Springfield, IL"]
    assert len(labels) == len(set(labels)) > 20
    assert {spot.name for spot in found.spots} == {"Springfield"}


def test_new_york_s_manhattan_comes_before_the_one_in_kansas(places_session: Session) -> None:
    found = places.find(places_session, "Manhattan")
    assert isinstance(found, Several)
    assert [spot.label for spot in found.spots][:2] == ["Manhattan, NY", "Manhattan, KS"]


def test_a_comma_says_where_the_town_ends(places_session: Session) -> None:
    found = places.find(places_session, "Port Washington")
    assert isinstance(found, Several)
    assert isinstance(places.find(places_session, "Port, Washington"), Unknown)


@pytest.mark.parametrize(
    ("text", "label"),
    [("Mayagüez", "Mayagüez, PR"), ("mayaguez pr", "Mayagüez, PR"), ("San Juan PR", "San Juan, PR")],
)
def test_towns_with_accents_are_found_with_and_without(places_session: Session, text: str, label: str) -> None:
    assert spot(places_session, text).label == label


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Portlnd, OR", "Portland, OR"),
        ("Portlnd", "Portland, OR"),
        ("Oprtland", "Portland, OR"),
        ("portlnd oregon", "Portland, OR"),
        ("Beaverton, Orgon", "Beaverton, OR"),
        ("Tuscon", "Tucson, AZ"),
        ("Albuqerque nm", "Albuquerque, NM"),
        ("Cinncinati", "Cincinnati, OH"),
        ("Lakwood, CO", "Lakewood, CO"),
        ("Portland, WA", "Portland, OR"),
        ("Orgon", "Oregon"),
        ("Multnoma County", "Multnomah County, OR"),
        ("Cook County, Oregon", "Cook County, IL"),
        ("Maricoppa county az", "Maricopa County, AZ"),
    ],
)
def test_an_unknown_place_offers_what_may_have_been_meant(places_session: Session, text: str, first: str) -> None:
    offered = nearest(places_session, text)
    assert offered[0] == first
    assert len(offered) <= 5


def test_an_unknown_zip_is_unknown_and_never_everything(places_session: Session) -> None:
    for number in ("00000", "99999", "88888", "97000"):
        found = places.find(places_session, number)
        assert isinstance(found, Unknown)
        assert found.text == number
        assert len(found.nearest) <= 3
        assert all(spot.zip[:3] == number[:3] for spot in found.nearest)


def test_military_mail_is_known_and_has_no_point(places_session: Session) -> None:
    assert places.find(places_session, "09012") == NoPoint("09012", "09012")
    assert places.find(places_session, "96201-5555") == NoPoint("96201", "96201")
    found = places.find(places_session, "APO AE")
    assert isinstance(found, NoPoint)
    assert found.label == "APO, AE"
    assert places.find(places_session, "AP") == NoPoint("96201", "Armed Forces Pacific")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "%",
        "_____",
        "'; drop table place",
        "東京",
        "🏃",
        "x" * 100_000,
        "-97005-",
        "9" * 300,
        ",",
        "a",
    ],
)
def test_nonsense_is_unknown(places_session: Session, text: str) -> None:
    found = places.find(places_session, text)
    assert isinstance(found, Unknown)
    assert found.text == text


@only_reads
@given(st.text(max_size=30))
@example("\ud800")
@example("٩٧٠٠٥")
@example("st. mt ft")
@example("United States of America")
def test_anything_typed_has_an_answer(places_session: Session, text: str) -> None:
    found = places.find(places_session, text)
    assert isinstance(found, Area | Spot | Several | NoPoint | Unknown)


def test_every_label_that_we_show_is_understood(places_session: Session) -> None:
    chosen = random.Random(20).sample(list(in_file().values()), 150)
    for row in chosen:
        found = places.find(places_session, row["zip"])
        if isinstance(found, Spot):
            assert places.find(places_session, found.label) == found
            town = spot(places_session, f"{found.town}, {found.state}")
            assert places.find(places_session, town.label) == town


# The circle


@pytest.mark.parametrize("zip_code", ["97005", ANCHORAGE, HONOLULU, SAN_JUAN, ADAK, NEW_YORK, GUAM])
@pytest.mark.parametrize("miles", [0, 5, 25, 100])
def test_the_own_zip_is_always_inside_at_no_distance(places_session: Session, zip_code: str, miles: float) -> None:
    assert places.within(places_session, spot(places_session, zip_code), miles)[zip_code] == 0


@settings(only_reads, max_examples=12)
@given(st.data(), st.sampled_from([1.0, 5.0, 25.0, 50.0, 100.0, 700.0]))
def test_the_circle_holds_what_counting_by_hand_finds(
    places_session: Session, data: st.DataObject, miles: float
) -> None:
    zip_code, _, _ = data.draw(st.sampled_from(points()))
    check_circle(places_session, zip_code, miles)


@pytest.mark.parametrize(
    ("zip_code", "miles"),
    [
        ("97005", 25),
        (ANCHORAGE, 300),
        (ADAK, 1_200),
        (HONOLULU, 100),
        (SAN_JUAN, 50),
        (NEW_YORK, 10),
        ("96910", 4_000),
    ],
)
def test_the_circle_is_right_in_each_part_of_the_country(
    places_session: Session, zip_code: str, miles: float
) -> None:
    check_circle(places_session, zip_code, miles)


def check_circle(session: Session, zip_code: str, miles: float) -> None:
    centre = spot(session, zip_code)
    distances = {code: places.miles_between(centre.lat, centre.lon, lat, lon) for code, lat, lon in points()}
    expected = {code: distance for code, distance in distances.items() if distance <= miles}
    found = places.within(session, centre, miles)
    assert found == pytest.approx(expected)
    assert zip_code in found


def test_a_circle_over_the_date_line_holds_both_sides(session: Session) -> None:
    for zip_code, lon in (("99801", 179.9), ("99802", -179.9), ("99803", 170.0)):
        place = session.get(Place, zip_code)
        assert place is not None
        place.lat, place.lon = 52.0, lon
    session.flush()
    for middle in (179.95, -179.95):
        centre = Spot("99801", "Attu", "AK", 52.0, middle, "Attu, AK")
        assert places.within(session, centre, 20).keys() == {"99801", "99802"}


def test_a_circle_is_no_box(places_session: Session) -> None:
    """The corner of the box lies outside the circle."""
    centre = spot(places_session, NEW_YORK)
    found = places.within(places_session, centre, 25)
    assert max(found.values()) <= 25
    corner = [
        code
        for code, lat, lon in points()
        if abs(lat - centre.lat) < 0.36 and abs(lon - centre.lon) < 0.47 and code not in found
    ]
    assert corner


def test_a_circle_among_some_places_holds_those_alone(places_session: Session) -> None:
    some = select(Place.zip).where(Place.zip.in_(["97005", "97201", "96813"]))
    found = places.within(places_session, spot(places_session, "97005"), 25, some)
    assert found.keys() == {"97005", "97201"}
    assert found.items() <= places.within(places_session, spot(places_session, "97005"), 25).items()


def test_military_mail_is_in_no_circle(places_session: Session) -> None:
    everywhere = places.within(places_session, spot(places_session, "97005"), 13_000)
    assert len(everywhere) == 41_197
    assert "09012" not in everywhere


@pytest.mark.parametrize("miles", [-1, float("nan"), float("inf")])
def test_a_radius_that_is_none_is_refused(places_session: Session, miles: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        places.within(places_session, spot(places_session, "97005"), miles)
