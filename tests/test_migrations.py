"""The migrations make the tables that the models describe, on both engines, and keep append-only tables so."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, make_app
from tests.factories import Factory
from tests.missing import missing
from trainers.config import ROOT
from trainers.core.credentials import sync_types
from trainers.core.models import Attempt, Base, Consent, Erasure, Message, Place
from trainers.core.models.audit import AuditEvent
from trainers.extensions import db

FOLDER = str(ROOT / "trainers" / "migrations")
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def run_as_postgres(home: Path, *command: str) -> None:
    """PostgreSQL refuses to run as root; as anybody else it runs as who we are."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*prefix, *command], cwd="/", check=True, capture_output=True, env={**os.environ, "HOME": str(home)}
    )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of the tests' own: a socket in a temporary folder, no network."""
    if not BINARIES:
        missing("PostgreSQL is not installed: apt-get install postgresql.")
    binaries, home = BINARIES[-1], Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    data = str(home / "data")
    initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    options = f"-k {home} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
    control = str(binaries / "pg_ctl")
    run_as_postgres(home, str(binaries / "initdb"), "-D", data, *initdb)
    run_as_postgres(home, control, "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
    yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    run_as_postgres(home, control, "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database of each engine."""
    changes = {}
    if request.param == "postgresql":
        changes["database_url"] = request.getfixturevalue("postgres_url")
    app = make_app(tmp_path, **changes)
    with app.app_context():
        yield app
        db.session.remove()
        downgrade(directory=FOLDER, revision="base")
        db.engine.dispose()


def test_up_and_down_leaves_nothing_behind(empty_app: Flask) -> None:
    upgrade(directory=FOLDER)
    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
    downgrade(directory=FOLDER, revision="base")
    inspector = inspect(db.engine)
    inspector.clear_cache()
    assert inspector.get_table_names() == ["alembic_version"]
    upgrade(directory=FOLDER)


def test_models_and_migrations_agree(empty_app: Flask) -> None:
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


@pytest.fixture
def filled(empty_app: Flask) -> Session:
    """One row in each append-only table, of one trainer; returns the session that wrote them."""
    upgrade(directory=FOLDER)
    session = db.session()
    session.add(Place(zip="97005", town="Beaverton", state="OR", town_key="beaverton", lat=45.5, lon=-122.8))
    sync_types(session)
    make = Factory(session, today=TODAY, now=NOW)
    trainer = make.trainer()
    make.check(make.term(make.credential(trainer)))
    make.add(Consent(account_id=trainer.account_id, purpose="adult", text_version="1", given_at=NOW))
    about = f"trainer:{trainer.id}"
    make.add(AuditEvent(at=NOW, actor="system", action="tested", subject="nothing", about=about))
    recipient = make.recipient(make.account())
    recipient.account_id = trainer.account_id
    message = make.add(
        Message(
            recipient_id=recipient.id,
            dedupe_key="k",
            message_id="<m@localhost>",
            template="account",
            context={},
            created_at=NOW,
            not_before=NOW,
        )
    )
    make.add(Attempt(message_id=message.id, n=1, at=NOW, delivered=True, reply="250 ok"))
    session.commit()
    return session


APPEND_ONLY = ("term", "check", "consent", "audit_event", "attempt")
COLUMN = {
    "term": "number",
    "check": "source_url",
    "consent": "text_version",
    "audit_event": "detail",
    "attempt": "reply",
}


def attacks(table: str, dialect: str) -> list[str]:
    tries = [f"UPDATE \"{table}\" SET {COLUMN[table]} = 'changed'", f'DELETE FROM "{table}"']
    if dialect == "sqlite":
        tries.append(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')
    else:
        tries.append(f'TRUNCATE "{table}" CASCADE')
    return tries


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_rows_cannot_be_changed_deleted_replaced_or_truncated(filled: Session, table: str) -> None:
    before = filled.execute(text(f'SELECT * FROM "{table}"')).all()
    filled.rollback()
    for attack in attacks(table, db.engine.dialect.name):
        with pytest.raises(IntegrityError, match=f"append_only_{table}"):
            filled.execute(text(attack))
        filled.rollback()
    assert filled.execute(text(f'SELECT * FROM "{table}"')).all() == before
    filled.rollback()


def test_an_erasure_row_lets_its_own_trainer_go_and_nobody_else(filled: Session) -> None:
    other = Factory(filled, today=TODAY, now=NOW)
    kept = other.check(other.term(other.credential(other.trainer("Charlie Kept"))))
    trainer_id = filled.execute(text("SELECT min(id) FROM trainer")).scalar_one()
    filled.add(Erasure(trainer_id=trainer_id, at=NOW))
    filled.flush()
    filled.execute(text(f'DELETE FROM "check" WHERE id <> {kept.id}'))
    filled.execute(text("DELETE FROM attempt"))
    filled.execute(text("DELETE FROM consent"))
    filled.execute(text("DELETE FROM audit_event"))
    filled.execute(text(f"DELETE FROM term WHERE id <> {kept.term_id}"))
    with pytest.raises(IntegrityError, match="append_only_check"):
        filled.execute(text('DELETE FROM "check"'))
    filled.rollback()
