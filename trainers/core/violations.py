"""What the database refuses, by the name of the rule that was broken, alike on both engines.

Two people who do the same at the same moment both pass the questions that core asks first. Then a unique key
decides, and who came second is told so in words.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .errors import DomainError
from .models import Base

_BY_NAME = re.compile(r"CHECK constraint failed: (\w+)|^(append_only_\w+)$")
_BY_COLUMNS = re.compile(r"UNIQUE constraint failed: (\w+\.\w+(?:, \w+\.\w+)*)$")


def broken_rule(error: IntegrityError) -> str | None:
    """The constraint's name in the database; None where the engine gives none (an empty column, a parent missing
    on SQLite)."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return cast(str | None, diagnosis.constraint_name)
    said = str(error.orig)
    if found := _BY_NAME.search(said):
        return str(next(filter(None, found.groups())))
    if found := _BY_COLUMNS.search(said):
        return _unique_rule([each.split(".") for each in found[1].split(", ")])
    return None


def _unique_rule(columns: list[list[str]]) -> str | None:
    """SQLite names the columns: the unique rule that stands on just these."""
    table = Base.metadata.tables[columns[0][0]]
    wanted = {column for _, column in columns}
    return next((name for name, on in _unique_rules(table) if on == wanted), None)


def _unique_rules(table: Table) -> Iterator[tuple[str, set[str]]]:
    yield f"pk_{table.name}", set(table.primary_key.columns.keys())
    for rule in table.constraints:
        if isinstance(rule, UniqueConstraint):
            yield str(rule.name), set(rule.columns.keys())
    for index in table.indexes:
        if index.unique:
            yield str(index.name), set(index.columns.keys())


@contextmanager
def told_as(session: Session, **refusals: DomainError) -> Iterator[None]:
    """Write what the block adds. Where the database refuses it by a rule named here, undo the block and raise that
    rule's refusal; the session goes on."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        refusal = refusals.get(broken_rule(error) or "")
        if refusal is None:
            raise
        raise refusal from error
