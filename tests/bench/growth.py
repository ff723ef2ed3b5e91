"""How what a question takes grows with the directory: the exponent of its size."""

from collections.abc import Iterator
from math import log
from pathlib import Path
from random import Random
from statistics import median

from tests.bench import servers
from tests.bench.directory import slug_of
from tests.bench.people import people
from tests.bench.table import Line, ms

PROFILE = "a profile"
MOST = {"name with a slip": 0.45, "25 miles, credential, all counts": 0.55, PROFILE: 0.15}
ASKED = 40
ROUNDS = 5

Seconds = dict[str, float]
"""What the median question of each kind took."""


def profiles(url: str, how_many: int, home: Path) -> float:
    """Seconds of the median profile page."""
    slugs = [slug_of(somebody) for somebody in people(min(how_many, 2_000))]
    paths = [f"/trainers/{slug}" for slug in Random(4).sample(slugs, ASKED)]
    with servers.ours(servers.environment(url, home)) as server:
        return median(median(server.fetch(path).whole for _ in range(ROUNDS)) for path in paths)


def lines(taken: dict[int, Seconds]) -> Iterator[Line]:
    """From the smallest directory to the largest."""
    small, large = min(taken), max(taken)
    for what, most in MOST.items():
        before, after = taken[small][what], taken[large][what]
        exponent = log(after / before) / log(large / small)
        yield Line(f"growth of {what}, exponent", ms(after), f"{ms(before)} at {small:,}", exponent, most=most)
