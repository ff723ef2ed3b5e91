"""Places while somebody types, and the way from a browser's position to a search."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.page_client import PageClient
from tests.web.test_directory import FRAGMENT, links_of, text_of
from trainers.extensions import db
from trainers.web.htmx import FRAGMENT_HEADERS

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
PORTLAND = {"lat": "45.50", "lon": "-122.65"}


class TestStarts:
    def test_a_fragment_holds_the_options_alone(self, client: FlaskClient) -> None:
        answer = client.get("/places?place=portland+o", headers=FRAGMENT)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert 'role="option" id="place-offer-1" data-value="Portland, OR" aria-selected="false"' in answer.text

    def test_it_is_public_and_may_be_kept(self, client: FlaskClient) -> None:
        kept = {"": "public, no-cache", "fragment": "public, max-age=3600"}
        for what, cache_control in kept.items():
            answer = client.get("/places?place=por", headers=FRAGMENT if what else {})
            assert answer.headers["Cache-Control"] == cache_control
            assert set(FRAGMENT_HEADERS) <= set(answer.vary)
            assert "Set-Cookie" not in answer.headers

    def test_the_whole_page_works_without_javascript(self, client: FlaskClient) -> None:
        page = client.get("/places?place=multn").text
        there = client.get(links_of(page)["Multnomah County, OR"])
        assert 'value="Multnomah County, OR"' in there.text
        assert "(the whole county)" in text_of(page)

    def test_what_nobody_knows_is_said(self, client: FlaskClient) -> None:
        assert "No place that we know starts with “qqq”" in text_of(client.get("/places?place=qqq").text)
        assert "No place" not in client.get("/places").text

    def test_what_is_too_long_gets_a_sentence_and_is_not_kept(self, client: FlaskClient) -> None:
        answer = client.get("/places?place=" + "x" * 10_000)
        assert answer.status_code == 422
        assert "Shorten this to 80 characters." in answer.text
        assert answer.cache_control.no_store

    def test_two_starts_are_one_too_many(self, client: FlaskClient) -> None:
        answer = client.get("/places?place=por&place=sal")
        assert answer.status_code == 422
        assert "Give one place; this address names several." in text_of(answer.text)

    @pytest.mark.parametrize("typed", ["%00", "%F0%9F%8F%83%F0%9F%8F%83", "<script>", "%25%25"])
    def test_rubbish_is_answered_quietly(self, client: FlaskClient, typed: str) -> None:
        assert client.get(f"/places?place={typed}", headers=FRAGMENT).status_code == 200


class TestNear:
    def test_it_leads_to_the_nearest_zip_with_the_other_choices(self, client: PageClient) -> None:
        choices = PORTLAND | {"specialty": ["hip-strength", "posture"], "radius": "10", "accepting": "y"}
        answer = client.open("/places/near", method="POST", data=choices, headers=OWN_PAGE)
        assert answer.status_code == 303
        expected = "/trainers?radius=10&specialty=hip-strength&specialty=posture&accepting=y&place=97214"
        assert answer.location == expected
        assert "Set-Cookie" not in answer.headers
        assert answer.cache_control.no_store

    def test_htmx_is_led_on_too(self, client: PageClient) -> None:
        answer = client.open("/places/near", method="POST", data=PORTLAND, headers=OWN_PAGE | FRAGMENT)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/trainers?place=97214")

    def test_a_position_that_was_not_rounded_is_rounded_here(self, client: PageClient) -> None:
        exact = {"lat": "45.5249", "lon": "-122.6251"}  # by itself nearest to 97232
        places = [
            client.open("/places/near", method="POST", data=data, headers=OWN_PAGE).location
            for data in (PORTLAND, exact)
        ]
        assert places[0] == places[1]

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://other.example"},
        ],
    )
    def test_other_sites_cannot_send_people_here(self, client: PageClient, headers: dict[str, str]) -> None:
        assert client.open("/places/near", method="POST", data=PORTLAND, headers=headers).status_code == 403

    def test_older_browsers_name_the_origin(self, client: PageClient, app: Flask) -> None:
        origin = app.extensions["settings"].site_url
        answer = client.open("/places/near", method="POST", data=PORTLAND, headers={"Origin": origin})
        assert answer.status_code == 303

    def test_outside_the_us_a_sentence_leads_back_with_the_choices(self, client: PageClient) -> None:
        data = {"lat": "51.50", "lon": "-0.10", "specialty": "hip-strength"}
        answer = client.open("/places/near", method="POST", data=data, headers=OWN_PAGE)
        assert answer.status_code == 422
        assert "you are outside the US" in text_of(answer.text)
        assert links_of(answer.text)["Back to the search"] == "/trainers?specialty=hip-strength"

    @pytest.mark.parametrize(
        "position",
        [
            {},
            {"lat": "45.5"},
            {"lat": "nan", "lon": "inf"},
            {"lat": "1e400", "lon": "0"},
            {"lat": "91", "lon": "0"},
            {"lat": "0", "lon": "-181"},
            {"lat": "9" * 10_000, "lon": "0"},
            {"lat": "\0", "lon": "🏃"},
        ],
    )
    def test_what_is_no_point_gets_a_sentence(self, client: PageClient, position: dict[str, str]) -> None:
        answer = client.open("/places/near", method="POST", data=position, headers=OWN_PAGE)
        assert answer.status_code == 422
        assert "Your browser sent no place on the map." in text_of(answer.text)

    def test_nothing_is_written_logged_or_repeated(
        self, client: PageClient, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        statements: list[str] = []
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        with caplog.at_level(logging.DEBUG):
            answer = client.open("/places/near", method="POST", data=PORTLAND, headers=OWN_PAGE)
        assert [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMM"))] == []
        told = caplog.text + answer.text + str(answer.headers)
        assert "45.5" not in told
        assert "122.65" not in told


class TestPermission:
    def test_only_the_search_may_ask_where_a_browser_is(self, client: FlaskClient) -> None:
        for path, policy in (
            ("/trainers", "geolocation=(self)"),
            ("/trainers?radius=0", "geolocation=(self)"),
            ("/", "geolocation=()"),
            ("/places", "geolocation=()"),
            ("/nobody-here", "geolocation=()"),
        ):
            assert client.get(path).headers.get_all("Permissions-Policy") == [policy], path

    def test_the_button_is_hidden_until_a_script_shows_it(self, client: FlaskClient) -> None:
        assert '<div class="near" data-near hidden>' in client.get("/trainers").text
