"""Several sheets of one person: each screen over time, what changed, which sides differ. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from ..dates import long_date
from ..errors import DomainError
from ..screening import Comparison, compare
from ..screening_file import the_screens
from ..screens import Screen, field_of
from .sheet import Sheet

ENOUGH = 2
ONE_IS_NONE = "One sheet shows no progress. Add another day's."


@dataclass(frozen=True)
class Progress:
    """`sheets` are whole and in the order of their days; `left_out` are those with gaps."""

    sheets: tuple[Sheet, ...]
    left_out: tuple[Sheet, ...]

    @property
    def enough(self) -> bool:
        return len(self.sheets) >= ENOUGH

    @property
    def newest(self) -> Sheet:
        return self.sheets[-1]

    @property
    def painful(self) -> Sheet | None:
        """The newest sheet, whole or not, if something hurt on it: whoever stops at pain leaves gaps."""
        newest = max((*self.sheets, *self.left_out), key=lambda each: each.screened_on, default=None)
        return newest if newest is not None and newest.result.refers else None

    @property
    def days(self) -> list[date]:
        return [sheet.screened_on for sheet in self.sheets]

    @cached_property
    def latest(self) -> Comparison | None:
        """The newest sheet with the one before."""
        return compare(self.sheets[-2].result, self.newest.result) if self.enough else None

    @cached_property
    def overall(self) -> Comparison | None:
        """The newest with the first, where that is another one than the one before."""
        return compare(self.sheets[0].result, self.newest.result) if len(self.sheets) > ENOUGH else None

    def seen(self, screen: Screen, side: str) -> list[int]:
        """One side of a screen over time."""
        return [sheet.scores.points[screen.slug, side] for sheet in self.sheets]

    def counted(self, screen: Screen) -> list[int]:
        """What counted of a screen over time."""
        return [sheet.result.findings[screen.number - 1].score or 0 for sheet in self.sheets]

    @property
    def totals(self) -> list[int]:
        return [sheet.result.total or 0 for sheet in self.sheets]

    @property
    def uneven(self) -> list[int]:
        """How many screens had sides that differ."""
        return [len(sheet.result.asymmetries) for sheet in self.sheets]


def progress_of(sheets: Iterable[Sheet]) -> Progress:
    ordered = sorted(sheets, key=lambda each: each.screened_on)
    return Progress(
        sheets=tuple(each for each in ordered if each.result.complete),
        left_out=tuple(each for each in ordered if not each.result.complete),
    )


def refuse_twins(sheets: Sequence[Sheet]) -> None:
    """Two sheets of one day: nobody knows which one holds. Raises DomainError that names the day."""
    for first, second in pairwise(sorted(sheets, key=lambda each: each.screened_on)):
        if first.screened_on == second.screened_on:
            day = long_date(first.screened_on)
            raise DomainError(f"Two different sheets are from {day}. Leave one of them out.")


def without_copies(sheets: Iterable[Sheet]) -> list[Sheet]:
    """The same file chosen twice is no mistake."""
    found: list[Sheet] = []
    for sheet in sheets:
        if sheet not in found:
            found.append(sheet)
    return found


def as_rows(sheets: Iterable[Sheet]) -> Iterator[Sequence[object]]:
    """For a spreadsheet: the names of the columns, then a row for each sheet."""
    screens = the_screens()
    places = [place for screen in screens.screens for place in screen.places]
    yield (
        "day",
        "label",
        *(field_of(*place) for place in places),
        *(f"{clearing.slug} hurts" for clearing in screens.clearings),
        *(f"{screen.slug} counts" for screen in screens.screens),
        f"total of {screens.highest}",
        "painful screens",
        "uneven screens",
        "notes",
    )
    for sheet in sorted(sheets, key=lambda each: each.screened_on):
        result, said = sheet.result, {True: "yes", False: "no", None: ""}
        yield (
            sheet.screened_on.isoformat(),
            sheet.label,
            *(shown(sheet.scores.points.get(place)) for place in places),
            *(said[sheet.scores.hurts.get(clearing.slug)] for clearing in screens.clearings),
            *(shown(finding.score) for finding in result.findings),
            shown(result.total),
            " ".join(finding.screen.slug for finding in result.painful),
            " ".join(finding.screen.slug for finding in result.asymmetries),
            sheet.notes,
        )


def shown(points: int | None) -> object:
    return "" if points is None else points
