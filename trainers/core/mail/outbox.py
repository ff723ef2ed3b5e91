"""Mail on its way: queued in the transaction of the deed it tells about, sent later.

`claim`, `deliver` and `settle` are three functions so that the caller can commit between them: no transaction is
open while a mail server is waited for. A sender that dies in between holds its messages until their lease ends;
then they are sent again, with the same Message-ID, because twice is better than never.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ..models import Attempt, Message, Recipient
from ..rows import insert_new
from .recipients import recipient_for
from .redaction import without_links
from .stops import ASKED_FOR, OPTIONAL, are_stopped, stops_of
from .transport import Fate, Reply, Transport

__all__ = [
    "Letter",
    "Outcome",
    "claim",
    "count_due",
    "deliver",
    "queue",
    "recipient_for",
    "settle",
]

LEASE = timedelta(minutes=5)
SAFETY = timedelta(minutes=1)
"""No mail is begun when less than this is left of the lease."""
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""How long to wait after each try; the last one repeats."""
GIVE_UP = timedelta(days=3)


def queue(
    session: Session, *, to: Recipient, template: str, context: Mapping[str, Any], dedupe_key: str, now: datetime
) -> Message | None:
    """Put a mail into the outbox; None when it was put there before (the key says so) or may not be sent.

    `template` names a folder of templates/email. `context` holds JSON values and dates; templates find dates
    again under keys that end in `_on`. A key `reply_to` becomes that header.
    """
    session.flush()
    if to.state != "ok" and template not in ASKED_FOR:
        return None
    row = {
        "recipient_id": to.id,
        "dedupe_key": dedupe_key,
        "message_id": uuid4().hex,
        "template": template,
        "context": as_json(context),
        "created_at": now,
        "not_before": now,
    }
    inserted = insert_new(session, Message, [row])
    return session.get_one(Message, inserted[0]) if inserted else None


def as_json(context: Mapping[str, Any]) -> dict[str, Any]:
    """Dates become ISO text. Raises TypeError for anything else that JSON does not know."""

    def text_of(value: Any) -> str:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"A mail's context cannot hold {value!r}.")

    kept: dict[str, Any] = json.loads(json.dumps(context, default=text_of))
    return kept


@dataclass(frozen=True)
class Letter:
    """One claimed message, written out. `attempt` is the number of this try."""

    id: int
    attempt: int
    lease_until: datetime
    mail: EmailMessage


@dataclass(frozen=True)
class Outcome:
    """What came of one claimed message; `reply` is None when its turn did not come."""

    id: int
    attempt: int
    reply: Reply | None
    subject: str | None = None


def count_due(session: Session, *, now: datetime) -> int:
    """How many messages could be claimed now."""
    due = select(func.count()).select_from(Message).where(Message.state == "queued", Message.not_before <= now)
    return session.scalar(due) or 0


