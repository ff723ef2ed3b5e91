"""Mail on its way: queued in the transaction of the deed it tells about, sent later.

`claim`, `deliver` and `settle` are three functions so that the caller can commit between them: no transaction is
open while a mail server is waited for. A sender that dies in between holds its messages until their lease ends;
then they are sent again, with the same Message-ID, because twice is better than never.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..models import Message, Recipient, UtcDateTime
from ..rows import insert_new
from . import pauses, returns
from .recipients import recipient_for
from .redaction import without_links
from .stops import ASKED_FOR, OPTIONAL, are_stopped, stops_of
from .transport import Fate, Meanwhile, Reply, Transport
from .wire import Mail

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

BATCH = 200
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
    """One claimed message, written out. `attempt` is the number of this try; `marked`: mail from this address
    came back before."""

    id: int
    attempt: int
    lease_until: datetime
    mail: Mail
    recipient_id: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one claimed message; `reply` is None when its turn did not come. `marked_id`: the recipient
    whose mark a delivery takes away."""

    id: int
    attempt: int
    reply: Reply | None
    subject: str | None = None
    marked_id: int | None = None


def due(session: Session, now: datetime) -> list[ColumnElement[bool]]:
    """What may be sent now; while mail is paused, only what somebody has just asked for."""
    conditions = [Message.state == "queued", Message.not_before <= now]
    return [*conditions, Message.template.in_(ASKED_FOR)] if pauses.is_paused(session) else conditions


def count_due(session: Session, *, now: datetime) -> int:
    """How many messages could be claimed now."""
    return session.scalar(select(func.count()).select_from(Message).where(*due(session, now))) or 0


def claim(session: Session, *, now: datetime, limit: int = BATCH) -> list[Message]:
    """Messages whose time has come, held for this sender until the lease ends. Commit before delivering.

    A message that nobody wants any more is dropped here, with the reason.
    """
    put_back(session, now)
    waiting = select(Message.id).where(*due(session, now))
    next_ones = waiting.order_by(Message.not_before, Message.id).limit(limit).with_for_update(skip_locked=True)
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
        keep_attempt(session.connection(), id, attempt, reply, now)


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


