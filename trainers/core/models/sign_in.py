from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, UtcDateTime


class SignInCount(Base):
    """Wrong tries to sign in, of one account or from one network; `key` is a keyed hash that names neither."""

    __tablename__ = "sign_in_count"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int] = mapped_column(Integer)
    newest_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
