"""Reading the files under content/: every mistake in them is named by file, row and field."""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
ITEMS: dict[type, str] = {str: "texts", int: "whole numbers", dict: "tables"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ContentError(Exception):
    """A mistake in a content file, for whoever maintains it; the text names file, row and field."""


class Row:
    """One table of a content file. Each read takes a field away; `finish` complains about what is left."""

    def __init__(self, path: Path, name: str, fields: dict[str, Any]) -> None:
        self.path, self.name, self.fields = path, name, dict(fields)

    def error(self, field: str, problem: str) -> ContentError:
        return ContentError(f"{self.path.name}, {self.name}, {field}: {problem}")

    def text_or_none(self, field: str) -> str | None:
        value = self.fields.pop(field, None)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.error(field, "must be text that is not empty; leave the field out if it is not known")
        return value

    def text(self, field: str) -> str:
        value = self.text_or_none(field)
        if value is None:
            raise self.error(field, "is missing")
        return value

    def choice(self, field: str, choices: Iterable[str]) -> str:
        value = self.text(field)
        if value not in choices:
            raise self.error(field, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def url(self, field: str) -> str:
        value = self.url_or_none(field)
        if value is None:
            raise self.error(field, "is missing")
        return value

    def url_or_none(self, field: str) -> str | None:
        value = self.text_or_none(field)
        if value is not None and not value.startswith(("https://", "http://")):
            raise self.error(field, "must start with https:// or http://")
        return value

    def flag(self, field: str) -> bool:
        value = self.fields.pop(field, False)
        if not isinstance(value, bool):
            raise self.error(field, "must be true or false")
        return value

    def count(self, field: str) -> int:
        value = self.count_or_none(field)
        if value is None:
            raise self.error(field, "is missing")
        return value

    def number(self, field: str, most: int) -> int:
        """From 1 to `most`."""
        value = self.count(field)
        if value > most:
            raise self.error(field, f"must be {most} or less")
        return value

    def count_or_none(self, field: str) -> int | None:
        value = self.fields.pop(field, None)
        if value is not None and (type(value) is not int or value < 1):
            raise self.error(field, "must be a whole number above 0")
        return value

    def day(self, field: str) -> date:
        value = self.fields.pop(field, None)
        if type(value) is not date:  # a date with a time is a subclass of date
            raise self.error(field, "must be a date such as 2026-08-15")
        return value

    def day_or_none(self, field: str) -> date | None:
        return self.day(field) if field in self.fields else None

    def month_day_or_none(self, field: str) -> tuple[int, int] | None:
        value = self.text_or_none(field)
        if value is None:
            return None
        try:
            month, day = (int(part) for part in value.split("-"))
            date(2001, month, day)  # not a leap year: such a day exists every year
        except ValueError as error:
            raise self.error(field, 'must be a month and day such as "06-30"') from error
        return month, day

    def table(self, field: str) -> "Row":
        value = self.fields.pop(field, {})
        if not isinstance(value, dict):
            raise self.error(field, "must be a table in braces")
        return Row(self.path, f"{self.name}, {field}", value)

    def listed(self, field: str, kind: type) -> list[Any]:
        value = self.fields.pop(field, [])
        if not isinstance(value, list) or any(type(item) is not kind for item in value):
            raise self.error(field, f"must be a list of {ITEMS[kind]}")
        return value

    def finish(self) -> None:
        for field in self.fields:
            raise self.error(field, "is not a field that we know")


def read_tables(path: Path, known: tuple[str, ...]) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name} cannot be read: {error}") from error
    for name in tables:
        if name not in known:
            raise ContentError(f"{path.name}: [{name}] is not a table that we know")
    return tables


def rows_of(path: Path, tables: dict[str, Any], name: str, naming: tuple[str, ...]) -> list[Row]:
    """The [[name]] tables; a row is called by its number and by the fields in `naming`."""
    listed = Row(path, "the file", tables).listed(name, dict)
    if not listed:
        raise ContentError(f"{path.name} holds no [[{name}]]")
    return [
        Row(path, f"{name} {number} ({'/'.join(str(fields.get(field, '?')) for field in naming)})", fields)
        for number, fields in enumerate(listed, 1)
    ]


def refuse_repeats(path: Path, name: str, field: str, keys: list[str]) -> None:
    for number, key in enumerate(keys, 1):
        if key in keys[: number - 1]:
            raise ContentError(f"{path.name}, {name} {number} ({key}), {field}: stands there already")
