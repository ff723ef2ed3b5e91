"""The directories that `make bench` searches: 10 thousand, 100 thousand, a million invented trainers.

Written past the application, because it makes one listing at a time; that its own rebuilding changes none of these
rows is tested on a small one. Kept under instance/, and made anew when what makes them has changed.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table, create_engine, make_url

from tests.bench.people import TODAY, Paper, Somebody, people
from tests.databases import Postgresql, name_of
from trainers.config import ROOT
from trainers.core import names
from trainers.core.models import (
    Account,
    Check,
    Credential,
    CredentialType,
    Listing,
    NameWord,
    Slug,
    Term,
    Trainer,
    TrainerLanguage,
    TrainerSpecialty,
    Word,
    WordDelete,
)
from trainers.core.rules import rule_book
from trainers.core.search import one_slip, vocabulary
from trainers.core.search.listing_rows import Held, held, row_of

TABLES: dict[str, Table] = {
    model.__table__.name: model.__table__  # type: ignore[misc, attr-defined]
    for model in (
        Account, Trainer, TrainerSpecialty, TrainerLanguage, Slug, Credential, Term, Check, Listing, NameWord,
        Word, WordDelete,
    )
}  # fmt: skip
"""In an order in which each row's parents are there already."""
MAKERS = (
    "tests/bench/people.py",
    "tests/bench/directory.py",
    "trainers/core/search/listing_rows.py",
    "trainers/core/search/packing.py",
    "trainers/core/models/listing.py",
    "content/data/issuers.toml",
)
IN_ORDER = {rule.key: at for at, rule in enumerate(rule_book().rules)}
HEADLINE = "Strong hips, one step at a time"
LOOKUP = "https://lookup.invalid/sample"
CHUNK = 20_000
MADE_AT = datetime.combine(TODAY, time(12), UTC)

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


def fingerprint() -> str:
    """Changes with whatever decides about the rows."""
    migrations = sorted((ROOT / "trainers" / "migrations" / "versions").glob("*.py"))
    files = [*(ROOT / name for name in MAKERS), *migrations]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def rows_of(how_many: int, types: dict[str, int]) -> Rows:
    """(table, row) of everybody; `types` are the ids of the credential types."""
    counted: Counter[str] = Counter()
    for somebody in people(how_many):
        for table, row in _rows(somebody, types):
            if table == "name_word":
                counted[row["word"]] += 1
            yield table, row
    for word, n in counted.items():
        yield "word", {"word": word, "n": n}
    for word in filter(one_slip.is_forgiving, counted):
        for rest in one_slip.rests(word):
            yield "word_delete", {"deleted": rest, "word": word}


@dataclass(frozen=True)
class Said:
    specialty: str = ""
    language: str = ""


@dataclass(frozen=True)
class Plain:
    """What `row_of` reads of a trainer: tables' rows take ten times as long to make."""

    id: int
    name: str
    zip: str
    in_person: bool
    online: bool
    accepting: bool
    accepting_said_on: date
    specialties: list[Said]
    languages: list[Said]
    headline: str = HEADLINE


def plain(somebody: Somebody) -> Plain:
    return Plain(
        id=somebody.number,
        name=somebody.name,
        zip=somebody.zip,
        in_person=somebody.mode != "online",
        online=somebody.mode != "in_person",
        accepting=somebody.accepting,
        accepting_said_on=somebody.said_on,
        specialties=[Said(specialty=slug) for slug in somebody.specialties],
        languages=[Said(language=code) for code in somebody.languages],
    )


def slug_of(somebody: Somebody) -> str:
    return f"{names.slugify(somebody.name)}-{somebody.number}"


def uuid(kind: int, number: int) -> str:
    return f"00000000-0000-0000-{kind:04}-{number:012}"


def _rows(somebody: Somebody, types: dict[str, int]) -> Rows:
    id, slug = somebody.number, slug_of(somebody)
    email = f"t{id}@bench.invalid"
    yield "account", {
        "id": id, "email": email, "email_key": email, "active": True, "fs_uniquifier": f"bench-{id}",
        "confirmed_at": MADE_AT, "created_at": MADE_AT,
    }  # fmt: skip
    yield "trainer", {
        "id": id, "uuid": uuid(1, id), "account_id": id, "name": somebody.name, "zip": somebody.zip,
        "mode": somebody.mode, "state": "listed", "headline": HEADLINE, "bio": "", "accepting": somebody.accepting,
        "accepting_said_on": somebody.said_on, "is_sample": False, "created_at": MADE_AT, "listed_at": MADE_AT,
    }  # fmt: skip
    for specialty in somebody.specialties:
        yield "trainer_specialty", {"trainer_id": id, "specialty": specialty}
    for language in somebody.languages:
        yield "trainer_language", {"trainer_id": id, "language": language}
    yield "slug", {"slug": slug, "trainer_id": id, "since": MADE_AT}
    for at, paper in enumerate(somebody.papers):
        yield from _paper_rows(somebody, 4 * id + at, paper, types)
    papers = sorted(somebody.papers, key=lambda paper: IN_ORDER[paper.key])
    listed = row_of(plain(somebody), slug, somebody.shuffle, [days(paper) for paper in papers])  # type: ignore[arg-type]
    yield "listing", listed
    keys = {"qualifying": listed["qualifying"], "shuffle": somebody.shuffle}
    for word in sorted(vocabulary.words_of(somebody.name)):
        yield "name_word", {"word": word, "trainer_id": id, **keys}


