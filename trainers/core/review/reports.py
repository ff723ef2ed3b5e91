"""Visitors report what is wrong with a listing; reviewers answer."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import audit
from ..models import Report, Review, Trainer
from . import queue
from .objections import ANSWERED_WITHIN

REASONS = {
    "impostor": "This is not the person it says",
    "credential": "A certification looks wrong",
    "details": "Name, town or another detail is wrong",
    "conduct": "How the trainer behaved",
    "mine": "This listing is about me, and I did not make it",
    "other": "Something else",
}


def open_reports(session: Session, trainer: Trainer) -> list[tuple[str, date]]:
    """(what it is about, the day by which we answer) of each open report, for the trainer; not who wrote it."""
    query = (
        select(Report.reason, Review.due_on)
        .join(Review, Report.review_id == Review.id)
        .where(Review.trainer_id == trainer.id, Review.closed_at.is_(None))
        .order_by(Report.id)
    )
    return [(REASONS[reason], due_on) for reason, due_on in session.execute(query)]


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
    due_on = today + ANSWERED_WITHIN
    work = queue.open_review(session, kind="report", trainer=trainer, now=now, today=today, due_on=due_on)
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
