"""Who wants to be told of a trainer's certifications."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime
from .mail import Recipient
from .trainer import Trainer


class Follow(Base):
    """An address that is told of one trainer's end dates, once its owner has pressed the button in our mail.

    `told`: by the uuid of a certification its end date and how far its story was told, see core/mail/news.
    """

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("recipient_id", "trainer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"), index=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)

    recipient: Mapped[Recipient] = relationship()
    trainer: Mapped[Trainer] = relationship()

    @property
    def item(self) -> str:
        """By which a stop names it."""
        return f"follow:{self.id}"
