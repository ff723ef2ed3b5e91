"""One sheet: a day, the scores, and what was written beside them. Pure; who keeps it stands elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property

from .. import screening
from ..dates import long_date
from ..errors import DomainError
from ..screening import Result, assess
from ..screening_file import the_screens
from ..screens import Scores
from ..texts import one_line, paragraphs

FIRST_DAY = date(1995, 1, 1)
"""Nobody screened like this before."""
LONGEST_LABEL = 60
LONGEST_NOTES = 1000
EASTERNMOST = timedelta(hours=-4)
"""Puerto Rico's: whoever is east of SITE_TIMEZONE may have begun a new day already."""
ZONES = (timedelta(hours=-12), timedelta(hours=14))
"""Between these lies every clock on Earth."""


@dataclass(frozen=True)
class Sheet:
    """`label` tells it from others: a name, an occasion. `notes` are plain text."""

    screened_on: date
    scores: Scores = field(default_factory=Scores)
    label: str = ""
    notes: str = ""

    @cached_property
    def result(self) -> Result:
        return assess(the_screens(), self.scores)

    @property
    def title(self) -> str:
        """ "Sheet of 3 March 2026, before the season"."""
        return f"Sheet of {long_date(self.screened_on)}" + (f", {self.label}" if self.label else "")


def latest_day(now: datetime, *, ahead: timedelta | None = None) -> date:
    """The day that has begun where the runner is. `ahead` of UTC, as the browser says; without it, or where that
    is no clock on Earth, the day that has begun in all states and Puerto Rico."""
    known = ahead is not None and ZONES[0] <= ahead <= ZONES[1]
    return now.astimezone(timezone(ahead if known and ahead is not None else EASTERNMOST)).date()


def tidied(sheet: Sheet) -> Sheet:
    return Sheet(sheet.screened_on, sheet.scores, one_line(sheet.label), paragraphs(sheet.notes))


def problems_of(sheet: Sheet, *, latest: date) -> Iterator[tuple[str, str]]:
    """What is wrong with it, gaps aside: a field and a sentence. Ask a tidied one."""
    if sheet.screened_on > latest:
        yield "screened_on", "That day has not come yet. Enter the day on which you screened."
    if sheet.screened_on < FIRST_DAY:
        yield "screened_on", f"Enter a day from {FIRST_DAY.year} on."
    if len(sheet.label) > LONGEST_LABEL:
        yield "label", f"Shorten the label to {LONGEST_LABEL} characters."
    if len(sheet.notes) > LONGEST_NOTES:
        over = len(sheet.notes) - LONGEST_NOTES
        yield "notes", f"Shorten the notes to {LONGEST_NOTES:,} characters: {over:,} are too many."
    try:
        screening.demand_known(the_screens(), sheet.scores)
    except DomainError as error:
        yield error.field or "", error.sentence


def gaps_of(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What is still to be filled in."""
    return screening.gaps(the_screens(), sheet.scores)
