"""The migrations make the tables that the models describe, on both engines, and keep append-only tables so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, make_app
from tests.databases import MIGRATIONS, Databases
from tests.factories import Factory
from trainers.core.credentials import sync_types
from trainers.core.models import Attempt, Base, Consent, Erasure, Message, Place
from trainers.core.models.audit import AuditEvent
from trainers.core.models.base import is_meant_for
from trainers.core.search.distance import unit_vector
from trainers.extensions import db


@pytest.fixture
def empty_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database."""
    url = databases.empty()
    app = make_app(tmp_path, database_url=url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


def test_up_and_down_leaves_nothing_behind(empty_app: Flask) -> None:
    upgrade(directory=MIGRATIONS)
    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
    downgrade(directory=MIGRATIONS, revision="base")
    inspector = inspect(db.engine)
    inspector.clear_cache()
    assert inspector.get_table_names() == ["alembic_version"]
    upgrade(directory=MIGRATIONS)


def test_models_and_migrations_agree(empty_app: Flask) -> None:
    upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        engine = connection.dialect.name
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda item, *_rest: is_meant_for(engine, item)}
        )
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_the_checks_of_the_models_are_those_of_the_database(empty_app: Flask) -> None:
    """Which comparing models and migrations does not see."""
    upgrade(directory=MIGRATIONS)
    inspector = inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        meant = {rule.name for rule in table.constraints if isinstance(rule, CheckConstraint)}
        assert {rule["name"] for rule in inspector.get_check_constraints(name)} == meant, name


def test_each_foreign_key_is_named_and_found_by_an_index(empty_app: Flask) -> None:
    """Else erasing somebody would read whole tables."""
    upgrade(directory=MIGRATIONS)
    inspector = inspect(db.engine)
    for table in Base.metadata.tables:
        rules = [*inspector.get_indexes(table), *inspector.get_unique_constraints(table)]
        led = [rule["column_names"][0] for rule in rules]
        led.append(inspector.get_pk_constraint(table)["constrained_columns"][0])
        for key in inspector.get_foreign_keys(table):
            assert key["name"], f"{table}: {key}"
            assert key["constrained_columns"][0] in led, f"{table}: {key}"


@pytest.fixture
def filled(empty_app: Flask) -> Session:
    """One row in each append-only table, of one trainer; returns the session that wrote them."""
    upgrade(directory=MIGRATIONS)
    session = db.session()
    x, y, z = unit_vector(45.5, -122.8)
    beaverton = Place(zip="97005", town="Beaverton", state="OR", town_key="beaverton", lat=45.5, lon=-122.8)
    beaverton.x, beaverton.y, beaverton.z = x, y, z
    session.add(beaverton)
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


APPEND_ONLY = [name for name, table in Base.metadata.tables.items() if table.info.get("append_only")]
COLUMN = {
    "term": "number",
    "check": "source_url",
    "consent": "text_version",
    "audit_event": "detail",
    "attempt": "reply",
}


FIRST_WITH_TRIGGERS = "0002"


def attacks(table: str, dialect: str) -> list[str]:
    column, key = COLUMN[table], ", ".join(Base.metadata.tables[table].primary_key.columns.keys())
    again = f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE true'
    tries = [
        f"UPDATE \"{table}\" SET {column} = 'changed'",
        f'DELETE FROM "{table}"',
        f'UPDATE "{table}" SET {column} = {column}',
        f"{again} ON CONFLICT ({key}) DO UPDATE SET {column} = 'changed'",
    ]
    if dialect == "sqlite":
        tries.append(again.replace("INSERT", "INSERT OR REPLACE"))
    else:
        tries.append(f'TRUNCATE "{table}" CASCADE')
    return tries


def revisions() -> list[str]:
    """All migrations from the one on that made the triggers, the oldest first."""
    found = [each.revision for each in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]
    return found[found.index(FIRST_WITH_TRIGGERS) :]


def test_every_migration_keeps_append_only_rows_from_being_changed(filled: Session) -> None:
    """With the rows in it, down step by step and up again: rebuilding a table on SQLite loses its triggers."""
    known = revisions()
    for revision in [*known[-2::-1], *known[1:]]:
        filled.close()
        step = upgrade if db_revision(filled) < revision else downgrade
        step(directory=MIGRATIONS, revision=revision)
        for table in APPEND_ONLY:
            attack_all(filled, table)
    assert db_revision(filled) == known[-1]


def test_points_that_are_there_get_their_vectors_and_military_mail_none(empty_app: Flask) -> None:
    upgrade(directory=MIGRATIONS, revision="0006")
    session = db.session()
    before = "INSERT INTO place (zip, town, state, town_key, population, lat, lon) VALUES "
    session.execute(text(before + "('97005', 'Beaverton', 'OR', 'beaverton', 1, 45.5, -122.8)"))
    session.execute(text(before + "('09001', 'APO', 'AE', 'apo', 0, NULL, NULL)"))
    session.commit()
    upgrade(directory=MIGRATIONS, revision="0007")
    rows = session.execute(text("SELECT zip, x, y, z, county, county_key FROM place ORDER BY zip")).all()
    session.rollback()
    assert tuple(rows[0]) == ("09001", None, None, None, "", "")
    assert rows[1][1:4] == pytest.approx(unit_vector(45.5, -122.8))
    with pytest.raises(IntegrityError, match="ck_place_vector"):
        session.execute(text("UPDATE place SET y = NULL WHERE zip = '97005'"))
    session.rollback()
    downgrade(directory=MIGRATIONS, revision="0006")
    assert {column["name"] for column in inspect(db.engine).get_columns("place")}.isdisjoint({"x", "county"})
    assert session.execute(text("SELECT lat FROM place ORDER BY zip")).scalars().all() == [None, 45.5]


def db_revision(session: Session) -> str:
    found = str(session.scalar(text("SELECT version_num FROM alembic_version")))
    session.close()
    return found


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_rows_cannot_be_changed_deleted_replaced_or_truncated(filled: Session, table: str) -> None:
    attack_all(filled, table)


def attack_all(session: Session, table: str) -> None:
    before = session.execute(text(f'SELECT * FROM "{table}"')).all()
    assert before
    session.rollback()
    for attack in attacks(table, db.engine.dialect.name):
        with pytest.raises(IntegrityError, match=f"append_only_{table}"):
            session.execute(text(attack))
        session.rollback()
    assert session.execute(text(f'SELECT * FROM "{table}"')).all() == before
    session.rollback()


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
