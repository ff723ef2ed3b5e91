"""Databases made by the migrations, once; each test works on a copy of its own or is rolled back."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.factories import SECRET_KEY, Factory
from tests.page_client import PageClient
from trainers.config import ROOT, Settings
from trainers.core import places
from trainers.core.credentials import sync_types
from trainers.extensions import db, limiter, prepare_engine
from trainers.factory import create_app

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # ten in the morning in Honolulu: the same day there

CHEAP_PASSWORDS = {
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 8,
        "argon2__parallelism": 1,
    },
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
}


def settings_for(folder: Path, database_url: str | None = None, **changes: Any) -> Settings:
    values = {
        "secret_key": SECRET_KEY,
        "secret_key_old": (),
        "database_url": database_url or f"sqlite:///{folder / 'test.db'}",
        "uploads_url": f"file://{folder / 'uploads'}",
        "mail_url": f"file://{folder / 'mail'}",
        "mail_from": "notices@localhost",
        "rate_limit_url": "memory://",
        "site_url": "http://127.0.0.1:8000",
        "site_timezone": "Pacific/Honolulu",
        "site_postal_address": "1 Test Street, Testville",
        "site_email": "hello@example.org",
        "trusted_proxies": (),
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


def make_app(folder: Path, **changes: Any) -> Flask:
    """An application on the database in `folder`; its day is TODAY unless a test moves it."""
    return create_app(
        settings_for(folder, **changes),
        instance=folder,
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        RATELIMIT_ENABLED=False,
        NOW=lambda: NOW,
        **CHEAP_PASSWORDS,
    )


@pytest.fixture(scope="session")
def template_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


def make_template(folder: Path) -> Path:
    """A migrated database with all places and credential types: the file that tests copy."""
    app = make_app(folder)
    with app.app_context():
        upgrade(directory=str(ROOT / "trainers" / "migrations"))
        session = db.session()
        places.load_places(session, ROOT / "content" / "data" / "places.csv")
        sync_types(session)
        session.commit()
        session.close()
        db.engine.dispose()  # the last connection to close writes everything into the one file that tests copy
    return folder / "test.db"


@pytest.fixture(scope="session")
def shared_engine(template_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("shared") / "test.db"
    shutil.copy(template_db, path)
    engine = create_engine(f"sqlite:///{path}")
    prepare_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A session whose every change is undone after the test; commits inside are savepoints."""
    with shared_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def places_session(session: Session) -> Session:
    """The same session, by the name of those who need the places: they are always loaded."""
    return session


@pytest.fixture
def make(session: Session) -> Factory:
    """Builds trainers, credentials, checks … in the test's rolled-back session."""
    return Factory(session, today=TODAY, now=NOW)


@pytest.fixture
def app(template_db: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own: what its views commit stays until the test ends."""
    shutil.copy(template_db, tmp_path / "test.db")
    app = make_app(tmp_path)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def store(app: Flask) -> Iterator[Session]:
    """A session beside the application's own, to prepare rows (commit them) and to look at what it wrote."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(engine)
    with Session(engine, expire_on_commit=True) as session:
        yield session
    engine.dispose()


@pytest.fixture
def made(store: Session) -> Factory:
    """Builds rows that the application sees; call made.commit() before the request."""
    return Factory(store, today=TODAY, now=NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser that looks closely at each page it is given."""
    app.test_client_class = PageClient
    return app.test_client()


@pytest.fixture(autouse=True)
def no_limits_left() -> Iterator[None]:
    yield
    if limiter.enabled and limiter._storage:
        limiter.reset()
