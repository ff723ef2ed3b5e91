"""/trainers.json says what the page says."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.conftest import TODAY
from tests.factories import Factory
from trainers.core.models import TrainerLanguage


def ask(client: FlaskClient, answers: int = 200, **parameters: object) -> dict[str, Any]:
    response = client.get("/trainers.json?" + urlencode(parameters, doseq=True))
    assert (response.status_code, response.mimetype) == (answers, "application/json")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers
    found: dict[str, Any] = json.loads(response.text)
    assert found.keys() == {"place", "choices", "message", "corrected", "total", "results", "facets"}
    return found


@pytest.fixture
def town(made: Factory) -> None:
    made.listed("Dana Fitzgerald", zip="97005", specialties=("running",))
    made.listed("Robin Reyes", key="ACSM/ACSM-EP", zip="97201", languages=[TrainerLanguage(language="es")])
    made.listed("Ola Old", zip="97301", expires_on=None, key="NASM/NASM-CES")
    made.commit()


@pytest.mark.usefixtures("town")
def test_an_answer_says_where_who_and_how_many_else(client: FlaskClient) -> None:
    found = ask(client, place="97201", radius=25)
    place = found["place"]
    assert (place["zip"], place["town"], place["state"]) == ("97201", "Portland", "OR")
    assert (round(place["lat"]), round(place["lon"])) == (46, -123)
    assert (found["choices"], found["message"], found["corrected"], found["total"]) == ([], None, {}, 2)
    assert [(row["name"], row["distance_miles"]) for row in found["results"]] == [
        ("Robin Reyes", 0.0),
        ("Dana Fitzgerald", pytest.approx(6, abs=1)),
    ]
    assert found["results"][1]["slug"].startswith("dana-fitzgerald")
    assert found["results"][1]["credentials"] == [
        {
            "issuer": "NASM",
            "code": "NASM-CPT",
            "status": "current",
            "expires_on": "2027-11-30",
            "checked_on": TODAY.isoformat(),
        }
    ]
    facets = found["facets"]
    assert facets["credential"]["NASM/NASM-CPT"] == facets["credential"]["ACSM/ACSM-EP"] == 1
    assert (facets["issuer"]["NASM"], facets["specialty"]["running"], facets["language"]["es"]) == (1, 1, 1)
    assert facets["fms"] == {"FMS-L1": 0, "FMS-L2": 0}
    assert facets.keys() == {"credential", "issuer", "fms", "specialty", "mode", "language", "accepting"}


@pytest.mark.usefixtures("town")
def test_a_name_with_a_slip_tells_what_was_found_instead(client: FlaskClient) -> None:
    found = ask(client, name="fitzgerld")
    assert (found["corrected"], found["total"], found["place"]) == ({"fitzgerld": "fitzgerald"}, 1, None)
    assert found["results"][0]["distance_miles"] is None


@pytest.mark.usefixtures("town")
def test_places_of_one_name_are_offered(client: FlaskClient) -> None:
    found = ask(client, place="Springfield")
    assert found["message"] == "Which Springfield? Ask again with one of the choices."
    assert {"MO", "IL", "MA"} <= {choice["state"] for choice in found["choices"]}
    assert (found["place"], found["total"], found["results"]) == (None, 0, [])
    again = ask(client, place=found["choices"][0]["label"])
    assert again["place"]["town"] == "Springfield"
    state = ask(client, place="Oregon")
    assert (state["place"]["label"], state["place"]["zip"], state["place"]["lat"]) == ("Oregon", None, None)
    assert state["total"] == 2


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"radius": "0"}, "Give the distance as a whole number of miles from 1 to 250."),
        ({"place": "00000"}, "We do not know the ZIP code 00000."),
        ({"credential": "NASM-CPT"}, "Choose from the list"),
        ({"status": "expired"}, "Choose current or all."),
        ({"name": "x" * 10_000}, "Shorten this to 120 characters."),
    ],
)
def test_what_cannot_be_asked_is_told(client: FlaskClient, asked: dict[str, str], sentence: str) -> None:
    found = ask(client, 422, **asked)
    assert sentence in found["message"]
    assert (found["total"], found["results"]) == (0, [])


@pytest.mark.usefixtures("town")
def test_military_mail_and_unknown_places_are_told(client: FlaskClient) -> None:
    assert "no place on our map" in ask(client, place="09012")["message"]
    assert "We know no place called Xyzzyville" in ask(client, place="Xyzzyville")["message"]


def test_all_rows_come_at_once_or_page_by_page(client: FlaskClient, made: Factory) -> None:
    for number in range(23):
        made.listed(f"Dana {number}")
    made.commit()
    whole = ask(client, name="dana")
    assert (whole["total"], len(whole["results"])) == (23, 23)
    pages = [ask(client, name="dana", page=page)["results"] for page in (1, 2)]
    assert [len(page) for page in pages] == [20, 3]
    assert [*pages[0], *pages[1]] == whole["results"]
    assert "There is no page 3" in ask(client, 404, name="dana", page=3)["message"]
    assert ask(client, 404, name="dana", page=0)["message"]


@pytest.mark.usefixtures("town")
def test_the_page_and_the_program_are_told_the_same(client: FlaskClient) -> None:
    for query in ("", "?place=97005&radius=100", "?name=dana&status=all", "?specialty=running&sort=name"):
        page, data = client.get("/trainers" + query).text, json.loads(client.get("/trainers.json" + query).text)
        at = [page.index(f'href="/trainers/{row["slug"]}"') for row in data["results"]]
        assert at == sorted(at)
        assert page.count('<li class="result">') == data["total"] == len(data["results"])
