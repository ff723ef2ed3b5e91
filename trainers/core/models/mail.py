from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import APPEND_ONLY, Base, UtcDateTime, one_of

RECIPIENT_STATES = ("ok", "bounced", "complained")
MESSAGE_STATES = ("queued", "sending", "sent", "failed", "dropped")
ALERT_STATES = ("planned", "skipped")
STOP_SCOPES = ("credential", "kind", "all")
DROP_REASONS = ("stopped", "bounced", "renewed", "withdrawn", "unconfirmed")


class Recipient(Base):
    """An address that mail may go to. `key` is an unguessable name used in links that need no sign-in."""

    __tablename__ = "recipient"
    __table_args__ = (one_of("state", RECIPIENT_STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="ok")


class Watch(Base):
    """Somebody is to be warned about one end date. Planning reads `next_on` alone; none means nothing is left.

    `subject_id` is the row whose date it is, `trainer_id` whose it is. `item` is what its holder knows it by, the
    same for all its dates: the uuid of a certification, the kind of a card. `steps` is the ladder, "90,30,7,1,-1".
    `paused_until`: until then a renewal that was reported keeps reminders back, as long as it is not answered.
    """

    __tablename__ = "watch"
    __table_args__ = (
        UniqueConstraint("recipient_id", "kind", "subject_kind", "subject_id", "expires_on"),
        Index("ix_watch_next_on", "next_on", "recipient_id"),
        Index("ix_watch_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Integer)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    steps: Mapped[str] = mapped_column(String(60))
    expires_on: Mapped[date] = mapped_column(Date)
    next_on: Mapped[date | None] = mapped_column(Date)
    next_step: Mapped[int | None] = mapped_column(Integer)
    paused_until: Mapped[date | None] = mapped_column(Date)

    recipient: Mapped[Recipient] = relationship()


class Message(Base):
    """One mail in the outbox. What it will say is a template and its context, erased once it has left."""

    __tablename__ = "message"
    __table_args__ = (
        one_of("state", MESSAGE_STATES),
        one_of("drop_reason", DROP_REASONS),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("(state = 'dropped') = (drop_reason IS NOT NULL)", name="dropped"),
        CheckConstraint("(state IN ('queued', 'sending')) = (context IS NOT NULL)", name="erased"),
        Index("ix_message_state_not_before", "state", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    message_id: Mapped[str] = mapped_column(String(100), unique=True)
    template: Mapped[str] = mapped_column(String(60))
    context: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    subject: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drop_reason: Mapped[str | None] = mapped_column(String(12))

    recipient: Mapped[Recipient] = relationship(lazy="joined")


class Attempt(Base):
    """One try at delivering a message, and what the server answered; append-only."""

    __tablename__ = "attempt"
    __table_args__ = APPEND_ONLY

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered: Mapped[bool] = mapped_column(Boolean)
    reply: Mapped[str] = mapped_column(Text)


class Bounce(Base):
    """A mail that came back, or that no server would take. `hard`: nobody has this address."""

    __tablename__ = "bounce"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hard: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(20))


class Alert(Base):
    """One warning: recipient, subject, end date, step. The unique key is what keeps it from going out twice."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("recipient_id", "kind", "subject_kind", "subject_id", "expires_on", "step"),
        one_of("state", ALERT_STATES),
        CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name="skip"),
        CheckConstraint("(state = 'planned') = (message_id IS NOT NULL)", name="message"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Integer)
    expires_on: Mapped[date] = mapped_column(Date)
    step: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    skip_reason: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Stop(Base):
    """The recipient wants no more of this: one credential, one kind of mail, or all; `ended_at` undoes it."""

    __tablename__ = "stop"
    __table_args__ = (
        one_of("scope", STOP_SCOPES),
        Index(
            "uq_stop_recipient_id_scope_subject",
            "recipient_id",
            "scope",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    scope: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LadderChoice(Base):
    """On which days a trainer wants to be reminded of an item (see Watch), where it is not the usual ones."""

    __tablename__ = "ladder_choice"

    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    steps: Mapped[str] = mapped_column(String(60))


class MailPause(Base):
    """While its one row is there, no mail leaves but what somebody has just asked for, and none is planned."""

    __tablename__ = "mail_pause"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(40))


class CalendarToken(Base):
    """A link to an account's private calendar. The link itself is shown once; kept is what it folds to."""

    __tablename__ = "calendar_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
