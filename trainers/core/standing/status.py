"""What a credential's terms and checks come to on a given day: one status and its reason. Pure.

Computed on read and never stored, so that a date which has passed cannot stay "current" because no job ran.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Generic, Protocol, TypeVar

from ..dates import add_years, first_after, long_date
from .answers import C, Confirmation, Record, T, read
from .status_words import (
    CHECK_FRESH_DAYS,
    SOON_DAYS,
    STATUS_WORDS,
    Status,
    StatusWord,
    capital,
    notes_beside,
    reason_of,
    source_name,
    what_was_seen,
    word_of,
)

__all__ = [
    "CHECK_FRESH_DAYS",
    "NO_END",
    "SOON_DAYS",
    "STATUS_WORDS",
    "Rule",
    "Standing",
    "Status",
    "StatusWord",
    "begins_anew",
    "late_renewal_line",
    "late_renewal_until",
    "source_name",
    "standing",
]

NO_END = date.max
"""Stands for "no end" where a column needs a date."""


_CURRENT = (Status.CURRENT, Status.EXPIRES_SOON, Status.NO_END_DATE)


class Rule(Protocol):
    """What an issuer's rule says about the time after the end date."""

    @property
    def issuer(self) -> str: ...
    @property
    def has_cycle(self) -> bool: ...
    @property
    def late_window_days(self) -> int | None: ...
    @property
    def units_by_day(self) -> int | None: ...
    @property
    def late_until(self) -> tuple[int, int] | None: ...
    @property
    def reinstatement_years(self) -> int | None: ...


TermRow = TypeVar("TermRow")
CheckRow = TypeVar("CheckRow")  # without bounds: mypy does not see that a table's row fits when it reads hints


@dataclass(frozen=True)
class Standing(Generic[TermRow, CheckRow]):
    """A credential on one day.

    `word` and `reason` are for the public. `term` and `check` are the
    confirmed term that counts and the check that confirmed it; `refusal` is the negative that stands instead.
    `expires_on` is the end that counts (None: no end date, or nothing confirmed); `fresh_until` the last day
    on which our check is recent enough. `next_on` is the next day on which any of this changes by itself.
    """

    status: Status
    word: str
    reason: str
    current: bool
    listed_below: bool
    term: TermRow | None
    check: CheckRow | None
    refusal: CheckRow | None
    expires_on: date | None
    fresh_until: date | None
    in_date_until: date | None
    next_on: date | None

    @property
    def current_until(self) -> date | None:
        """The last day on which it counts as current if nobody looks again; None where it cannot.

        From then to `in_date_until` (NO_END where there is none) it is listed below the current ones.
        """
        if self.fresh_until is None or self.in_date_until is None:
            return None
        return min(self.fresh_until, self.in_date_until)


@dataclass(frozen=True)
class _Face(Generic[T, C]):
    """All that may change from one day to the next."""

    status: Status
    word: str
    reason: str
    counted: Confirmation[T, C] | None


def standing(terms: Iterable[T], checks: Iterable[C], rule: Rule, today: date) -> Standing[T, C]:
    """Terms and checks of one credential, in any order."""
    record = read(terms, checks)
    face = _face(record, rule, today)
    counted = face.counted
    end = counted.ends_on if counted else None
    in_date_until = _in_date_until(counted, rule)
    return Standing(
        status=face.status,
        word=face.word,
        reason=face.reason,
        current=in_date_until is not None and face.status in _CURRENT,
        listed_below=in_date_until is not None and face.status is Status.CHECK_OLD,
        term=counted.term if counted else None,
        check=counted.check if counted else None,
        refusal=record.refusal,
        expires_on=end,
        fresh_until=_fresh_until(counted) if counted else None,
        in_date_until=in_date_until,
        next_on=_next_on(record, rule, face, today),
    )


def notes(terms: Iterable[T], checks: Iterable[C], rule: Rule, today: date, *, zone: tzinfo) -> tuple[str, ...]:
    """Lines for the public that stand beside the status; `zone` is the site's, for the dates of reports."""
    record = read(terms, checks)
    return tuple(notes_beside(record, _counted(record, rule, today), rule.issuer, zone))


def late_renewal_until(rule: Rule, expires_on: date) -> date | None:
    """The last day of the issuer's window for a late renewal, if there is one. It is expired meanwhile."""
    last_days = []
    if rule.late_window_days is not None:
        last_days.append(expires_on + timedelta(days=rule.late_window_days))
    if rule.late_until is not None:
        last_days.append(first_after(expires_on, *rule.late_until))
    return max(last_days, default=None)


def begins_anew(rule: Rule, expires_on: date, today: date) -> bool:
    """Whether a renewal now is a reinstatement: its term does not go on where the one before ended.

    Where we know of no window for a late renewal, it is closed from the day after the end on.
    """
    return today > (late_renewal_until(rule, expires_on) or expires_on)


