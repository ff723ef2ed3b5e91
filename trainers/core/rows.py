"""Inserting where the database's unique keys decide: what is there already stays, whoever came first."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .models import Base


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
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return make(model.__table__)  # type: ignore[arg-type]