@lru_cache(maxsize=200_000)
def days(paper: Paper) -> Held:
    issuer, code = paper.key.split("/")
    credential = Credential(type=CredentialType(issuer=issuer, code=code))
    term = Term(id=1, expires_on=paper.expires_on, source="holder", recorded_at=MADE_AT, name_on_certificate="")
    term.checks = [Check(id=1, term_id=1, shown_name="", **check_of(paper))]
    credential.terms = [term]
    return held(credential, TODAY)


def check_of(paper: Paper) -> Row:
    return {
        "method": "issuer_lookup", "outcome": "matched", "shown_expires_on": paper.expires_on,
        "shown_status": "Active",
        "name_result": "exact", "number_result": "exact", "expiry_result": "exact", "source_url": LOOKUP,
        "looked_on": paper.looked_on, "by": "1", "recorded_at": MADE_AT,
    }  # fmt: skip


def _paper_rows(somebody: Somebody, id: int, paper: Paper, types: dict[str, int]) -> Rows:
    number = f"S{id:08}"
    yield "credential", {
        "id": id, "uuid": uuid(2, id), "trainer_id": somebody.number, "type_id": types[paper.key],
        "created_at": MADE_AT,
    }  # fmt: skip
    yield "term", {
        "id": id, "credential_id": id, "number": number, "number_key": number,
        "name_on_certificate": somebody.name, "expires_on": paper.expires_on, "source": "holder",
        "recorded_at": MADE_AT,
    }  # fmt: skip
    yield (
        "check",
        {"id": id, "term_id": id, "shown_name": somebody.name, "shown_number": number, **check_of(paper)},
    )


# Into the engines


def in_chunks(rows: Rows, write: Callable[[Table, list[Row]], None]) -> None:
    """A table's rows are written before those of tables that stand on it."""
    waiting: dict[str, list[Row]] = {name: [] for name in TABLES}
    for table, row in rows:
        waiting[table].append(row)
        if len(waiting[table]) == CHUNK:
            _write_all(waiting, write)
    _write_all(waiting, write)


def _write_all(waiting: dict[str, list[Row]], write: Callable[[Table, list[Row]], None]) -> None:
    for name, rows in waiting.items():
        if rows:
            write(TABLES[name], rows)
            rows.clear()


def fill(url: str, how_many: int) -> None:
    """Everybody into a database that is migrated, with places and credential types, and holds nobody yet."""
    engine = create_engine(url)
    with engine.connect() as connection:
        table = CredentialType.__table__
        found = connection.exec_driver_sql("SELECT id, issuer, code FROM credential_type")
        types = {f"{issuer}/{code}": id for id, issuer, code in found}
        assert table.name == "credential_type"
    engine.dispose()
    (fill_sqlite if url.startswith("sqlite") else fill_postgresql)(url, rows_of(how_many, types))


def fill_sqlite(url: str, rows: Rows) -> None:
    """Indexes are made afterwards: built at once they take a tenth of the time."""
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    listed = ", ".join(f"'{name}'" for name in TABLES)
    query = (
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({listed})"
    )
    indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")

    def write(table: Table, some: list[Row]) -> None:
        names = [column.name for column in table.columns if column.name in some[0]]
        marks = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{name}"' for name in names)
        values = ([_as_sqlite(row[name]) for name in names] for row in some)
        connection.executemany(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})', values)

    in_chunks(rows, write)
    connection.execute("COMMIT")
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _as_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict) else value


def fill_postgresql(url: str, rows: Rows) -> None:
    at = make_url(url)
    place = {"host": at.query["host"], "user": at.username, "dbname": at.database}
    with psycopg.connect(**place) as connection:  # type: ignore[arg-type]
        connection.execute("SET session_replication_role = replica")  # no look at parents, row by row
        listed = tuple(TABLES)
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        indexes = connection.execute(query, (list(listed),)).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())

        def write(table: Table, some: list[Row]) -> None:
            names = [column.name for column in table.columns if column.name in some[0]]
            quoted = ", ".join(f'"{name}"' for name in names)
            with connection.cursor().copy(f'COPY "{table.name}" ({quoted}) FROM STDIN'.encode()) as copy:
                for row in some:
                    copy.write_row([_as_postgresql(row[name]) for name in names])

        in_chunks(rows, write)
        for _, sql in indexes:
            connection.execute(sql.encode())
    with psycopg.connect(**place, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")


def _as_postgresql(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def sqlite_directory(how_many: int, template: Callable[[], str], folder: Path) -> str:
    """The URL of the directory of so many, made from a copy of the migrated template if it is not there."""
    path = folder / f"bench-{how_many}-{fingerprint()}.db"
    if not path.exists():
        for old in folder.glob(f"bench-{how_many}-*.db*"):
            old.unlink()
        url = template()
        fill(url, how_many)
        Path(make_url(url).database or "").rename(path)
    return f"sqlite:///{path}"


@contextmanager
def postgresql_directory(how_many: int, folder: Path) -> Iterator[str]:
    """The same in a PostgreSQL of its own, which runs meanwhile."""
    name = f"bench_{how_many}_{fingerprint()}"
    home = folder / "bench-postgresql"
    home.mkdir(exist_ok=True)
    databases = Postgresql(home, "shared_buffers=1GB")  # a quarter of a small machine's memory, as is usual
    try:
        known = [row[0] for row in databases.server.execute("SELECT datname FROM pg_database").fetchall()]
        if name not in known:
            for old in known:
                if old.startswith((f"bench_{how_many}_", "test_")):
                    databases.drop(databases.url(old))
            url = databases.copy()
            fill(url, how_many)
            databases.server.execute(f"ALTER DATABASE {name_of(url)} RENAME TO {name}")
        yield databases.url(name)
    finally:
        databases.close(keep=True)
