"""How the outbox is doing, for who looks after the site. Counts and answers of servers; no address, no subject."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Attempt, Message, Recipient

LATELY = timedelta(days=7)
SHOWN = 20


class Trouble(NamedTuple):
    """A try that did not succeed."""

    at: datetime
    template: str
    n: int
    state: str
    reply: str


def count_states(session: Session, *, since: datetime) -> dict[str, int]:
    """Messages of late by their state; those that still wait, whatever their age."""
    recent = (Message.created_at >= since) | Message.state.in_(("queued", "sending"))
    query = select(Message.state, func.count()).where(recent).group_by(Message.state)
    return {str(state): count for state, count in session.execute(query)}


def count_marked(session: Session) -> int:
    """Addresses to which nothing goes any more."""
    return session.scalar(select(func.count()).select_from(Recipient).where(Recipient.state != "ok")) or 0


def last_troubles(session: Session) -> Sequence[Trouble]:
    """The newest tries that did not succeed."""
    query = (
        select(Attempt.at, Message.template, Attempt.n, Message.state, Attempt.reply)
        .join(Message, Message.id == Attempt.message_id)
        .where(~Attempt.delivered)
        .order_by(Attempt.at.desc(), Attempt.message_id.desc())
        .limit(SHOWN)
    )
    return [Trouble(*row) for row in session.execute(query)]
