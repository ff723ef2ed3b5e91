from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, only_on, sorted_text

HELD = tuple(f"held_{slot:02}" for slot in range(1, 25))
BY_ISSUER = tuple(f"issuer_{slot}" for slot in range(1, 9))
SPECIALTY_TALLIES = tuple(f"specialties_{number:02}" for number in range(1, 11))
LANGUAGE_TALLIES = tuple(f"languages_{number:02}" for number in range(1, 16))
TALLIES = (*SPECIALTY_TALLIES, *LANGUAGE_TALLIES)
SEARCHED = ("qualifying", "specialties", "languages", "traits", "accepting_until", *BY_ISSUER, *HELD, *TALLIES)
"""What filters and counts read."""

_CHOICES = (
    Column("qualifying", Integer, nullable=False),
    *(Column(name, Integer, nullable=False) for name in (*BY_ISSUER, *HELD)),
    Column("specialties", Integer, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in SPECIALTY_TALLIES),
    Column("languages", BigInteger, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in LANGUAGE_TALLIES),
    Column("traits", SmallInteger, nullable=False),
    Column("accepting_until", SmallInteger, nullable=False),
)


class Listing(Base):
    """One row for each listed trainer: all that the search reads, made anew by core/search/listing.py.

    Days and choices are whole numbers (core/search/packing.py), so that thousands of rows are counted in one go:
    `held_<slot>` says until when the credential of a type counts, `issuer_<slot>` the best of an issuer's,
    `qualifying` the best of those that put the trainer into the default search. `specialties` and `languages` are
    sets of bits to filter by, the columns with numbers behind these names the same again, to add up. `shown` is
    what a result row shows, `shuffle` a fixed random number that orders what is equal, differently each day.
    """

    __table__ = Table(
        "listing",
        Base.metadata,
        Column("trainer_id", ForeignKey("trainer.id", ondelete="CASCADE"), primary_key=True),
        Column("slug", String(140), nullable=False),
        Column("zip", ForeignKey("place.zip"), nullable=False),
        Column("name", String(120), nullable=False),
        Column("name_key", sorted_text(140), nullable=False),
        *_CHOICES,
        Column("shuffle", BigInteger, nullable=False),
        Column("shown", JSON, nullable=False),
        # SQLite counts from these alone; PostgreSQL takes no index of so many columns.
        only_on("sqlite", Index("ix_listing_by_zip", "zip", *SEARCHED, "shuffle", "trainer_id")),
        only_on("sqlite", Index("ix_listing_by_shuffle", "shuffle", *SEARCHED, "trainer_id")),
        only_on("postgresql", Index("ix_listing_zip", "zip", "qualifying")),
        only_on("postgresql", Index("ix_listing_shuffle", "shuffle", "qualifying")),
        Index("ix_listing_name_key", "name_key", "qualifying", "trainer_id"),
    )

    trainer_id: Mapped[int]
    slug: Mapped[str]
    zip: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    qualifying: Mapped[int]
    traits: Mapped[int]
    accepting_until: Mapped[int]
    shuffle: Mapped[int]
    shown: Mapped[dict[str, object]]


class Word(Base):
    """A folded word of listed trainers' names, and how many of them have it."""

    __tablename__ = "word"

    word: Mapped[str] = mapped_column(sorted_text(120), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class WordDelete(Base):
    """A word with one letter left out, and the whole word itself: two words of one slip share such a rest."""

    __tablename__ = "word_delete"

    deleted: Mapped[str] = mapped_column(sorted_text(30), primary_key=True)
    word: Mapped[str] = mapped_column(ForeignKey("word.word", ondelete="CASCADE"), primary_key=True, index=True)


class NameWord(Base):
    """A word of a listed trainer's name; `qualifying` and `shuffle` as in the listing, so that those who are found
    by name alone are put in order without reading their listings; the key holds both, on either engine."""

    __tablename__ = "name_word"
    __table_args__ = (
        PrimaryKeyConstraint("word", "trainer_id", postgresql_include=["qualifying", "shuffle"]),
        Index("ix_name_word_trainer_id", "trainer_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(sorted_text(120))
    trainer_id: Mapped[int] = mapped_column(ForeignKey("listing.trainer_id", ondelete="CASCADE"))
    qualifying: Mapped[int]
    shuffle: Mapped[int] = mapped_column(BigInteger)
