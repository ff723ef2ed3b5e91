"""The invented directory: complete, marked as invented, and gone without a trace when cleared."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.databases import Databases, connect
from tests.factories import Factory
from trainers.core.credentials import standing_of, visible_credentials
from trainers.core.evidence import Files, evidence_for, open_files, read_file
from trainers.core.models import Base, Place, Review, Trainer
from trainers.core.sample_directory import samples
from trainers.core.sheets.sharing import may_fill_in, runners_of
from trainers.core.standing.status_words import Status

pytestmark = pytest.mark.by_day("sqlite")  # only at home, where SQLite is


@dataclass(frozen=True)
class Loaded:
    """A database into which the samples were loaded beside one real trainer and one real reviewer."""

    url: str
    folder: Path
    before: dict[str, int]  # rows of each table before that

    @property
    def files(self) -> Files:
        return open_files(f"file://{self.folder}/uploads")


@pytest.fixture(scope="module")
def samples_db(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("samples")
    url = databases.copy()
    with session_on(url) as session:
        make = Factory(session, today=TODAY, now=NOW)
        make.listed("Dana Fitzgerald")
        make.reviewer("a.real.reviewer@example.org")
        found = Loaded(url, folder, counts(session))
        assert samples.load(session, found.files, now=NOW, today=TODAY, password_hash="-") == 200
        session.commit()
    yield found
    databases.drop(url)


@contextmanager
def session_on(url: str) -> Iterator[Session]:
    engine = connect(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def database_url(databases: Databases, samples_db: Loaded) -> Iterator[str]:
    """The application of a test here has the samples in it."""
    url = databases.copy(samples_db.url)
    yield url
    databases.drop(url)


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    with session_on(database_url) as session:
        yield session


@pytest.fixture
def loaded(session: Session) -> list[Trainer]:
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


def test_runners_with_sheets_have_invited_the_sample_trainer(session: Session, loaded: list[Trainer]) -> None:
    [trainer] = [each for each in loaded if each.account.email == samples.TRAINER_EMAIL]
    assert may_fill_in(session, trainer, today=TODAY)
    found = {each.share.runner_name: each.sheets for each in runners_of(session, trainer)}
    assert found == {"Ari (sample)": 2, "Robin (sample)": 3}


def test_each_open_claim_has_its_photo(session: Session, samples_db: Loaded) -> None:
    waiting = session.scalars(select(Review).where(Review.closed_at.is_(None))).all()
    assert len(waiting) > 20
    for work in waiting:
        assert work.credential is not None
        (photo,) = evidence_for(session, work.credential)
        assert read_file(samples_db.files, photo).startswith(b"\xff\xd8")


def test_loading_twice_changes_nothing(session: Session, loaded: list[Trainer], tmp_path: Path) -> None:
    before = counts(session)
    assert samples.load(session, open_files(f"file://{tmp_path}"), now=NOW, today=TODAY, password_hash="-") == 0
    assert counts(session) == before


def test_clearing_removes_them_and_nothing_else(session: Session, samples_db: Loaded, tmp_path: Path) -> None:
    files = open_files(f"file://{shutil.copytree(samples_db.folder / 'uploads', tmp_path / 'uploads')}")
    assert samples.clear(session, files, now=NOW) == 200
    assert [each for each in (tmp_path / "uploads").rglob("*") if each.is_file()] == []
    before, after = samples_db.before, counts(session)
    left = {name: n - before[name] for name, n in after.items() if n != before[name]}
    # what stays: that samples were loaded, who became a reviewer, struck-out addresses of a delivery log
    assert set(left) <= {"audit_event", "recipient"}
    assert left.get("audit_event", 0) <= 5
    assert session.scalars(select(Trainer.name)).all() == ["Dana Fitzgerald"]


@pytest.mark.by_day("sqlite")
def test_pages_say_that_everybody_is_invented(app: Flask, client: FlaskClient) -> None:
    page = client.get("/guidance").text
    assert "This is a sample directory" in page
    assert '<meta name="robots" content="noindex">' in page
    app.test_cli_runner().invoke(args=["samples", "clear"])
    assert "This is a sample directory" not in client.get("/guidance").text


def test_samples_are_refused_in_production(app: Flask) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], site_url="https://trainers.example")
    result = app.test_cli_runner().invoke(args=["samples", "load"])
    assert result.exit_code == 1
    assert "refused in production" in result.output
