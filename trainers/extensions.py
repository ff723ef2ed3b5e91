"""What Flask is given once: the database session, migrations, CSRF, limits, accounts."""

import sqlite3
from typing import Any

from flask import has_request_context, request
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import SQLAlchemyUserDatastore
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from trainers.config import ROOT
from trainers.core.accounts import fold_email
from trainers.core.models import Account, Base, Passkey, Role

PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "temp_store=MEMORY",  # planning's tables are gone in a moment: no disk is to wait for
    "recursive_triggers=ON",  # without it INSERT OR REPLACE goes round the append-only triggers
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ONLY_ASKS = {
    "places.near",
    "guidance.find",
    "hip_check.ask",
    "sheets.fill_in",
    "sheets.file",
    "sheets.opened",
    "sheets.as_csv",
    "sheets.as_file",
    "admin.people",
}
"""Posts that look something up, because what is asked belongs into no address."""

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(directory=str(ROOT / "trainers" / "migrations"))
csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


class Accounts(SQLAlchemyUserDatastore):
    """Finds an account by its address as core does. Flask-Security asks the database to lower both: then an engine
    finds accounts by spellings that count for others elsewhere."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        if "email" in kwargs:
            return super().find_user(email_key=fold_email(kwargs["email"] or ""))
        return super().find_user(case_insensitive, **kwargs)


store = Accounts(db, Account, Role, Passkey)


def prepare_engine(engine: Engine) -> None:
    """Take transactions into our own hands: a page that is only looked at cannot write.

    On SQLite writers queue from the first statement on, readers share: Python's own handling loses updates and
    answers "database is locked" to a read that becomes a write.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", on_sqlite_connect)
        event.listen(engine, "begin", on_sqlite_begin)
    else:
        event.listen(engine, "begin", on_postgresql_begin)
        event.listen(engine, "handle_error", without_values)


def on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is written by on_sqlite_begin
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def on_sqlite_begin(connection: Connection) -> None:
    reads = reads_only()
    if connection.info.get("reads") is not reads:  # it costs as much as a small query
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.info["reads"] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def on_postgresql_begin(connection: Connection) -> None:
    """psycopg writes it into the BEGIN that it sends with the first statement."""
    connection.connection.driver_connection.read_only = reads_only()  # type: ignore[union-attr]


def without_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes the whole row that it refuses; logs are no place for addresses. SQLite quotes nothing."""
    error, told = context.original_exception, context.sqlalchemy_exception
    detail = getattr(getattr(error, "diag", None), "message_detail", None)
    if detail and told:
        error.args, told.args = ((str(each).replace(detail, "hidden"),) for each in (error, told.args[0]))


def reads_only() -> bool:
    """A page that is only looked at must not write: neither ours nor Flask-Security's, whose links only ask
    (`ask_before` in web/accounts.py)."""
    return has_request_context() and (request.method in SAFE_METHODS or request.endpoint in ONLY_ASKS)
