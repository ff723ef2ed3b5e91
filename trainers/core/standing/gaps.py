"""Times between two confirmed terms for which nothing is on record. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from .answers import C, Confirmation, T

A_DAY = timedelta(days=1)


def gaps(confirmations: Iterable[Confirmation[T, C]]) -> Iterator[tuple[date, date]]:
    """(first day, last day) of each gap.

    A renewal without a first day of its own begins where the one before ends: only a term that says that it began
    later shows a gap, as ACSM's record does after a reinstatement.
    """
    ended: date | None = None
    for each in sorted(confirmations, key=lambda one: one.ends_on or date.max):
        begins = each.term.issued_on
        if ended is not None and begins is not None and begins > ended + A_DAY:
            yield ended + A_DAY, begins - A_DAY
        if each.ends_on is not None:
            ended = each.ends_on if ended is None else max(ended, each.ends_on)
