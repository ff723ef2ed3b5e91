"""The search page beside a page that only says hello, through the same middleware and server; and readers while
listings change, beside the readers alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench import servers, tools
from tests.bench.table import Line, ms

ROUNDS = 5
CONNECTIONS = 16
SEARCH = "/trainers?place=97201&radius=25"
A_SECOND = 50
"""Listings that change."""
WRITES_FOR = 12


def lines(url: str, home: Path) -> Iterator[Line]:
    with servers.ours(servers.environment(url, home), workers=2) as server:
        server.fetch(SEARCH)
        pairs = [(rate(server, SEARCH), rate(server, "/hello")) for _ in range(ROUNDS)]
        page, hello = (median(each) for each in zip(*pairs, strict=True))
        what = f"20-row search page, {CONNECTIONS} at once"
        yield Line(what, f"{page:.0f} req/s", f"{hello:.0f} req/s hello", page / hello, least=0.12)
        yield reading_beside_writing(server, url)


def rate(server: servers.Server, path: str) -> float:
    return tools.load(server.url(path), connections=CONNECTIONS).rate


def reading_beside_writing(server: servers.Server, url: str) -> Line:
    address = server.url(SEARCH)
    alone, disturbed = [], []
    for _ in range(ROUNDS):
        alone.append(tools.load(address, connections=CONNECTIONS, seconds=8))
        with writing(url):
            disturbed.append(tools.load(address, connections=CONNECTIONS, seconds=8))
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
