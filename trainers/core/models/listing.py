from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, sorted_text


class Listing(Base):
    """One row for each listed trainer: what the search reads, made anew by core/search/listing.py.

    `current_until`: the last day on which a NASM or ACSM certification counts as current if nobody looks again;
    `in_date_until`: the same, leaving the age of our check aside. A date far ahead stands for no end.
    `shuffle` is a fixed random number: multiplied by the day's number it breaks ties differently each day.
    """

    __tablename__ = "listing"
    __table_args__ = (Index("ix_listing_in_date_until", "in_date_until"),)

    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(140))
    zip: Mapped[str] = mapped_column(ForeignKey("place.zip"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(sorted_text(140), index=True)
    headline: Mapped[str] = mapped_column(String(120))
    in_person: Mapped[bool] = mapped_column(Boolean)
    online: Mapped[bool] = mapped_column(Boolean)
    accepting: Mapped[bool] = mapped_column(Boolean)
    current_until: Mapped[date | None] = mapped_column(Date)
    in_date_until: Mapped[date | None] = mapped_column(Date)
    shuffle: Mapped[int] = mapped_column(Integer)


class ListingCredential(Base):
    """Until when one credential of a listed trainer counts, as in Listing."""

    __tablename__ = "listing_credential"
    __table_args__ = (Index("ix_listing_credential_type_id_in_date_until", "type_id", "in_date_until"),)

    trainer_id: Mapped[int] = mapped_column(ForeignKey("listing.trainer_id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("credential_type.id"), primary_key=True)
    current_until: Mapped[date | None] = mapped_column(Date)
    in_date_until: Mapped[date | None] = mapped_column(Date)


class NameWord(Base):
    """A folded word of a listed trainer's name, for search by name."""

    __tablename__ = "name_word"

    word: Mapped[str] = mapped_column(sorted_text(120), primary_key=True)
    trainer_id: Mapped[int] = mapped_column(
        ForeignKey("listing.trainer_id", ondelete="CASCADE"), primary_key=True, index=True
    )