def deliver(
    transport: Transport,
    letters: Iterable[Letter | Outcome],
    *,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Hand the letters over one by one, so that each can be settled before the next. Stops at the first sign that
    nothing can be handed over now, when somebody says stop, and when the lease is nearly over: somebody else may
    then send what is left. An outcome among the letters is one that could not be written.

    The next letter is written while the server thinks about this one: that hides most of the time it takes.
    """
    ahead = Ahead(letters)
    going_on = True
    while (letter := ahead.take()) is not None:
        if isinstance(letter, Outcome):
            yield letter
            continue
        going_on = going_on and not stopped() and clock() < letter.lease_until - SAFETY
        reply = hand_over(transport, letter.mail, ahead.look) if going_on else None
        marked_id = letter.recipient_id if letter.marked else None
        yield Outcome(letter.id, letter.attempt, reply, letter.mail.subject, marked_id)
        going_on = going_on and reply is not None and reply.fate is not Fate.UNREACHABLE


class Ahead:
    """The letters in turn; `look` writes the next one before it is taken."""

    def __init__(self, letters: Iterable[Letter | Outcome]) -> None:
        self.letters = iter(letters)
        self.next: list[Letter | Outcome | None] = []

    def look(self) -> None:
        if not self.next:
            self.next.append(next(self.letters, None))

    def take(self) -> Letter | Outcome | None:
        self.look()
        return self.next.pop()


def hand_over(transport: Transport, mail: Mail, meanwhile: Meanwhile) -> Reply:
    """The reply is kept for years, so nothing of a link may stand in it."""
    reply = transport.send(mail, meanwhile)
    return replace(reply, text=without_links(reply.text, mail.text))


def settle(session: Session, outcomes: Iterable[Outcome], *, now: datetime) -> None:
    """Write down what came of each claimed message. What went wrong for now is tried again, later and later."""
    for outcome in outcomes:
        if not settle_delivered(session.connection(), outcome, now=now):
            settle_other(session, outcome, now)
    session.flush()


def settle_delivered(connection: Connection, outcome: Outcome, *, now: datetime) -> bool:
    """What happens a thousand times a day: statements that are built once, past a session's own bookkeeping. On
    PostgreSQL it is one statement, since each is a way to the server and back. False, and nothing done, where it
    was not delivered."""
    if outcome.reply is None or outcome.reply.fate is not Fate.DELIVERED:
        return False
    told = attempted(outcome.id, outcome.attempt, outcome.reply, now)
    told |= {
        "b_attempt": outcome.attempt,
        "b_now": now,
        "b_subject": outcome.subject[:200] if outcome.subject else None,
    }
    for statement in DELIVERED[connection.dialect.name]:
        connection.execute(statement, told)
    if outcome.marked_id is not None:
        connection.execute(GOOD_AGAIN, {"b_id": outcome.marked_id})
    return True


def settle_other(session: Session, outcome: Outcome, now: datetime) -> None:
    message = session.get(Message, outcome.id, with_for_update={"of": Message}, populate_existing=True)
    if message is None:  # its recipient was erased meanwhile
        return
    ours = message.state in ("sending", "queued") and message.attempts == outcome.attempt
    if outcome.reply is None:
        if ours:
            release(message, now)
        return
    keep_attempt(session.connection(), outcome.id, outcome.attempt, outcome.reply, now)
    if ours:
        conclude(session, message, outcome, outcome.reply, now)


def release(message: Message, now: datetime) -> None:
    message.state, message.lease_until, message.not_before = "queued", None, now
    message.attempts -= 1


def conclude(session: Session, message: Message, outcome: Outcome, reply: Reply, now: datetime) -> None:
    """One that is not delivered: never, or not yet."""
    message.lease_until = None
    message.subject = outcome.subject[:200] if outcome.subject else message.subject
    if reply.fate is Fate.REFUSED or now - message.created_at > GIVE_UP:
        message.state, message.context = "failed", None
        session.flush()
        if reply.fate is not Fate.UNREACHABLE:
            returns.note(session, message, hard=reply.unknown_address, status=reply.text[:3], now=now)
    else:
        message.state = "queued"
        message.not_before = now + DELAYS[min(message.attempts, len(DELAYS)) - 1]


def keep_attempt(connection: Connection, id: int, attempt: int, reply: Reply, now: datetime) -> None:
    """Nothing where the message is gone, or where somebody has written it down already."""
    connection.execute(TRIED[connection.dialect.name], attempted(id, attempt, reply, now))


def attempted(id: int, attempt: int, reply: Reply, now: datetime) -> dict[str, Any]:
    delivered = reply.fate is Fate.DELIVERED
    return {"b_id": id, "b_n": attempt, "b_at": now, "b_reply": reply.text, "b_delivered": delivered}


def tried(insert: Callable[[Table], Any]) -> Insert:
    row = {
        "message_id": MESSAGE.c.id,
        "n": bindparam("b_n", type_=Integer),
        "at": bindparam("b_at", type_=UtcDateTime),
        "delivered": bindparam("b_delivered", type_=Boolean),
        "reply": bindparam("b_reply", type_=Text),
    }
    values = select(*row.values()).where(MESSAGE.c.id == bindparam("b_id"))
    statement: Insert = insert(ATTEMPT).from_select(list(row), values).on_conflict_do_nothing()
    return statement


MESSAGE, ATTEMPT, RECIPIENT = (Message.metadata.tables[name] for name in ("message", "attempt", "recipient"))
TRIED = {"sqlite": tried(sqlite.insert), "postgresql": tried(postgresql.insert)}
SENT = (
    update(MESSAGE)
    .where(
        MESSAGE.c.id == bindparam("b_id"),
        MESSAGE.c.attempts == bindparam("b_attempt"),
        MESSAGE.c.state.in_(("sending", "queued")),
    )
    .values(
        state="sent",
        sent_at=bindparam("b_now", type_=UtcDateTime),
        lease_until=None,
        context=null(),
        subject=func.coalesce(bindparam("b_subject"), MESSAGE.c.subject),
    )
)
GOOD_AGAIN = (
    update(RECIPIENT).where(RECIPIENT.c.id == bindparam("b_id"), RECIPIENT.c.state == "bounced").values(state="ok")
)
DELIVERED: dict[str, tuple[Executable, ...]] = {
    "sqlite": (TRIED["sqlite"], SENT),
    "postgresql": (SENT.add_cte(TRIED["postgresql"].cte("tried")),),
}
