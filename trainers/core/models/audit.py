from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import APPEND_ONLY, Base, UtcDateTime


class AuditEvent(Base):
    """What was done, by whom, to what; append-only, text without foreign keys so that it outlives its subject.

    `subject` is what was acted on ("credential:12"), `about` the trainer it concerns ("trainer:7").
    """

    __tablename__ = "audit_event"
    __table_args__ = APPEND_ONLY

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(60), index=True)
    detail: Mapped[str] = mapped_column(Text, default="")


class Erasure(Base):
    """Names a trainer whose rows may leave the append-only tables. No foreign key: the trainer goes too."""

    __tablename__ = "erasure"

    trainer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
