"""A trainer disputes what we wrote; a person answers within 14 days, and both sides see the day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import DomainError
from ..models import Credential, Objection, Review
from ..texts import paragraphs
from . import queue

ANSWERED_WITHIN = timedelta(days=14)
LONGEST = 2000
REASONS = {
    "not_me": "The record you looked at is not mine",
    "number": "The number is mine, and somebody else uses it",
    "other": "Something else is wrong",
}


def file_objection(
    session: Session, credential: Credential, *, reason: str, body: str, now: datetime, today: date
) -> Review:
    """Another look, without waiting for the day of a second one. Raises DomainError for a field."""
    if reason not in REASONS:
        raise DomainError("Choose what is wrong.", field="reason")
    text = paragraphs(body)
    if reason == "other" and not text:
        raise DomainError("Write what is wrong, so that the reviewer can look.", field="body")
    if len(text) > LONGEST:
        raise DomainError(f"Shorten this to {LONGEST:,} characters.", field="body")
    work = queue.open_review(
        session,
        kind="dispute",
        trainer=credential.trainer,
        credential=credential,
        now=now,
        today=today,
        due_on=today + ANSWERED_WITHIN,
    )
    if not objections_to(session, work):  # it joined work that was due on another day
        work.due_on = today + ANSWERED_WITHIN
    session.add(Objection(review_id=work.id, reason=reason, body=text, created_at=now))
    session.flush()
    return work


def objections_to(session: Session, work: Review) -> Sequence[Objection]:
    return session.scalars(select(Objection).where(Objection.review_id == work.id).order_by(Objection.id)).all()
