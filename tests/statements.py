"""How many questions a page puts to the database."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from trainers.extensions import db


def counted_statements(app: Flask, visit: Callable[[], Any]) -> int:
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("PRAGMA"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        visit()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)
