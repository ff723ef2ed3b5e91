from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime, one_of, together
from .credential import Credential
from .trainer import Trainer

REVIEW_KINDS = ("new", "renewal", "edit", "recheck", "dispute", "report", "contest", "profile")
REVIEW_OUTCOMES = ("confirmed", "returned", "refused", "corrected", "resolved", "withdrawn", "kept", "moved")
RECHECK_CAUSES = ("ended", "new_dates", "asked", "random", "old")
REPORT_REASONS = ("impostor", "credential", "details", "conduct", "mine", "other")
OBJECTION_REASONS = ("not_me", "number", "other")


class Review(Base):
    """One piece of work in the reviewers' queue; for a credential at most one of a kind is open.

    `cause` is why a recheck was opened. `contested_id` is, in a contest, the older credential with the same
    number; it ends as `kept` (the older one stays) or `moved` (the number is the newer one's). `note` is for
    reviewers, `answer` for the trainer and for whoever reported.
    """

    __tablename__ = "review"
    __table_args__ = (
        one_of("kind", REVIEW_KINDS),
        one_of("outcome", REVIEW_OUTCOMES),
        one_of("cause", RECHECK_CAUSES),
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
    answer: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str | None] = mapped_column(String(20))
    contested_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"), index=True)

    credential: Mapped[Credential | None] = relationship(foreign_keys=[credential_id])
    contested: Mapped[Credential | None] = relationship(foreign_keys=[contested_id])
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


class Objection(Base):
    """Why a trainer disputes what we wrote: "not me", "the number is somebody else's", or other."""

    __tablename__ = "objection"
    __table_args__ = (one_of("reason", OBJECTION_REASONS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    review: Mapped[Review] = relationship()


class ReviewNote(Base):
    """What one reviewer wants the next one to know about a piece of work; shown to reviewers only."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)


class Outage(Base):
    """While an issuer's public lookup is down: set and ended by reviewers. At most one is open for an issuer."""

    __tablename__ = "outage"
    __table_args__ = (
        together("ended_at", "ended_by", name="ended"),
        Index(
            "uq_outage_issuer",
            "issuer",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(40))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(40))
