"""How well we check, quarter by quarter, told in public: how often we were wrong, and how long people waited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..dates import add_months
from ..models import Check, Review

SHOWN = 4
DECIDED = ("confirmed", "returned", "refused")
SENT_IN = ("new", "renewal", "edit")
ANSWERED = ("matched", "mismatch", "no_match", "inactive")


@dataclass(frozen=True)
class Quarter:
    """`wrong` of `checks` were superseded later; `waited` is the middle of all times from sent in to decided."""

    begins_on: date
    ends_on: date
    checks: int
    wrong: int
    decided: int
    waited: timedelta | None

    @property
    def percent(self) -> float | None:
        return 100 * self.wrong / self.checks if self.checks else None

    @property
    def days(self) -> float | None:
        return self.waited / timedelta(days=1) if self.waited is not None else None


def quarters(session: Session, *, today: date, zone: tzinfo) -> list[Quarter]:
    """Those that have ended, the newest first."""
    return [quarter(session, *each, zone) for each in ended(today)]


def ended(today: date) -> Iterator[tuple[date, date]]:
    """First and last days of the last quarters."""
    end = date(today.year, today.month - (today.month - 1) % 3, 1)
    for _ in range(SHOWN):
        begin = add_months(end, -3)
        yield begin, end - timedelta(days=1)
        end = begin


def quarter(session: Session, begin: date, last: date, zone: tzinfo) -> Quarter:
    since, until = moment(begin, zone), moment(last + timedelta(days=1), zone)
    later = aliased(Check)
    made = select(func.count(Check.id), func.count(later.id)).outerjoin(later, later.supersedes_id == Check.id)
    within = (Check.recorded_at >= since, Check.recorded_at < until, Check.outcome.in_(ANSWERED))
    checks, wrong = session.execute(made.where(*within)).one()
    closed = select(Review.opened_at, Review.closed_at).where(Review.closed_at >= since, Review.closed_at < until)
    of_claims = closed.where(Review.kind.in_(SENT_IN), Review.outcome.in_(DECIDED))
    waits = [(end - start).total_seconds() for start, end in session.execute(of_claims) if end]
    middle = timedelta(seconds=median(waits)) if waits else None
    return Quarter(begin, last, checks, wrong, len(waits), middle)


def moment(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
