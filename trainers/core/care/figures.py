"""How the site is doing, in numbers: for /metrics and for the admins' page. Counts only, nobody's name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from .. import heartbeats
from ..models import Account, AuditEvent, Bounce, Heartbeat, Job, Message, Recipient, Review, Trainer

LATELY = timedelta(days=28)
"""By the pace of these days the queue is forecast."""


@dataclass(frozen=True)
class Queue:
    """Open reviews, the oldest of them, and how many came and were closed of late."""

    open: int
    overdue: int
    oldest_at: datetime | None
    opened_lately: int
    closed_lately: int

    @property
    def days_to_empty(self) -> float | None:
        """At the pace of late, nothing new coming; None where nothing was closed."""
        return self.open / (self.closed_lately / LATELY.days) if self.closed_lately else None


@dataclass(frozen=True)
class Figures:
    trainers: dict[str, int]
    accounts: int
    messages: dict[str, int]
    oldest_mail_at: datetime | None
    jobs: dict[str, int]
    queue: Queue
    beats: dict[str, datetime]
    bounces_lately: int
    marked: int


def figures(session: Session, *, now: datetime) -> Figures:
    return Figures(
        trainers=counted(session, Trainer.state),
        accounts=count(session, Account.id),
        messages=counted(session, Message.state),
        oldest_mail_at=heartbeats.oldest_mail(session, now),
        jobs=counted(session, Job.state),
        queue=queue(session, now),
        beats={each.name: each.at for each in session.scalars(select(Heartbeat))},
        bounces_lately=count(session, Bounce.message_id, Bounce.at > now - LATELY),
        marked=count(session, Recipient.id, Recipient.state != "ok"),
    )


def queue(session: Session, now: datetime) -> Queue:
    is_open, since = Review.closed_at.is_(None), now - LATELY
    return Queue(
        open=count(session, Review.id, is_open),
        overdue=count(session, Review.id, is_open, Review.due_on < now.date()),
        oldest_at=session.scalar(select(func.min(Review.opened_at)).where(is_open)),
        opened_lately=count(session, Review.id, Review.opened_at > since),
        closed_lately=count(session, Review.id, Review.closed_at > since),
    )


def count(session: Session, what: object, *which: object) -> int:
    return session.scalar(select(func.count(what)).where(*which)) or 0  # type: ignore[arg-type]


def counted(session: Session, column: object) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]
    return {str(value): number for value, number in rows}


def search_audit(session: Session, words: str, *, limit: int = 100) -> list[AuditEvent]:
    """The newest events that have each of the words as who, what, on what, or about whom."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    for word in words.split():
        places = (AuditEvent.actor, AuditEvent.action, AuditEvent.subject, AuditEvent.about)
        query = query.where(or_(*(place == word for place in places)))
    return list(session.scalars(query))
