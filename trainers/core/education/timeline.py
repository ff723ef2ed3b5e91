"""A picture of a cycle: what lies where on its line, and the same in words. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ..dates import long_date
from .counting import Record
from .cycles import Cycle
from .progress import Progress

MOST_RECORDS = 60
"""Where more count, those of a month have one mark together: nobody tells more apart, or reads so long a list."""


class Mark(NamedTuple):
    """A point on the line from 0 to 1000, and what stands there."""

    at: int
    kind: str
    words: str


def timeline(progress: Progress, ends: dict[str, date]) -> list[Mark]:
    """What lies on the line of a cycle, in order: its ends, today, what counts, the CPR/AED card's end."""
    cycle = progress.cycle
    if cycle is None:
        return []
    marks = [
        Mark(0, "begin", f"The cycle began on {long_date(cycle.begins_on)}"),
        Mark(1000, "end", f"It ends on {long_date(cycle.ends_on)}"),
    ]
    if cycle.begins_on <= progress.today <= cycle.ends_on:
        marks.append(Mark(place(cycle, progress.today), "today", f"Today, {long_date(progress.today)}"))
    card = ends.get("cpr_aed")
    if card is not None and cycle.begins_on <= card <= cycle.ends_on:
        marks.append(Mark(place(cycle, card), "card", f"Your CPR/AED card ends on {long_date(card)}"))
    items = progress.count.items if progress.count else ()
    counted = [(item.record.completed_on, item.record) for item in items if item.counted]
    marks += of_records(cycle, [(day, record) for day, record in counted if day is not None])
    return sorted(marks, key=lambda mark: (mark.at, mark.kind != "begin"))


def of_records(cycle: Cycle, counted: Sequence[tuple[date, Record]]) -> Iterator[Mark]:
    """One mark each, or one for each month; `counted` are in the order of their days."""
    if len(counted) <= MOST_RECORDS:
        months = [[each] for each in counted]
    else:
        months = [list(each) for _, each in groupby(counted, key=lambda one: (one[0].year, one[0].month))]
    for month in months:
        (first, record), (last, _) = month[0], month[-1]
        words = f"{record.title}, {long_date(first)}"
        if len(month) > 1:
            words = f"{len(month):,} entries from {long_date(first)} to {long_date(last)}"
            words = f"{len(month):,} entries on {long_date(first)}" if first == last else words
        yield Mark(min(1000, place(cycle, first)), "record", words)


def place(cycle: Cycle, day: date) -> int:
    length = (cycle.ends_on - cycle.begins_on).days or 1
    return (day - cycle.begins_on).days * 1000 // length
