from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, UtcDateTime, one_of, together

UNITS = ("nasm_ceu", "acsm_cec", "ace_cec", "afaa_ceu", "cme", "college_credit")
CATEGORIES = ("course", "cpr", "college", "committee", "teaching", "writing", "reading", "other")
APPROVALS = ("nasm", "acsm", "both", "neither", "unknown")
DATED_KINDS = ("cpr_aed", "first_aid", "insurance")
PAPER_STATES = ("attached", "erased")


class EducationRecord(Base):
    """Something a trainer did for continuing education, in the trainer's own log; private.

    `minutes` is its length, `units` the printed number in thousandths of `unit`. A photo can be kept now and the
    rest filled in later: then title, day and length are still missing, and it counts for nothing. `approved_by`
    says for which issuer the provider is approved, as far as the trainer knows. `batch` is the uuid of the import
    that made it.
    """

    __tablename__ = "education_record"
    __table_args__ = (
        one_of("unit", UNITS),
        one_of("category", CATEGORIES),
        one_of("approved_by", APPROVALS),
        together("units", "unit", name="units_have_a_unit"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes"),
        CheckConstraint("units IS NULL OR units > 0", name="units"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    provider: Mapped[str] = mapped_column(String(120), default="")
    course_number: Mapped[str] = mapped_column(String(60), default="")
    completed_on: Mapped[date | None] = mapped_column(Date)
    minutes: Mapped[int | None] = mapped_column(Integer)
    units: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20), default="course")
    approved_by: Mapped[str] = mapped_column(String(10), default="unknown")
    batch: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    papers: Mapped[list["Paper"]] = relationship(order_by="Paper.id", back_populates="record")


class DatedItem(Base):
    """A card or policy that ends on a day: CPR/AED, first aid, insurance; private.

    Of several of a kind the one that ends last counts.
    """

    __tablename__ = "dated_item"
    __table_args__ = (one_of("kind", DATED_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(120), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    papers: Mapped[list["Paper"]] = relationship(order_by="Paper.id", back_populates="item")


class Paper(Base):
    """A private file that belongs to a record of education or to a dated item; an erased one stays as a trace."""

    __tablename__ = "paper"
    __table_args__ = (one_of("state", PAPER_STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(
        ForeignKey("education_record.id", ondelete="SET NULL"), index=True
    )
    item_id: Mapped[int | None] = mapped_column(ForeignKey("dated_item.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(200), unique=True)
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    record: Mapped[EducationRecord | None] = relationship(back_populates="papers")
    item: Mapped[DatedItem | None] = relationship(back_populates="papers")
