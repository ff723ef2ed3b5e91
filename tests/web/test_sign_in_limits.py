"""Guessing at a password or a code: limited in the database, alike for addresses that exist and that do not."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import make_app
from tests.factories import Factory
from tests.page_client import without_id
from tests.web.registering import PASSWORD, read
from tests.web.signing_in import Door, is_signed_in
from trainers.core.models import Message, SignInCount
from trainers.extensions import db

WRONG = "not the password"
RITA = "rita@example.org"


@pytest.fixture
def door(app: Flask, client: FlaskClient, store: Session, made: Factory) -> Door:
    return Door(app, store, made)


def guesses(door: Door, client: FlaskClient, times: int, email: str = RITA) -> list[TestResponse]:
    return [door.password(client, email, WRONG) for _ in range(times)]


def reset_by_mail(client: FlaskClient, store: Session) -> str:
    """Answers the new password."""
    client.post("/reset", data={"email": RITA})
    [mail] = read(store, select(Message))
    link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.context["body"])
    assert link
    new = "four quite odd words"
    client.post(link[1], data={"password": new, "password_confirm": new})
    return new


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def failures(store: Session) -> list[int]:
    return sorted(row.failures for row in read(store, select(SignInCount)))


class TestPassword:
    def test_ten_wrong_ones_are_free_and_then_there_is_a_wait(self, door: Door, client: FlaskClient) -> None:
        door.person()
        answers = guesses(door, client, 11)
        assert statuses(answers) == [422] * 10 + [429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert "That was wrong too often. Try again in 1 minute. If you choose a new password" in answers[-1].text
        assert 'href="/login"' in answers[-1].text

    def test_a_right_one_is_not_accepted_during_the_wait_and_is_afterwards(
        self, door: Door, client: FlaskClient
    ) -> None:
        door.person()
        guesses(door, client, 10)
        assert door.password(client).status_code == 429
        assert not is_signed_in(client)
        door.later(minutes=1)
        door.password(client)
        assert is_signed_in(client)

    def test_the_answer_is_the_same_for_an_address_that_nobody_has(self, door: Door, client: FlaskClient) -> None:
        door.person()
        known, unknown = (guesses(door, client, 12, email) for email in (RITA, "nobody@example.org"))
        assert statuses(known) == statuses(unknown)
        for one, other in zip(known, unknown, strict=True):
            said = without_id(one).replace(RITA.encode(), b"")
            assert said == without_id(other).replace(b"nobody@example.org", b"")
            assert one.headers.get("Retry-After") == other.headers.get("Retry-After")

    def test_all_spellings_of_an_address_count_together(self, door: Door, client: FlaskClient) -> None:
        door.person()
        spellings = [RITA, "RITA@example.org", " rita@EXAMPLE.org ", "Rita@Example.Org", RITA] * 2
        assert {door.password(client, each, WRONG).status_code for each in spellings} == {422}
        assert door.password(client).status_code == 429

    def test_both_ways_to_write_a_domain_beyond_ascii_count_together(
        self, door: Door, client: FlaskClient
    ) -> None:
        email = door.person("rita@bücher.example")
        guesses(door, client, 5, email)
        guesses(door, client, 5, "rita@xn--bcher-kva.example")
        assert door.password(client, email).status_code == 429

    def test_one_that_is_right_starts_anew(self, door: Door, client: FlaskClient) -> None:
        door.person()
        guesses(door, client, 9)
        other = door.browser()
        door.password(other)
        assert statuses(guesses(door, client, 10)) == [422] * 10

    def test_somebody_elses_right_one_does_not(self, door: Door, client: FlaskClient) -> None:
        """Neither in between, nor from a browser that is signed in, nor from one that is half way."""
        door.person()
        door.person("sam@example.org")
        door.person("half@example.org", second_step=True)
        half_way = door.browser()
        door.password(half_way, "half@example.org")
        guesses(door, half_way, 3)
        door.password(client, "sam@example.org")
        guesses(door, client, 7)  # signed in: not looked at
        guesses(door, door.browser(), 7)
        assert door.password(door.browser()).status_code == 429

    def test_a_session_that_has_ended_does_not_pass_for_a_right_one(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.person("sam@example.org")
        door.password(client, "sam@example.org")
        door.browser_ends_everywhere("sam@example.org")
        assert not is_signed_in(client)
        assert statuses(guesses(door, client, 11)) == [422] * 10 + [429]

    def test_a_reset_by_mail_lifts_the_wait(self, door: Door, client: FlaskClient, store: Session) -> None:
        door.person()
        guesses(door, client, 10)
        new, other = reset_by_mail(client, store), door.browser()
        for each in (client, other):
            door.password(each, password=new)
            assert is_signed_in(each)

    def test_a_try_whose_page_breaks_counts_too(
        self, app: Flask, door: Door, store: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        door.person()

        def breaks(*_: object, **__: object) -> bool:
            raise RuntimeError("broken")

        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        monkeypatch.setattr("flask_security.core.UserMixin.verify_and_update_password", breaks)
        assert door.password(door.browser()).status_code == 500
        assert failures(store) == [1, 1]

    def test_eight_at_the_same_moment_count_as_eight(self, door: Door, store: Session) -> None:
        door.person()
        browsers = [door.browser() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda each: door.password(each, RITA, WRONG).status_code, browsers))
        assert answers == [422] * 8
        assert failures(store) == [8, 8]

    def test_of_many_at_the_same_moment_no_more_are_looked_at_than_one_after_the_other(self, door: Door) -> None:
        door.person()
        browsers = [door.browser() for _ in range(16)]
        with ThreadPoolExecutor(8) as pool:
            answers = Counter(pool.map(lambda each: door.password(each, RITA, WRONG).status_code, browsers))
        assert answers == {422: 10, 429: 6}

    def test_no_address_is_stored(self, door: Door, client: FlaskClient, store: Session) -> None:
        guesses(door, client, 1)
        stored = [row.key for row in read(store, select(SignInCount))]
        assert all(re.fullmatch("[0-9a-f]{64}", key) for key in stored)

    def test_another_network_is_counted_apart(self, door: Door, client: FlaskClient) -> None:
        for n in range(40):
            door.password(client, f"person{n}@example.org", WRONG)
        refused = door.password(client, "last@example.org", WRONG)
        assert refused.status_code == 429
        assert "Too many wrong tries came from your network. Try again in 1 minute." in refused.text
        assert "new password by mail" not in refused.text
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        answer = client.post("/login", data={"email": RITA, "password": WRONG}, environ_base=elsewhere)
        assert answer.status_code == 422

    def test_the_password_once_more_and_the_old_one_beside_a_new_one_count_together(
        self, door: Door, client: FlaskClient
    ) -> None:
        door.person()
        door.password(client)
        new = "four quite odd words"
        form = {"password": WRONG, "new_password": new, "new_password_confirm": new}
        answers = [client.post("/verify", data={"password": WRONG}).status_code for _ in range(6)]
        answers += [client.post("/change", data=form).status_code for _ in range(4)]
        assert answers == [422] * 10
        refused = client.post("/verify", data={"password": PASSWORD})
        assert refused.status_code == 429
        assert "new password by mail" not in refused.text
        assert client.post("/change", data=form | {"password": PASSWORD}).status_code == 429

    def test_strangers_who_guess_close_nothing_to_who_is_signed_in(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.password(client)
        guesses(door, door.browser(), 11)
        assert client.post("/verify", data={"password": PASSWORD}).status_code == 302
        new = {"new_password": "four quite odd words", "new_password_confirm": "four quite odd words"}
        assert client.post("/change", data={"password": PASSWORD} | new).status_code == 302

    def test_a_form_in_json_is_not_read(self, client: FlaskClient) -> None:
        assert client.post("/login", json={"email": RITA, "password": WRONG}).status_code == 415


class TestAKnownDevice:
    """One on which the person has signed in before."""

    @pytest.fixture
    def known(self, door: Door, client: FlaskClient) -> FlaskClient:
        door.person()
        door.password(client)
        client.post("/logout")
        return client

    def test_is_not_closed_by_strangers_who_guess(self, door: Door, known: FlaskClient) -> None:
        guesses(door, door.browser(), 11)
        assert door.password(door.browser()).status_code == 429
        door.password(known)
        assert is_signed_in(known)

    def test_has_ten_wrong_ones_of_its_own(self, door: Door, known: FlaskClient) -> None:
        assert statuses(guesses(door, known, 11)) == [422] * 10 + [429]
        assert "If you choose a new password by mail" in door.password(known).text
        assert door.password(door.browser()).status_code == 302

    def test_is_known_for_one_address_only(self, door: Door, known: FlaskClient) -> None:
        door.person("sam@example.org")
        guesses(door, door.browser(), 10, "sam@example.org")
        assert door.password(known, "sam@example.org").status_code == 429

    def test_is_known_only_after_the_second_step(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.password(client)
        assert client.get_cookie("known_device", path="/login") is None
        door.give(client, door.code())
        assert client.get_cookie("known_device", path="/login") is not None

    def test_cannot_be_made_up(self, app: Flask, door: Door, known: FlaskClient) -> None:
        cookie = known.get_cookie("known_device", path="/login")
        assert cookie is not None
        assert cookie.http_only
        forged = door.browser()
        forged.set_cookie("known_device", cookie.value[:-3] + "abc", path="/login")
        guesses(door, forged, 10)
        assert door.password(door.browser()).status_code == 429

    def test_is_the_one_on_which_a_new_password_was_chosen_by_mail(
        self, door: Door, client: FlaskClient, store: Session
    ) -> None:
        door.person()
        new = reset_by_mail(client, store)
        guesses(door, door.browser(), 11)
        door.password(client, password=new)
        assert is_signed_in(client)

    def test_tells_nobody_whose_it_is(self, known: FlaskClient) -> None:
        cookie = known.get_cookie("known_device", path="/login")
        assert cookie is not None
        readable = URLSafeTimedSerializer("no key is needed to read it").loads_unsafe(cookie.value)[1]
        assert [len(each) for each in readable] == [64, 16]
        assert "rita" not in str(readable)


class TestSecondStep:
    @pytest.fixture
    def half_way(self, door: Door, client: FlaskClient) -> FlaskClient:
        door.person(roles=("reviewer",))
        door.password(client)
        return client

    @pytest.mark.parametrize("path", ["/tf-validate", "/mf-recovery"])
    def test_five_wrong_ones_are_free_and_then_there_is_a_wait(
        self, door: Door, half_way: FlaskClient, path: str
    ) -> None:
        answers = [door.give(half_way, "000000", path) for _ in range(6)]
        assert statuses(answers) == [422] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert "new password" not in answers[-1].text
        assert door.give(half_way, door.code()).status_code == 429
        door.later(minutes=2)
        assert door.give(half_way, door.code()).status_code == 302
        assert is_signed_in(half_way)

    def test_giving_the_password_again_does_not_start_them_anew(self, door: Door, half_way: FlaskClient) -> None:
        for _ in range(5):
            door.give(half_way, "000000")
        again = door.browser()
        door.password(again)
        assert door.give(again, door.code()).status_code == 429

    def test_a_wait_at_the_code_is_no_wait_at_the_password(self, door: Door, half_way: FlaskClient) -> None:
        for _ in range(6):
            door.give(half_way, "000000")
        assert door.password(door.browser()).status_code == 302

    def test_slips_while_the_app_is_set_up_are_not_counted(
        self, door: Door, client: FlaskClient, store: Session
    ) -> None:
        door.person(roles=("admin",), second_step=False)
        door.password(client)
        client.post("/tf-setup", data={"setup": "authenticator"})
        assert [door.give(client, "000000").status_code for _ in range(7)] == [422] * 7
        assert failures(store) == [0, 0]


def test_the_counts_outlive_a_restart(door: Door, client: FlaskClient, app: Flask) -> None:
    door.person()
    guesses(door, client, 10)
    again = make_app(Path(app.instance_path), database_url=app.config["SQLALCHEMY_DATABASE_URI"])
    assert again.test_client().post("/login", data={"email": RITA, "password": PASSWORD}).status_code == 429
    with again.app_context():
        db.engine.dispose()
