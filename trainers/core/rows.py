"""Inserting where the database's unique keys decide: what is there already stays, whoever came first."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from .models import Base

Row = TypeVar("Row", bound=Base)


def insert_new(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Insert rows of a table that has an `id`, leaving out those that break a unique key.

    Returns the ids of the inserted ones; their order means nothing.
    """
    values = list(rows)
    if not values:
        return []
    table = model.__table__
    statement = inserting(session, model).on_conflict_do_nothing().returning(table.c.id)
    return list(session.scalars(statement, values))


def inserting(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens when the row is there: both engines spell it the same way."""
    return dialect_insert(session)(model.__table__)


def dialect_insert(session: Session) -> Callable[[Any], postgresql.Insert | sqlite.Insert]:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def insert_or_lock(
    session: Session, model: type[Row], values: Mapping[str, Any], unique: InstrumentedAttribute[Any]
) -> Row:
    """The row with this value in the unique column, made if it is not there; nobody else has it meanwhile."""
    statement = dialect_insert(session)(model).values(**values)
    kept = statement.on_conflict_do_update(
        index_elements=[unique], set_={unique.key: statement.excluded[unique.key]}
    ).returning(model)
    return session.scalars(kept, execution_options={"populate_existing": True}).one()
