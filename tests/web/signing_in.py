"""What somebody does who signs in with two steps, in short words."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from time import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.test import TestResponse

from tests.conftest import NOW
from tests.factories import PHONE, Factory, code_of
from tests.web.registering import PASSWORD, read
from trainers.core.models import Account

Person = Callable[..., Account]
LONG_ENOUGH = 0.5
"""Seconds in which a page is answered that waits for nobody."""


class Door:
    """People with passwords, and the way in. `later` moves the clock of the site."""

    def __init__(self, app: Flask, store: Session, made: Factory) -> None:
        self.app, self.store, self.made = app, store, made

    def person(self, email: str = "rita@example.org", **more: Any) -> str:
        """Makes an account; answers its address."""
        account = self.made.account(email, **more)
        with self.app.app_context():
            account.password = hash_password(PASSWORD)
        self.made.commit()
        self.made.session.rollback()
        return email

    def account(self, email: str = "rita@example.org") -> Account:
        """As the application has written it by now."""
        query = select(Account).where(Account.email == email).options(selectinload(Account.webauthn))
        [found] = read(self.store, query)
        return found  # type: ignore[no-any-return]

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def password(
        self, client: FlaskClient, email: str = "rita@example.org", password: str = PASSWORD
    ) -> TestResponse:
        return client.post("/login", data={"email": email, "password": password})

    def code(self, email: str = "rita@example.org") -> str:
        return code_of(self.account(email), self.app.config["NOW"]())

    def give(self, client: FlaskClient, code: str, path: str = "/tf-validate") -> TestResponse:
        return client.post(path, data={"code": code})

    def sign_in(self, client: FlaskClient, email: str = "rita@example.org") -> TestResponse:
        """Both steps, in earnest."""
        self.password(client, email)
        return self.give(client, self.code(email))

    def set_up(self, client: FlaskClient) -> TestResponse:
        """Reads the key from the page as a person would, and types the code that it leads to."""
        page = client.post("/tf-setup", data={"setup": "authenticator"})
        return self.give(client, code_for(key_on(page), self.app.config["NOW"]()))

    def browser_ends_everywhere(self, email: str) -> None:
        """As "Sign out on every device" does it, from another browser."""
        other = self.browser()
        self.password(other, email)
        assert other.post("/dashboard/account/sign-out-everywhere").status_code == 303

    def fresh(self, client: FlaskClient) -> None:
        """As if the password had just been given once more."""
        with client.session_transaction("/login") as session:
            session["fs_paa"] = time()

    def make_codes(self, client: FlaskClient) -> list[str]:
        made = client.post("/mf-recovery-codes", data={"generate_new_codes": "yes"}, follow_redirects=True)
        return recovery_codes_on(made)

    def meanwhile(
        self, change: Callable[[Account], None], send: Callable[[], TestResponse], email: str = "rita@example.org"
    ) -> TestResponse:
        """What `send` is answered when somebody else's transaction has changed the account and is not over yet."""
        query = select(Account).where(Account.email == email).with_for_update()
        with ThreadPoolExecutor(1) as pool:
            change(self.made.session.scalars(query).one())
            self.made.session.flush()
            answer = pool.submit(send)
            wait([answer], timeout=LONG_ENOUGH)
            self.made.commit()
            self.made.session.rollback()
            return answer.result()

    def later(self, **much: float) -> None:
        now = self.app.config["NOW"]() + timedelta(**much)
        self.app.config["NOW"] = lambda: now


def key_on(page: TestResponse) -> str:
    found = re.search(r'<code class="secret" id="secret">([A-Z2-7 -]+)</code>', page.text)
    assert found, page.text
    return found[1]


def code_for(key: str, now: Any = NOW) -> str:
    return str(PHONE(key=key, format="base32").generate(now).token)


def recovery_codes_on(page: TestResponse) -> list[str]:
    return re.findall(r'<code class="secret">([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>', page.text)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/dashboard/account").status_code == 200
