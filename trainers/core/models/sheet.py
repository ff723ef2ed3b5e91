from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import (
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

from .base import Base, UtcDateTime, one_of, together

if TYPE_CHECKING:
    from .trainer import Trainer

SIDES = ("left", "right", "both")
ENDED_BY = ("runner", "trainer")


class KeptSheet(Base):
    """A movement sheet that is kept in somebody's account; health data. Of a day there is one.

    `by_trainer_id` is who began it, where the runner did not. `version` counts the savings, so that of two who
    fill in the same sheet none overwrites the other unawares; `saved_from` names the open page that saved last.
    """

    __tablename__ = "sheet"
    __table_args__ = (UniqueConstraint("owner_id", "screened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_trainer_id: Mapped[int | None] = mapped_column(ForeignKey("trainer.id", ondelete="SET NULL"), index=True)
    screened_on: Mapped[date] = mapped_column(Date)
    label: Mapped[str] = mapped_column(String(60), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    saved_from: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    by_trainer: Mapped["Trainer | None"] = relationship()
    scores: Mapped[list["Score"]] = relationship(cascade="all, delete-orphan", order_by="Score.screen")
    clearings: Mapped[list["ClearingSeen"]] = relationship(
        cascade="all, delete-orphan", order_by="ClearingSeen.test"
    )


class Score(Base):
    """One screen's points on one side; `screen` is a slug of content/data/screens.toml."""

    __tablename__ = "score"
    __table_args__ = (one_of("side", SIDES), CheckConstraint("points BETWEEN 0 AND 3", name="points"))

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"), primary_key=True)
    screen: Mapped[str] = mapped_column(String(40), primary_key=True)
    side: Mapped[str] = mapped_column(String(5), primary_key=True)
    points: Mapped[int] = mapped_column(Integer)


class ClearingSeen(Base):
    """Whether a clearing test hurt; `test` is a slug of content/data/screens.toml."""

    __tablename__ = "clearing"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id", ondelete="CASCADE"), primary_key=True)
    test: Mapped[str] = mapped_column(String(40), primary_key=True)
    hurt: Mapped[bool] = mapped_column(Boolean)


class Share(Base):
    """A runner lets a trainer see and fill in her or his sheets, until one of them ends it.

    `runner_name` is what the trainer is told: an account has an address and no name.
    """

    __tablename__ = "share"
    __table_args__ = (
        one_of("withdrawn_by", ENDED_BY),
        together("withdrawn_at", "withdrawn_by", name="withdrawn"),
        Index(
            "uq_share_owner_id_trainer_id",
            "owner_id",
            "trainer_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    runner_name: Mapped[str] = mapped_column(String(60))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(10))

    trainer: Mapped["Trainer"] = relationship()


class SheetConsent(Base):
    """An account's agreement that its sheets, health data, are kept. Goes when all of them are erased."""

    __tablename__ = "sheet_consent"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
