"""The file of US places, what is found for what somebody types, and the circle around a place."""

import csv
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from trainers.core.content import CONTENT, ContentError
from trainers.core.models import Place
from trainers.core.search import places
from trainers.core.search.place_words import KINDS_OF_COUNTY
from trainers.core.search.places import Area, NoPoint, PlaceRow, Several, Spot, Unknown, zips_in

PLACES = CONTENT / "data" / "places.csv"
TOWNS = CONTENT / "data" / "towns.csv"
only_reads = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

ANCHORAGE, ADAK, HONOLULU, GUAM, SAN_JUAN, NEW_YORK = "99503", "99546", "96813", "96910", "00901", "10001"


@cache
def in_file() -> dict[str, PlaceRow]:
    return {row["zip"]: row for row in places.read_places(PLACES)}


def points() -> list[tuple[str, float, float]]:
    rows = in_file().values()
    return [
        (row["zip"], row["lat"], row["lon"]) for row in rows if row["lat"] is not None and row["lon"] is not None
    ]


def spot(session: Session, text: str) -> Spot:
    found = places.find(session, text)
    assert isinstance(found, Spot), found
    return found


def nearest(session: Session, text: str) -> list[str]:
    found = places.find(session, text)
    assert isinstance(found, Unknown), found
    return [spot.label for spot in found.nearest]


# The file


def test_the_file_holds_every_zip_once_and_in_order() -> None:
    lines = PLACES.read_text(encoding="utf-8").splitlines()[1:]
    zips = [line[:5] for line in lines]
    assert zips == sorted(set(zips))
    assert all(len(zip_code) == 5 and zip_code.isdigit() for zip_code in zips)
    assert sum(zip_code.startswith("0") for zip_code in zips) > 3_700
    assert PLACES.stat().st_size < 2_500_000


def test_all_have_a_point_in_the_us_but_military_mail() -> None:
    with_point = [row for row in in_file().values() if row["lat"] is not None]
    assert len(with_point) == 41_197
    assert all(-15 < (row["lat"] or 0) < 72 for row in with_point)
    west_or_pacific = [row for row in with_point if not -180 < (row["lon"] or 0) < -64]
    assert {row["state"] for row in west_or_pacific} == {"GU", "MP", "MH", "HI"}  # HI: Wake Island


def test_military_mail_has_its_region_by_prefix_and_no_point() -> None:
    military = [row for row in in_file().values() if row["lat"] is None]
    regions = Counter((row["zip"][:2], row["state"]) for row in military)
    assert regions == {("09", "AE"): 512, ("34", "AA"): 61, ("96", "AP"): 211}
    assert in_file()["09001"]["state"] == "AE"
    assert in_file()["96201"]["state"] == "AP"


def test_every_state_of_the_file_has_a_name() -> None:
    assert {row["state"] for row in in_file().values()} <= places.STATES.keys()


@pytest.mark.parametrize(
    ("zip_code", "town", "state", "lat", "lon"),
    [
        (ANCHORAGE, "Anchorage", "AK", 61.2181, -149.9003),
        ("99701", "Fairbanks", "AK", 64.8378, -147.7164),
        ("99519", "Anchorage", "AK", 61.2181, -149.9003),
        ("99723", "Barrow", "AK", 71.2906, -156.7886),
        ("99574", "Cordova", "AK", 60.5428, -145.7575),
        ("99615", "Kodiak", "AK", 57.7900, -152.4072),
        (HONOLULU, "Honolulu", "HI", 21.3069, -157.8583),
        (SAN_JUAN, "San Juan", "PR", 18.4655, -66.1057),
        ("97201", "Portland", "OR", 45.5152, -122.6784),
        ("02138", "Cambridge", "MA", 42.3751, -71.1056),
        ("78852", "Eagle Pass", "TX", 28.7091, -100.4995),
        ("83716", "Boise", "ID", 43.6150, -116.2023),
    ],
)
def test_a_known_zip_lies_in_its_town(zip_code: str, town: str, state: str, lat: float, lon: float) -> None:
    row = in_file()[zip_code]
    assert (row["town"], row["state"]) == (town, state)
    assert row["lat"] is not None
    assert row["lon"] is not None
    assert places.miles_between(row["lat"], row["lon"], lat, lon) < 15


