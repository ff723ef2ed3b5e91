"""No answer tells whether an address has an account: neither by what it says nor by the work that it costs."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.context import CryptContext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import Factory
from tests.web.registering import PASSWORD, read, register
from tests.web.signing_in import Door, is_signed_in
from trainers.core.models import Account

KNOWN, UNCONFIRMED, NOBODY = "dana@example.org", "una@example.org", "nobody@example.org"
HASHES = ("hash", "verify", "verify_and_update")
JSON = {"Accept": "application/json"}


@pytest.fixture
def door(app: Flask, store: Session, made: Factory) -> Door:
    door = Door(app, store, made)
    door.person(KNOWN)
    door.person(UNCONFIRMED, confirmed=False)
    return door


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often something slow was done. It is what an answer's time is made of; a clock in a test is not to be
    trusted."""
    done: Counter[str] = Counter()

    def counted(slow: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            done["slow"] += 1
            return slow(*args, **kwargs)

        return count

    for name in HASHES:
        monkeypatch.setattr(CryptContext, name, counted(getattr(CryptContext, name)))
    return done


def cost(hashes: Counter[str], send: Callable[[], TestResponse]) -> int:
    hashes.clear()
    assert send().status_code in (200, 302, 422)
    return hashes["slow"]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/register", {"password": PASSWORD}),
        ("/register", {"password": "short"}),
        ("/login", {"password": "not the password"}),
        ("/reset", {}),
        ("/confirm", {}),
    ],
)
def test_each_address_costs_the_same_work(
    door: Door, hashes: Counter[str], path: str, more: dict[str, str]
) -> None:
    emails = (KNOWN, UNCONFIRMED, NOBODY)
    costs = {
        email: cost(hashes, lambda e=email: door.browser().post(path, data={"email": e} | more))
        for email in emails
    }
    assert len(set(costs.values())) == 1, costs
    assert (costs[KNOWN] > 0) is (more != {"password": "short"})


def test_a_new_address_costs_the_same_work_whoever_has_it(
    door: Door, client: FlaskClient, hashes: Counter[str]
) -> None:
    door.person("eve@example.org")
    door.password(client, "eve@example.org")
    costs = {
        email: cost(hashes, lambda e=email: client.post("/change-email", data={"email": e}))
        for email in (KNOWN, NOBODY)
    }
    assert costs[KNOWN] == costs[NOBODY] == 1


@pytest.mark.parametrize("path", ["/register", "/login", "/reset", "/confirm"])
@pytest.mark.parametrize("email", [KNOWN, NOBODY])
def test_nothing_is_answered_in_json(door: Door, path: str, email: str) -> None:
    """There the names of an answer's parts would tell."""
    answer = door.browser().post(path, data={"email": email, "password": PASSWORD}, headers=JSON)
    assert answer.status_code == 406
    assert answer.mimetype == "text/html"


def test_a_spelling_that_counts_for_an_address_is_known_like_it(door: Door, store: Session) -> None:
    """A long s is an s, to core and so to the sign-up."""
    door.person("sam@example.org")
    before = len(read(store, select(Account)))
    known, new = register(door.browser(), "\u017fam@example.org"), register(door.browser(), NOBODY)
    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert len(read(store, select(Account))) == before + 1


def test_a_spelling_that_counts_apart_opens_nothing(door: Door, client: FlaskClient) -> None:
    """A dotted capital I is an i to some databases: its wrong tries would be counted for nobody."""
    door.person("victim@example.org")
    assert door.password(client, "v\u0130ctim@example.org").status_code == 422
    assert not is_signed_in(client)


def test_no_token_is_handed_out_or_taken(app: Flask, door: Door, client: FlaskClient) -> None:
    """It would be a way in that no sign-out ends and no second step guards."""
    answer = client.post("/login?include_auth_token=yes", data={"email": KNOWN, "password": PASSWORD})
    assert "authentication_token" not in answer.text
    with app.test_request_context():
        token = door.account(KNOWN).get_auth_token()
    stranger = door.browser()
    for path in ("/dashboard/account", "/verify", "/change"):
        for asked in ({"headers": {"Authentication-Token": token}}, {"query_string": {"auth_token": token}}):
            assert stranger.get(path, **asked).location.startswith("/login"), (path, asked)
