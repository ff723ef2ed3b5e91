"""Making an account, confirming it by button, signing in and out, changing address and password."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import Factory
from tests.web.registering import (
    PASSWORD,
    read,
    register,
)
from trainers.core.mail import outbox
from trainers.core.models import Account, Message

OTHER_PASSWORD = "four quite odd words"


def sign_in(client: FlaskClient, email: str = "dana@example.org", password: str = PASSWORD) -> TestResponse:
    return client.post("/login", data={"email": email, "password": password})


def mails(store: Session) -> list[dict[str, str]]:
    query = select(Message).where(Message.template == "account").order_by(Message.id)
    return [message.context for message in read(store, query)]


def link_in(mail: dict[str, str]) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail["body"])
    assert found, mail
    return found[1]


def account(store: Session, email: str = "dana@example.org") -> Account:
    [found] = read(store, select(Account).where(Account.email_key == email))
    return found  # type: ignore[no-any-return]


@pytest.fixture
def member(client: FlaskClient, store: Session) -> FlaskClient:
    """Somebody who has confirmed the address and signed in."""
    register(client)
    client.post(link_in(mails(store)[0]))
    sign_in(client)
    return client


class TestRegistering:
    def test_leads_to_the_mail_and_the_mail_leads_to_a_button(self, client: FlaskClient, store: Session) -> None:
        assert client.get("/register").status_code == 200
        answer = register(client)
        assert answer.status_code in (302, 303)
        assert answer.headers["Location"] == "/look-in-your-mail"
        assert "Look in your mail" in client.get("/look-in-your-mail").text
        link = link_in(mails(store)[0])

        asked = client.get(link)
        assert "Confirm my address" in asked.text
        assert account(store).confirmed_at is None

        confirmed = client.post(link)
        assert confirmed.headers["Location"] == "/login"
        assert account(store).confirmed_at is not None
        assert "Your address is confirmed" in client.get("/login").text

    def test_a_second_time_gives_the_same_page_and_status_and_changes_nothing(
        self, client: FlaskClient, store: Session
    ) -> None:
        first = register(client)
        before = account(store).password
        second = register(client, "DANA@example.org", OTHER_PASSWORD)
        assert (second.status_code, second.headers["Location"], second.data) == (
            first.status_code,
            first.headers["Location"],
            first.data,
        )
        assert account(store).password == before
        assert len(read(store, select(Account))) == 1
        assert "There is one already" in mails(store)[1]["body"]

    @pytest.mark.parametrize(
        ("email", "password", "says"),
        [
            ("dana@example.org", "short", "at least 12 characters"),
            ("dana@example.org", "", "Enter your password"),
            ("", PASSWORD, "Enter your email address"),
            ("not an address", PASSWORD, "name@example.org"),
            ("dana@example.org\r\nBcc: a@example.org", PASSWORD, "name@example.org"),
        ],
    )
    def test_what_cannot_be_is_said_at_the_field_and_nothing_is_written(
        self, client: FlaskClient, store: Session, email: str, password: str, says: str
    ) -> None:
        answer = register(client, email, password)
        assert answer.status_code == 422
        assert says in answer.text
        assert read(store, select(Account)) == []
        assert mails(store) == []

    def test_a_typed_address_is_kept(self, client: FlaskClient) -> None:
        assert 'value="dana@example.org"' in register(client, password="short").text

    def test_a_new_link_can_be_had(self, client: FlaskClient, store: Session) -> None:
        register(client)
        known = client.post("/confirm", data={"email": "dana@example.org"})
        unknown = client.post("/confirm", data={"email": "nobody@example.org"})
        assert known.status_code == unknown.status_code
        assert len(mails(store)) == 2
        client.post(link_in(mails(store)[1]))
        assert account(store).confirmed_at is not None

    def test_confirming_twice_leads_on_to_signing_in(self, client: FlaskClient, store: Session) -> None:
        register(client)
        link = link_in(mails(store)[0])
        client.post(link)
        again = client.post(link, follow_redirects=True)
        assert "Your address is confirmed already." in again.text
        assert 'Confirmed already? <a href="/login">' in again.text

    def test_a_link_with_a_slip_in_it_confirms_nobody(self, client: FlaskClient, store: Session) -> None:
        register(client)
        client.post(link_in(mails(store)[0])[:-4] + "abcd")
        assert account(store).confirmed_at is None

    def test_links_lead_to_this_site_whatever_the_request_says(self, client: FlaskClient, store: Session) -> None:
        client.post(
            "/register", data={"email": "dana@example.org", "password": PASSWORD}, headers={"Host": "evil.test"}
        )
        assert "evil.test" not in mails(store)[0]["body"]
        assert link_in(mails(store)[0])


class TestSigningIn:
    def test_leads_to_the_dashboard_and_from_there_to_about_you(self, member: FlaskClient) -> None:
        answer = member.get("/dashboard")
        assert answer.headers["Location"] == "/dashboard/about-you"

    def test_the_answer_does_not_tell_who_has_an_account(self, client: FlaskClient, store: Session) -> None:
        register(client)
        unconfirmed = sign_in(client)
        client.post(link_in(mails(store)[0]))
        wrong = sign_in(client, password="not the password")
        unknown = sign_in(client, "nobody@example.org")
        for answer in (unconfirmed, wrong, unknown):
            assert answer.status_code == 422
            assert "do not go together, or the address is not confirmed yet" in answer.text

    def test_leads_back_to_the_page_that_was_asked_for(self, client: FlaskClient, store: Session) -> None:
        register(client)
        client.post(link_in(mails(store)[0]))
        asked = client.get("/dashboard/account")
        assert "/login" in asked.headers["Location"]
        page = client.get(asked.headers["Location"])
        action = re.search(r'action="(/login[^"]*)"', page.text)
        assert action
        answer = client.post(
            action[1].replace("&amp;", "&"), data={"email": "dana@example.org", "password": PASSWORD}
        )
        assert answer.headers["Location"] == "/dashboard/account"

    def test_signing_out_everywhere_ends_every_session(self, app: Flask, member: FlaskClient) -> None:
        phone = app.test_client()
        sign_in(phone)
        assert phone.get("/dashboard/account").status_code == 200
        assert member.post("/dashboard/account/sign-out-everywhere").status_code == 303
        assert phone.get("/dashboard/account").status_code == 302
        assert member.get("/dashboard/account").status_code == 302

    def test_signing_out(self, member: FlaskClient) -> None:
        member.post("/logout")
        assert member.get("/dashboard/account").status_code == 302

    def test_is_for_people_with_a_token(self, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        client = app.test_client()
        assert client.post("/login", data={"email": "a@example.org", "password": PASSWORD}).status_code == 400


class TestForgettingThePassword:
    def test_the_mail_leads_to_a_new_one_and_ends_other_sessions(
        self, app: Flask, member: FlaskClient, store: Session
    ) -> None:
        visitor = app.test_client()
        assert visitor.get("/reset").status_code == 200
        visitor.post("/reset", data={"email": "dana@example.org"})
        link = link_in(mails(store)[-1])
        assert visitor.get(link).status_code in (200, 302)
        answer = visitor.post(link, data={"password": OTHER_PASSWORD, "password_confirm": OTHER_PASSWORD})
        assert answer.headers["Location"] == "/login"
        assert member.get("/dashboard/account").status_code == 302
        assert sign_in(visitor, password=PASSWORD).status_code == 422
        assert sign_in(visitor, password=OTHER_PASSWORD).status_code == 302
        assert "was changed" in mails(store)[-1]["body"]

    def test_the_answer_is_the_same_for_an_unknown_address(self, client: FlaskClient, store: Session) -> None:
        register(client)
        client.post(link_in(mails(store)[0]))
        known = client.post("/reset", data={"email": "dana@example.org"})
        unknown = client.post("/reset", data={"email": "nobody@example.org"})
        assert known.status_code == unknown.status_code
        assert known.headers.get("Location") == unknown.headers.get("Location")
        assert len(mails(store)) == 2


class TestChanging:
    def test_a_new_password_needs_the_old_one(self, member: FlaskClient, store: Session) -> None:
        assert member.get("/change").status_code == 200
        new = {"new_password": OTHER_PASSWORD, "new_password_confirm": OTHER_PASSWORD}
        assert member.post("/change", data={"password": "wrong, this one"} | new).status_code == 422
        answer = member.post("/change", data={"password": PASSWORD} | new)
        assert answer.headers["Location"] == "/dashboard/account"
        assert "was changed" in mails(store)[-1]["body"]

    def test_a_new_address_is_confirmed_by_button_from_the_new_mailbox(
        self, member: FlaskClient, store: Session
    ) -> None:
        assert member.get("/change-email").status_code == 200
        member.post("/change-email", data={"email": "new@example.org"})
        message = read(store, select(Message).order_by(Message.id))[-1]
        assert message.recipient.email == "new@example.org"
        link = link_in(mails(store)[-1])
        assert "Use this address" in member.get(link).text
        assert account(store).email == "dana@example.org"
        member.post(link)
        assert account(store, "new@example.org").email == "new@example.org"

    def test_the_old_mailbox_is_told_and_the_new_one_does_not_learn_of_the_old(
        self, member: FlaskClient, store: Session
    ) -> None:
        member.post("/change-email", data={"email": "new@example.org"})
        asked = mails(store)[-1]
        assert "dana@example.org" not in asked["body"]
        member.post(link_in(asked))
        told = read(store, select(Message).order_by(Message.id))[-1]
        assert told.recipient.email == "dana@example.org"
        assert "has another address now" in told.context["body"]
        assert "new@example.org" not in told.context["body"]

    def test_a_link_that_was_used_says_so_in_our_words(self, member: FlaskClient, store: Session) -> None:
        member.post("/change-email", data={"email": "new@example.org"})
        link = link_in(mails(store)[-1])
        member.post(link)
        page = member.post(link, follow_redirects=True)
        assert "That link was used before" in page.text

    def test_an_address_that_somebody_has_gives_the_same_answer(
        self, member: FlaskClient, store: Session, made: Factory
    ) -> None:
        made.account("taken@example.org")
        made.commit()
        free = member.post("/change-email", data={"email": "free@example.org"})
        taken = member.post("/change-email", data={"email": "taken@example.org"})
        assert free.status_code == taken.status_code
        assert free.headers.get("Location") == taken.headers.get("Location")

    def test_the_account_page_names_the_address(self, member: FlaskClient) -> None:
        assert "dana@example.org" in member.get("/dashboard/account").text


@pytest.fixture
def broken_outbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no mail can be queued, and a page that breaks is answered as in production."""

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(outbox, "queue", breaks)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False


