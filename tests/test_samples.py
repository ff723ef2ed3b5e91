"""The invented directory: complete, marked as invented, and gone without a trace when cleared."""

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core import samples
from trainers.core.credentials import standing_of, visible_credentials
from trainers.core.evidence import open_files
from trainers.core.models import Account, Base, Place, Trainer
from trainers.core.status_words import Status


@pytest.fixture
def loaded(session: Session) -> list[Trainer]:
    samples.load(session, now=NOW, today=TODAY, password_hash="-")
    return list(session.scalars(select(Trainer).where(Trainer.is_sample)))


def counts(session: Session) -> dict[str, int]:
    session.flush()
    return {
        name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in Base.metadata.tables
    }


def test_two_hundred_trainers_each_marked_as_invented(loaded: list[Trainer]) -> None:
    assert len(loaded) == 200
    assert all(trainer.name.endswith("(sample)") for trainer in loaded)
    assert all(trainer.account.email.endswith("@sample.invalid") for trainer in loaded)


def test_they_cover_the_whole_country(session: Session, loaded: list[Trainer]) -> None:
    states = set(session.scalars(select(Place.state).where(Place.zip.in_([each.zip for each in loaded]))))
    assert len(states) >= 51


def test_every_status_is_among_them(session: Session, loaded: list[Trainer]) -> None:
    found = Counter(
        standing_of(credential, today=TODAY).status
        for trainer in loaded
        for credential in visible_credentials(session, trainer)
    )
    assert set(found) == set(Status)


def test_loading_twice_changes_nothing(session: Session, loaded: list[Trainer]) -> None:
    before = counts(session)
    assert samples.load(session, now=NOW, today=TODAY, password_hash="-") == 0
    assert counts(session) == before


def test_clearing_removes_them_and_nothing_else(session: Session, make: Factory, tmp_path: Path) -> None:
    make.listed("Dana Fitzgerald")
    make.reviewer("a.real.reviewer@example.org")
    before = counts(session)
    samples.load(session, now=NOW, today=TODAY, password_hash="-")
    assert samples.clear(session, open_files(f"file://{tmp_path}"), now=NOW) == 200
    after = counts(session)
    left_by_roles = {"audit_event", "recipient", "account_role", "role"}
    assert {name: after[name] - before[name] for name in after if name not in left_by_roles} == {
        name: 0 for name in after if name not in left_by_roles
    }
    assert session.scalar(select(func.count()).select_from(Account)) == before["account"]


def test_pages_say_that_everybody_is_invented(client: FlaskClient, app: Flask, store: Session) -> None:
    assert "This is a sample directory" not in client.get("/trainers").text
    samples.load(store, now=NOW, today=TODAY, password_hash="-")
    store.commit()
    page = client.get("/trainers").text
    assert "This is a sample directory" in page
    assert '<meta name="robots" content="noindex">' in page


def test_samples_are_refused_in_production(app: Flask) -> None:
    app.extensions["settings"] = _public(app)
    result = app.test_cli_runner().invoke(args=["samples", "load"])
    assert result.exit_code == 1
    assert "refused in production" in result.output


def _public(app: Flask) -> object:
    from dataclasses import replace

    return replace(app.extensions["settings"], site_url="https://trainers.example")