def claim(session: Session, *, now: datetime, limit: int = 20) -> list[Message]:
    """Messages whose time has come, held for this sender until the lease ends. Commit before delivering.

    A message that nobody wants any more is dropped here, with the reason.
    """
    put_back(session, now)
    due = select(Message.id).where(Message.state == "queued", Message.not_before <= now)
    next_ones = due.order_by(Message.not_before, Message.id).limit(limit).with_for_update(skip_locked=True)
    chosen = select(next_ones.cte("next_ones").c.id)  # as a plain subquery PostgreSQL may ask it again and again
    mine = (
        update(Message)
        .where(Message.id.in_(chosen), Message.state == "queued")
        .values(state="sending", lease_until=now + LEASE, attempts=Message.attempts + 1)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    ids = session.scalars(mine).all()
    query = select(Message).where(Message.id.in_(ids)).order_by(Message.not_before, Message.id)
    return drop_unwanted(session, session.scalars(query.execution_options(populate_existing=True)).all())


def put_back(session: Session, now: datetime) -> None:
    """Messages of senders that were not heard of again."""
    lost = (
        update(Message)
        .where(Message.state == "sending", Message.lease_until < now)
        .values(state="queued", lease_until=None)
        .returning(Message.id, Message.attempts)
        .execution_options(synchronize_session=False)
    )
    for id, attempt in session.execute(lost).all():
        reply = Reply(Fate.LATER, "The sender stopped before it could say what came of it.")
        keep_attempt(session, id, attempt, reply, now)


def drop_unwanted(session: Session, messages: Iterable[Message]) -> list[Message]:
    """A stop or a returned mail may have come after the message was queued."""
    claimed = list(messages)
    stopped = stops_of(session, {message.recipient_id for message in claimed})
    wanted = []
    for message in claimed:
        kind = OPTIONAL.get(message.template)
        if kind is not None and are_stopped(stopped[message.recipient_id], kind):
            drop(message, "stopped")
        elif message.recipient.state != "ok" and message.template not in ASKED_FOR:
            drop(message, "bounced")
        else:
            wanted.append(message)
    session.flush()
    return wanted


def drop(message: Message, reason: str) -> None:
    message.state, message.drop_reason, message.lease_until, message.context = "dropped", reason, None, None
    message.attempts -= 1


def deliver(transport: Transport, letters: Iterable[Letter], *, clock: Callable[[], datetime]) -> list[Outcome]:
    """Hand the letters over one by one. Stops at the first sign that nothing can be handed over now, and when
    the lease is nearly over: somebody else may then send what is left."""
    outcomes = []
    going_on = True
    for letter in letters:
        going_on = going_on and clock() < letter.lease_until - SAFETY
        reply = hand_over(transport, letter.mail) if going_on else None
        outcomes.append(Outcome(letter.id, letter.attempt, reply, str(letter.mail["Subject"])))
        going_on = going_on and reply is not None and reply.fate is not Fate.UNREACHABLE
    return outcomes


def hand_over(transport: Transport, mail: EmailMessage) -> Reply:
    """The reply is kept for years, so nothing of a link may stand in it."""
    reply = transport.send(mail)
    body = mail.get_body(("plain",))
    return replace(reply, text=without_links(reply.text, body.get_content() if body else ""))


def settle(session: Session, outcomes: Iterable[Outcome], *, now: datetime) -> None:
    """Write down what came of each claimed message. What went wrong for now is tried again, later and later."""
    for outcome in outcomes:
        message = session.get(Message, outcome.id, with_for_update={"of": Message}, populate_existing=True)
        if message is None:  # its recipient was erased meanwhile
            continue
        ours = message.state in ("sending", "queued") and message.attempts == outcome.attempt
        if outcome.reply is None:
            if ours:
                release(message, now)
            continue
        keep_attempt(session, outcome.id, outcome.attempt, outcome.reply, now)
        if ours:
            conclude(message, outcome, outcome.reply, now)
    session.flush()


def release(message: Message, now: datetime) -> None:
    message.state, message.lease_until, message.not_before = "queued", None, now
    message.attempts -= 1


def conclude(message: Message, outcome: Outcome, reply: Reply, now: datetime) -> None:
    message.lease_until = None
    message.subject = outcome.subject[:200] if outcome.subject else message.subject
    recipient = message.recipient
    if reply.fate is Fate.DELIVERED:
        message.state, message.sent_at, message.context = "sent", now, None
        recipient.state = "ok" if recipient.state == "bounced" else recipient.state
    elif reply.fate is Fate.REFUSED or now - message.created_at > GIVE_UP:
        message.state, message.context = "failed", None
        recipient.state = "bounced" if reply.unknown_address else recipient.state
    else:
        message.state = "queued"
        message.not_before = now + DELAYS[min(message.attempts, len(DELAYS)) - 1]


def keep_attempt(session: Session, id: int, attempt: int, reply: Reply, now: datetime) -> None:
    delivered = reply.fate is Fate.DELIVERED
    row = {"message_id": id, "n": attempt, "at": now, "delivered": delivered, "reply": reply.text}
    if session.get(Attempt, (id, attempt)) is None:
        session.execute(insert(Attempt), [row])
