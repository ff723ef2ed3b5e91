"""How often one address may try; the other tests run without these limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import make_app
from tests.factories import Factory
from tests.house import close_database
from tests.web.registering import (
    CLAIM,
    NEW,
    draft_path,
    register,
    signed_in,
)
from trainers.config import Settings
from trainers.extensions import limiter


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, database_url=database_url, limits=True)
    yield app
    limiter.reset()
    limiter.enabled = False
    close_database(app)


def test_ten_accounts_a_minute(app: Flask) -> None:
    client = app.test_client()
    answers = [register(client, f"person{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert "Please wait a few minutes" in answers[-1].text


def test_thirty_uploads_an_hour(app: Flask, made: Factory) -> None:
    client = signed_in(app.test_client(), made, made.trainer(state="draft").account)  # type: ignore[arg-type]
    client.post(NEW, data=CLAIM)
    path = f"{draft_path(made.session)}/photo"
    tries = [client.post(path, data={}, content_type="multipart/form-data") for _ in range(31)]
    assert [answer.status_code for answer in tries] == [422] * 30 + [429]
    assert f'href="{path}"' in tries[-1].text
    assert client.get(path).status_code == 200


def test_twenty_passwords_a_minute(app: Flask) -> None:
    client = app.test_client()
    guesses = [{"email": f"person{n}@example.org", "password": "not this one either"} for n in range(21)]
    answers = [client.post("/login", data=guess) for guess in guesses]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.parametrize("form", ["contact", "report", "follow"])
def test_ten_messages_or_reports_an_hour(app: Flask, made: Factory, form: str) -> None:
    path = f"/trainers/{made.slug(made.listed())}/{form}"
    made.commit()
    client = app.test_client()
    answers = [client.post(path, data={}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/trainers", "/trainers.json"])
def test_a_hundred_and_twenty_searches_a_minute(app: Flask, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    client = FlaskClient(app, app.response_class)  # the other one looks at each page twice
    tried_out = [client.get(path, query_string={"radius": "ten"}).status_code for _ in range(121)]
    assert set(tried_out) == {422}, "on one's own machine there is no limit"
    monkeypatch.setattr(Settings, "production", True)
    answers = [client.get(path, query_string={"radius": "ten"}) for _ in range(121)]
    assert [answer.status_code for answer in answers] == [422] * 120 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 61
    assert "no-store" in answers[-1].headers["Cache-Control"]
