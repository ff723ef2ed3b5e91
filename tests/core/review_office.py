"""A claim in the queue and two reviewers, for the tests of what reviewers decide."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core.credentials import standing_of
from trainers.core.models import (
    AuditEvent,
    Check,
    Credential,
    Listing,
    Message,
    Review,
    Term,
    Watch,
)
from trainers.core.review import decisions, queue
from trainers.core.review.looks import Look, Shown, Sitting
from trainers.core.search import listing, packing
from trainers.core.standing.status import Status

LOOKUP = "https://www.nasm.org/resources/validate-credentials"
ENDS = date(2027, 11, 30)
WEEK = timedelta(days=7)
Decide = Callable[..., Check]


class Office:
    """A claim in the queue and two reviewers."""

    def __init__(self, session: Session, make: Factory, key: str = "NASM/NASM-CPT", **term: Any) -> None:
        self.session, self.make = session, make
        self.alice, self.bob = str(make.reviewer().id), str(make.reviewer().id)
        self.credential: Credential = make.credential(make.trainer("Dana Fitzgerald"), key)
        self.term: Term = make.term(
            self.credential, number="NC-123456", **({"expires_on": ENDS, "recorded_at": NOW} | term)
        )
        listing.refresh(session, self.credential.trainer, today=TODAY)
        self.work: Review = self.open()

    def open(self, kind: str = "new", day: date = TODAY) -> Review:
        return queue.open_review(
            self.session,
            kind=kind,
            trainer=self.credential.trainer,
            credential=self.credential,
            now=NOW + (day - TODAY),
            today=day,
        )

    def sitting(self, by: str, day: date = TODAY) -> Sitting:
        return Sitting(by=by, now=NOW + (day - TODAY), today=day, zone=ZONE)

    def take(self, by: str, day: date = TODAY) -> Sitting:
        sitting = self.sitting(by, day)
        queue.take(self.session, self.work, by=by, now=sitting.now, today=day)
        return sitting

    def decide(self, how: Decide, look: Look, by: str | None = None, day: date = TODAY) -> Check:
        sitting = self.take(by or self.alice, day)
        return how(self.session, self.work, replace(look, looked_on=day), sitting, term_id=self.term.id)

    def miss(self, by: str | None = None, day: date = TODAY, look: Look | None = None) -> Check:
        return self.decide(decisions.second_look, look or NOTHING, by, day)

    def status(self, day: date = TODAY) -> Status:
        return standing_of(self.credential, today=day).status

    def counts(self) -> dict[str, int]:
        tables = (Check, AuditEvent, Message, Watch)
        return {t.__name__: self.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    def messages(self) -> list[str]:
        return list(self.session.scalars(select(Message.template).order_by(Message.id)))

    def last_context(self) -> dict[str, Any]:
        return self.session.scalars(select(Message).order_by(Message.id.desc())).first().context  # type: ignore

    def listed_until(self) -> date | None:
        """Until when the trainer stands in the default search, be our check old or not."""
        mine = select(Listing.qualifying).where(Listing.trainer_id == self.credential.trainer_id)
        days = self.session.scalar(mine)
        return packing.day_of(days >> packing.DAY_BITS) if days else None

    def last_event(self) -> AuditEvent:
        return self.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


SAME = Shown("Dana Fitzgerald", "NC-123456", ENDS, "Active")
MATCH = Look("issuer_lookup", LOOKUP, TODAY, SAME)
NOTHING = Look("issuer_lookup", LOOKUP, TODAY, None)
OTHER_DATE = replace(MATCH, shown=replace(SAME, expires_on=date(2025, 11, 30)))
SUSPENDED = replace(MATCH, shown=replace(SAME, status="Suspended"))
DOWN = replace(NOTHING, available=False)
