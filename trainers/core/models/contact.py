from datetime import datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime
from .trainer import Trainer


class ContactMessage(Base):
    """A visitor's message, held until the sender has followed a link and pressed a button.

    `key` is the unguessable part of that link. The body is erased when the mail to the trainer is handed over.
    """

    __tablename__ = "contact_message"
    __table_args__ = (CheckConstraint("delivered_at IS NULL OR body IS NULL", name="erased"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    sender_name: Mapped[str] = mapped_column(String(80))
    sender_email: Mapped[str] = mapped_column(String(254))
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    trainer: Mapped[Trainer] = relationship()
