"""What holds for every page, template, mail, setting and file, so that nobody has to remember it."""

import ast
import re
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import NOW
from tests.factories import Factory
from tests.page_client import PageClient
from trainers import cli
from trainers.config import ROOT, Settings
from trainers.core import heartbeats
from trainers.core.models import Account, Role, Trainer
from trainers.core.stops import ASKED_FOR, OPTIONAL
from trainers.extensions import db
from trainers.web import access, site
from trainers.web.access import Access

README = (ROOT / "README.md").read_text()
MAIL_PARTS = {"subject.txt", "body.txt", "body.html"}
People = dict[str, Account | None]
Look = Callable[[str, str], TestResponse]
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
OPEN_TO_ALL = (Access.PUBLIC, Access.LINKED)
RUNS_ON_ITS_OWN = {"static", "security.static"}
REGISTRY = re.compile("py" + r"pi\.|npm" + r"js\.|--(extra-)?index" + "-url|--find" + "-links")
MACHINE_PATH = re.compile(r"(?<![\w./])/(" + "root|home|work|opt" + r")/\w")


# Who may open what


@pytest.fixture
def people(made: Factory) -> People:
    """Nobody, somebody without a profile, a listed trainer, a reviewer, an admin; and a worker that is well."""
    trainer = made.listed("Dana Fitzgerald")
    found = {"anonymous": None, "member": made.account(), "trainer": trainer.account, "reviewer": made.reviewer()}
    found["admin"] = made.account(roles=("admin",))
    for name in heartbeats.LONGEST:
        heartbeats.beat(made.session, name, now=NOW)
    made.commit()
    return found


@pytest.fixture
def addresses(app: Flask, people: People, made: Factory) -> dict[str, str]:
    """An address for each route that can be looked at; what a uuid names is not there, or not theirs."""
    listed = made.slug(made.session.scalars(select(Trainer).where(Trainer.name == "Dana Fitzgerald")).one())
    bind = app.url_map.bind("localhost")

    def values(rule: Rule) -> dict[str, Any]:
        of_article = rule.endpoint.startswith("guidance.")
        known = {"slug": "hip-pain-from-running" if of_article else listed, "check_id": 999, "name": "none.eml"}
        return {name: known.get(name, uuid4()) for name in rule.arguments - set(rule.defaults or ())}

    looked_at = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {
        rule.endpoint: bind.build(rule.endpoint, values(rule), method="GET")
        for rule in looked_at
        if rule.endpoint not in RUNS_ON_ITS_OWN
    }


@pytest.fixture
def looks(app: Flask, made: Factory, people: People, addresses: dict[str, str]) -> Look:
    """Who gets what: (endpoint, person) -> answer, each with a browser of their own."""

    def look(endpoint: str, person: str) -> TestResponse:
        browser, account = PageClient(app, app.response_class), people[person]
        if account:
            browser.sign_in(account)
        made.commit()  # the session that was asked about the account would hold up whoever writes
        return browser.get(addresses[endpoint])

    return look


def guarded_by(app: Flask, *kinds: Access) -> list[str]:
    return [endpoint for endpoint, view in app.view_functions.items() if getattr(view, "access", None) in kinds]


def looked_at(app: Flask, addresses: dict[str, str], *kinds: Access) -> list[str]:
    found = [endpoint for endpoint in guarded_by(app, *kinds) if endpoint in addresses]
    assert found
    return found


def test_each_route_states_who_may_use_it(app: Flask) -> None:
    stated = set(guarded_by(app, *Access))
    accounts = {endpoint for endpoint in app.view_functions if endpoint.startswith("security.")}
    assert set(app.view_functions) - stated - accounts == {"static"}


def test_a_route_that_states_nothing_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "open to all", endpoint="forgotten")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.demand_statements(app)


def test_open_pages_are_open_to_all_and_public_ones_the_same_for_all(
    app: Flask, looks: Look, people: People, addresses: dict[str, str]
) -> None:
    for endpoint in looked_at(app, addresses, *OPEN_TO_ALL):
        answers = [looks(endpoint, person) for person in people]
        assert {answer.status_code for answer in answers} <= {200, 404}, endpoint
        assert len({answer.status_code for answer in answers}) == 1, endpoint
        if endpoint in guarded_by(app, Access.PUBLIC):
            assert len({answer.data for answer in answers}) == 1, endpoint


def test_signed_in_pages_lead_strangers_to_the_sign_in(app: Flask, looks: Look, addresses: dict[str, str]) -> None:
    closed = (Access.SIGNED_IN, Access.TRAINER, Access.REVIEWER, Access.ADMIN)
    for endpoint in looked_at(app, addresses, *closed):
        answer = looks(endpoint, "anonymous")
        assert answer.status_code == 302, endpoint
        assert answer.location.startswith("/login?next=/"), endpoint


@pytest.mark.parametrize("person", ["member", "reviewer", "admin"])
def test_pages_of_trainers_lead_others_to_making_a_profile(
    app: Flask, looks: Look, addresses: dict[str, str], person: str
) -> None:
    for endpoint in looked_at(app, addresses, Access.TRAINER):
        answer = looks(endpoint, person)
        assert (answer.status_code, answer.location) == (302, "/dashboard/about-you"), endpoint


