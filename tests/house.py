"""One application for all tests of an engine, and the database that stands under it.

Making an application costs more than most tests do. So it stands from the first test to the last; what a test
wrote, configured or left behind is put back after it.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from tests.application import make_app
from tests.databases import Databases, connect
from trainers.extensions import db, limiter

CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|WITH|LOCK|VACUUM)\b", re.I)
FURNITURE = re.compile(
    r"\s*((INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(place|credential_type)\b"
    r"|(CREATE(?!\s+TEMPORARY)|ALTER|DROP(?!\s+TABLE\s+plan_)|TRUNCATE)\b)",
    re.I,
)
"""What touches more than the rows that tests make: then the whole database is copied anew."""


class House:
    """`app` and its database. `clear` makes both as they were.

    `beside` is an engine for whoever prepares rows or looks at them: a new one would compile each statement anew.
    """

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.databases, self.folder = databases, folder
        self.url = databases.copy()
        self.app = make_app(folder, database_url=self.url)
        self.beside = connect(self.url)
        self.configured, self.extended = dict(self.app.config), dict(self.app.extensions)
        self.changed = self.rebuilt = False

    def watch(self) -> Iterator["House"]:
        """Note whatever anybody in this process writes, through whichever engine."""
        event.listen(Engine, "before_cursor_execute", self.note)
        yield self
        event.remove(Engine, "before_cursor_execute", self.note)

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.changed = self.changed or bool(CHANGES.match(statement))
        self.rebuilt = self.rebuilt or bool(FURNITURE.match(statement))

    def clear(self) -> None:
        self.app.config.clear()
        self.app.config.update(self.configured)
        self.app.extensions.clear()
        self.app.extensions.update(self.extended)
        limiter.enabled = self.app.config["RATELIMIT_ENABLED"]
        self.app.extensions["kept_pages"].clear()
        with self.app.app_context():
            db.session.remove()
            if self.changed:
                self.databases.restore(self.url, db.engine, self.beside, whole=self.rebuilt)
        self.changed = self.rebuilt = False
        for each in ("uploads", "mail"):
            shutil.rmtree(self.folder / each, ignore_errors=True)
        for left in self.folder.glob("secret_key*"):
            left.unlink()

    def close(self) -> None:
        close_database(self.app)
        self.beside.dispose()
        self.databases.drop(self.url)


def close_database(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
