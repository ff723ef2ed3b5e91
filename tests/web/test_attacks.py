"""What somebody tries who means harm, one way after the other."""

import html
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, Text, select, text
from sqlalchemy.orm import Session

from tests.access_table import rows
from tests.access_world import WHO, World, build
from tests.conftest import TODAY
from tests.core.test_erasure import reported
from tests.factories import Factory
from tests.page_client import PageClient
from tests.test_access import rule_of
from tests.web.registering import PASSWORD, read
from tests.web.signing_in import Door, is_signed_in
from trainers.core.models import Account, Base, Message, Trainer
from trainers.core.search import listing

MARKUP = "\"'><img src=x onerror=a()>{{7*191}}${7*191}</script>{%x%}"
RAW = ("<img src=x", "1337", "</script>{%")
WRITTEN = {
    "trainer": ("name", "headline", "bio", "waiting_headline", "waiting_bio"),
    "claim_draft": ("name_on_certificate",),
    "education_record": ("title", "provider"),
    "sheet": ("label", "notes"),
    "share": ("runner_name",),
    "review": ("note", "answer"),
    "review_note": ("body",),
    "report": ("body",),
    "objection": ("body",),
    "contact_message": ("sender_name", "body"),
    "message": ("subject",),
}
"""What people write as they like. Terms are only added to: their names come from the draft."""
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "http://127.0.0.1:8000@evil.example/",
)
QUESTIONS = (
    "' OR '1'='1",
    "x' UNION SELECT email, password FROM account --",
    '" OR ""="',
    "1; DELETE FROM trainer",
    "') OR 1=1 /*",
    "\\' OR 1=1 #",
    "%' AND 1=(SELECT COUNT(*) FROM account) --",
)
FIELDS = "name place radius credential issuer specialty mode language fms accepting status sort page".split()


@pytest.fixture
def world(app: Flask, made: Factory) -> World:
    return build(app, made)


def write_everywhere(world: World) -> None:
    """The markup in each column that people write into, cut where the column ends."""
    session = world.made.session
    for table, columns in WRITTEN.items():
        for name in columns:
            kind = Base.metadata.tables[table].columns[name].type
            longest = kind.length if isinstance(kind, String) and not isinstance(kind, Text) else None
            assert longest is None or longest >= len(MARKUP), (table, name)
            session.execute(text(f"UPDATE {table} SET {name} = :markup"), {"markup": MARKUP})
    session.expire_all()
    for trainer in session.scalars(select(Trainer).where(Trainer.state == "listed")):
        listing.refresh(session, trainer, today=TODAY)
    world.made.commit()


@pytest.mark.by_day("sqlite")
def test_nothing_that_somebody_wrote_runs_on_a_page_or_in_a_template(world: World) -> None:
    reported(world.made, world.made.session.scalars(select(Trainer)).first())  # type: ignore[arg-type]
    write_everywhere(world)
    shown = set()
    for (method, endpoint), cells in rows().items():
        who = next((who for who, cell in zip(WHO, cells, strict=True) if cell == "200"), None)
        if method != "GET" or who is None:
            continue
        answer = world.browser(who).get(world.address(rule_of(world.app, endpoint, "GET"), "GET"))
        if answer.mimetype == "text/html":
            assert not [each for each in RAW if each in answer.text], endpoint
            shown |= {endpoint} if "{{7*191}}" in html.unescape(answer.text) else set()
    assert len(shown) > 15
    assert {"directory.show", "review.show", "kept_sheets.show", "education.change"} <= shown


@pytest.mark.parametrize("field", FIELDS)
def test_no_question_to_the_database_comes_through_a_search(
    client: FlaskClient, made: Factory, store: Session, field: str
) -> None:
    made.listed("Dana Reyes")
    made.commit()
    everybody = client.get("/trainers.json?status=all").json["total"]  # type: ignore[index]
    assert everybody == 1
    for question in QUESTIONS:
        answer = client.get("/trainers.json", query_string={field: question})
        assert answer.status_code in (200, 404, 422), question
        assert "password" not in answer.text.replace(question, ""), question
        if field == "name":
            assert answer.json["total"] == 0, question  # type: ignore[index]
    assert len(read(store, select(Trainer))) == 1


@pytest.mark.parametrize("where", ELSEWHERE)
def test_who_signs_in_is_led_to_no_other_site(
    app: Flask, store: Session, made: Factory, client: FlaskClient, where: str
) -> None:
    email = Door(app, store, made).person()
    sent = {"email": email, "password": PASSWORD, "next": where}
    answer = client.post("/login", query_string={"next": where}, data=sent)
    if answer.status_code == 422:  # refused as it stands: led nowhere, and not signed in
        assert not is_signed_in(client)
        return
    assert "\\" not in answer.location, "browsers read it as a slash"
    assert urlsplit(urljoin("http://localhost/login", answer.location)).netloc == "localhost"


@pytest.mark.parametrize("path", ["/register", "/reset", "/confirm"])
def test_a_mail_names_our_address_whatever_the_request_says(
    app: Flask, store: Session, made: Factory, client: FlaskClient, path: str
) -> None:
    Door(app, store, made).person("dana@example.org", confirmed=path != "/confirm")
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    who = "new@example.org" if path == "/register" else "dana@example.org"
    client.post(path, data={"email": who, "password": PASSWORD}, headers=forged)
    (mail,) = read(store, select(Message))
    assert "evil" not in str(mail.context)
    assert "http://127.0.0.1:8000/" in str(mail.context)


def test_a_form_takes_what_it_asks_for_and_nothing_more(app: Flask, made: Factory, store: Session) -> None:
    more = {
        "id": "99",
        "state": "listed",
        "is_sample": "1",
        "account_id": "99",
        "taken_down_at": "",
        "listed_at": "2020-01-01",
        "roles": "admin",
        "active": "",
        "email": "other@example.org",
        "confirmed_at": "2020-01-01",
        "fs_uniquifier": "mine",
    }
    dana = made.trainer("Dana Reyes", state="draft")
    made.commit()
    browser: PageClient = app.test_client()  # type: ignore[assignment]
    browser.sign_in(dana.account)
    watched = ("id", "state", "is_sample", "account_id", "listed_at", "taken_down_at")
    before = [getattr(dana, name) for name in watched]
    made.commit()
    made.session.rollback()
    told = {"name": "Dana Reyes", "place": "97005", "mode": "online"}
    assert browser.post("/dashboard/about-you", data=told | more).status_code == 303
    assert browser.post("/dashboard/profile", data={"headline": "Hips"} | more).status_code in (303, 404)
    (kept,) = read(store, select(Trainer))
    assert [getattr(kept, name) for name in watched] == before
    app.test_client().post("/register", data=more | {"email": "new@example.org", "password": PASSWORD})
    (new,) = read(store, select(Account).where(Account.email == "new@example.org"))
    assert (new.confirmed_at, new.active, new.roles) == (None, True, [])
    assert new.fs_uniquifier != "mine"
