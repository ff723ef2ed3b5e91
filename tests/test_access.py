"""Each route answers each kind of person as tests/access_table.py says, and looking at a page changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access_table import LED_TO, rows
from tests.access_world import WHO, World, build
from tests.factories import Factory
from tests.page_client import MAY_BE_KEPT
from trainers.core.models import Role
from trainers.extensions import db
from trainers.web import access, site
from trainers.web.access import Access
from trainers.web.htmx import FRAGMENT_HEADERS

TABLE = rows()
RUNS_ON_ITS_OWN = {"static", "security.static"}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
OF_NO_USE = {"nothing": "of use"}
WITHOUT_A_TOKEN = {
    "unsubscribe.act",  # RFC 8058: mail programs send this without having seen the page
    "hip_check.ask",  # stores and changes nothing; a token would need a cookie
    "guidance.find",  # only leads on to the search, from pages that are the same for everybody
    "sheets.fill_in",  # as the hip check: nothing of a sheet without an account is stored
    "sheets.file",
    "sheets.opened",
    "sheets.as_csv",
    "sheets.as_file",
    "places.near",  # stores and changes nothing; only our own pages may send it
}
Ask = Callable[[str, str, str], TestResponse]


@pytest.fixture
def world(app: Flask, made: Factory) -> World:
    return build(app, made)


@pytest.fixture
def ask(world: World) -> Ask:
    """What (method, endpoint, person) gets, each with a browser of their own."""

    def ask(method: str, endpoint: str, who: str) -> TestResponse:
        data = OF_NO_USE if method == "POST" else None
        browser = world.browser(who)
        return browser.open(world.address(rule_of(world.app, endpoint, method), method), method=method, data=data)

    return ask


def rule_of(app: Flask, endpoint: str, method: str) -> Rule:
    return next(rule for rule in app.url_map.iter_rules(endpoint) if method in (rule.methods or ()))


def told(answer: TestResponse) -> str:
    """The answer as the table writes it."""
    led_to = {path: word for word, path in LED_TO.items()}
    if answer.status_code == 302 and urlsplit(answer.location).path in led_to:
        return led_to[urlsplit(answer.location).path]
    return str(answer.status_code)


def changes_nothing(cell: str) -> bool:
    return cell in LED_TO or cell in ("403", "404", "422")


def test_each_route_stands_in_the_table_and_no_other(app: Flask) -> None:
    there = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in ("GET", "POST")
        if method in (rule.methods or ()) and rule.endpoint not in RUNS_ON_ITS_OWN
    }
    assert there == set(TABLE)
    assert {len(cells) for cells in TABLE.values()} == {len(WHO)}


@pytest.mark.by_day(
    "sqlite"
)  # who may is decided above the engine; what each page does is tried on both elsewhere
def test_each_page_answers_each_person_as_the_table_says_and_writes_nothing(world: World, ask: Ask) -> None:
    looks = [(endpoint, cells) for (method, endpoint), cells in TABLE.items() if method == "GET"]
    with statements_of(world.app) as statements:
        found = {endpoint: [told(ask("GET", endpoint, who)) for who in WHO] for endpoint, _ in looks}
    assert found == dict(looks)
    assert len(statements) > 500
    assert [each for each in statements if each.lstrip().upper().startswith(WRITES)] == []


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """What is put to the database meanwhile."""
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


FORMS = {endpoint: cells for (method, endpoint), cells in TABLE.items() if method == "POST"}
REFUSED = [endpoint for endpoint, cells in FORMS.items() if all(map(changes_nothing, cells))]
"""Sent in without an answer that is of use, these change nothing for anybody: one world is enough for them all."""


@pytest.mark.by_day("sqlite")
def test_forms_that_are_refused_answer_each_person_as_the_table_says(ask: Ask) -> None:
    found = {endpoint: [told(ask("POST", endpoint, who)) for who in WHO] for endpoint in REFUSED}
    assert found == {endpoint: FORMS[endpoint] for endpoint in REFUSED}


@pytest.mark.by_day("sqlite")
@pytest.mark.parametrize("endpoint", [endpoint for endpoint in FORMS if endpoint not in REFUSED])
def test_each_form_answers_each_person_as_the_table_says(ask: Ask, endpoint: str) -> None:
    """Those who may not change anything go first, while there is something to be changed."""
    expected = dict(zip(WHO, FORMS[endpoint], strict=True))
    order = sorted(WHO, key=lambda who: not changes_nothing(expected[who]))
    found = {who: told(ask("POST", endpoint, who)) for who in order}
    assert found == expected


def test_what_belongs_to_one_trainer_is_not_there_for_another(app: Flask) -> None:
    named = [rule for rule in app.url_map.iter_rules() if "uuid" in rule.arguments]
    of_trainers = {rule.endpoint for rule in named if guard(app, rule.endpoint) is Access.TRAINER}
    assert len(of_trainers) > 10
    for (method, endpoint), cells in TABLE.items():
        if endpoint in of_trainers:
            answers = dict(zip(WHO, cells, strict=True))
            assert answers["other"] == "404", f"{method} {endpoint}"
            assert answers["trainer"] != "404", f"{method} {endpoint}"


# The guards themselves


def guard(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions[endpoint], "access", None)


def test_each_route_states_who_may_use_it(app: Flask) -> None:
    silent = {endpoint for endpoint in app.view_functions if guard(app, endpoint) is None}
    assert {endpoint for endpoint in silent if not endpoint.startswith("security.")} == {"static"}


def test_a_route_that_states_nothing_stops_the_start(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/forgotten", view_func=lambda: "open to all", endpoint="forgotten")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.demand_statements(fresh_app)


def test_strangers_are_led_to_the_sign_in_and_back(world: World) -> None:
    answer = world.browser("anonymous").get("/dashboard/messages?all=yes")
    assert answer.location == "/login?next=/dashboard/messages?all%3Dyes"


def test_what_was_sent_signed_out_is_not_repeated_as_a_look(client: FlaskClient) -> None:
    answer = client.post("/dashboard/messages/stop")
    assert answer.location == "/login?next=/dashboard"


def test_part_of_a_page_is_not_filled_with_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/dashboard/messages", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login?next=/dashboard/messages"


@pytest.mark.by_day("sqlite")
def test_no_form_is_taken_without_its_token(world: World) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    for method, endpoint in TABLE:
        if method == "POST":
            address = world.address(rule_of(world.app, endpoint, "POST"), "POST")
            taken = world.browser("trainer").post(address, data=OF_NO_USE).status_code != 400
            assert taken is (endpoint in WITHOUT_A_TOKEN), endpoint


# Looking


def test_a_page_that_tries_to_write_when_looked_at_breaks(fresh_app: Flask) -> None:
    def writing() -> str:
        site.session().execute(insert(Role).values(name="reviewer"))
        return "written"

    fresh_app.add_url_rule("/writing", view_func=access.linked(writing))
    with pytest.raises(DBAPIError, match=r"read-?only"):
        fresh_app.test_client().get("/writing")


@pytest.mark.parametrize("how", ["a row", "a text"])
def test_a_view_that_forgets_to_commit_is_found_out_by_the_tests(fresh_app: Flask, how: str) -> None:
    def forgetful() -> str:
        if how == "a row":
            site.session().add(Role(name="reviewer"))
        else:
            site.session().execute(text("UPDATE role SET name = name"))
        return "not saved"

    fresh_app.add_url_rule("/forgetful", view_func=access.linked(forgetful), methods=["POST"])
    with pytest.raises(AssertionError, match="leaves without a commit"):
        fresh_app.test_client().post("/forgetful")


# Parts of pages


def is_whole(answer: TestResponse) -> bool:
    return answer.text.lstrip().lower().startswith("<!doctype html")


@pytest.mark.by_day("sqlite")
def test_a_page_that_can_answer_with_a_part_says_so_and_is_whole_after_going_back(world: World) -> None:
    """Else a browser shows the bare part for the page's address, or a cache hands it to somebody else."""
    in_parts = set()
    for (method, endpoint), cells in TABLE.items():
        who = next((who for who, cell in zip(WHO, cells, strict=True) if cell == "200"), None)
        if method != "GET" or who is None:
            continue
        browser, address = world.browser(who), world.address(rule_of(world.app, endpoint, "GET"), "GET")
        part = browser.get(address, headers={"HX-Request": "true"})
        if part.mimetype != "text/html" or is_whole(part):
            continue
        in_parts.add(endpoint)
        again = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        for headers in ({}, {"HX-Request": "true"}, again, {"HX-History-Restore-Request": "true"}):
            answer = browser.get(address, headers=headers)
            assert set(FRAGMENT_HEADERS) <= set(answer.vary), endpoint
            assert is_whole(answer) is (headers != {"HX-Request": "true"}), f"{endpoint} {headers}"
        assert ("no-store" in part.headers["Cache-Control"]) is (endpoint not in MAY_BE_KEPT), endpoint
    assert "directory.index" in in_parts
