"""Visitors report what is wrong with a listing; reviewers answer."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from .. import audit
from ..models import Report, Trainer
from . import queue

REASONS = {
    "impostor": "This is not the person it says",
    "credential": "A certification looks wrong",
    "details": "Name, town or another detail is wrong",
    "conduct": "How the trainer behaved",
    "mine": "This listing is about me, and I did not make it",
    "other": "Something else",
}


def file_report(
    session: Session,
    trainer: Trainer,
    *,
    reason: str,
    body: str,
    email: str | None,
    now: datetime,
    today: date,
) -> Report:
    """Put a report before the reviewers. `email` is for the answer and is seen by reviewers only."""
    work = queue.open_review(session, kind="report", trainer=trainer, now=now, today=today)
    report = Report(review_id=work.id, reason=reason, body=body, email=email, created_at=now)
    session.add(report)
    session.flush()
    audit.record(
        session,
        by="visitor",
        action="reported",
        subject=f"report:{report.id}",
        about=f"trainer:{trainer.id}",
        detail=reason,
    )
    return report
