"""What a movement sheet asks for: seven screens, their sides, their clearing tests, and what was seen. Data alone.

content/data/screens.toml holds them and screening_file.py reads them; what scores come to stands in screening.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .articles import Source

HIGHEST = 3
LEFT, RIGHT, BOTH = "left", "right", "both"
Place = tuple[str, str]
"""A screen's slug and a side: where one score stands. A screen without sides has BOTH."""


@dataclass(frozen=True)
class Idea:
    """Something to try, with the article that says how. No treatment."""

    text: str
    article: str
    heading: str

    @property
    def address(self) -> str:
        return f"/guidance/{self.article}" + (f"#{self.heading}" if self.heading else "")


@dataclass(frozen=True)
class Clearing:
    """A short test that only asks whether it hurts."""

    slug: str
    screen: str
    title: str
    watch: str


@dataclass(frozen=True)
class Screen:
    """`side_is` says which leg or hand gives a side its name."""

    number: int
    slug: str
    title: str
    watch: str
    shows: str
    two_sided: bool
    side_is: str
    picture: str
    alt: str
    clearing: Clearing | None
    ideas: tuple[Idea, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        return (LEFT, RIGHT) if self.two_sided else (BOTH,)

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple((self.slug, side) for side in self.sides)


@dataclass(frozen=True)
class Screens:
    """All seven, in the order of the sheet, and what each number of points means."""

    screens: tuple[Screen, ...]
    points: Mapping[int, str]
    sources: tuple[Source, ...]

    @cached_property
    def clearings(self) -> tuple[Clearing, ...]:
        return tuple(screen.clearing for screen in self.screens if screen.clearing)

    @cached_property
    def places(self) -> frozenset[Place]:
        return frozenset(place for screen in self.screens for place in screen.places)

    @property
    def highest(self) -> int:
        return HIGHEST * len(self.screens)


@dataclass(frozen=True)
class Scores:
    """What was seen: points by place, and by the slug of a clearing test whether it hurt. Either may have gaps."""

    points: Mapping[Place, int] = field(default_factory=dict)
    hurts: Mapping[str, bool] = field(default_factory=dict)


def field_of(slug: str, side: str) -> str:
    """The name of a score's field in a form."""
    return slug if side == BOTH else f"{slug}-{side}"
