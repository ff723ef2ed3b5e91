"""Copying a whole database, by the tools of each engine, and a sum over its rows that both sides can compare."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    create_engine,
    inspect,
    literal_column,
    make_url,
    select,
    table,
    text,
)

from ..errors import DomainError

Progress = Callable[[int], object]
"""Told how many rows or files more are done."""
PORTION = 1000
SUM_BITS = 128
DEBIAN = Path("/usr/lib/postgresql")
NO_TOOL = "{} is not installed. It comes with PostgreSQL's client programs (apt-get install postgresql-client)."


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, and a sum over what is in them, whatever their order."""

    rows: int
    sum: str


Sums = dict[str, TableSum]


def sums_of(connection: Connection, progress: Progress) -> Sums:
    """Of every table that there is, as raw values: so that a copy is compared with what it was made from."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL timezone TO 'UTC'"))
    return {name: sum_of(connection, name, progress) for name in sorted(inspect(connection).get_table_names())}


def sum_of(connection: Connection, name: str, progress: Progress) -> TableSum:
    rows = total = 0
    query: Select[Any] = select(literal_column("*")).select_from(table(name))
    for part in connection.execute(query, execution_options={"yield_per": PORTION}).partitions():
        for row in part:
            written = json.dumps(list(row), default=str, sort_keys=True).encode()
            total += int.from_bytes(hashlib.sha256(written).digest()[: SUM_BITS // 8])
        rows += len(part)
        progress(len(part))
    return TableSum(rows, f"{total % (1 << SUM_BITS):032x}")


def dump(engine: Engine, target: Path, progress: Progress) -> Sums:
    """Write the database as it is at one moment into a file, while others go on writing."""
    return (dump_postgresql if engine.dialect.name == "postgresql" else dump_sqlite)(engine, target, progress)


def dump_sqlite(engine: Engine, target: Path, progress: Progress) -> Sums:
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file that stands for itself
    return sums_of_file(target, progress)


def sums_of_file(file: Path, progress: Progress) -> Sums:
    """Of a file of SQLite. Raises DomainError where it is damaged."""
    with file_connection(file) as connection:
        told = connection.execute(text("PRAGMA integrity_check")).scalar()
        if told != "ok":
            raise DomainError(f"The database is damaged: {told}")
        return sums_of(connection, progress)


@contextmanager
def file_connection(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def dump_postgresql(engine: Engine, target: Path, progress: Progress) -> Sums:
    """pg_dump and our sums look at the same snapshot."""
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        run_tool(engine, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}", onto="-d")
        return sums_of(connection, progress)


def load(engine: Engine, source: Path) -> None:
    """Put a dumped database into an empty one, whole or not at all."""
    if engine.dialect.name == "postgresql":
        options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        run_tool(engine, "pg_restore", *options, str(source), onto="-d")
        return
    engine.dispose()
    place = Path(str(engine.url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(source, part)
    part.chmod(0o600)
    for left in ("-wal", "-shm"):  # of the empty database that is replaced
        place.with_name(f"{place.name}{left}").unlink(missing_ok=True)
    part.replace(place)


def demand_readable(engine_name: str, file: Path, sums: Sums, progress: Progress) -> None:
    """Whether the dump itself can be read to its end. Raises DomainError."""
    if engine_name == "sqlite":
        demand_same(sums_of_file(file, progress), sums)
    else:
        call([tool("pg_restore"), "--file=/dev/null", str(file)], dict(os.environ))


def demand_same(found: Sums, meant: Sums) -> None:
    """Raises DomainError that names the tables which differ."""
    wrong = sorted(name for name in found.keys() | meant.keys() if found.get(name) != meant.get(name))
    if wrong:
        told = ", ".join(f"{name} ({rows_in(found, name)} rows, not {rows_in(meant, name)})" for name in wrong)
        raise DomainError(f"These tables are not as they were: {told}.")


def rows_in(sums: Sums, name: str) -> int | str:
    return sums[name].rows if name in sums else "no"


def run_tool(engine: Engine, name: str, *options: str, onto: str) -> None:
    """The password goes by the environment: everybody on a machine can read command lines."""
    arguments = dict(engine.dialect.create_connect_args(make_url(engine.url))[1])
    password = arguments.pop("password", None)
    named = " ".join(f"{key}={quoted(str(value))}" for key, value in arguments.items() if key != "context")
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    call([tool(name), *options, onto, named], dict(environment))


def quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def tool(name: str) -> str:
    """The newest there is: an older pg_dump refuses a newer server. Raises DomainError."""
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise DomainError(NO_TOOL.format(name))
    return found


def call(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise DomainError(f"{Path(command[0]).name} failed: {why}")
