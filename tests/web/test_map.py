from html import unescape
from urllib.parse import urlencode

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Factory
from tests.page_client import PageClient
from tests.statements import counted_statements
from tests.web.test_directory import links_of, text_of
from trainers.core.models import TrainerLanguage


@pytest.fixture
def town(made: Factory) -> None:
    """Two in Beaverton, one in Portland, one in Salem who speaks Spanish."""
    made.listed("Dana Fitzgerald", zip="97005")
    made.listed("Robin Reyes", zip="97005")
    made.listed("Kim Park", zip="97201")
    made.listed("Sam Salem", zip="97301", mode="in_person", languages=[TrainerLanguage(language="es")])
    made.commit()


def look(client: FlaskClient, **parameters: object) -> str:
    response = client.get("/trainers/map?" + urlencode(parameters, doseq=True))
    assert response.status_code == 200
    return response.text


@pytest.mark.usefixtures("town")
def test_a_map_says_the_same_in_words_with_a_way_to_each_town(client: FlaskClient) -> None:
    page = look(client, place="97201", radius=25, mode="online")
    assert "3 trainers within 25 miles of Portland, OR 97201" not in page, "online alone has no circle"
    page = look(client, place="97201", radius=25)
    text = text_of(page)
    assert "3 trainers within 25 miles of Portland, OR 97201" in text
    assert "Portland, OR less than 1 mile 1 Beaverton, OR 6 miles 2" in text
    assert links_of(page)["Beaverton, OR"] == "/trainers?place=Beaverton,+OR"
    filtered = look(client, place="97201", radius=100, language="es", sort="name")
    assert links_of(filtered)["Salem, OR"] == "/trainers?place=Salem,+OR&radius=100&language=es&sort=name"


@pytest.mark.usefixtures("town")
def test_a_whole_state_is_drawn_without_a_circle(client: FlaskClient, made: Factory) -> None:
    made.listed("Vera Vancouver", zip="98660")
    made.commit()
    page = look(client, place="Oregon")
    assert "4 trainers in Oregon" in text_of(page)
    assert "Vancouver, WA" not in links_of(page)
    assert "map__circle" not in page


@pytest.mark.usefixtures("town")
def test_the_drawing_is_an_image_with_a_name_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = look(client, place="97201")
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (drawing,) = (each for each in tree.iter() if str(each.tag).endswith("svg") and each.get("role"))
    assert drawing.get("role") == "img"
    named = {each.get("id"): "".join(each.itertext()) for each in drawing.iter() if each.get("id")}
    title, words = (named[part] for part in (drawing.get("aria-labelledby") or "").split())
    assert title == "A circle of 25 miles around Portland, OR 97201"
    assert "2 dots on the outlines of the states. The largest: Beaverton, OR, 2 trainers;" in words
    assert 'style="' not in page
    assert "<script" not in page
    inside = page[page.index("<figure") : page.index("</figure>")]
    assert "http" not in inside
    assert len(inside) < 30_000


@pytest.mark.usefixtures("town")
def test_the_list_leads_to_the_map_and_the_map_to_the_list(client: FlaskClient) -> None:
    asked = "place=97201&radius=50&mode=online&mode=in_person&language=es&sort=name"
    there = links_of(client.get(f"/trainers?{asked}").text)["Show on a map"]
    assert there == f"/trainers/map?{asked}"
    assert links_of(client.get(there).text)["Show as a list"] == f"/trainers?{asked}"


@pytest.mark.usefixtures("town")
def test_a_choice_can_be_taken_off_on_the_map(client: FlaskClient) -> None:
    page = look(client, place="97301", language="es", accepting="y")
    assert links_of(page)["Remove Spanish ×"] == "/trainers/map?place=97301&accepting=y"


@pytest.mark.usefixtures("town")
def test_without_a_place_each_state_is_told(client: FlaskClient, made: Factory) -> None:
    made.listed("Far Away", zip="96813")
    made.commit()
    page = look(client)
    text = text_of(page)
    assert "State Trainers Oregon 4 Hawaii 1" in text
    assert "Parts with a frame have a scale of their own." in text
    assert links_of(page)["Oregon"] == "/trainers?place=Oregon"


@pytest.mark.usefixtures("town")
def test_nobody_is_said_in_a_sentence(client: FlaskClient) -> None:
    page = look(client, place="97201", language="vi")
    assert "Nobody within 25 miles of Portland, OR 97201 matches all your choices" in text_of(page)
    assert links_of(page)["See where else to look"] == "/trainers?place=97201&language=vi"
    assert "<table" not in page
    assert "Nobody listed under “nobody atall”" in text_of(look(client, name="nobody atall"))


def test_a_place_that_is_none_leads_to_maps_of_those_that_may_be_meant(client: FlaskClient) -> None:
    page = look(client, place="Springfield", radius=50)
    assert "Which Springfield?" in text_of(page)
    assert links_of(page)["Springfield, MO"] == "/trainers/map?place=Springfield,+MO&radius=50"
    assert "is military mail" in look(client, place="09012")
    assert "We do not know" in look(client, place="Portlnd, OR")


@pytest.mark.parametrize("parameters", ["radius=ten&place=97005", "place=00000", "sort=price", "language=xx"])
def test_what_the_list_refuses_is_refused_in_the_same_words(client: FlaskClient, parameters: str) -> None:
    response = client.get(f"/trainers/map?{parameters}")
    assert response.status_code == 422
    assert text_of(response.text) == text_of(client.get(f"/trainers?{parameters}").text)
    assert client.get("/trainers/map?page=two").status_code == 404


@pytest.mark.usefixtures("town")
def test_the_map_is_the_same_for_everybody_and_not_for_search_engines(client: PageClient, made: Factory) -> None:
    reviewer = made.reviewer()
    made.commit()
    visitor = client.get("/trainers/map?place=97201")
    signed_in = client.sign_in(reviewer).get("/trainers/map?place=97201")
    assert signed_in.data == visitor.data
    assert "Set-Cookie" not in signed_in.headers
    assert '<meta name="robots" content="noindex">' in visitor.text
    again = client.get("/trainers/map?place=97201", headers={"If-None-Match": visitor.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("place", ["97201", "Portland, OR", ""])
def test_a_map_takes_at_most_five_statements(app: Flask, place: str) -> None:
    assert counted_statements(app, lambda: look(FlaskClient(app, app.response_class), place=place)) <= 5


@pytest.mark.usefixtures("town")
def test_odd_text_is_shown_as_text(client: FlaskClient) -> None:
    for typed in ("<script>alert(1)</script>", "\u202eDana", "Dana\0", "🏃"):
        for field in ("name", "place"):
            assert "<script>alert" not in unescape(look(client, **{field: typed}).replace("&lt;", ""))
