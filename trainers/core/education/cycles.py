"""The time in which units for a renewal are earned. Pure."""

from datetime import date, timedelta
from typing import NamedTuple

from ..dates import add_months
from ..rule_rows import Rule

A_DAY = timedelta(days=1)


class Cycle(NamedTuple):
    """From `begins_on` to `ends_on`, both included; units of the cycle may be earned until `counts_until`.

    A tuple, as what was worked out for a record is found again by its cycle, hundreds of times a page.
    """

    begins_on: date
    ends_on: date
    counts_until: date

    def holds(self, day: date) -> bool:
        return self.begins_on <= day <= self.counts_until

    @property
    def years(self) -> range:
        """The calendar years that it touches."""
        return range(self.begins_on.year, self.ends_on.year + 1)


def cycle_of(rule: Rule, issued_on: date | None, ends_on: date | None) -> Cycle | None:
    """The cycle that ends on a day; None for a type without a cycle, or without an end.

    It begins a full cycle before its end, as a renewal before the end gives away no day of it; a first certificate
    that was given later than that begins on its own day.
    """
    if ends_on is None or rule.cycle_months is None:
        return None
    full = add_months(ends_on + A_DAY, -rule.cycle_months)
    begins_on = issued_on if issued_on is not None and full < issued_on <= ends_on else full
    return Cycle(begins_on, ends_on, ends_on + timedelta(days=rule.education.units_after_end))
