"""What reviewers tell each other about a piece of work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import DomainError
from ..models import Review, ReviewNote
from ..texts import paragraphs

LONGEST = 2000


def add(session: Session, work: Review, body: str, *, by: str, now: datetime) -> ReviewNote:
    """Raises DomainError for an empty or endless one."""
    text = paragraphs(body)
    if not text:
        raise DomainError("Write a note first.", field="body")
    if len(text) > LONGEST:
        raise DomainError(f"Shorten the note to {LONGEST:,} characters.", field="body")
    note = ReviewNote(review_id=work.id, by=by, at=now, body=text)
    session.add(note)
    session.flush()
    return note


def notes_on(session: Session, work: Review) -> Sequence[ReviewNote]:
    """Of this piece of work, and of earlier ones about the same certification; oldest first."""
    same = select(Review.id).where(Review.trainer_id == work.trainer_id)
    if work.credential_id is not None:
        same = same.where(Review.credential_id == work.credential_id)
    else:
        same = same.where(Review.id == work.id)
    return session.scalars(select(ReviewNote).where(ReviewNote.review_id.in_(same)).order_by(ReviewNote.id)).all()
