from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import Account
from .base import Base, UtcDateTime, one_of, together
from .place import Place

PORTRAIT_STATES = ("waiting", "shown", "declined", "erased")
TRAINER_STATES = ("draft", "listed", "paused", "withdrawn")
MEETING_MODES = ("in_person", "online", "both")


class Trainer(Base):
    """The listed person. `draft` until a claim has been sent in with consent to be listed.

    `headline` and `bio` are public. `waiting_headline` and `waiting_bio` are what was written since and waits for
    a reviewer, None where nothing does.
    """

    __tablename__ = "trainer"
    __table_args__ = (
        one_of("state", TRAINER_STATES),
        one_of("mode", MEETING_MODES),
        {"sqlite_autoincrement": True},  # an erased trainer's id stays open in the append-only tables: never again
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    zip: Mapped[str] = mapped_column(ForeignKey("place.zip"), index=True)
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    headline: Mapped[str] = mapped_column(String(120), default="")
    bio: Mapped[str] = mapped_column(Text, default="")
    waiting_headline: Mapped[str | None] = mapped_column(String(120))
    waiting_bio: Mapped[str | None] = mapped_column(Text)
    accepting: Mapped[bool] = mapped_column(Boolean, default=True)
    accepting_said_on: Mapped[date | None] = mapped_column(Date)
    is_sample: Mapped[bool] = mapped_column(Boolean, default=False)
    may_be_followed: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()
    place: Mapped[Place] = relationship()
    specialties: Mapped[list["TrainerSpecialty"]] = relationship(
        cascade="all, delete-orphan", order_by="TrainerSpecialty.specialty"
    )
    languages: Mapped[list["TrainerLanguage"]] = relationship(
        cascade="all, delete-orphan", order_by="TrainerLanguage.language"
    )

    @property
    def online(self) -> bool:
        return self.mode in ("online", "both")

    @property
    def in_person(self) -> bool:
        return self.mode in ("in_person", "both")


class TrainerSpecialty(Base):
    """Experience as the trainer tells it: a slug of content/data/specialties.toml."""

    __tablename__ = "trainer_specialty"

    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id", ondelete="CASCADE"), primary_key=True)
    specialty: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class TrainerLanguage(Base):
    """A language the trainer works in: an ISO 639-1 code."""

    __tablename__ = "trainer_language"

    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(3), primary_key=True, index=True)


class Slug(Base):
    """An address under /trainers/ that was ever given out. Never reused: no trainer means gone for good.

    The trainer's own address is the one with the newest `since`; older ones redirect to it.
    """

    __tablename__ = "slug"

    slug: Mapped[str] = mapped_column(String(140), primary_key=True)
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("trainer.id", ondelete="SET NULL"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class ShortLink(Base):
    """The code in /t/<code>, printed on cards and in QR codes. Never reused: no trainer means gone for good."""

    __tablename__ = "short_link"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("trainer.id", ondelete="SET NULL"), index=True)


class Portrait(Base):
    """A trainer's picture of themselves. Public once a reviewer has looked at it; erased ones stay as a trace."""

    __tablename__ = "portrait"
    __table_args__ = (
        one_of("state", PORTRAIT_STATES),
        together("decided_at", "decided_by", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(40))
