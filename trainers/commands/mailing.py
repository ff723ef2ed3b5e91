"""One round of planning and one of sending, for the commands and the worker. Each step commits before it waits."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Never

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
from tqdm import tqdm

from trainers.config import Settings
from trainers.core import heartbeats
from trainers.core.dates import today_in
from trainers.core.mail import alerts, digests, news, outbox, planning
from trainers.core.mail.outbox import Letter, Outcome
from trainers.core.mail.redaction import without_links
from trainers.core.mail.transport import Fate, Reply, Transport
from trainers.core.models import Message
from trainers.web.emails import compose
from trainers.web.filters import plural

log = logging.getLogger("trainers.mailing")


@dataclass(frozen=True)
class Sent:
    """What came of some claimed messages. `unreachable` says why nothing could be handed over, if so."""

    claimed: int = 0
    sent: int = 0
    refused: int = 0
    later: int = 0
    unreachable: str | None = None

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.claimed + other.claimed,
            self.sent + other.sent,
            self.refused + other.refused,
            self.later + other.later,
            self.unreachable or other.unreachable,
        )


def plan_all(session: Session, *, today: date, now: datetime, zone: tzinfo) -> alerts.PlanResult:
    """Plan everybody's mails of one day, some people a transaction."""
    people = planning.count_people(session, today=today)
    session.commit()
    total = alerts.PlanResult()
    with progress(people, "people") as bar:
        for part in alerts.plan_in_portions(session, today=today, now=now, zone=zone):
            total += part
            session.commit()
            bar.update(part.mails)
    for mails in news.plan_in_portions(session, today=today, now=now, zone=zone):
        total += alerts.PlanResult(news=mails)
        session.commit()
    heartbeats.beat(session, heartbeats.PLANNING, now=now)
    session.commit()
    return total


def send_all(
    session: Session,
    transport: Transport,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
    once: bool = False,
    at_once: int = outbox.BATCH,
) -> Sent:
    """Send what is due, until nothing is left, nothing can be handed over, or somebody says stop; or one batch."""
    total = Sent()
    with progress(outbox.count_due(session, now=clock()), "mails") as bar:
        session.commit()
        while not stopped():
            batch = send_batch(session, transport, settings, clock=clock, stopped=stopped, at_once=at_once)
            total += batch
            bar.update(batch.claimed)
            if batch.claimed == 0 or batch.unreachable or once:
                break
    heartbeats.beat(session, heartbeats.SENDING, now=clock())
    session.commit()
    return total


def send_batch(
    session: Session,
    transport: Transport,
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
    at_once: int = outbox.BATCH,
) -> Sent:
    """Claim some messages, hand them over one by one, write down what came of each before the next: a sender that
    dies has left one mail in doubt, at most. Nobody's transaction waits for a server."""
    claimed = outbox.claim(session, now=clock(), limit=at_once)
    today = today_in(settings.site_timezone, clock())
    claimed = news.write_news(session, digests.write_digests(session, claimed, today=today), today=today)
    session.flush()
    session.expunge_all()  # each of the commits to come would look at all that was read
    session.commit()
    outcomes = []
    with connected(session) as connection:
        letters = write_out(claimed, settings)
        for outcome in outbox.deliver(transport, letters, clock=clock, stopped=stopped):
            settle_one(session, connection, outcome, clock())
            outcomes.append(outcome)
    return tally(outcomes)


def connected(session: Session) -> Connection:
    """A connection beside the session's. On PostgreSQL its one statement a mail commits itself: BEGIN and COMMIT
    would be two more ways to the server and back."""
    bind = session.get_bind()
    connection = (bind if isinstance(bind, Engine) else bind.engine).connect()
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="AUTOCOMMIT")
    return connection


def settle_one(session: Session, connection: Connection, outcome: Outcome, now: datetime) -> None:
    """On one connection for all, since most are delivered and a session has more to look after."""
    if outbox.settle_delivered(connection, outcome, now=now):
        connection.commit()
    else:
        outbox.settle(session, [outcome], now=now)
        session.commit()


def write_out(messages: Iterable[Message], settings: Settings) -> Iterator[Letter | Outcome]:
    """A mail that cannot be written must not keep the others back: it is tried again later like one refused."""
    for message in messages:
        lease_until = message.lease_until
        try:
            mail = compose(message, settings)
        except Exception as error:
            log.exception("The mail %s of message %s could not be written", message.template, message.id)
            problem = f"The mail could not be written: {type(error).__name__}: {error}"
            reply = Reply(Fate.LATER, without_links(problem, json.dumps(message.context)))
            yield Outcome(message.id, message.attempts, reply)
        else:
            if lease_until is not None:
                marked = message.recipient.state != "ok"
                yield Letter(message.id, message.attempts, lease_until, mail, message.recipient_id, marked)


def tally(outcomes: Iterable[Outcome]) -> Sent:
    total = Sent()
    for outcome in outcomes:
        fate = outcome.reply.fate if outcome.reply else None
        total += Sent(
            claimed=1,
            sent=fate is Fate.DELIVERED,
            refused=fate is Fate.REFUSED,
            later=fate not in (Fate.DELIVERED, Fate.REFUSED),
            unreachable=outcome.reply.text if outcome.reply and fate is Fate.UNREACHABLE else None,
        )
    return total


def progress(total: int, unit: str) -> "tqdm[Never]":
    """A bar on a terminal when it takes longer than a second; elsewhere nothing."""
    return tqdm(total=total, unit=f" {unit}", delay=1, disable=None, leave=False)


def told(done: alerts.PlanResult) -> str:
    """One line for people."""
    if done.paused:
        return f"Mail is paused: nothing was planned. Dates that wait: {done.waiting}."
    skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(done.skipped.items()))
    return (
        f"{plural(done.mails, 'mail')} planned, for {plural(done.planned, 'date')}."
        f" Steps skipped: {skipped or 'none'}. Dates that wait for another day: {done.waiting}."
        f"{f' Mails to followers: {done.news}.' if done.news else ''}"
    )


def reported(done: Sent) -> str:
    return f"{plural(done.sent, 'mail')} sent, {done.later} to be tried again, {done.refused} refused for good."
