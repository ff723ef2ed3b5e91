"""Whoever decides about others signs in with two steps; anybody else may."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.factories import PHONE, Factory
from tests.web.registering import PASSWORD, read
from tests.web.signing_in import Door, code_for, is_signed_in, key_on, recovery_codes_on
from trainers.core import accounts
from trainers.core.mail import outbox
from trainers.core.models import Account, AuditEvent, Message
from trainers.core.sign_in.second_factor import METHOD

WRONG = "000000"


@pytest.fixture
def door(app: Flask, client: FlaskClient, store: Session, made: Factory) -> Door:
    return Door(app, store, made)


def subjects(store: Session) -> list[str]:
    sent = read(store, select(Message).where(Message.template == "account").order_by(Message.id))
    return [message.context["subject"] for message in sent]


def ways(client: FlaskClient) -> list[str]:
    """Under "Second step" on the account page."""
    part = client.get("/dashboard/account").text.split('id="second-step"')[1].split("</section>")[0]
    links = re.findall(r"<a href=[^>]*>(.*?)</a>", part)
    return [re.sub("<[^>]+>", "", link) for link in links]


def actions(store: Session) -> list[str]:
    return [event.action for event in read(store, select(AuditEvent).order_by(AuditEvent.id))]


class TestWithARole:
    @pytest.mark.parametrize("role", ["reviewer", "admin"])
    def test_the_password_alone_gives_no_session(self, door: Door, client: FlaskClient, role: str) -> None:
        door.person(roles=(role,))
        answer = door.password(client)
        assert answer.headers["Location"] == "/tf-validate"
        assert not is_signed_in(client)
        assert client.get("/review").headers["Location"].startswith("/login")

    @pytest.mark.parametrize("role", ["reviewer", "admin"])
    def test_without_a_second_step_it_leads_to_setting_one_up(
        self, door: Door, client: FlaskClient, role: str
    ) -> None:
        door.person(roles=(role,), second_step=False)
        assert door.password(client).headers["Location"] == "/tf-setup"
        assert not is_signed_in(client)
        assert "sign in with two steps" in client.get("/tf-setup").text
        assert door.set_up(client).headers["Location"] == "/mf-recovery-codes"
        assert is_signed_in(client)
        assert door.account().has_authenticator

    def test_the_code_opens_the_queue(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        asked = client.get("/review").headers["Location"]
        answer = client.post(asked, data={"email": "rita@example.org", "password": PASSWORD})
        assert answer.headers["Location"] == "/tf-validate?next=/review"
        page = client.get(answer.headers["Location"]).text
        assert 'autocomplete="one-time-code"' in page
        assert 'action="/tf-validate?next=/review"' in page
        assert door.give(client, door.code(), answer.headers["Location"]).headers["Location"] == "/review"
        assert client.get("/review").status_code == 200

    def test_going_back_to_the_code_afterwards_signs_nobody_out(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.sign_in(client)
        assert client.get("/tf-validate").headers["Location"] == "/dashboard"
        assert is_signed_in(client)

    def test_a_wrong_code_gives_no_session_and_is_said_at_the_field(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.password(client)
        answer = door.give(client, WRONG)
        assert answer.status_code == 422
        assert "That code is not right" in answer.text
        assert not is_signed_in(client)

    @pytest.mark.parametrize("path", ["/tf-validate", "/mf-recovery"])
    def test_an_empty_field_is_asked_for(self, door: Door, client: FlaskClient, path: str) -> None:
        door.person(roles=("reviewer",))
        door.password(client)
        answer = door.give(client, " ", path)
        assert answer.status_code == 422
        assert "Enter the code." in answer.text

    def test_a_code_works_once(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        code = door.code()
        door.password(client)
        door.give(client, code)
        other = door.browser()
        door.password(other)
        assert door.give(other, code).status_code == 422
        assert not is_signed_in(other)
        assert door.give(other, door.code()).status_code == 302

    def test_a_code_that_is_sent_twice_at_the_same_moment_works_once(
        self, door: Door, client: FlaskClient
    ) -> None:
        door.person(roles=("reviewer",))
        code = door.code()
        door.password(client)

        def use(account: Account) -> None:
            account.tf_last_counter = PHONE.from_source(account.tf_totp_secret).match(code, NOW).counter

        assert door.meanwhile(use, lambda: door.give(client, code)).status_code == 422
        assert not is_signed_in(client)

    def test_an_old_code_is_refused(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        code = door.code()
        door.later(minutes=2)
        door.password(client)
        assert door.give(client, code).status_code == 422

    def test_a_code_of_somebody_else_is_refused(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.person("sam@example.org", roles=("reviewer",))
        door.password(client)
        assert door.give(client, door.code("sam@example.org")).status_code == 422

    def test_who_has_only_a_passkey_is_not_asked_for_a_code(
        self, door: Door, client: FlaskClient, made: Factory
    ) -> None:
        door.person(roles=("reviewer",), second_step=False)
        made.passkey(made.session.merge(door.account()), "Key")
        made.commit()
        made.session.rollback()
        assert door.password(client).headers["Location"].startswith("/wan-signin")
        assert client.get("/tf-validate").headers["Location"] == "/wan-signin"
        assert door.give(client, WRONG).headers["Location"] == "/wan-signin"
        assert "Use my passkey" in client.get("/wan-signin").text

    def test_that_there_is_no_password_yet_is_said_once(self, client: FlaskClient) -> None:
        for path in ("/tf-validate", "/mf-recovery"):
            assert client.get(path).headers["Location"] == "/login"
        assert client.get("/login").text.count("Begin with your address and password.") == 1

    def test_a_code_without_a_password_opens_nothing(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        assert door.give(client, door.code()).headers["Location"] == "/login"
        assert door.give(client, "1234-5678-9abc", "/mf-recovery").headers["Location"] == "/login"
        assert client.get("/wan-signin").status_code == 404
        assert not is_signed_in(client)

    def test_a_wrong_password_looks_like_anybodys(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.person("dana@example.org")
        answers = {}
        for email in ("rita@example.org", "dana@example.org", "nobody@example.org"):
            answer = door.password(client, email, "not the password")
            answers[email] = (answer.status_code, answer.text.replace(email, ""))
        assert len(set(answers.values())) == 1
        assert answers["rita@example.org"][0] == 422

    def test_it_cannot_be_switched_off(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        door.sign_in(client)
        assert "Switch the app off" not in client.get("/tf-setup").text
        answer = client.post("/tf-setup", data={"setup": "disable"})
        assert answer.status_code == 422
        assert "always need a second step" in answer.text
        assert door.account().has_authenticator

    @pytest.mark.parametrize(("role", "path"), [("reviewer", "/review"), ("admin", "/admin/jobs")])
    def test_a_session_from_before_the_rule_sets_it_up_before_it_sees_anything(
        self, door: Door, client: FlaskClient, role: str, path: str
    ) -> None:
        door.person(roles=(role,), second_step=False)
        client.sign_in(door.account())  # type: ignore[attr-defined]
        assert client.get(path).headers["Location"] == "/tf-setup"
        fragment = client.get(path, headers={"HX-Request": "true"})
        assert fragment.headers["HX-Redirect"] == "/tf-setup"
        door.fresh(client)
        assert "Reviewers and admins sign in with a second step." in client.get("/tf-setup").text

    def test_a_key_that_cannot_be_read_breaks_nothing(self, door: Door, client: FlaskClient) -> None:
        door.person(roles=("reviewer",))
        code, account = door.code(), door.account()
        made = door.made.session.merge(account)
        made.tf_totp_secret = made.tf_totp_secret.replace('"t":"', '"t":"0')
        door.made.commit()
        door.password(client)
        assert door.give(client, code).status_code == 422


class TestTheLastOne:
    """Of somebody who must have one."""

    @pytest.fixture
    def admin(self, door: Door, client: FlaskClient, made: Factory) -> FlaskClient:
        """Who has two: an app and a passkey."""
        door.person(roles=("admin",))
        made.passkey(made.session.merge(door.account()), "Key")
        made.commit()
        made.session.rollback()
        client.sign_in(door.account())  # type: ignore[attr-defined]
        door.fresh(client)
        return client

    def test_an_app_may_go_while_there_is_a_passkey_which_then_stays(self, door: Door, admin: FlaskClient) -> None:
        admin.post("/tf-setup", data={"setup": "disable"})
        assert not door.account().has_authenticator
        answer = admin.post("/wan-delete", data={"name": "Key"}, follow_redirects=True)
        assert "always need a second step" in answer.text
        assert door.account().second_factors == 1

    def test_a_passkey_may_go_while_there_is_an_app(self, door: Door, admin: FlaskClient) -> None:
        admin.post("/wan-delete", data={"name": "Key"})
        assert [len(door.account().webauthn), door.account().second_factors] == [0, 1]

    def test_the_app_stays_when_the_passkey_is_removed_at_the_same_moment(
        self, door: Door, admin: FlaskClient
    ) -> None:
        answer = door.meanwhile(
            lambda account: account.webauthn.clear(), lambda: admin.post("/tf-setup", data={"setup": "disable"})
        )
        assert answer.status_code == 422
        assert door.account().second_factors == 1

    def test_the_passkey_stays_when_the_app_is_removed_at_the_same_moment(
        self, door: Door, admin: FlaskClient
    ) -> None:
        def without_app(account: Account) -> None:
            account.tf_primary_method = account.tf_totp_secret = None

        door.meanwhile(without_app, lambda: admin.post("/wan-delete", data={"name": "Key"}))
        assert door.account().second_factors == 1


class TestBeingMadeAReviewer:
    def test_ends_the_sessions_and_the_next_sign_in_sets_up_a_second_step(
        self, app: Flask, door: Door, client: FlaskClient
    ) -> None:
        door.person()
        client.post("/login", data={"email": "rita@example.org", "password": PASSWORD, "remember": "y"})
        assert is_signed_in(client)
        said = app.test_cli_runner().invoke(args=["accounts", "grant", "rita@example.org", "reviewer"])
        assert "leads through setting up a second step" in said.output
        assert not is_signed_in(client)
        assert client.get("/review").headers["Location"].startswith("/login")
        assert door.password(client).headers["Location"] == "/tf-setup"

    def test_twice_ends_nothing_the_second_time(self, door: Door, made: Factory) -> None:
        door.person(roles=("reviewer",))
        before = door.account().fs_uniquifier
        accounts.grant(made.session, "rita@example.org", "reviewer", by="system")
        made.commit()
        assert door.account().fs_uniquifier == before


class TestVoluntarily:
    def test_without_it_the_password_is_enough(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.password(client)
        assert is_signed_in(client)

    def test_it_is_set_up_on_the_account_page_and_then_asked_for(
        self, door: Door, client: FlaskClient, store: Session
    ) -> None:
        door.person()
        door.password(client)
        assert 'href="/tf-setup"' in client.get("/dashboard/account").text
        assert door.set_up(client).headers["Location"] == "/mf-recovery-codes"
        assert is_signed_in(client)
        assert subjects(store) == ["Your Sound Stride account has a second step"]
        assert actions(store) == ["second_factor_added"]
        other = door.browser()
        assert door.password(other).headers["Location"] == "/tf-validate"
        assert not is_signed_in(other)

    def test_the_account_page_says_what_can_be_done(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.password(client)
        assert ways(client) == ["Set up authenticator app", "Add passkeys", "Make recovery codes"]
        door.set_up(client)
        door.make_codes(client)
        assert ways(client) == ["Change authenticator app", "Add passkeys", "Change recovery codes"]

    def test_the_key_can_be_opened_in_an_app_on_the_same_device(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.password(client)
        first = client.post("/tf-setup", data={"setup": "authenticator"})
        for page in (first, door.give(client, WRONG)):
            link = re.search(r'<a href="(otpauth://[^"]+)">Open in my app</a>', page.text)
            assert link
            address = urlsplit(unescape(link[1]))
            assert unquote(address.path) == "/Sound Stride:rita@example.org"
            assert parse_qs(address.query)["secret"] == [key_on(page).replace("-", "").replace(" ", "")]

    def test_whoever_was_signed_in_elsewhere_is_signed_out(self, door: Door, client: FlaskClient) -> None:
        door.person()
        elsewhere = door.browser()
        for each in (client, elsewhere):
            door.password(each)
        door.set_up(client)
        assert is_signed_in(client)
        assert not is_signed_in(elsewhere)

    def test_a_first_code_with_a_slip_shows_the_same_key_once_more(self, door: Door, client: FlaskClient) -> None:
        door.person()
        door.password(client)
        key = key_on(client.post("/tf-setup", data={"setup": "authenticator"}))
        again = door.give(client, WRONG)
        assert again.status_code == 422
        assert key_on(again) == key
        assert door.account().second_factors == 0
        door.give(client, code_for(key))
        assert door.account().has_authenticator

    def test_a_new_app_takes_the_place_of_the_old_one(self, door: Door, client: FlaskClient) -> None:
        door.person(second_step=True)
        door.sign_in(client)
        before = door.account().tf_totp_secret
        door.set_up(client)
        assert door.account().tf_totp_secret != before

    def test_a_key_that_was_shown_to_somebody_else_is_not_taken(
        self, app: Flask, door: Door, client: FlaskClient
    ) -> None:
        """Flask-Security signs one into an address that asks neither whose it is nor for the password."""
        door.person(second_step=True)
        door.sign_in(client)
        before, key = door.account().tf_totp_secret, PHONE.new()
        signed = app.extensions["security"].tf_setup_serializer.dumps(
            {"totp_secret": key.to_json(encrypt=True), "method": METHOD, "phone": None}
        )
        assert door.give(client, str(key.generate(NOW).token), f"/tf-setup/{signed}").status_code == 404
        assert door.account().tf_totp_secret == before

    def test_switching_it_off_is_told_and_the_recovery_codes_go(
        self, door: Door, client: FlaskClient, store: Session
    ) -> None:
        door.person(second_step=True)
        door.sign_in(client)
        door.make_codes(client)
        assert "Switch the app off" in client.get("/tf-setup").text
        client.post("/tf-setup", data={"setup": "disable"})
        after = door.account()
        assert (after.second_factors, after.mf_recovery_codes, after.tf_last_counter) == (0, None, None)
        assert subjects(store) == ["A second step of your Sound Stride account was removed"]
        assert actions(store) == ["second_factor_removed"]
        assert door.password(door.browser()).headers["Location"] == "/dashboard"

    def test_what_cannot_be_told_by_mail_is_not_done(
        self, app: Flask, door: Door, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        door.person(second_step=True)
        door.sign_in(client)
        codes = door.make_codes(client)
        other = door.browser()
        door.password(other)

        def breaks(*_: object, **__: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(outbox, "queue", breaks)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert door.give(other, codes[0], "/mf-recovery").status_code == 500
        assert not is_signed_in(other)
        assert client.post("/tf-setup", data={"setup": "disable"}).status_code == 500
        after = door.account()
        assert (after.second_factors, len(after.mf_recovery_codes or ())) == (1, 8)

    def test_after_a_while_the_password_is_asked_for_before_anything_is_changed(
        self, door: Door, client: FlaskClient
    ) -> None:
        door.person()
        door.password(client)
        with client.session_transaction("/login") as session:
            session["fs_paa"] -= 2 * 24 * 3600
            session.pop("fs_gexp", None)
        for path in ("/tf-setup", "/wan-register", "/mf-recovery-codes"):
            assert client.get(path).headers["Location"].startswith("/verify"), path
        client.post("/verify", data={"password": PASSWORD})
        assert client.get("/tf-setup").status_code == 200


class TestRecoveryCodes:
    @pytest.fixture
    def codes(self, door: Door, client: FlaskClient) -> list[str]:
        door.person(roles=("reviewer",))
        door.sign_in(client)
        codes = door.make_codes(client)
        assert len(set(codes)) == 8
        return codes

    def test_they_are_shown_again_only_when_asked_for(self, client: FlaskClient, codes: list[str]) -> None:
        assert codes[0] not in client.get("/mf-recovery-codes").text
        assert recovery_codes_on(client.get("/mf-recovery-codes?show_codes=yes")) == codes

    def test_they_are_not_kept_as_they_are(self, door: Door, codes: list[str]) -> None:
        kept = str(door.account().mf_recovery_codes)
        assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []

    def test_each_opens_the_account_once_and_the_person_is_told(
        self, door: Door, store: Session, codes: list[str]
    ) -> None:
        other = door.browser()
        door.password(other)
        assert 'href="/mf-recovery"' in other.get("/tf-validate").text
        assert other.get("/mf-recovery").status_code == 200
        door.give(other, codes[3], "/mf-recovery")
        assert is_signed_in(other)
        assert subjects(store) == ["A recovery code of your Sound Stride account was used"]
        third = door.browser()
        door.password(third)
        answer = door.give(third, codes[3], "/mf-recovery")
        assert answer.status_code == 422
        assert "none of your recovery codes" in answer.text
        assert not is_signed_in(third)

    def test_however_they_are_typed(self, door: Door, codes: list[str]) -> None:
        other = door.browser()
        door.password(other)
        door.give(other, f" {codes[0].upper().replace('-', ' ')} ", "/mf-recovery")
        assert is_signed_in(other)

    def test_one_that_is_sent_twice_at_the_same_moment_works_once(self, door: Door, codes: list[str]) -> None:
        other = door.browser()
        door.password(other)

        def use_the_first(account: Account) -> None:
            account.mf_recovery_codes = (account.mf_recovery_codes or [])[1:]

        answer = door.meanwhile(use_the_first, lambda: door.give(other, codes[0], "/mf-recovery"))
        assert answer.status_code == 422
        assert not is_signed_in(other)
        assert len(door.account().mf_recovery_codes or ()) == 7

    def test_who_is_signed_in_is_not_told_of_a_code_that_was_not_looked_at(
        self, door: Door, client: FlaskClient, store: Session, codes: list[str]
    ) -> None:
        door.give(client, codes[0], "/mf-recovery")
        assert subjects(store) == []
        assert len(door.account().mf_recovery_codes or ()) == 8

    def test_looking_at_new_ones_again_makes_no_others(
        self, door: Door, client: FlaskClient, codes: list[str]
    ) -> None:
        answer = client.post("/mf-recovery-codes", data={"generate_new_codes": "yes"})
        assert answer.status_code == 303
        shown = [recovery_codes_on(client.get(answer.location)) for _ in range(2)]
        assert shown[0] == shown[1] != codes
        assert len(set(shown[0])) == 8

    def test_new_ones_take_the_place_of_the_old(self, door: Door, client: FlaskClient, codes: list[str]) -> None:
        door.make_codes(client)
        other = door.browser()
        door.password(other)
        assert door.give(other, codes[0], "/mf-recovery").status_code == 422


class TestReset:
    def test_takes_everything_away_ends_the_sessions_and_tells_the_person(
        self, app: Flask, door: Door, client: FlaskClient, store: Session
    ) -> None:
        door.person(roles=("reviewer",))
        door.sign_in(client)
        door.make_codes(client)
        done = app.test_cli_runner().invoke(args=["accounts", "reset-second-factor", "Rita@example.org"])
        assert done.exit_code == 0, done.output
        after = door.account()
        assert (after.second_factors, after.mf_recovery_codes, after.tf_last_counter) == (0, None, None)
        assert not is_signed_in(client)
        assert door.password(client).headers["Location"] == "/tf-setup"
        assert subjects(store) == ["The second step of your Sound Stride account was reset"]
        assert actions(store) == ["second_factor_reset"]

    @pytest.mark.parametrize("email", ["nobody@example.org", "dana@example.org"])
    def test_what_cannot_be_reset_is_said(self, app: Flask, door: Door, email: str) -> None:
        door.person("dana@example.org")
        done = app.test_cli_runner().invoke(args=["accounts", "reset-second-factor", email])
        assert done.exit_code == 1
        assert email in done.output


class TestSamples:
    def test_the_code_of_a_sample_reviewer_stands_on_a_page(self, door: Door, client: FlaskClient) -> None:
        email = door.person("reviewer@sample.invalid", roles=("reviewer",))
        door.person(roles=("reviewer",))
        page = client.get("/dev/code").text
        assert door.code(email) in page
        assert "rita@example.org" not in page
        door.password(client, email)
        door.give(client, door.code(email))
        assert client.get("/review").status_code == 200
        assert door.code(email) in client.get("/dev/code").text

    def test_that_page_is_not_there_in_production(self, app: Flask) -> None:
        from trainers.web import blueprints

        app.extensions["settings"] = replace(app.extensions["settings"], site_url="https://trainers.example")
        assert "development" not in [blueprint.name for blueprint in blueprints(app)]


def test_testing_does_not_switch_the_rule_off(app: Flask) -> None:
    assert app.testing
    assert app.config["NOW"]() == NOW
