"""Which listed trainers answer a search, in which order, and how many each other choice would leave."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from json import loads
from typing import Any, NamedTuple

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from ..errors import NotFound
from . import sought_names, statements, whereabouts
from .distance import miles_of_chord
from .facets import Counts
from .kept_counts import KeptCounts
from .query import PAGE_SIZE, Query
from .sought_names import Sought
from .statements import Source, shape

MOST_ROWS = 1_000
"""So many of the results can be paged through; who wants others asks for something narrower."""

Binds = dict[str, Any]


class Match(NamedTuple):
    """One row of a page. `chord` is the squared one from the place that was asked for, if one was."""

    trainer_id: int
    slug: str
    name: str
    traits: int
    accepting_until: int
    qualifying: int
    specialties: int
    languages: int
    shown: dict[str, Any]
    town: str
    state: str
    chord: float | None

    @property
    def miles(self) -> float | None:
        return None if self.chord is None else miles_of_chord(self.chord)


SHOWN = Match._fields.index("shown")


@dataclass(frozen=True)
class Totals:
    """`current` and `in_date` are parts of all. `without`: how many there are without the choices of one group."""

    all: int = 0
    current: int = 0
    in_date: int = 0
    facets: Counts = field(default_factory=dict)
    without: Mapping[str, int] = field(default_factory=dict)


Kept = KeptCounts[Totals]


@dataclass(frozen=True)
class Matches:
    """One page of them; `total` counts all pages."""

    totals: Totals
    page: int
    on_page: tuple[Match, ...]

    @property
    def total(self) -> int:
        return self.totals.all

    @property
    def pages(self) -> int:
        """Those that can be turned to."""
        return max(1, -(-min(self.total, MOST_ROWS) // PAGE_SIZE))


class PlaceCount(NamedTuple):
    """How many trainers match at one ZIP. Military ones have no point; `chord` as in Match."""

    town: str
    state: str
    lat: float | None
    lon: float | None
    trainers: int
    chord: float | None = None


@dataclass(frozen=True)
class Asked:
    """A query with what its name turned out to be, ready to be put into statements."""

    query: Query
    shape: Query
    source: Source
    binds: Binds
    today: date
    sought: Sought | None

    @property
    def is_everywhere(self) -> bool:
        """Whether neither place nor name narrows it down."""
        return not self.source.found and not self.source.asks_place(self.query)

    @property
    def is_hopeless(self) -> bool:
        return self.sought is not None and self.sought.is_hopeless


def ask(session: Session, query: Query, *, today: date, sought: Sought | None = None) -> Asked:
    """`sought` spares a second look at the vocabulary for another search by the same name."""
    if sought is None:
        sought = sought_names.look_up(session, query)
    near, binds = whereabouts.near(replace(query, modes=()))  # counts for the modes ask for the place in any case
    found, names = sought_names.found(sought) if sought is not None and not sought.is_hopeless else ("", {})
    return Asked(query, shape(query), Source(near, found), binds | names, today, sought)


def find(session: Session, asked: Asked, kept: Kept | None = None, *, take: int = PAGE_SIZE) -> Matches:
    """Raises NotFound for a page after the last. `take` is for who wants more than a page at once, of page 1."""
    totals = count(session, asked, kept)
    page = asked.query.page
    found = Matches(totals, page, ())
    if page > 1 and page > found.pages:
        raise NotFound(no_page(asked.query, totals.all))
    skip = (page - 1) * PAGE_SIZE
    return replace(found, on_page=tuple(rows(session, asked, totals, skip, take)) if totals.all else ())


def no_page(query: Query, total: int) -> str:
    if query.page * PAGE_SIZE > MOST_ROWS and total > MOST_ROWS:
        return f"Results end after the first {MOST_ROWS:,}. Add a place or a choice to see others."
    return f"There is no page {query.page:,} of these results."


def count(session: Session, asked: Asked, kept: Kept | None = None) -> Totals:
    """Over all listings they may be as old as `kept` allows; else they are exact."""
    if asked.is_hopeless:
        return Totals()
    if kept is None or not asked.is_everywhere:
        return _count(session, asked)
    return kept.get(_key(session, asked), lambda: _count(session, asked))


def count_all(session: Session, asked: Asked, kept: Kept | None = None) -> int:
    """How many match, and nothing else counted."""

    def total() -> Totals:
        statement = statements.total(asked.shape, asked.source, asked.today)
        return Totals(session.scalar(statement, asked.binds) or 0)

    if asked.is_hopeless:
        return 0
    return (
        total() if kept is None or not asked.is_everywhere else kept.get(("all", *_key(session, asked)), total)
    ).all


def rows(session: Session, asked: Asked, totals: Totals, skip: int, take: int) -> Sequence[Match]:
    """Up to `take` of them after the first `skip`."""
    if asked.is_everywhere and totals.all > MOST_ROWS:
        return _by_index(session, asked, totals, skip, take)
    statement = statements.page(asked.shape, asked.source, asked.today)
    return _matches(session, statement, asked.binds, skip, take)


def by_zip(session: Session, asked: Asked) -> list[PlaceCount]:
    """How many match at each ZIP, nearest first where there is a middle to be near."""
    if asked.is_hopeless:
        return []
    statement = statements.by_zip(asked.shape, asked.source, asked.today)
    return [PlaceCount(*row) for row in session.execute(statement, asked.binds)]


def nearest(session: Session, asked: Asked, take: int) -> list[Match]:
    """The nearest of all who match, be our check of them old or not. For a query with a centre."""
    statement = statements.page(asked.shape, asked.source, asked.today, nearest_first=True)
    return _matches(session, statement, asked.binds, 0, take)


def _key(session: Session, asked: Asked) -> tuple[Hashable, ...]:
    place = tuple(sorted(asked.binds.items()))
    return str(session.get_bind().engine.url), asked.shape, asked.source, place, asked.today


def _count(session: Session, asked: Asked) -> Totals:
    counted = statements.counts(asked.shape, asked.source, asked.today)
    row = session.execute(counted.text, asked.binds).one()
    read = {
        group: facet.read(row[first : first + len(facet.columns)])
        for group, (first, facet) in counted.facets.items()
    }
    if asked.query.modes == ("online",):  # then no place is asked for
        read["modes"]["online"] = row[0]
    without = {group: row[at] for group, at in counted.without.items()}
    return Totals(row[0], row[1], row[2], read, without)


def _by_index(session: Session, asked: Asked, totals: Totals, skip: int, take: int) -> list[Match]:
    """Rank by rank and stretch by stretch, as `statements.part_of_page` cuts them."""
    found: list[Match] = []
    sizes = (totals.current, totals.in_date - totals.current, totals.all - totals.in_date)
    stretches = (0,) if asked.query.sort == "name" else (0, 1)
    for rank, size in enumerate(sizes):
        if skip >= size:
            skip -= size
            continue
        for stretch in stretches:
            part = 2 * rank + stretch
            statement = statements.part_of_page(asked.shape, part, asked.today)
            some = _matches(session, statement, {}, skip, take - len(found))
            found += some
            if len(found) == take:
                return found
            skip -= skip if some or not skip else _length(session, asked, part, skip)
    return found


def _length(session: Session, asked: Asked, part: int, most: int) -> int:
    statement = statements.length_of_part(asked.shape, part, asked.today)
    return session.scalar(statement, {"most": most}) or 0


def _matches(session: Session, statement: TextualSelect, binds: Binds, skip: int, take: int) -> list[Match]:
    rows = session.execute(statement, binds | {"skip": skip, "take": take}).all()
    shown = _parsed([row[SHOWN] for row in rows])
    return [Match._make((*row[:SHOWN], each, *row[SHOWN + 1 :])) for row, each in zip(rows, shown, strict=True)]


def _parsed(shown: list[Any]) -> list[Any]:
    """Text of SQL has no types: SQLite hands JSON over as it is written, psycopg as it is meant."""
    return loads(f"[{','.join(shown)}]") if shown and isinstance(shown[0], str) else shown
