"""The application as tests start it: cheap passwords, no form tokens, no limits, and a day that stands still."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from threading import get_ident
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from tests.factories import SECRET_KEY
from tests.page_client import PageClient
from trainers.config import Settings
from trainers.extensions import db
from trainers.factory import create_app

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Pacific/Honolulu")
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # ten in the morning in Honolulu: the same day there

CHEAP_PASSWORDS = {
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 8,
        "argon2__parallelism": 1,
    },
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
}


SAVEPOINT = "a savepoint"
WRITES = ("INSERT", "UPDATE", "DELETE")
COMPILED = FileSystemBytecodeCache(tempfile.mkdtemp())
"""Each test has an application of its own; their templates are compiled once."""


def settings_for(folder: Path, **changes: Any) -> Settings:
    values = {
        "secret_key": SECRET_KEY,
        "secret_key_old": (),
        "database_url": f"sqlite:///{folder / 'test.db'}",
        "uploads_url": f"file://{folder / 'uploads'}",
        "mail_url": f"file://{folder / 'mail'}",
        "mail_from": "notices@localhost",
        "rate_limit_url": "memory://",
        "site_url": "http://127.0.0.1:8000",
        "site_timezone": "Pacific/Honolulu",
        "site_postal_address": "1 Test Street, Testville",
        "site_email": "hello@example.org",
        "trusted_proxies": (),
        "clinical_review": None,
        "metrics_token": "",
    }
    return Settings(**(values | changes))  # type: ignore[arg-type]


def make_app(folder: Path, *, limits: bool = False, **changes: Any) -> Flask:
    """An application that keeps its files in `folder`; its day is TODAY unless a test moves it.

    `changes` are settings. Its visitors look closely at each page that they are given.
    """
    app = create_app(
        settings_for(folder, **changes),
        instance=folder,
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        KEPT_COUNTS_SECONDS=0,
        RATELIMIT_ENABLED=limits,
        NOW=lambda: NOW,
        **CHEAP_PASSWORDS,
    )
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = PageClient
    demand_commits(app)
    return app


def demand_commits(app: Flask) -> None:
    """What a view has written and not committed when it answers would be lost without a word: the test fails."""
    with app.app_context():
        engine = db.engine
    unsaved: dict[tuple[int, int], list[str]] = {}

    def key(connection: Connection) -> tuple[int, int]:
        return get_ident(), id(connection.connection.dbapi_connection)

    def on_statement(
        connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        by_name = context and (context.isinsert or context.isupdate or context.isdelete)
        if by_name or statement.lstrip().upper().startswith(WRITES):
            unsaved.setdefault(key(connection), []).append(statement)

    def on_end(connection: Connection) -> None:
        unsaved.pop(key(connection), None)

    def on_savepoint(connection: Connection, _name: str) -> None:
        unsaved.setdefault(key(connection), []).append(SAVEPOINT)

    def on_release(connection: Connection, _name: str, _context: None) -> None:
        written = unsaved[key(connection)]
        del written[newest_savepoint(written)]

    def on_back_to_savepoint(connection: Connection, _name: str, _context: None) -> None:
        written = unsaved[key(connection)]
        del written[newest_savepoint(written) :]

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_end)
    event.listen(engine, "rollback", on_end)
    event.listen(engine, "savepoint", on_savepoint)
    event.listen(engine, "release_savepoint", on_release)
    event.listen(engine, "rollback_savepoint", on_back_to_savepoint)

    @app.after_request
    def demand(response: Response) -> Response:
        ours = [each for (thread, _), written in unsaved.items() if thread == get_ident() for each in written]
        left = [*ours, *changed(db.session())]
        assert not left, f"{request.method} {request.path} leaves without a commit: {left}"
        return response


def newest_savepoint(written: list[str]) -> int:
    return len(written) - 1 - written[::-1].index(SAVEPOINT)


def changed(session: Session) -> list[Any]:
    """Rows that the session would still write."""
    return [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