class TestWhenNoMailCanBeQueued:
    """What is said to be not saved is not saved, and can be done again."""

    @pytest.mark.usefixtures("broken_outbox")
    def test_nobody_is_registered(self, client: FlaskClient, store: Session) -> None:
        answer = register(client)
        assert answer.status_code == 500
        assert "Nothing was saved" in answer.text
        assert read(store, select(Account)) == []

    def test_the_address_and_the_password_stay(
        self, member: FlaskClient, store: Session, request: pytest.FixtureRequest
    ) -> None:
        member.post("/change-email", data={"email": "new@example.org"})
        link, before = link_in(mails(store)[-1]), account(store)
        request.getfixturevalue("broken_outbox")
        new = {"new_password": OTHER_PASSWORD, "new_password_confirm": OTHER_PASSWORD}
        assert member.post(link).status_code == 500
        assert member.post("/change", data={"password": PASSWORD} | new).status_code == 500
        after = account(store)
        assert (after.email, after.password) == (before.email, before.password)


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_an_empty_address_is_asked_for(client: FlaskClient, store: Session, path: str) -> None:
    answer = client.post(path, data={"email": "  "})
    assert answer.status_code == 422
    assert "Enter your email address." in answer.text
    assert "on its way" not in answer.text
    assert mails(store) == []
