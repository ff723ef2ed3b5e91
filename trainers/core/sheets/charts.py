"""Small charts as points in a drawing: templates draw them, and a table says the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..screens import HIGHEST, Screen
from .progress import Progress

WIDTH, HEIGHT = 240, 120
LEFT, RIGHT, TOP, BOTTOM = 26, 12, 12, 24
"""The margins, where numbers and days stand."""
PAD = 8
"""Marks of the first day keep clear of the numbers."""


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    value: int


@dataclass(frozen=True)
class Line:
    """`kind` is "left", "right" or "one": how it is drawn. Lines differ by their marks, not by colour alone."""

    name: str
    kind: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True)
class Tick:
    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    """`first` and `last` are the days at its ends."""

    title: str
    slug: str
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def floor(self) -> int:
        return HEIGHT - BOTTOM

    @property
    def inside(self) -> tuple[int, int]:
        """From where to where it is drawn."""
        return LEFT, WIDTH - RIGHT


def charts_of(progress: Progress, screens: Sequence[Screen]) -> list[Chart]:
    """One for each screen, with its sides; they share days and scale."""
    return [
        chart(
            screen.title,
            screen.slug,
            {side: progress.seen(screen, side) for side in screen.sides},
            progress.days,
            highest=HIGHEST,
            step=1,
        )
        for screen in screens
    ]


def total_chart(progress: Progress) -> Chart:
    highest = progress.newest.result.highest
    return chart("Total", "total", {"both": progress.totals}, progress.days, highest=highest, step=HIGHEST * 2 + 1)


def uneven_chart(progress: Progress) -> Chart:
    sides = sum(finding.screen.two_sided for finding in progress.newest.result.findings)
    return chart("Uneven screens", "uneven", {"both": progress.uneven}, progress.days, highest=sides, step=1)


def chart(
    title: str, slug: str, values: dict[str, list[int]], days: Sequence[date], *, highest: int, step: int
) -> Chart:
    """`values` by side. The days stand as far apart as they were."""
    span = max(1, (days[-1] - days[0]).days)
    across = WIDTH - LEFT - PAD - RIGHT

    def x(day: date) -> float:
        return round(LEFT + PAD + across * (day - days[0]).days / span, 1)

    def y(value: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / highest), 1)

    def points_of(seen: list[int]) -> tuple[Point, ...]:
        return tuple(Point(x(day), y(score), score) for day, score in zip(days, seen, strict=True))

    kinds = {"left": ("Left", "left"), "right": ("Right", "right"), "both": (title, "one")}
    return Chart(
        title=title,
        slug=slug,
        lines=tuple(Line(*kinds[side], points_of(seen)) for side, seen in values.items()),
        ticks=tuple(Tick(y(value), value) for value in range(0, highest + 1, step)),
        first=days[0],
        last=days[-1],
    )
