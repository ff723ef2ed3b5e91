"""Dots on a map: towns gathered where they would cover each other, and names where there is room. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt

from .projection import Flat

MOST_DOTS = 150
SMALLEST, LARGEST = 36, 200  # units, as all lengths here: a drawing is 4,000 wide
SHARE = 50  # the radius of one trainer's dot, unless the largest would grow beyond LARGEST
FINEST_CELL = 60
TOUCH = 0.8  # of the sum of two radii: nearer ones become one dot
MOST_NAMES, CANDIDATES = 8, 16
LETTER, LINE, GAP = 92, 190, 30  # of the names, as large as a phone shows them


@dataclass(frozen=True)
class Dot:
    """Its area grows with the number of trainers. It is named after its largest town; `towns` counts all."""

    x: float
    y: float
    trainers: int
    name: str
    largest: int  # trainers in the town that gives the name
    towns: int = 1
    radius: float = 0.0

    @property
    def words(self) -> str:
        more = self.towns - 1
        return self.name + (f" and {more} town{'s' if more > 1 else ''} near it" if more else "")


@dataclass(frozen=True)
class Name:
    """`anchor` as in SVG: start, middle or end."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, other: "Box") -> bool:
        beside = self.left <= other.left and other.right <= self.right
        return beside and self.top <= other.top and other.bottom <= self.bottom


def gathered(dots: Iterable[Dot]) -> list[Dot]:
    """At most MOST_DOTS of them, largest first, none of which covers another."""
    found, cell = list(dots), float(FINEST_CELL)
    while len(found) > MOST_DOTS:
        found = list(_by_cell(found, cell))
        cell *= 1.25
    found, before = _sized(found), len(found) + 1
    while len(found) < before:
        before = len(found)
        found = _sized(_joined(found))
    return found


def _by_cell(dots: Iterable[Dot], size: float) -> Iterator[Dot]:
    cells: dict[tuple[int, int], list[Dot]] = defaultdict(list)
    for dot in dots:
        cells[int(dot.x // size), int(dot.y // size)].append(dot)
    return (_one(each) for each in cells.values())


def _one(dots: Sequence[Dot]) -> Dot:
    """In the middle of the trainers."""
    if len(dots) == 1:
        return dots[0]
    trainers = sum(dot.trainers for dot in dots)
    first = max(dots, key=lambda dot: (dot.largest, dot.name))
    x = sum(dot.x * dot.trainers for dot in dots) / trainers
    y = sum(dot.y * dot.trainers for dot in dots) / trainers
    return Dot(x, y, trainers, first.name, first.largest, sum(dot.towns for dot in dots))


def _sized(dots: Sequence[Dot]) -> list[Dot]:
    most = max((dot.trainers for dot in dots), default=1)
    share = min(SHARE, LARGEST / sqrt(most))
    sized = [replace(dot, radius=max(SMALLEST, share * sqrt(dot.trainers))) for dot in dots]
    return sorted(sized, key=lambda dot: (-dot.radius, -dot.trainers, dot.name))


def _joined(dots: Sequence[Dot]) -> list[Dot]:
    """Each dot, from the largest on, takes in those that it would cover."""
    groups: list[list[Dot]] = []
    for dot in dots:
        covered_by = next((group for group in groups if _cover(group[0], dot)), None)
        if covered_by is None:
            groups.append([dot])
        else:
            covered_by.append(dot)
    return [_one(group) for group in groups]


def _cover(a: Dot, b: Dot) -> bool:
    return hypot(a.x - b.x, a.y - b.y) < TOUCH * (a.radius + b.radius)


# Names


def names_of(dots: Sequence[Dot], frame: Box, taken: Iterable[Box] = ()) -> list[Name]:
    """Of the largest dots, where there is room beside them: on free ground, else over much smaller dots.

    No name covers another, nor what is `taken`.
    """
    found: list[Name] = []
    fixed = list(taken)
    for dot in dots[:CANDIDATES]:
        others = [other for other in dots if other is not dot]
        large = [_box(other) for other in others if other.radius > dot.radius / 2]
        room = _room(dot, frame, [*fixed, *map(_box, others)]) or _room(dot, frame, [*fixed, *large])
        if room and len(found) < MOST_NAMES:
            found.append(room[0])
            fixed.append(room[1])
    return found


def _room(dot: Dot, frame: Box, boxes: Sequence[Box]) -> tuple[Name, Box] | None:
    free = ((name, box) for name, box in _tries(dot) if frame.holds(box))
    return next(((name, box) for name, box in free if not any(box.meets(other) for other in boxes)), None)


def _box(dot: Dot) -> Box:
    return Box(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius)


def _tries(dot: Dot) -> Iterator[tuple[Name, Box]]:
    """To the right, left, above, below."""
    town = dot.name.rpartition(",")[0] or dot.name
    wide, away = LETTER * len(town), dot.radius + GAP
    for x, y, anchor, left in (
        (dot.x + away, dot.y + LINE / 3, "start", dot.x + away),
        (dot.x - away, dot.y + LINE / 3, "end", dot.x - away - wide),
        (dot.x, dot.y - away, "middle", dot.x - wide / 2),
        (dot.x, dot.y + away + LINE * 0.75, "middle", dot.x - wide / 2),
    ):
        yield Name(x, y, anchor, town), Box(left, y - LINE * 0.8, left + wide, y + LINE * 0.25)


def at(point: Flat, trainers: int, name: str) -> Dot:
    return Dot(*point, trainers, name, trainers)
