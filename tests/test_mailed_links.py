"""A link that was mailed can be read nowhere in the database once its mail was sent, dropped or given up."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser.live import mail_server
from tests.conftest import NOW
from tests.factories import Factory
from tests.web.signing_in import Door
from trainers.core.mail import outbox
from trainers.core.models import Base, Message

RITA = "rita@example.org"


class Echo:
    """A mail server that repeats in its answer what it was given."""

    def __init__(self) -> None:
        self.code, self.repeats = 250, ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        text = envelope.content.decode().replace("=\r\n", "")
        found = re.search(r"http\S+/reset/(\S+)", text)
        assert found
        self.repeats = found[0]
        return f"{self.code} 5.7.1 {found[0]}"


@pytest.fixture
def echo(app: Flask) -> Iterator[Echo]:
    server = Echo()
    with mail_server(server) as url:  # type: ignore[arg-type]
        app.extensions["settings"] = replace(app.extensions["settings"], mail_url=url)
        yield server


@pytest.fixture
def asked(app: Flask, store: Session, made: Factory, echo: Echo) -> str:
    """Somebody has asked for a link to choose a new password; answers its token, which waits in the outbox."""
    door = Door(app, store, made)
    door.person(RITA)
    door.browser().post("/reset", data={"email": RITA})
    store.rollback()
    [waiting] = store.scalars(select(Message)).all()
    found = re.search(r"/reset/(\S+)", str(waiting.context))
    store.rollback()
    assert found
    token = found[1].split("\\n")[0]
    assert places_of(store, token) == ["message.context"]
    return token


@pytest.fixture
def send(app: Flask) -> Callable[[], str]:
    return lambda: str(app.test_cli_runner().invoke(args=["alerts", "send"]).output)


def places_of(store: Session, token: str) -> list[str]:
    """Where in the database any twelve letters in a row of the token stand."""
    pieces = [token[start : start + 12] for start in range(len(token) - 11)]
    found = []
    for name, table in Base.metadata.tables.items():
        rows = store.execute(select(table)).all()
        for column, values in zip(table.columns.keys(), zip(*rows, strict=True), strict=bool(rows)):
            text = "\n".join(map(str, values))
            if any(piece in text for piece in pieces):
                found.append(f"{name}.{column}")
    store.rollback()
    return found


def state_of(store: Session) -> tuple[str, Any]:
    [message] = store.scalars(select(Message)).all()
    found = message.state, message.context
    store.rollback()
    return found


def test_after_it_was_sent(store: Session, asked: str, echo: Echo, send: Callable[[], str]) -> None:
    assert "1 mail sent" in send()
    assert asked in echo.repeats
    assert state_of(store) == ("sent", None)
    assert places_of(store, asked) == []


def test_after_it_was_refused(store: Session, asked: str, echo: Echo, send: Callable[[], str]) -> None:
    echo.code = 554
    assert "1 refused for good" in send()
    assert asked in echo.repeats
    assert state_of(store) == ("failed", None)
    assert places_of(store, asked) == []


def test_after_it_was_put_off_and_then_given_up(
    app: Flask, store: Session, asked: str, echo: Echo, send: Callable[[], str]
) -> None:
    echo.code = 451
    assert "1 to be tried again" in send()
    assert places_of(store, asked) == ["message.context"]  # it still has to be written
    app.config["NOW"] = lambda: NOW + outbox.GIVE_UP + timedelta(minutes=5)
    send()
    assert state_of(store) == ("failed", None)
    assert places_of(store, asked) == []


def test_after_it_was_dropped(store: Session, asked: str) -> None:
    [message] = store.scalars(select(Message)).all()
    message.attempts += 1  # as claiming it does
    outbox.drop(message, "bounced")
    store.commit()
    assert state_of(store) == ("dropped", None)
    assert places_of(store, asked) == []
