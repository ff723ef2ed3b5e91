"""Warnings before something ends: for each person one mail a day that names everything due.

A step is due when its day has come and nothing was recorded for it, so a day on which planning did not run loses
no reminder. The unique keys of `alert` and of the mail's `dedupe_key` keep two runs, one after the other or at
once, from sending anything twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from . import credentials, outbox
from .digests import digest_of, item_of
from .due import Due, count_due, people_due, read_due
from .models import Alert, Message
from .rows import insert_new
from .watches import follow_new_addresses, set_next, watch_credential

__all__ = ["PlanResult", "count_due", "plan", "watch_credential"]


@dataclass(frozen=True)
class PlanResult:
    """What one round did for how many people. `skipped` counts steps by reason; `waiting` dates stay due.

    `go_on_after` is what the next round is given; None when everybody's turn has come.
    """

    people: int = 0
    mails: int = 0
    planned: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    go_on_after: int | None = None

    def __add__(self, other: "PlanResult") -> "PlanResult":
        return PlanResult(
            self.people + other.people,
            self.mails + other.mails,
            self.planned + other.planned,
            self.skipped + other.skipped,
            self.waiting + other.waiting,
            other.go_on_after,
        )


def plan(session: Session, *, today: date, now: datetime, after: int = 0, limit: int = 500) -> PlanResult:
    """Queue the mails of `today` for the next `limit` people; give `go_on_after` back as `after` to go on."""
    if after == 0:
        follow_new_addresses(session, today)
    people = people_due(session, today, after, limit)
    result = PlanResult(people=len(people), go_on_after=people[-1] if len(people) == limit else None)
    for _, of_one in groupby(read_due(session, people, today), key=lambda due: due.watch.recipient_id):
        result = plan_person(session, list(of_one), today=today, now=now) + result
    session.flush()
    return result


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
    items = [item_of(due.credential, due.watch.expires_on, last=due.steps[-1] == due.ladder[-1]) for due in wanted]
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