@pytest.mark.parametrize("person", ["member", "trainer", "admin"])
def test_pages_of_reviewers_are_refused_to_others(
    app: Flask, looks: Look, addresses: dict[str, str], person: str
) -> None:
    for endpoint in looked_at(app, addresses, Access.REVIEWER):
        assert looks(endpoint, person).status_code == 403, endpoint


@pytest.mark.parametrize("person", ["member", "trainer", "reviewer"])
def test_pages_of_admins_are_refused_to_others(
    app: Flask, looks: Look, addresses: dict[str, str], person: str
) -> None:
    for endpoint in looked_at(app, addresses, Access.ADMIN):
        assert looks(endpoint, person).status_code == 403, endpoint


def test_each_opens_what_is_theirs(app: Flask, looks: Look, addresses: dict[str, str]) -> None:
    theirs = {
        "member": Access.SIGNED_IN,
        "trainer": Access.TRAINER,
        "reviewer": Access.REVIEWER,
        "admin": Access.ADMIN,
    }
    for person, kind in theirs.items():
        for endpoint in looked_at(app, addresses, kind):
            answer = looks(endpoint, person)
            unknown = "<" in next(app.url_map.iter_rules(endpoint)).rule
            assert answer.status_code == (404 if unknown else 200) or leads_home(answer), endpoint


def leads_home(answer: TestResponse) -> bool:
    return answer.status_code in (302, 303) and str(answer.location).startswith("/dashboard")


def test_looking_never_writes(app: Flask, looks: Look, people: People, addresses: dict[str, str]) -> None:
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    for endpoint in addresses:
        for person in people:
            looks(endpoint, person)
    assert "PRAGMA query_only=ON" in statements
    assert [each for each in statements if each.lstrip().upper().startswith(WRITES)] == []


def test_a_page_that_tries_to_write_when_looked_at_breaks(app: Flask) -> None:
    def writing() -> str:
        site.session().execute(insert(Role).values(name="reviewer"))
        return "written"

    app.add_url_rule("/writing", view_func=access.linked(writing))
    with pytest.raises(OperationalError, match="readonly"):
        app.test_client().get("/writing")


def test_what_was_sent_signed_out_is_not_repeated_as_a_look(client: FlaskClient) -> None:
    answer = client.post("/dashboard/messages/stop")
    assert answer.location == "/login?next=/dashboard"


def test_part_of_a_page_is_not_filled_with_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/dashboard/messages", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login?next=/dashboard/messages"


# Templates and mails


def test_every_template_can_be_read(app: Flask) -> None:
    names = [name for name in app.jinja_env.list_templates() if (ROOT / "templates" / name).is_file()]
    assert len(names) > 50
    for name in names:
        app.jinja_env.get_template(name)


def test_every_template_that_a_page_names_is_there(app: Flask) -> None:
    pages = [ast.parse(path.read_text()) for path in (ROOT / "trainers" / "web").glob("*.py")]
    texts = [node.value for page in pages for node in ast.walk(page) if isinstance(node, ast.Constant)]
    named = {text for text in texts if isinstance(text, str) and re.fullmatch(r"\w+/\w+\.html", text)}
    assert len(named) > 20
    assert named - set(app.jinja_env.list_templates()) == set()


def test_every_mail_has_a_subject_a_text_and_a_page() -> None:
    folders = [each for each in (ROOT / "templates" / "email").iterdir() if each.is_dir()]
    assert folders
    for folder in folders:
        assert {each.name for each in folder.iterdir()} == MAIL_PARTS, folder.name


def test_mails_that_may_be_stopped_or_are_always_sent_exist() -> None:
    there = {each.name for each in (ROOT / "templates" / "email").iterdir() if each.is_dir()}
    assert {*OPTIONAL, *ASKED_FOR} - there == set()


# What the README says


def test_the_readme_names_every_setting_and_no_other() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert told == {field.name.upper() for field in fields(Settings)}


def test_the_readme_names_every_command() -> None:
    commands = README.split("## Run it for real")[1].split("## Change it")[0]
    assert {noun for noun in cli.NOUNS if noun not in commands} == {"serve"}  # which is `make run`


def test_the_readme_names_no_other_make_target() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)[` ]", README)) <= made


# What the repository may not hold


def tracked_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{path.relative_to(ROOT)}: {each[0]}" for each in REGISTRY.finditer(text)]
        if path.name != "htmx.min.js":
            found += [f"{path.relative_to(ROOT)}: {each[0]}" for each in MACHINE_PATH.finditer(text)]
    assert found == []


def test_each_locked_package_has_its_hash() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    pinned = [block for block in blocks if "==" in block.split("\n")[0]]
    assert len(pinned) > 60
    assert [block.split("\n")[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_what_is_private_is_not_tracked() -> None:
    tracked = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    assert [name for name in tracked if name.startswith("instance/")] == ["instance/.gitignore"]
