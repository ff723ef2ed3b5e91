"""`make bench`: one table of what the site costs, each row beside an anchor of the same run; it ends with status 1
when a row falls short.

`SIZE=10k`, `100k` or `1m` is the largest directory, 1m where nothing is said: what is asked of a million is only
told of fewer. The machine may be busy, so read the ratios, not the milliseconds. On SQLite, and on PostgreSQL
where it is installed. The directories are kept under instance/; a million takes a quarter of an hour to make.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import against_datasette, dashboard, growth, memory, pages, planning, sending, service, throughput
from tests.bench.directory import postgresql_directory, sqlite_directory
from tests.bench.table import Line, headings, tell
from tests.bench.watched import fill
from tests.databases import ENGINES, NO_POSTGRESQL, PROGRAMS, Databases, Sqlite, connect
from trainers.config import ROOT

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
ASKED_AT = SIZES["1m"]
PEER_AT = SIZES["100k"]
"""As many as Datasette and the load are asked with."""


def main() -> int:
    size = os.environ.get("SIZE", "1m").lower()
    if size not in SIZES:
        print(f"SIZE is one of {', '.join(SIZES)}, not {size}.")
        return 2
    sizes = [each for each in SIZES.values() if each <= SIZES[size]]
    headings()
    short = 0
    with tempfile.TemporaryDirectory() as folder:
        for line in lines(sizes, Path(folder)):
            tell(line)
            short += line.is_short
    if short:
        print(f"{short} rows fall short.")
    return 1 if short else 0


def lines(sizes: list[int], home: Path) -> Iterator[Line]:
    for engine, databases_of in ENGINES.items():
        if engine == "postgresql" and not PROGRAMS:
            print(NO_POSTGRESQL)
            continue
        with tempfile.TemporaryDirectory() as own:  # whoever runs PostgreSQL may enter it
            databases = databases_of(Path(own))
            try:
                yield from on(engine, databases, Path(own), sizes[-1])
            finally:
                databases.close()
    yield from directories(sizes, home)
    if PROGRAMS:
        with postgresql_directory(sizes[-1], ROOT / "instance") as url:
            yield from searches("postgresql", url, sizes[-1])


def on(engine: str, databases: Databases, home: Path, dates: int) -> Iterator[Line]:
    """What does not search."""
    yield from pages.lines(engine, databases.empty(), home)
    yield from dashboard.lines(engine, databases, home / "dashboard")
    url = databases.copy()
    watched = connect(url)
    fill(watched, max(dates, 100 * sending.MAILS))
    yield planning.line(engine, watched, max(dates, 100 * sending.MAILS))
    yield sending.line(engine, watched, url, home)
    watched.dispose()
    databases.drop(url)


def directories(sizes: list[int], home: Path) -> Iterator[Line]:
    """The search in directories of each size."""
    databases = Sqlite(home)
    urls = {size: sqlite_directory(size, databases.copy, ROOT / "instance") for size in sizes}
    taken: dict[int, growth.Seconds] = {}
    for size, url in urls.items():
        found = taken[size] = {}
        yield from searches("sqlite", url, size, found)
        found[growth.PROFILE] = growth.profiles(url, size, home)
    if len(sizes) > 1:
        yield from growth.lines(taken)
    yield from memory.lines(urls[sizes[-1]], databases.copy(), home)
    at = min(PEER_AT, sizes[-1])
    yield from against_datasette.lines(urls[at], at, home)
    yield from throughput.lines(databases.copy(urls[at]), home)


def searches(engine: str, url: str, size: int, taken: growth.Seconds | None = None) -> Iterator[Line]:
    """`taken` is told what each kind of question takes."""
    for each in service.measure(url, size):
        if taken is not None:
            taken[each.name] = each.p50
        yield from each.lines(f"{engine}, {size:,}", is_asked=size == ASKED_AT)
    if size == ASKED_AT:
        print(*(f"    {step}" for step in service.plans(url)), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
