"""The search page beside a page that only says hello, through the same middleware and server; and readers while
listings change, beside the readers alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median

from tests.bench import servers, tools
from tests.bench.people import zips_by_population
from tests.bench.table import Line, ms

ROUNDS = 3
CONNECTIONS = 16
PAGES = 400
"""Twice as many as a process keeps: each is made anew for each request."""
A_SECOND = 50
"""Listings that change."""
WRITES_FOR = 7


def lines(url: str, home: Path) -> Iterator[Line]:
    zips, weights = zips_by_population()
    chosen = Random(5).choices(zips, cum_weights=weights, k=2 * PAGES)
    paths = [f"/trainers?place={each}&radius=25" for each in dict.fromkeys(chosen)][:PAGES]
    once, many = tools.in_turn(paths[:1], home / "one.lua"), tools.in_turn(paths, home / "many.lua")
    with servers.ours(servers.environment(url, home), workers=2) as server:
        yield from beside_hello(server, once, many)
        yield reading_beside_writing(server, url, many)


def beside_hello(server: servers.Server, once: Path, many: Path) -> Iterator[Line]:
    hello_script = tools.in_turn(["/hello"], once.parent / "hello.lua")
    scripts = (once, many, hello_script)
    rounds = [[load(server, script).rate for script in scripts] for _ in range(ROUNDS)]
    one, others, hello = (median(each) for each in zip(*rounds, strict=True))
    what = f"20-row search page, {CONNECTIONS} at once"
    told = f"{hello:.0f} req/s hello"
    yield Line(what, f"{one:.0f} req/s", told, one / hello, least=0.12)
    yield Line(f"{what}, each another", f"{others:.0f} req/s", told, others / hello)


def load(server: servers.Server, script: Path, seconds: int = 3) -> tools.Load:
    return tools.load(server.url("/"), connections=CONNECTIONS, seconds=seconds, script=script)


def reading_beside_writing(server: servers.Server, url: str, script: Path) -> Line:
    alone, disturbed = [], []
    for _ in range(5):
        alone.append(load(server, script, seconds=5))
        with writing(url):
            disturbed.append(load(server, script, seconds=5))
    errors = sum(each.errors for each in disturbed)
    if errors:
        raise SystemExit(f"{errors} readers were answered with an error while listings changed.")
    one, other = median(each.p99 for each in disturbed), median(each.p99 for each in alone)
    what = f"p99 of {CONNECTIONS} readers, {A_SECOND} listings a second change"
    return Line(what, ms(one), f"{ms(other)} alone", one / other, most=2)


@contextmanager
def writing(url: str) -> Iterator[None]:
    """A process that changes listings until it has been stopped."""
    command = [sys.executable, "-m", "tests.bench.writer", url, str(A_SECOND), str(WRITES_FOR)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        if process.stdout.readline().strip() != "writing":
            raise SystemExit("Nobody changed any listing.")
        yield
    finally:
        told = process.communicate()[0]
    if not told.startswith("changed") or process.returncode:
        raise SystemExit(f"Changing listings failed: {told}")
