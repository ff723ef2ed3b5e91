"""The public search: one page of trainers, or where to look instead.

The default shows holders of a current NASM or ACSM certification; a search by name or number shows everybody
who is listed. Current ones come first, then those whose last check is old; then the nearest; then an order that
changes every day.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Listing, TrainerLanguage
from . import matches
from .alternatives import Alternatives, alternatives
from .languages import LANGUAGES
from .matches import PAGE_SIZE, Query
from .result_rows import ResultRow, rows_of

__all__ = ["Query", "Results", "search", "spoken"]


@dataclass(frozen=True)
class Results:
    """`total` counts all pages; `alternatives` is there when nothing was found."""

    query: Query
    total: int
    pages: int
    rows: tuple[ResultRow, ...]
    alternatives: Alternatives | None

    @property
    def nothing_current(self) -> bool:
        """Whether trainers were found, all of them on this page, and no certification of any of them counts."""
        return 0 < self.total <= PAGE_SIZE and not any(row.in_date for row in self.rows)


def search(session: Session, query: Query, *, today: date) -> Results:
    """Raises NotFound for a page after the last."""
    found = matches.find(session, query, today=today)
    return Results(
        query=query,
        total=found.total,
        pages=found.pages,
        rows=tuple(rows_of(session, query, found.on_page, today=today)),
        alternatives=None if found.total else alternatives(session, query, today=today),
    )


def spoken(session: Session) -> list[str]:
    """The languages that listed trainers work in, in the order of the list."""
    query = select(TrainerLanguage.language).join(Listing, Listing.trainer_id == TrainerLanguage.trainer_id)
    found = set(session.scalars(query.distinct()))
    return [code for code in LANGUAGES if code in found]
