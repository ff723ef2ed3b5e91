"""Which listings search engines are told of: those with a main certification in date, in parts."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Listing
from .packing import in_date_from

PART = 50_000
"""So many addresses a sitemap may have (sitemaps.org). A part is a range of ids, so it never holds more."""


def parts(session: Session, *, today: date, size: int = PART) -> Iterator[int]:
    """The numbers of the parts that hold a listing, from 1 on."""
    last = 0
    while (first := _first_after(session, last * size, today)) is not None:
        last = (first - 1) // size + 1
        yield last


def slugs(session: Session, part: int, *, today: date, size: int = PART) -> list[str]:
    """The addresses of one part, in the order in which they were made."""
    ours = (Listing.trainer_id > (part - 1) * size) & (Listing.trainer_id <= part * size)
    query = select(Listing.slug).where(ours, Listing.qualifying >= in_date_from(today))
    return list(session.scalars(query.order_by(Listing.trainer_id)))


def _first_after(session: Session, trainer_id: int, today: date) -> int | None:
    later = (Listing.trainer_id > trainer_id) & (Listing.qualifying >= in_date_from(today))
    return session.scalar(select(func.min(Listing.trainer_id)).where(later))
