"""The public search: one page of trainers with the counts of all choices, or where to look instead.

The default shows holders of a current NASM or ACSM certification; a search by name or number shows everybody
who is listed. Of a name what is spelled so comes first, then what begins so, then what is a slip away; current
ones come before those whose last check is old; then the nearest; then an order that changes every day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from . import alternatives, matches, result_rows
from .alternatives import Alternatives
from .facets import Counts
from .languages import LANGUAGES
from .matches import MOST_ROWS, Kept
from .query import PAGE_SIZE, Query
from .result_rows import ResultRow

__all__ = ["Query", "Results", "count_online", "search"]


@dataclass(frozen=True)
class Results:
    """`total` counts all pages; `alternatives` is there when nothing was found, `nearby` shows whom they offer.

    `facets`: for each filter how many trainers each of its choices would leave. `corrected`: for a typed word that
    is in no name, the word that is meant perhaps.
    """

    query: Query
    total: int
    pages: int
    rows: tuple[ResultRow, ...]
    facets: Counts
    corrected: Mapping[str, str]
    alternatives: Alternatives | None
    nearby: tuple[ResultRow, ...]

    @property
    def nothing_current(self) -> bool:
        """Whether trainers were found, all of them on this page, and no certification of any of them counts."""
        return 0 < self.total <= PAGE_SIZE and not any(row.in_date for row in self.rows)

    @property
    def is_cut(self) -> bool:
        """Whether there are more than can be paged through."""
        return self.total > MOST_ROWS

    @property
    def spoken(self) -> list[str]:
        """The languages that somebody who would match works in, and those asked for; in the forms' order."""
        counts = self.facets.get("languages", {})
        return [code for code in LANGUAGES if counts.get(code) or code in self.query.languages]


def search(
    session: Session, query: Query, *, today: date, kept: Kept | None = None, take: int = PAGE_SIZE
) -> Results:
    """Raises NotFound for a page after the last. `kept`: counts over all listings that may be used again.

    `take` is for who wants more than a page at once.
    """
    asked = matches.ask(session, query, today=today)
    found = matches.find(session, asked, kept, take=take)
    numbers = asked.sought.numbers if asked.sought else {}
    other = None if found.total else alternatives.alternatives(session, asked, found.totals, kept)
    return Results(
        query=query,
        total=found.total,
        pages=found.pages,
        rows=tuple(result_rows.rows_of(query, found.on_page, numbers=numbers, today=today)),
        facets=found.totals.facets,
        corrected=asked.sought.corrected if asked.sought else {},
        alternatives=other,
        nearby=tuple(result_rows.rows_of(query, other.matches, numbers=numbers, today=today)) if other else (),
    )


def count_online(session: Session, query: Query, *, today: date, kept: Kept | None = None) -> int:
    """How many match online, wherever they are."""
    return alternatives.count_online(session, matches.ask(session, query, today=today), kept)
