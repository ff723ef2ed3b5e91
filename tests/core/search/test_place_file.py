"""The file of US places, and how it comes into the table."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from trainers.core.content import CONTENT, ContentError
from trainers.core.models import Place
from trainers.core.search import places
from trainers.core.search.places import PlaceRow, Spot

PLACES = CONTENT / "data" / "places.csv"
TOWNS = CONTENT / "data" / "towns.csv"
ANCHORAGE, HONOLULU, SAN_JUAN = "99503", "96813", "00901"


@cache
def in_file() -> dict[str, PlaceRow]:
    return {row["zip"]: row for row in places.read_places(PLACES)}


def spot(session: Session, text: str) -> Spot:
    found = places.find(session, text)
    assert isinstance(found, Spot), found
    return found


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
