"""What a worker holds in memory after the same questions: with everybody, and with an empty directory."""

from collections.abc import Iterator
from pathlib import Path

from tests.bench import servers
from tests.bench.table import Line

ASKED = 200
PATHS = (
    "/",
    "/trainers",
    "/trainers?place=97201&radius=25",
    "/trainers?place=10001&radius=250&credential=NASM%2FNASM-CPT",
    "/trainers?name=fitzgerlad",
    "/trainers.json?place=60601&radius=50",
)
MOST = 1.3


def lines(url: str, empty: str, home: Path) -> Iterator[Line]:
    full, bare = (held(each, home) for each in (url, empty))
    yield Line(
        "memory of a worker", f"{full / 2**20:.0f} MB", f"{bare / 2**20:.0f} MB empty", full / bare, most=MOST
    )


def held(url: str, home: Path) -> int:
    with servers.ours(servers.environment(url, home)) as server:
        for number in range(ASKED):
            server.fetch(PATHS[number % len(PATHS)])
        return server.memory()
