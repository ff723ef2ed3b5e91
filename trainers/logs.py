"""What the processes say about themselves: readable while developing, a JSON object a line in production.

No line holds a query string, a path with its keys in it, or what an error quotes: only where in the code it was.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from sqlalchemy.exc import DBAPIError

from .config import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this thread answers; empty elsewhere."""
FACTS = ("method", "route", "status", "ms")
"""What a line may tell beside its message, as `extra`."""


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
        if request_id.get():
            told["request_id"] = request_id.get()
        if record.exc_info and record.exc_info[1]:
            told["error"] = where_it_broke(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


class Readable(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        name = record.name.rpartition(".")[2]
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        line = f"{at:%Y-%m-%d %H:%M:%S} {name}: {record.getMessage()}"
        if request_id.get():
            line += f" [{request_id.get()}]"
        if record.exc_info:
            line += f"\n{self.formatException(record.exc_info)}"
        return line


def where_it_broke(error: BaseException) -> str:
    """The trace and the kind of the error; what it says only if the database said it, without values."""
    lines: list[str] = []
    for each in causes(error):
        said = f": {str(each.orig).strip().splitlines()[0]}" if isinstance(each, DBAPIError) and each.orig else ""
        lines += [*traceback.format_tb(each.__traceback__), f"{type(each).__name__}{said}\n"]
    return "".join(lines)


def causes(error: BaseException) -> Iterator[BaseException]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from causes(before)
    yield error


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """One way out for all our lines; doing it twice is the same as once."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.production else Readable())
    logger = logging.getLogger("trainers")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO if settings.production else logging.WARNING)
