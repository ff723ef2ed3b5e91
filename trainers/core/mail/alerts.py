"""Warnings before something ends: for each person one mail a day that names everything due.

A step is due when its day has come and nothing was recorded for it, so a day on which planning did not run loses
no reminder. The unique keys of `alert` and of the mail's `dedupe_key` keep two runs, one after the other or at
once, from sending anything twice.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo

from sqlalchemy.orm import Session

from . import pauses, planning
from .watches import follow_new_addresses, watch_credential

__all__ = ["AT_ONCE", "PlanResult", "plan", "plan_in_portions", "watch_credential"]


AT_ONCE = 10_000
"""People who are planned in one transaction: less than a second's work."""


@dataclass(frozen=True)
class PlanResult:
    """What was done. `skipped` counts steps by reason; `waiting` dates stay due; `paused`: nothing was planned;
    `news`: mails to followers."""

    mails: int = 0
    planned: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    paused: bool = False
    news: int = 0

    def __add__(self, other: "PlanResult") -> "PlanResult":
        return PlanResult(
            self.mails + other.mails,
            self.planned + other.planned,
            self.skipped + other.skipped,
            self.waiting + other.waiting,
            self.paused or other.paused,
            self.news + other.news,
        )


def plan(session: Session, *, today: date, now: datetime, zone: tzinfo) -> PlanResult:
    """Queue the mails of `today` for all who have something due. `zone` is the site's, in which a day begins."""
    return sum(plan_in_portions(session, today=today, now=now, zone=zone), PlanResult())


def plan_in_portions(session: Session, *, today: date, now: datetime, zone: tzinfo) -> Iterator[PlanResult]:
    """The same, some people at a time: the caller may commit after each. The last portion tells what waits."""
    if pauses.is_paused(session):
        yield PlanResult(waiting=planning.count_due(session, today=today), paused=True)
        return
    session.flush()
    follow_new_addresses(session, today)
    day_began = datetime.combine(today, time.min, zone).astimezone(UTC)
    last = 0
    while portion := planning.next_portion(session, after=last, today=today, most=AT_ONCE):
        mails, dates, skipped = planning.plan_portion(session, portion, today=today, now=now, day_began=day_began)
        last = portion[1]
        yield PlanResult(mails=mails, planned=dates, skipped=Counter(skipped))
    yield PlanResult(waiting=planning.count_due(session, today=today))
