"""The two engines that the site runs on. Each is migrated once; whoever needs a database of their own gets a copy.

A PostgreSQL of the tests' own: its files and its socket in a temporary folder, no network.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import disk_usage
from typing import Protocol

import psycopg
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from tests.application import make_app
from trainers.config import ROOT
from trainers.core.credentials import sync_types
from trainers.core.models import Base
from trainers.core.search import places
from trainers.extensions import db, prepare_engine

MIGRATIONS = str(ROOT / "trainers" / "migrations")
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
ENGLISH = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
"""Servers sort by a language as a rule; only what says so sorts by code point."""
NO_POSTGRESQL = "PostgreSQL is not installed: apt-get install postgresql."
IN_MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that must be free there; the databases of a whole run take a tenth of that."""
SMALL_LOG = "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=64MB -c min_wal_size=32MB"

FURNITURE = ("place", "credential_type")
"""The tables with rows in each copy."""
MADE = [table for table in reversed(Base.metadata.sorted_tables) if table.name not in FURNITURE]
EMPTY = ";".join(
    [
        # a connection that a test forgot may hold rows
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%%'",
        "SET LOCAL session_replication_role = replica",  # no triggers: append-only rows go, too
        *(f'DELETE FROM "{table.name}"' for table in MADE),
        *(
            f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), 1, false)"
            for table in MADE
            if "id" in table.columns and table.columns.id.autoincrement is not False
        ),
    ]
)
"""All rows that are not in each copy, and the numbers of the next ones."""


class Databases(Protocol):
    """Databases of one engine."""

    def empty(self) -> str:
        """The URL of a new database without tables."""

    def copy(self, of: str | None = None) -> str:
        """The URL of a new database: migrated, with all places and credential types; or as the one at `of` is,
        to which nobody may be connected then."""

    def restore(self, url: str, *engines: Engine, whole: bool) -> None:
        """Make a copy as it was when it was new, under the feet of the `engines` that use it; `whole` where more
        than rows may have changed, or places and credential types."""

    def drop(self, url: str) -> None: ...

    def close(self) -> None: ...


class Sqlite:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.numbers = count(1)
        self.template = ""

    def empty(self) -> str:
        return f"sqlite:///{self.home / f'test_{next(self.numbers)}.db'}"

    def copy(self, of: str | None = None) -> str:
        if not self.template:
            self.template = self.empty()
            furnish(self.template, self.home)
        url = self.empty()
        shutil.copy(path_of(of or self.template), path_of(url))
        return url

    def restore(self, url: str, *engines: Engine, whole: bool) -> None:
        for engine in engines:
            engine.dispose()
        path = path_of(url)
        for left in ("-wal", "-shm"):
            Path(path + left).unlink(missing_ok=True)
        fresh = Path(shutil.copy(path_of(self.template), f"{path}.new"))
        fresh.replace(path)  # whoever still has the old one open keeps it

    def drop(self, url: str) -> None:
        for left in ("", "-wal", "-shm"):
            Path(path_of(url) + left).unlink(missing_ok=True)

    def close(self) -> None:
        """There is no server."""


class Postgresql:
    """A server that runs until `close`. It refuses to run as root; as anybody else it runs as who we are.

    Where `home` holds the files of an earlier one that was kept, it goes on with those.
    """

    def __init__(self, home: Path, *settings: str) -> None:
        """`settings` of the server beside ours, such as "shared_buffers=1GB"."""
        self.home = home
        self.names = (f"test_{n}" for n in count(1))
        self.template = ""
        self.socket = home
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        if not (home / "data").exists():
            self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *ENGLISH)
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c full_page_writes=off {SMALL_LOG}"
        options += "".join(f" -c {each}" for each in settings)
        self.run("pg_ctl", "-w", "-l", str(self.socket / "log"), "-o", options, "start")
        self.server = psycopg.connect(f"host={self.socket} user=postgres", autocommit=True)

    def run(self, program: str, *options: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(PROGRAMS[-1] / program), "-D", str(self.socket / "data"), *options]
        environment = os.environ | {"HOME": str(self.socket)}
        subprocess.run(command, cwd="/", env=environment, check=True, stdout=subprocess.DEVNULL)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def empty(self) -> str:
        name = next(self.names)
        self.server.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def copy(self, of: str | None = None) -> str:
        if not self.template:
            self.template = self.empty()
            furnish(self.template, self.home)
        name, original = next(self.names), name_of(of or self.template)
        self.make(name, like=original)
        return self.url(name)

    def make(self, name: str, *, like: str) -> None:
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")

    def restore(self, url: str, *engines: Engine, whole: bool) -> None:
        """Deleting the few rows that a test has made is quicker than copying a database."""
        if whole:
            for engine in engines:
                engine.dispose()
            self.drop(url)
            self.make(name_of(url), like=name_of(self.template))
            return
        with engines[0].connect() as connection:
            connection.exec_driver_sql(EMPTY)
            connection.commit()

    def drop(self, url: str) -> None:
        self.server.execute(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def close(self, *, keep: bool = False) -> None:
        self.server.close()
        self.run("pg_ctl", "-m", "fast" if keep else "immediate", "stop")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """In memory, where there is room: making and dropping a database takes a tenth of the time there. Its path is
    as short as that of a socket must be, and whoever runs PostgreSQL may enter it."""
    with_room = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and disk_usage(IN_MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if with_room else None, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def path_of(url: str) -> str:
    """The file of an SQLite database."""
    return url.removeprefix("sqlite:///")


def name_of(url: str) -> str:
    return str(make_url(url).database)


ENGINES: dict[str, type[Sqlite] | type[Postgresql]] = {"sqlite": Sqlite, "postgresql": Postgresql}


def furnish(url: str, folder: Path) -> None:
    """Migrate, and load what every site has: all places and credential types."""
    app = make_app(folder, database_url=url)
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        session = db.session()
        places.load_places(session, ROOT / "content" / "data" / "places.csv")
        sync_types(session)
        session.commit()
        session.close()
        db.engine.dispose()  # on SQLite the last connection to close writes everything into the one file


def connect(url: str) -> Engine:
    """An engine beside the application's own, with the same care for transactions."""
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


def refuse_inserts(session: Session, table: str, sentence: str) -> None:
    """From now on the database refuses rows of this table with an IntegrityError that says `sentence`."""
    if session.get_bind().dialect.name == "sqlite":
        raises = f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    else:
        raised = f"RAISE '{sentence}' USING ERRCODE = 'integrity_constraint_violation'"
        body = f"$$ BEGIN {raised}; END $$"
        session.execute(text(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS {body}"))
        raises = "FOR EACH ROW EXECUTE FUNCTION refuse()"
    session.execute(text(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} {raises}"))


def allow_inserts(session: Session, table: str) -> None:
    on_table = "" if session.get_bind().dialect.name == "sqlite" else f" ON {table}"
    session.execute(text(f"DROP TRIGGER refuse{on_table}"))


def way_of(session: Session, statement: str) -> str:
    """How the engine goes about a query when the tables are large."""
    if session.get_bind().dialect.name == "postgresql":
        for way in ("seqscan", "bitmapscan"):  # which it would choose for a few rows
            session.execute(text(f"SET LOCAL enable_{way} = off"))
        return "\n".join(session.scalars(text(f"EXPLAIN {statement}")))
    return "\n".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
