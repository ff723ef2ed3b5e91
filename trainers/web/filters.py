"""What templates may call."""

import hashlib
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from markupsafe import Markup

from trainers.config import ROOT
from trainers.core.dates import day_of_year, long_date, weekday_date
from trainers.core.names import last_four
from trainers.core.search.places import distance_words
from trainers.core.search.result_rows import HeldCredential
from trainers.core.units import units_text
from trainers.web import site


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        long_date=as_long_date,
        weekday_date=weekday_date,
        day_of_year=day_of_year,
        distance=distance_words,
        held_line=held_line,
        last_four=last_four,
        plural=plural,
        units=units_text,
    )
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def as_long_date(value: date | datetime | None) -> str:
    """ "12 March 2027"; a moment is told as the day it was in the site's zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(site.settings().site_timezone)).date()
    return long_date(value)


@lru_cache(maxsize=10_000)
def held_line(held: HeldCredential) -> Markup:
    """A credential among the results: many trainers hold the same, until the same day."""
    return Markup(current_app.jinja_env.get_template("directory/_held.html").render(held=held))  # noqa: S704


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 trainer", "3 trainers"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def static_url(path: str) -> str:
    """The address of a static file with a mark of its content, so that browsers may keep it for a year."""
    root = Path(current_app.static_folder or ROOT / "static")
    return f"/static/{path}?v={content_mark(root / path)}"


@cache
def content_mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
