"""A new SECRET_KEY, step by step: with the old one beside it nothing ends, without it only what should."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature, Serializer, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import make_app
from tests.factories import SECRET_KEY, Factory
from tests.web.registering import PASSWORD, read, register
from tests.web.signing_in import Door, is_signed_in
from trainers.core.models import Account, Message
from trainers.core.sign_in.second_factor import totp_secrets, totp_type
from trainers.extensions import db

NEW = "a newer secret that is long enough, too"
DANA, SAM, KIM, RITA = (f"{name}@example.org" for name in ("dana", "sam", "kim", "rita"))
DAN = "dan@example.org"  # Dana's next address
OTHER = "four quite odd words"


@pytest.fixture
def restarted(app: Flask) -> Iterator["Restart"]:
    restart = Restart(app)
    yield restart
    restart.stop()


class Restart:
    """The same site, started again with other keys."""

    def __init__(self, app: Flask) -> None:
        self.before, self.started = app, list[Flask]()

    def __call__(self, secret_key: str, *former: str) -> Flask:
        folder, database = Path(self.before.instance_path), self.before.config["SQLALCHEMY_DATABASE_URI"]
        app = make_app(folder, database_url=database, secret_key=secret_key, secret_key_old=former)
        app.config["NOW"] = self.before.config["NOW"]
        self.started.append(app)
        return app

    def stop(self) -> None:
        for app in self.started:
            with app.app_context():
                db.engine.dispose()


def browser_with(app: Flask, cookies: dict[str, str]) -> FlaskClient:
    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client


def cookies_of(client: FlaskClient) -> dict[str, str]:
    found = {name: client.get_cookie(name) for name in ("session", "remember_token")}
    return {name: cookie.value for name, cookie in found.items() if cookie}


def newest_link(store: Session) -> str:
    mail = read(store, select(Message).order_by(Message.id.desc()))[0]
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.context["body"])
    assert found, mail.context
    return found[1]


def token_on(app: Flask, client: FlaskClient) -> str:
    """Of a form, as it is in earnest; the other tests go without."""
    app.config["WTF_CSRF_ENABLED"] = True
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/dashboard/account").text)
    app.config["WTF_CSRF_ENABLED"] = False
    assert found
    return found[1]


@dataclass(frozen=True)
class Before:
    """What people hold from the time of the old key."""

    door: Door
    cookies: dict[str, str]  # Dana's, who is remembered
    form_token: str
    links: dict[str, str]
    recovery: list[str]  # Rita's codes

    def still_open(self, app: Flask) -> list[str]:
        """By which of the cookies alone Dana is signed in."""
        held = self.cookies.items()
        return [name for name, value in held if is_signed_in(browser_with(app, {name: value}))]


@pytest.fixture
def before(app: Flask, client: FlaskClient, store: Session, made: Factory) -> Before:
    door = Door(app, store, made)
    for email in (DANA, SAM):
        door.person(email)
    door.person(RITA, roles=("reviewer",))
    door.sign_in(client, RITA)
    recovery = door.make_codes(client)
    dana = app.test_client()
    dana.post("/login", data={"email": DANA, "password": PASSWORD, "remember": "y"})
    form_token = token_on(app, dana)
    return Before(door, cookies_of(dana), form_token, ask_for_links(app, store, dana), recovery)


def ask_for_links(app: Flask, store: Session, dana: FlaskClient) -> dict[str, str]:
    asked = (
        (app.test_client(), "/register", KIM),
        (app.test_client(), "/reset", SAM),
        (dana, "/change-email", DAN),
    )
    links = {}
    for browser, path, email in asked:
        browser.post(path, data={"email": email, "password": PASSWORD})
        links[path] = newest_link(store)
    return links


def use_links(app: Flask, links: dict[str, str]) -> None:
    app.test_client().post(links["/register"])
    app.test_client().post(links["/reset"], data={"password": OTHER, "password_confirm": OTHER})
    app.test_client().post(links["/change-email"])


def gets_in(app: Flask, email: str, password: str) -> bool:
    browser = app.test_client()
    browser.post("/login", data={"email": email, "password": password})
    return is_signed_in(browser)


def rita_gets_in(app: Flask, code: str, path: str = "/tf-validate") -> bool:
    rita = app.test_client()
    rita.post("/login", data={"email": RITA, "password": PASSWORD})
    rita.post(path, data={"code": code})
    return rita.get("/review").status_code == 200


def rita_sees(app: Flask, *site_secrets: str) -> str:
    """What her phone shows, which holds the same key all the time."""
    with app.app_context():
        kept = db.session.scalars(select(Account.tf_totp_secret).where(Account.email == RITA)).one()
        db.session.remove()
    phone = totp_type(totp_secrets(site_secrets)).from_source(kept)
    return str(phone.generate(app.config["NOW"]()).token)


def test_with_the_old_key_beside_it_everything_goes_on(before: Before, restarted: Restart) -> None:
    both = restarted(NEW, SECRET_KEY)
    assert before.still_open(both) == ["session", "remember_token"]
    both.config["WTF_CSRF_ENABLED"] = True
    form = {"email": "slip", "csrf_token": before.form_token}
    assert browser_with(both, before.cookies).post("/change-email", data=form).status_code == 422  # not 400
    both.config["WTF_CSRF_ENABLED"] = False
    use_links(both, before.links)
    assert gets_in(both, KIM, PASSWORD)
    assert gets_in(both, SAM, OTHER)
    assert gets_in(both, DAN, PASSWORD)
    before.door.later(minutes=1)
    both.config["NOW"] = before.door.app.config["NOW"]
    assert rita_gets_in(both, rita_sees(both, NEW, SECRET_KEY))


def test_afterwards_the_new_key_does_alone(before: Before, restarted: Restart, store: Session) -> None:
    both = restarted(NEW, SECRET_KEY)
    said = both.test_cli_runner().invoke(args=["prepare"]).output
    assert "The second steps of 1 account are encrypted with the new SECRET_KEY." in said
    assert "second steps" not in both.test_cli_runner().invoke(args=["prepare"]).output
    register(both.test_client(), "late@example.org")
    late = newest_link(store)

    before.door.later(minutes=1)
    alone = restarted(NEW)
    assert before.still_open(alone) == []
    use_links(alone, before.links)
    assert not gets_in(alone, KIM, PASSWORD)
    assert not gets_in(alone, SAM, OTHER)
    assert not gets_in(alone, DAN, PASSWORD)
    alone.test_client().post(late)
    assert gets_in(alone, "late@example.org", PASSWORD)
    assert rita_gets_in(alone, rita_sees(alone, NEW))
    assert rita_gets_in(alone, before.recovery[0], "/mf-recovery")


def test_without_the_old_key_a_second_step_that_was_not_encrypted_anew_is_told_of(
    before: Before, restarted: Restart
) -> None:
    alone = restarted(NEW)
    said = alone.test_cli_runner().invoke(args=["prepare"]).output
    assert "The second steps of 1 account cannot be read: SECRET_KEY was changed without SECRET_KEY_OLD." in said
    assert not rita_gets_in(alone, before.door.code(RITA))
    assert not rita_gets_in(alone, before.recovery[0], "/mf-recovery")


def test_whatever_is_signed_is_signed_with_the_new_key(restarted: Restart) -> None:
    both, alone = restarted(NEW, SECRET_KEY), restarted(NEW)
    security = vars(both.extensions["security"])
    serializers = {name: each for name, each in security.items() if isinstance(each, Serializer)}
    assert {"reset_serializer", "confirm_serializer", "change_email_serializer", "wan_serializer"} <= set(
        serializers
    )
    for name, serializer in serializers.items():
        believer = getattr(alone.extensions["security"], name)
        assert believer.loads(serializer.dumps("something")) == "something", name


def test_what_an_unknown_key_signed_is_believed_by_nobody(app: Flask, restarted: Restart) -> None:
    both = restarted(NEW, SECRET_KEY)
    stranger = URLSafeTimedSerializer("a key that was never ours", salt=app.config["SECURITY_RESET_SALT"])
    with pytest.raises(BadSignature):
        both.extensions["security"].reset_serializer.loads(stranger.dumps("something"))
    assert not is_signed_in(browser_with(both, {"remember_token": "somebody|0123456789abcdef"}))


def test_a_known_device_stays_known_while_the_old_key_is_believed(
    app: Flask, client: FlaskClient, store: Session, made: Factory, restarted: Restart
) -> None:
    Door(app, store, made).person(DANA)
    client.post("/login", data={"email": DANA, "password": PASSWORD})
    cookie = client.get_cookie("known_device", path="/login")
    assert cookie is not None
    both, alone = restarted(NEW, SECRET_KEY), restarted(NEW)
    for _ in range(10):
        both.test_client().post("/login", data={"email": DANA, "password": "a guess"})
    for each, status in ((both, 302), (alone, 429)):
        device = each.test_client()
        device.set_cookie("known_device", cookie.value, path="/login")
        assert device.post("/login", data={"email": DANA, "password": PASSWORD}).status_code == status