@pytest.mark.parametrize(
    ("zip_code", "town"),
    [
        ("75070", "McKinney"),
        ("78504", "McAllen"),
        ("63366", "O'Fallon"),
        ("29451", "Isle of Palms"),
        ("80841", "USAF Academy"),
        ("92067", "Rancho Santa Fe"),
        ("83815", "Coeur d'Alene"),
    ],
)
def test_towns_are_written_as_people_write_them(zip_code: str, town: str) -> None:
    assert in_file()[zip_code]["town"] == town


def test_towns_under_another_name_point_to_a_zip_of_their_state_and_are_in_no_other_row() -> None:
    towns = {(row["town_key"], row["state"]) for row in in_file().values()}
    with TOWNS.open(encoding="utf-8", newline="") as file:
        others = list(csv.DictReader(file))
    assert len(others) > 3_000
    assert all(in_file()[other["zip"]]["state"] == other["state"] for other in others)
    assert all(in_file()[other["zip"]]["lat"] is not None for other in others)
    assert not [other for other in others if (places.fold_place(other["town"]), other["state"]) in towns]


@pytest.mark.parametrize(
    ("zip_code", "county"),
    [
        ("97201", "Multnomah County"),
        ("60601", "Cook County"),
        ("70112", "Orleans Parish"),
        ("99503", "Anchorage Municipality"),
        ("99615", "Kodiak Island Borough"),
        ("21201", "Baltimore city"),
        ("21204", "Baltimore County"),
        ("97207", "Multnomah County"),  # a PO box
        ("00681", "Mayagüez Municipio"),  # ... of which the source knows no county
        ("06103", "Hartford County"),
        ("09001", ""),
    ],
)
def test_a_zip_has_the_county_s_full_name(zip_code: str, county: str) -> None:
    assert in_file()[zip_code]["county"] == county


def test_each_county_has_one_spelling() -> None:
    spelled = {(row["state"], row["county_key"]): row["county"] for row in in_file().values()}
    assert all(spelled[row["state"], row["county_key"]] == row["county"] for row in in_file().values())
    ends = Counter(county.rpartition(" ")[2] for county in spelled.values())
    assert ends["County"] > 2_900
    assert ends["Parish"] == 64
    no_county = {row["state"] for row in in_file().values() if row["lat"] is not None and not row["county"]}
    assert no_county == {"MH"}


def test_towns_of_puerto_rico_have_their_accents() -> None:
    assert in_file()["00680"]["town"] == in_file()["00681"]["town"] == "Mayagüez"


# Loading


def test_loading_again_changes_nothing(places_session: Session) -> None:
    assert places.load_places(places_session, PLACES) == 0
    assert places_session.scalar(select(func.count()).select_from(Place)) == len(in_file())


def test_loading_adds_what_is_missing_and_mends_what_differs(places_session: Session) -> None:
    before = places_session.scalars(select(Place.zip).order_by(Place.zip)).all()
    places_session.execute(delete(Place).where(Place.zip == "97005"))
    places_session.execute(update(Place).where(Place.zip == "97201").values(town="Porland"))
    places_session.execute(update(Place).where(Place.zip == "97202").values(lat=45.0))
    places_session.execute(update(Place).where(Place.zip == "97203").values(x=0.5))
    places_session.execute(update(Place).where(Place.zip == "97204").values(county="", county_key=""))
    places_session.execute(update(Place).where(Place.zip == "09001").values(state="AA"))
    assert places.load_places(places_session, PLACES) == 6
    assert places.load_places(places_session, PLACES) == 0
    assert places_session.scalars(select(Place.zip).order_by(Place.zip)).all() == before
    assert spot(places_session, "97005").town == "Beaverton"


def test_loading_keeps_a_zip_that_left_the_file(places_session: Session, tmp_path: Path) -> None:
    shorter = tmp_path / "places.csv"
    lines = PLACES.read_text(encoding="utf-8").splitlines(keepends=True)
    shorter.write_text("".join(lines[:1] + lines[-10:]), encoding="utf-8")
    assert places.load_places(places_session, shorter) == 0
    assert spot(places_session, "97005").town == "Beaverton"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "first line"),
        ("zip,town\n", "first line"),
        (
            "zip,town,state,lat,lon,population,county\n97005,Beaverton,OR,45.1,-122.8,many,Washington County\n",
            "line 2",
        ),
        ("zip,town,state,lat,lon,population,county\n97005,Beaverton,OR,45.1,,100,Washington County\n", "line 2"),
        ("zip,town,state,lat,lon,population,county\n97005,Beaverton,OR\n", "line 2"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    session: Session, tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=complaint):
        places.load_places(session, path)


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
