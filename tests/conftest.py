"""Each test that needs a database runs on both engines: on a copy of its own, or rolled back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.application import CHEAP_PASSWORDS, NOW, TODAY, ZONE, make_app, settings_for
from tests.databases import ENGINES, NO_POSTGRESQL, PROGRAMS, Databases, connect, quick_folder
from tests.factories import Factory
from tests.full import FULL
from tests.house import House, close_database
from tests.missing import missing
from trainers.extensions import limiter

LONGEST = (
    "test_every_page",
    "test_journey",
    "test_rubbish",
    "test_samples",
    "test_alerts_once",
    "test_access",
    "test_imports_survive",
    "test_serve",
    "test_second_step",
    "test_refusals",
    "test_delivery",
    "test_keyboard",
    "test_directory",
    "test_key_rotation",
    "test_at_once",
    "test_marks",
    "test_killed_senders",
    "test_sheets",
    "test_results",
    "test_migrations",
    "test_year",
    "test_hip_check",
)
"""Files by what they take."""

__all__ = ["CHEAP_PASSWORDS", "NOW", "TODAY", "ZONE", "make_app", "settings_for"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, help="the only engine to run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database, directly or not, is run once for each engine."""
    if "engine_name" in metafunc.fixturenames:
        only = only_engine(metafunc.definition, metafunc.config.getoption("engine"))
        metafunc.parametrize("engine_name", [only] if only else [*ENGINES], scope="session")


def only_engine(test: pytest.Item, asked: str | None) -> str | None:
    always, by_day = test.get_closest_marker("engine"), test.get_closest_marker("by_day")
    if always:
        return str(always.args[0])
    return asked or (str(by_day.args[0]) if by_day and not FULL else None)


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("by day", max_examples=30)
    settings.register_profile("full", max_examples=300)
    settings.load_profile("full" if FULL else "by day")
    config.addinivalue_line("markers", "engine(name): the only engine that tells anything here")
    config.addinivalue_line("markers", "by_day(name): the only engine, but in `make prove`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: two workers that take file after file then end together."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def databases_of() -> Iterator[Callable[[str], Databases]]:
    """The databases of an engine by its name; a server starts when somebody first asks and runs to the end."""
    running: dict[str, Databases] = {}
    folders = ExitStack()

    def of(name: str) -> Databases:
        if name == "postgresql" and not PROGRAMS:
            missing(NO_POSTGRESQL)
        if name not in running:
            running[name] = ENGINES[name](folders.enter_context(quick_folder()))
        return running[name]

    yield of
    for each in running.values():
        each.close()
    folders.close()


@pytest.fixture(scope="session")
def databases(engine_name: str, databases_of: Callable[[str], Databases]) -> Databases:
    return databases_of(engine_name)


@pytest.fixture(scope="session")
def shared_engine(databases: Databases) -> Iterator[Engine]:
    url = databases.copy()
    engine = connect(url)
    yield engine
    engine.dispose()
    databases.drop(url)


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
def database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own: migrated, with all places and credential types."""
    url = databases.copy()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def house(databases: Databases) -> Iterator[House]:
    with quick_folder() as folder:
        house = House(databases, folder)
        yield from house.watch()
        house.close()


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    """An application with a database: what its views commit stays until the test ends. Take what is unusual about
    it from `fresh_app`."""
    limiter.enabled = house.app.config["RATELIMIT_ENABLED"]
    yield house.app
    house.clear()


@pytest.fixture
def fresh_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application of the test's own, which has answered nobody yet: routes can be added to it."""
    app = make_app(tmp_path, database_url=database_url)
    yield app
    close_database(app)


@pytest.fixture
def store(app: Flask, house: House) -> Iterator[Session]:
    """A session beside the application's own, to prepare rows (commit them) and to look at what it wrote."""
    engine = house.beside if app is house.app else connect(app.config["SQLALCHEMY_DATABASE_URI"])
    with Session(engine, expire_on_commit=True) as session:
        yield session
    if engine is not house.beside:
        engine.dispose()


@pytest.fixture
def made(store: Session) -> Factory:
    """Builds rows that the application sees; call made.commit() before the request."""
    return Factory(store, today=TODAY, now=NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture(autouse=True)
def no_limits_left() -> Iterator[None]:
    yield
    if limiter.enabled and limiter._storage:
        limiter.reset()
