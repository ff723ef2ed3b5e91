from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime, one_of, together
from .credential import Credential
from .trainer import Trainer

REVIEW_KINDS = ("new", "renewal", "edit", "recheck", "dispute", "report", "contest")
REVIEW_OUTCOMES = ("confirmed", "returned", "refused", "corrected", "resolved", "withdrawn")
REPORT_REASONS = ("impostor", "credential", "details", "conduct", "mine", "other")


class Review(Base):
    """One piece of work in the reviewers' queue; for a credential at most one of a kind is open."""

    __tablename__ = "review"
    __table_args__ = (
        one_of("kind", REVIEW_KINDS),
        one_of("outcome", REVIEW_OUTCOMES),
        together("taken_by", "taken_until", name="taken"),
        together("closed_at", "outcome", name="closed"),
        Index(
            "uq_review_credential_id_kind",
            "credential_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND credential_id IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND credential_id IS NOT NULL"),
        ),
        Index("ix_review_open", "closed_at", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    kind: Mapped[str] = mapped_column(String(10))
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), index=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")

    credential: Mapped[Credential | None] = relationship()
    trainer: Mapped[Trainer] = relationship()


class Report(Base):
    """What a visitor reported about a listing; shown to reviewers only."""

    __tablename__ = "report"
    __table_args__ = (one_of("reason", REPORT_REASONS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    review: Mapped[Review] = relationship()
