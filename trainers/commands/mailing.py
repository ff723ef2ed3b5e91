"""One round of planning and one of sending, for the commands and the worker. Each step commits before it waits."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from tqdm import tqdm

from trainers.config import Settings
from trainers.core import alerts, outbox
from trainers.core.models import Message
from trainers.core.outbox import Letter, Outcome
from trainers.core.transport import Fate, Reply, Transport
from trainers.web.emails import compose

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


def plan_all(session: Session, *, today: date, now: datetime) -> alerts.PlanResult:
    """Plan everybody's mails of one day, some people a transaction."""
    total, after = alerts.PlanResult(), 0
    with progress(alerts.count_due(session, today=today), "people") as bar:
        while True:
            due = alerts.count_due(session, today=today, after=after)
            done = alerts.plan(session, today=today, now=now, after=after)
            session.commit()
            total += done
            if done.go_on_after is None:
                return total
            after = done.go_on_after
            bar.update(due - alerts.count_due(session, today=today, after=after))
            session.commit()
