"""What every table shares: the naming of constraints, UTC time stamps, enums as checked text."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


APPEND_ONLY = {"info": {"append_only": True}}
"""For tables whose rows can be added and never changed; a migration makes the triggers that see to it."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC in Python; naive moments are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time stamp needs a zone; use datetime.now(UTC).")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def sorted_text(length: int) -> String:
    """Text whose order and ranges are asked for: by code point on both engines, whatever the server's language."""
    text = String(length)
    return text.with_variant(String(length, collation="C"), "postgresql")


def only_on(dialect: str, index: Index) -> Index:
    """An index that one engine alone gets."""
    index.info["only_on"] = dialect
    return index.ddl_if(dialect=dialect)


def is_meant_for(dialect: str, item: Any) -> bool:
    """Whether an engine gets this part of the schema."""
    return bool(item.info.get("only_on", dialect) == dialect)


def one_of(column: str, values: Iterable[str], *, name: str | None = None) -> CheckConstraint:
    """An enum kept as text: only these words may stand in `column`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def together(first: str, second: str, *, name: str) -> CheckConstraint:
    """Both columns are filled or neither is (who and when belong together)."""
    return CheckConstraint(f"({first} IS NULL) = ({second} IS NULL)", name=name)
