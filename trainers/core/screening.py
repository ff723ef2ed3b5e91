"""Movement screens: what seven scores come to, and what has changed between two sheets. It stores nothing.

The rules: each screen scores 0 to 3; of two sides the lower one counts; 0 means that it hurt, and whoever has a 0
is sent to a clinician; a clearing test that hurts makes its screen 0; a difference between the sides is a finding
of its own. The total, out of 21, is a sum and no verdict: no part of this tells who will get hurt. Sources stand
in content/articles/movement-screen.md and content/data/screens.toml, which also holds the screens themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .errors import DomainError
from .screens import BOTH, HIGHEST, LEFT, RIGHT, Idea, Scores, Screen, Screens, field_of

NOISE = 1
"""A change of a single screen by one point may be chance: two who score the same person do not always agree."""


@dataclass(frozen=True)
class Finding:
    """One screen. `score` is what counts of it, None while something is missing; `seen` are the scores by side.

    `cleared`: its clearing test, if there is one, did not hurt. None where nobody has said.
    """

    screen: Screen
    seen: Mapping[str, int]
    cleared: bool | None

    @property
    def complete(self) -> bool:
        return len(self.seen) == len(self.screen.sides) and (
            self.screen.clearing is None or self.cleared is not None
        )

    @property
    def painful(self) -> bool:
        """Something in it hurt, be the rest scored or not."""
        return 0 in self.seen.values() or self.cleared is False

    @property
    def score(self) -> int | None:
        if self.painful:
            return 0
        return min(self.seen.values()) if self.complete else None

    @property
    def difference(self) -> int:
        """Between the two sides as they were seen; 0 while one is missing."""
        if not self.screen.two_sided or len(self.seen) < len(self.screen.sides):
            return 0
        return abs(self.seen[LEFT] - self.seen[RIGHT])

    @property
    def lower_side(self) -> str:
        """The side with fewer points, empty where there is none."""
        if not self.difference:
            return ""
        return LEFT if self.seen[LEFT] < self.seen[RIGHT] else RIGHT


@dataclass(frozen=True)
class Result:
    """What a sheet comes to. Pain comes before anything else."""

    findings: tuple[Finding, ...]
    highest: int

    @property
    def complete(self) -> bool:
        return all(finding.complete for finding in self.findings)

    @property
    def painful(self) -> tuple[Finding, ...]:
        """Screens that hurt. One is enough: see a clinician."""
        return tuple(finding for finding in self.findings if finding.painful)

    @property
    def refers(self) -> bool:
        return bool(self.painful)

    @property
    def asymmetries(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.difference)

    @property
    def scored(self) -> int:
        """How many of the seven are complete."""
        return sum(finding.complete for finding in self.findings)

    @property
    def total(self) -> int | None:
        """The sum of the seven, None before all are there. It is shown with its parts or not at all."""
        return sum(finding.score or 0 for finding in self.findings) if self.complete else None

    @property
    def to_work_on(self) -> tuple[Finding, ...]:
        """Where ideas are shown: what could not be done, sides that differ, or else the lowest. None with pain."""
        if self.refers or not self.complete:
            return ()
        chosen = [each for each in self.findings if each.score == 1 or each.difference]
        lowest = min(each.score or 0 for each in self.findings)
        if not chosen and lowest < HIGHEST:
            chosen = [each for each in self.findings if each.score == lowest]
        return tuple(chosen)


def assess(screens: Screens, scores: Scores) -> Result:
    """What these scores come to, as far as they go. Raises DomainError for a score that is none."""
    demand_known(screens, scores)
    return Result(
        findings=tuple(
            Finding(
                screen=screen,
                seen={
                    side: scores.points[screen.slug, side]
                    for side in screen.sides
                    if (screen.slug, side) in scores.points
                },
                cleared=cleared(screen, scores),
            )
            for screen in screens.screens
        ),
        highest=screens.highest,
    )


def cleared(screen: Screen, scores: Scores) -> bool | None:
    hurt = scores.hurts.get(screen.clearing.slug) if screen.clearing else None
    return None if hurt is None else not hurt


def demand_known(screens: Screens, scores: Scores) -> None:
    """Raises DomainError with the place as its field."""
    titles = {screen.slug: screen.title for screen in screens.screens}
    for (slug, side), points in scores.points.items():
        if (slug, side) not in screens.places:
            raise DomainError(f"There is no screen “{slug}, {side}” on this sheet.")
        if type(points) is not int or not 0 <= points <= HIGHEST:
            raise DomainError(f"{titles[slug]}: {no_score(points)}", field=field_of(slug, side))
    for slug in scores.hurts:
        if slug not in {each.slug for each in screens.clearings}:
            raise DomainError(f"There is no clearing test “{slug}” on this sheet.")


def read_points(typed: str) -> int:
    """The points that were typed. Raises ValueError with a sentence."""
    if typed.isascii() and typed.isdigit() and len(typed) == 1 and int(typed) <= HIGHEST:
        return int(typed)
    raise ValueError(no_score(typed))


def no_score(typed: object) -> str:
    shown = str(typed)[:12].encode(errors="replace").decode()
    return f"“{shown}” is not a score. Choose 0, 1, 2 or 3."


def gaps(screens: Screens, scores: Scores) -> Iterator[tuple[str, str]]:
    """What is still missing: the name of its field and a sentence."""
    for screen in screens.screens:
        missing = [side for side in screen.sides if (screen.slug, side) not in scores.points]
        for side in missing:
            yield field_of(screen.slug, side), gap(screen, side, alone=len(missing) == 1)
    for clearing in screens.clearings:
        if clearing.slug not in scores.hurts:
            yield clearing.slug, f"{clearing.title}: say whether it hurts."


def gap(screen: Screen, side: str, *, alone: bool) -> str:
    if side == BOTH:
        return f"{screen.title}: choose a score."
    other = RIGHT if side == LEFT else LEFT
    if alone:
        return f"{screen.title}: the {other} side has a score, the {side} side has none."
    return f"{screen.title}, {side}: choose a score."


# Between two sheets


@dataclass(frozen=True)
class Change:
    """One screen's two findings, both complete. `by` counts what the screen scored."""

    screen: Screen
    before: Finding
    after: Finding

    @property
    def by(self) -> int:
        return (self.after.score or 0) - (self.before.score or 0)

    @property
    def sides(self) -> Mapping[str, int]:
        return {side: self.after.seen[side] - self.before.seen[side] for side in self.screen.sides}

    @property
    def largest(self) -> int:
        """The largest change of a side or of the score, without its sign."""
        return max(abs(by) for by in (self.by, *self.sides.values()))

    @property
    def pain_began(self) -> bool:
        return self.after.painful and not self.before.painful

    @property
    def pain_ended(self) -> bool:
        return self.before.painful and not self.after.painful

    @property
    def notable(self) -> bool:
        """Worth a talk: more than one point, or pain that came or went."""
        return self.largest > NOISE or self.before.painful != self.after.painful

    @property
    def may_be_noise(self) -> bool:
        return not self.notable and self.largest == NOISE

    @property
    def sides_part(self) -> bool:
        """The sides were even and are not any more."""
        return bool(self.after.difference) and not self.before.difference

    @property
    def sides_meet(self) -> bool:
        return bool(self.before.difference) and not self.after.difference


@dataclass(frozen=True)
class Comparison:
    """Two complete sheets, screen by screen."""

    before: Result
    after: Result
    changes: tuple[Change, ...]

    @property
    def by(self) -> int:
        """The change of the total."""
        return sum(change.by for change in self.changes)

    @property
    def notable(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.notable)

    @property
    def noise(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.may_be_noise)


def compare(before: Result, after: Result) -> Comparison:
    """Raises DomainError when one of the two is not complete."""
    if not (before.complete and after.complete):
        raise DomainError("Only whole sheets can be compared. Fill in what is missing first.")
    pairs = zip(before.findings, after.findings, strict=True)
    return Comparison(before, after, tuple(Change(first.screen, first, last) for first, last in pairs))


def ideas_for(findings: Iterable[Finding]) -> list[tuple[Screen, tuple[Idea, ...]]]:
    """Each screen that has some, in the order of the sheet."""
    return [(finding.screen, finding.screen.ideas) for finding in findings if finding.screen.ideas]
