"""Each test that needs a database runs on both engines: on a copy of its own, or rolled back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.application import CHEAP_PASSWORDS, NOW, TODAY, ZONE, make_app, settings_for
from tests.databases import ENGINES, NO_POSTGRESQL, PROGRAMS, Databases, connect
from tests.factories import Factory
from tests.house import House, close_database
from tests.missing import missing
from trainers.extensions import limiter

__all__ = ["CHEAP_PASSWORDS", "NOW", "TODAY", "ZONE", "make_app", "settings_for"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, help="the only engine to run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database, directly or not, is run once for each engine."""
    if "engine_name" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("engine")
        only = marked.args[0] if marked else metafunc.config.getoption("engine")
        metafunc.parametrize("engine_name", [only] if only else [*ENGINES], scope="session")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine(name): the only engine that tells anything here")


@pytest.fixture(scope="session")
def databases_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Databases]]:
    """The databases of an engine by its name; a server starts when somebody first asks and runs to the end."""
    running: dict[str, Databases] = {}

    def of(name: str) -> Databases:
        if name == "postgresql" and not PROGRAMS:
            missing(NO_POSTGRESQL)
        if name not in running:
            running[name] = ENGINES[name](tmp_path_factory.mktemp(name))
        return running[name]

    yield of
    for each in running.values():
        each.close()


@pytest.fixture(scope="session")
def databases(engine_name: str, databases_of: Callable[[str], Databases]) -> Databases:
    return databases_of(engine_name)


@pytest.fixture(scope="session")
def shared_engine(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = databases.copy(tmp_path_factory.mktemp("shared"))
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
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own: migrated, with all places and credential types."""
    url = databases.copy(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(databases, tmp_path_factory.mktemp("house"))
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
def store(app: Flask) -> Iterator[Session]:
    """A session beside the application's own, to prepare rows (commit them) and to look at what it wrote."""
    engine = connect(app.config["SQLALCHEMY_DATABASE_URI"])
    with Session(engine, expire_on_commit=True) as session:
        yield session
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
