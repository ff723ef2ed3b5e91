"""How often one address may try; the other tests run without these limits."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import CHEAP_PASSWORDS, NOW, TODAY, settings_for
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.registering import (
    CLAIM,
    NEW,
    draft_path,
    register,
    signed_in,
)
from trainers.extensions import db, limiter, prepare_engine
from trainers.factory import create_app


@pytest.fixture
def limited(template_db: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copy(template_db, tmp_path / "test.db")
    app = create_app(
        settings_for(tmp_path),
        instance=tmp_path,
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        RATELIMIT_ENABLED=True,
        NOW=lambda: NOW,
        **CHEAP_PASSWORDS,
    )
    app.test_client_class = PageClient
    yield app
    limiter.reset()
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def made(limited: Flask) -> Iterator[Factory]:
    engine = create_engine(limited.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(engine)
    with Session(engine) as session:
        yield Factory(session, today=TODAY, now=NOW)
    engine.dispose()


def test_ten_accounts_a_minute(limited: Flask) -> None:
    client = limited.test_client()
    answers = [register(client, f"person{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert "Please wait a few minutes" in answers[-1].text


def test_thirty_uploads_an_hour(limited: Flask, made: Factory) -> None:
    client = signed_in(limited.test_client(), made, made.trainer(state="draft").account)  # type: ignore[arg-type]
    client.post(NEW, data=CLAIM)
    path = f"{draft_path(made.session)}/photo"
    tries = [client.post(path, data={}, content_type="multipart/form-data") for _ in range(31)]
    assert [answer.status_code for answer in tries] == [422] * 30 + [429]
    assert f'href="{path}"' in tries[-1].text
    assert client.get(path).status_code == 200


def test_twenty_passwords_a_minute(limited: Flask) -> None:
    client = limited.test_client()
    guesses = [{"email": f"person{n}@example.org", "password": "not this one either"} for n in range(21)]
    answers = [client.post("/login", data=guess) for guess in guesses]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.parametrize("form", ["contact", "report"])
def test_ten_messages_or_reports_an_hour(limited: Flask, made: Factory, form: str) -> None:
    path = f"/trainers/{made.slug(made.listed())}/{form}"
    made.commit()
    client = limited.test_client()
    answers = [client.post(path, data={}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.get(path).status_code == 200
