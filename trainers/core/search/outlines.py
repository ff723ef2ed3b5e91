"""The states' outlines (content/data/states.json) as paths of an SVG: only what a view shows, in few signs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import acos, hypot

from ..content import CONTENT
from .distance import EARTH_RADIUS_MILES
from .projection import Flat, Projection, Vector, middle, vector

UNITS = 1000  # the file holds thousandths of a degree
BEYOND = 60  # units beyond the edge at which outlines are cut, so that no line shows there
FINEST = 6.0  # units; closer points make no difference that can be seen


@dataclass(frozen=True)
class View:
    """A rectangle of the drawing and what it shows.

    `east` and `north` are the miles from the projection's middle to its own.
    """

    projection: Projection
    left: int
    top: int
    width: int
    height: int
    scale: float  # units in a mile
    east: float = 0.0
    north: float = 0.0

    def place(self, flat: Flat) -> Flat:
        """Where miles east and north of the projection's middle stand in the drawing."""
        return (
            self.left + self.width / 2 + (flat[0] - self.east) * self.scale,
            self.top + self.height / 2 - (flat[1] - self.north) * self.scale,
        )

    def point(self, lat: float, lon: float) -> Flat:
        return self.place(self.projection.flat(lat, lon))

    @property
    def reach(self) -> float:
        """Miles from the projection's middle to the farthest corner."""
        return hypot(abs(self.east) + self.width / 2 / self.scale, abs(self.north) + self.height / 2 / self.scale)


@dataclass(frozen=True)
class Ring:
    """One closed line. All of it lies within `reach` miles of the middle."""

    state: str
    points: tuple[Vector, ...]
    lat: float
    lon: float
    reach: float


@cache
def rings() -> tuple[Ring, ...]:
    states = json.loads((CONTENT / "data" / "states.json").read_text(encoding="utf-8"))["states"]
    return tuple(_ring(state, numbers) for state, each in states.items() for numbers in each)


@lru_cache(maxsize=128)
def land(view: View, beyond: int = BEYOND) -> tuple[str, ...]:
    """The path of each state of which something can be seen."""
    found: dict[str, str] = {}
    for ring in rings():
        if _may_be_seen(ring, view):
            line = _clipped([view.place(view.projection.flatten(each)) for each in ring.points], view, beyond)
            found[ring.state] = found.get(ring.state, "") + _path(_thinned(line))
    return tuple(path for path in found.values() if path)


def _ring(state: str, numbers: list[int]) -> Ring:
    x = y = 0
    points = []
    for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + step_x, y + step_y
        points.append(vector(y / UNITS, x / UNITS))
    lat, lon = middle(points)
    centre = vector(lat, lon)
    nearness = min(sum(a * b for a, b in zip(centre, each, strict=True)) for each in points)
    return Ring(state, tuple(points), lat, lon, EARTH_RADIUS_MILES * acos(max(-1.0, nearness)))


def _may_be_seen(ring: Ring, view: View) -> bool:
    return hypot(*view.projection.flat(ring.lat, ring.lon)) <= ring.reach + view.reach


# Lines


def _clipped(line: list[Flat], view: View, beyond: int) -> list[Flat]:
    """What of a closed line lies in the view (Sutherland and Hodgman: one edge after the other)."""
    left, top = view.left - beyond, view.top - beyond
    right, bottom = view.left + view.width + beyond, view.top + view.height + beyond
    for axis, edge, sign in (
        (0, left, 1),
        (0, right, -1),
        (1, top, 1),
        (1, bottom, -1),
    ):
        line = list(_cut(line, _inside_of(axis, edge, sign), axis, edge))
    return line


def _inside_of(axis: int, edge: int, sign: int) -> Callable[[Flat], bool]:
    return lambda point: (point[axis] - edge) * sign >= 0


def _cut(line: list[Flat], inside: Callable[[Flat], bool], axis: int, edge: int) -> Iterator[Flat]:
    for before, point in zip([*line[-1:], *line[:-1]], line, strict=True):
        if inside(before) != inside(point):
            part = (edge - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
            yield (edge, other) if axis == 0 else (other, edge)
        if inside(point):
            yield point


def _thinned(line: list[Flat]) -> list[Flat]:
    """Without points that lie close to the one before, and without what is too small to be seen."""
    kept: list[Flat] = []
    for point in line:
        if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= FINEST * 2:
            kept.append(point)
    return kept if len(kept) > 2 else []


def _path(line: list[Flat]) -> str:
    whole = [(round(x), round(y)) for x, y in line]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole)]
    drawn = "".join(f"{x}{'' if y < 0 else ' '}{y}{'' if last else ' '}" for x, y, last in _marked(steps))
    return f"M{whole[0][0]} {whole[0][1]}l{drawn}z" if whole else ""


def _marked(steps: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """Each step, and whether no space is needed after it: it is the last, or a minus follows."""
    for at, (x, y) in enumerate(steps, 1):
        yield x, y, at == len(steps) or steps[at][0] < 0
