"""Planning reminders, beside what nobody can do without: reading the ids of what is due by the index, and writing
the same rows."""

import time
from statistics import median
from typing import Any

from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.bench.table import Line, ms
from tests.bench.watched import ONE_IN, take_back
from trainers.commands import mailing
from trainers.core.models import Alert, Message

ROUNDS = 5


def line(where: str, engine: Engine, dates: int) -> Line:
    """`engine` holds so many watched dates."""
    ours, anchors, due = [], [], dates // ONE_IN
    for _ in range(ROUNDS):
        with Session(engine) as session:
            start = time.perf_counter()
            done = mailing.plan_all(session, today=TODAY, now=NOW, zone=ZONE)
            ours.append(time.perf_counter() - start)
        if done.mails != due:
            raise SystemExit(f"{done.mails} mails were planned, and {due} dates are due.")
        written = [(table, read_rows(engine, table)) for table in (Message.__table__, Alert.__table__)]
        take_back(engine)
        anchors.append(bare(engine, written))
        take_back(engine)
    ratio = median(a / b for a, b in zip(ours, anchors, strict=True))
    what = f"{where}: planning, {due:,} due of {dates:,}"
    return Line(what, ms(median(ours)), f"{ms(median(anchors))} bare", ratio, most=4)


def read_rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]


def bare(engine: Engine, written: list[tuple[Table, list[dict[str, Any]]]]) -> float:
    """Reading the ids of what is due by the index, and writing the same rows, in one transaction of the driver's
    own: nothing of SQLAlchemy stands between."""
    ready = [(statement_of(engine, table), values_of(engine, table, found)) for table, found in written]
    raw = engine.raw_connection()
    cursor = raw.cursor()
    start = time.perf_counter()
    cursor.execute("BEGIN" if engine.dialect.name == "sqlite" else "SELECT 1")
    cursor.execute(f"SELECT id FROM watch WHERE next_on <= '{TODAY.isoformat()}'")
    cursor.fetchall()
    for statement, values in ready:
        cursor.executemany(statement, values)
    cursor.execute("COMMIT")
    taken = time.perf_counter() - start
    raw.close()
    return taken


def statement_of(engine: Engine, table: Table) -> str:
    sign = "?" if engine.dialect.name == "sqlite" else "%s"
    return f"INSERT INTO {table.name} ({', '.join(table.c.keys())}) VALUES ({', '.join([sign] * len(table.c))})"


def values_of(engine: Engine, table: Table, found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """As the driver wants them."""
    processors = [column.type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for column in table.c]
    return [
        tuple(
            process(value) if process else value for process, value in zip(processors, row.values(), strict=True)
        )
        for row in found
    ]
