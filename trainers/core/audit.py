"""The record of who did what. Written in the same transaction as the deed itself."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import AuditEvent


def record(session: Session, *, by: str, action: str, subject: str, about: str, detail: str = "") -> AuditEvent:
    """Add one event. `by` is an account id as text or "system"; `subject` and `about` are "noun:id"."""
    event = AuditEvent(at=datetime.now(UTC), actor=by, action=action, subject=subject, about=about, detail=detail)
    session.add(event)
    return event


def newest_events(session: Session, about: str | None = None, *, limit: int = 100) -> list[AuditEvent]:
    """The newest events first, all of them or those that concern `about` ("trainer:7")."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if about:
        query = query.where(AuditEvent.about == about)
    return list(session.scalars(query))