def late_renewal_line(rule: Rule, expires_on: date, today: date) -> str:
    """Until when a late renewal is taken, and by when the units count; empty without such a window."""
    until = late_renewal_until(rule, expires_on)
    if until is None:
        return ""
    line = f"By the rule we read, {rule.issuer} takes a late renewal until {long_date(until)}"
    if rule.units_by_day is None:
        return f"{line}."
    units_by = expires_on + timedelta(days=rule.units_by_day)
    verb = "are" if today <= units_by else "were"
    return f"{line}, if all units {verb} complete by {long_date(units_by)}."


def _face(record: Record[T, C], rule: Rule, today: date) -> _Face[T, C]:
    counted = _counted(record, rule, today)
    if record.refusal is not None:
        status, facts = Status.NOT_CONFIRMED, {"found": what_was_seen(record.refusal)}
    elif counted is None:
        status, facts = Status.NOT_CHECKED, {}
    else:
        status, facts = _status_on(today, counted, rule), _facts(counted, rule, today)
    return _Face(status, word_of(status, facts), reason_of(status, facts), counted)


def _counted(record: Record[T, C], rule: Rule, today: date) -> Confirmation[T, C] | None:
    return max(record.confirmations, key=lambda each: _rank(each, rule, today), default=None)


def _rank(confirmation: Confirmation[T, C], rule: Rule, today: date) -> tuple[int, date, date, int]:
    """The latest end wins.

    No end is the latest where the type has no cycle. Where it has one, an undated term says less than one that
    is in date, and more than one that has ended.
    """
    end, check = confirmation.ends_on, confirmation.check
    if end is None:
        return (1 if rule.has_cycle else 3), NO_END, check.looked_on, check.id
    return (2 if today <= end else 0), end, check.looked_on, check.id


def _status_on(today: date, counted: Confirmation[T, C], rule: Rule) -> Status:
    end = counted.ends_on
    if end is not None and today > end:
        return _expired_status(end, rule, today)
    if today > _fresh_until(counted):
        return Status.CHECK_OLD
    if end is None:
        return Status.NO_END_DATE
    return Status.EXPIRES_SOON if today >= end - timedelta(days=SOON_DAYS) else Status.CURRENT


def _expired_status(end: date, rule: Rule, today: date) -> Status:
    late_until, restore_until = late_renewal_until(rule, end), _restore_until(rule, end)
    if late_until is not None and today <= late_until:
        return Status.EXPIRED_RENEWAL_OPEN
    if restore_until is not None and today <= restore_until:
        return Status.EXPIRED_REINSTATEMENT
    return Status.EXPIRED


def _restore_until(rule: Rule, end: date) -> date | None:
    return None if rule.reinstatement_years is None else add_years(end, rule.reinstatement_years)


def _fresh_until(counted: Confirmation[T, C]) -> date:
    return counted.check.looked_on + timedelta(days=CHECK_FRESH_DAYS)


def _in_date_until(counted: Confirmation[T, C] | None, rule: Rule) -> date | None:
    if counted is None:
        return None
    return counted.ends_on or (None if rule.has_cycle else NO_END)


def _next_on(record: Record[T, C], rule: Rule, face: _Face[T, C], today: date) -> date | None:
    if face.counted is None:
        return None
    days = sorted(day for day in _turning_days(face.counted, rule) if day > today)
    return next((day for day in days if _face(record, rule, day) != face), None)


def _turning_days(counted: Confirmation[T, C], rule: Rule) -> Iterator[date]:
    """The days on which something about this term may change; whether it does depends on the rest."""
    day_after = timedelta(days=1)
    yield _fresh_until(counted) + day_after
    end = counted.ends_on
    if end is None:
        return
    yield end - timedelta(days=SOON_DAYS)
    yield end + day_after
    if rule.units_by_day is not None:
        yield end + timedelta(days=rule.units_by_day) + day_after
    for last_day in (late_renewal_until(rule, end), _restore_until(rule, end)):
        if last_day is not None:
            yield last_day + day_after


def _facts(counted: Confirmation[T, C], rule: Rule, today: date) -> dict[str, str]:
    end, check = counted.ends_on, counted.check
    source = source_name(check.method, rule.issuer)
    facts = {
        "issuer": rule.issuer,
        "looked": long_date(check.looked_on),
        "source": source,
        "Source": capital(source),
    }
    if end is not None:
        restore_until = _restore_until(rule, end)
        facts["end"] = long_date(end)
        facts["late"] = late_renewal_line(rule, end, today)
        facts["restore"] = long_date(restore_until) if restore_until else ""
    return facts
