"""Warnings before something ends: for each person one mail a day that names everything due.

A step is due when its day has come and nothing was recorded for it, so a day on which planning did not run loses
no reminder. The unique keys of `alert` and of the mail's `dedupe_key` keep two runs, one after the other or at
once, from sending anything twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from .. import credentials
from ..models import Alert, Message
from ..rows import insert_new
from . import outbox
from .digests import digest_of, item_of
from .due import Due, people_due, read_due
from .watches import follow_new_addresses, set_next, watch_credential

__all__ = ["AT_ONCE", "PlanResult", "people_to_plan", "plan", "watch_credential"]


AT_ONCE = 500
"""People whose dates are read together."""


@dataclass(frozen=True)
class PlanResult:
    """What was done for how many people. `skipped` counts steps by reason; `waiting` dates stay due."""

    people: int = 0
    mails: int = 0
    planned: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    def __add__(self, other: "PlanResult") -> "PlanResult":
        return PlanResult(
            self.people + other.people,
            self.mails + other.mails,
            self.planned + other.planned,
            self.skipped + other.skipped,
            self.waiting + other.waiting,
        )


def plan(
    session: Session, *, today: date, now: datetime, zone: tzinfo, people: Sequence[int] | None = None
) -> PlanResult:
    """Queue the mails of `today` for these recipients, or for all who have something due.

    `zone` is the site's: it tells on which day a renewal was reported.
    """
    if people is None:
        people = people_to_plan(session, today=today)
    result = PlanResult(people=len(people))
    for start in range(0, len(people), AT_ONCE):
        dues = read_due(session, people[start : start + AT_ONCE], today, zone)
        for _, of_one in groupby(dues, key=lambda due: due.watch.recipient_id):
            result += plan_person(session, list(of_one), today=today, now=now)
    session.flush()
    return result


def people_to_plan(session: Session, *, today: date) -> list[int]:
    """Recipients with something due, at the addresses that their accounts have now."""
    follow_new_addresses(session, today)
    return people_due(session, today=today)


def plan_person(session: Session, dues: list[Due], *, today: date, now: datetime) -> PlanResult:
    """One person's due dates: one mail names those that are wanted, the others are skipped or wait."""
    dues = [due for due in dues if is_still_so(session, due, today)]
    skipped = [due for due in dues if due.reason or not due.steps]
    wanted = [due for due in dues if due.steps and not due.reason and not due.paused]
    message = queue_digest(session, wanted, today=today, now=now) if wanted else None
    told = wanted if message else []
    rows = [row for due in (*skipped, *told) for row in alert_rows(due, message, now)]
    insert_new(session, Alert, rows)
    for due in (*skipped, *told):
        set_next(due.watch, due.ladder, due.told.union(due.steps))
    return PlanResult(
        mails=1 if message else 0,
        planned=len(told),
        skipped=Counter(row["skip_reason"] for row in rows if row["skip_reason"]),
        waiting=len(dues) - len(skipped) - len(told),
    )


def is_still_so(session: Session, due: Due, today: date) -> bool:
    """Whether the watched date is the one that counts; otherwise the watch is put right and nothing is sent."""
    if due.reason == "withdrawn":
        return True
    if credentials.standing_of(due.credential, today=today).expires_on == due.watch.expires_on:
        return True
    watch_credential(session, due.credential, today=today)
    return False


def queue_digest(session: Session, wanted: Sequence[Due], *, today: date, now: datetime) -> Message | None:
    """None when today's mail to this person is out already: what is due since then waits until tomorrow."""
    recipient = wanted[0].watch.recipient
    items = [
        item_of(due.credential, due.watch.expires_on, due.education, last=due.steps[-1] == due.ladder[-1])
        for due in wanted
    ]
    context = digest_of(wanted[0].credential.trainer, items, today=today)
    key = f"digest:{recipient.id}:{today.isoformat()}"
    return outbox.queue(session, to=recipient, template="digest", context=context, dedupe_key=key, now=now)


def alert_rows(due: Due, message: Message | None, now: datetime) -> Iterator[dict[str, Any]]:
    """One row for each step that is dealt with; of several that have passed, only the latest is sent."""
    for step in due.steps:
        reason = due.reason or (None if step == due.steps[-1] else "passed together")
        yield due.subject | {
            "step": step,
            "state": "skipped" if reason else "planned",
            "skip_reason": reason,
            "message_id": None if reason or message is None else message.id,
            "planned_at": now,
        }
