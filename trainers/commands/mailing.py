"""One round of planning and one of sending, for the commands and the worker. Each step commits before it waits."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Never

from sqlalchemy.orm import Session
from tqdm import tqdm

from trainers.config import Settings
from trainers.core import heartbeats
from trainers.core.mail import alerts, outbox
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
    people = alerts.people_to_plan(session, today=today)
    session.commit()
    total = alerts.PlanResult()
    with progress(len(people), "people") as bar:
        for start in range(0, len(people), alerts.AT_ONCE):
            some = people[start : start + alerts.AT_ONCE]
            total += alerts.plan(session, today=today, now=now, people=some, zone=zone)
            session.commit()
            bar.update(len(some))
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
) -> Sent:
    """Send what is due, until nothing is left, nothing can be handed over, or somebody says stop; or one batch."""
    total = Sent()
    with progress(outbox.count_due(session, now=clock()), "mails") as bar:
        session.commit()
        while not stopped():
            batch = send_batch(session, transport, settings, clock=clock)
            total += batch
            bar.update(batch.claimed)
            if batch.claimed == 0 or batch.unreachable or once:
                break
    heartbeats.beat(session, heartbeats.SENDING, now=clock())
    session.commit()
    return total


def send_batch(
    session: Session, transport: Transport, settings: Settings, *, clock: Callable[[], datetime]
) -> Sent:
    """Claim some messages, hand them over, write down what came of it. Nobody's transaction waits for a server."""
    written = list(write_out(outbox.claim(session, now=clock()), settings))
    session.commit()
    letters = [each for each in written if isinstance(each, Letter)]
    outcomes = [each for each in written if isinstance(each, Outcome)]
    outcomes += outbox.deliver(transport, letters, clock=clock)
    outbox.settle(session, outcomes, now=clock())
    session.commit()
    return tally(outcomes)


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
                yield Letter(message.id, message.attempts, lease_until, mail)


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
    skipped = ", ".join(f"{count} {reason}" for reason, count in sorted(done.skipped.items()))
    return (
        f"{plural(done.mails, 'mail')} planned, for {plural(done.planned, 'date')}."
        f" Steps skipped: {skipped or 'none'}. Dates that wait for another day: {done.waiting}."
    )


def reported(done: Sent) -> str:
    return f"{plural(done.sent, 'mail')} sent, {done.later} to be tried again, {done.refused} refused for good."
