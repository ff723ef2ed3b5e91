"""What the database says about itself: whether anybody has written since."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast
from uuid import uuid4

from flask import Flask, current_app
from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.exc import SQLAlchemyError

from trainers.extensions import db

Value = TypeVar("Value")

ASKED = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}
"""SQLite counts for a connection what others commit; PostgreSQL names the transactions that a snapshot sees."""


class DataVersion:
    """One connection of this process that only asks.

    Ask before anything is read: what is read afterwards is of this version or newer. What was made under a version
    is still true when the same one comes again, since none comes again after a commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock = engine, Lock()
        self._connection: PoolProxiedConnection | None = None
        self._cursor: Any = None
        self._name: Hashable = None
        self._remembered: dict[Hashable, tuple[Hashable, Any]] = {}
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def now(self) -> Hashable:
        """The version; one that never comes again where the database does not answer: who reads is told why."""
        with self._lock:
            try:
                return self._asked()
            except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
                self._close()
                return uuid4()

    def remembered(self, name: Hashable, read: Callable[[], Value]) -> Value:
        """What `read` has read under this name, as long as nobody has written."""
        version = self.now()
        known, value = self._remembered.get(name, (None, None))
        if known != version:
            value = read()
            self._remembered[name] = version, value
        return cast(Value, value)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _asked(self) -> Hashable:
        if self._cursor is None:
            self._connection = self._engine.raw_connection()
            if self._engine.dialect.name == "postgresql":
                self._connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            self._connection.detach()  # the pool does not wait for it
            self._cursor, self._name = self._connection.cursor(), uuid4()
        self._cursor.execute(ASKED[self._engine.dialect.name])
        return self._name, self._cursor.fetchone()[0]

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._cursor = None
        self._remembered.clear()


def init_app(app: Flask) -> None:
    with app.app_context():
        app.extensions["data_version"] = DataVersion(db.engine)


def of_app() -> DataVersion:
    return cast(DataVersion, current_app.extensions["data_version"])
