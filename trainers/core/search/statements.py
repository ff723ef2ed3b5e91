"""The statements of a search, put together from places, names and conditions; each text is made once and kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import TextualSelect, column, text

from . import facets
from .conditions import conditions, rank, ranks
from .facets import GROUPS, Facet
from .places import Area, Spot
from .query import Query

SHUFFLE_PRIME = 2_147_483_647
"""Shuffle numbers lie between 0 and this prime: multiplied by a day's number, modulo it, they stay apart."""
SOME_SPOT, SOME_AREA = Spot("", "", "", 0, 0, ""), Area("", "")
SHOWN = """
listing.trainer_id listing.slug listing.name listing.traits listing.accepting_until listing.qualifying
listing.specialties listing.languages listing.shown place.town place.state taken.chord
""".split()


@dataclass(frozen=True)
class Source:
    """The texts of the tables `near(zip, chord)` and `found(trainer_id, quality)`, empty where not asked for."""

    near: str = ""
    found: str = ""

    def tables(self, more: Iterable[str] = ()) -> str:
        every = [*filter(None, (self.near, self.found)), *more]
        return f"WITH {', '.join(every)} " if every else ""

    def asks_place(self, query: Query) -> bool:
        return bool(self.near) and (query.centre or query.area) is not None

    def names_alone(self, query: Query, today: date) -> str:
        """FROM for a search by name without any choice, in the daily order: no listing is read. Else empty."""
        if not self.found or self.asks_place(query) or query.sort == "name" or conditions(query, today):
            return ""
        keys = "its_qualifying AS qualifying, its_shuffle AS shuffle"
        return f"FROM (SELECT trainer_id, quality, {keys} FROM found) AS found"

    def rows(self, query: Query, today: date) -> str:
        """FROM and WHERE: the rows of the listing table that the query takes.

        CROSS JOIN tells SQLite to begin with the first: the few places or names, never all listings.
        """
        tables, where = ["listing"], conditions(query, today)
        if self.found:
            tables.insert(0, "found")
            where.append("listing.trainer_id = found.trainer_id")
        if self.asks_place(query):
            tables.insert(2 if self.found else 0, "near")
            where.append("listing.zip = near.zip")
        return f"FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(where) or '1 = 1'}"


def shape(query: Query) -> Query:
    """The query without what is bound: place, name and page are only there or not."""
    some = SOME_SPOT if isinstance(query.place, Spot) else SOME_AREA
    return replace(query, name="x" if query.name else "", place=query.place and some, radius=0, page=1)


# Counts


@dataclass(frozen=True)
class Counted:
    """A statement that counts, and which of its columns belong to which facet: group -> (first column, facet)."""

    text: TextualSelect
    facets: dict[str, tuple[int, Facet]]
    without: dict[str, int]


@lru_cache(maxsize=1000)
def counts(query: Query, source: Source, today: date) -> Counted:
    """One row: the total, how many are current, how many in date; then each group's choices.

    What is chosen in a group is left out for its own choices, so that each such group is a count of its own.
    """
    asked = facets.asked(query)
    places: dict[str, tuple[int, Facet]] = {}
    totals: dict[str, int] = {}
    columns = ["COUNT(*)", *(f"COUNT(*) FILTER (WHERE {each})" for each in ranks(query, today))]
    for group in (each for each in GROUPS if each not in asked):
        counted = facets.facet(group, query, today)
        places[group] = len(columns), counted
        columns += counted.columns
    parts = [_row(columns, 0, source.rows(query, today))]
    width = len(columns)
    for group in asked:
        wider = facets.without(query, group)
        counted = facets.facet(group, wider, today)
        totals[group], places[group] = width, (width + 1, counted)
        parts.append(_row(["COUNT(*)", *counted.columns], width, source.rows(wider, today)))
        width += 1 + len(counted.columns)
    joined = " CROSS JOIN ".join(f"({part}) AS part_{at}" for at, part in enumerate(parts))
    names = [f"c{at}" for at in range(width)]
    return Counted(told(f"{source.tables()}SELECT {', '.join(names)} FROM {joined}", names), places, totals)


def told(written: str, names: Sequence[str]) -> TextualSelect:
    """The text with the names of its columns: what SQLAlchemy is told it need not find out anew each time."""
    return text(written).columns(*map(column, names))


def _row(columns: Sequence[str], start: int, rows: str) -> str:
    named = ", ".join(f"{counted} AS c{at}" for at, counted in enumerate(columns, start))
    return f"SELECT {named} {rows}"


@lru_cache(maxsize=200)
def total(query: Query, source: Source, today: date) -> TextualSelect:
    return told(f"{source.tables()}SELECT COUNT(*) {source.rows(query, today)}", ["n"])


@lru_cache(maxsize=200)
def by_zip(query: Query, source: Source, today: date) -> TextualSelect:
    """Town, state, point, how many, and the chord from the middle where there is one, for each ZIP."""
    chord = "MIN(near.chord)" if source.asks_place(query) else "NULL"
    rows = f"{source.rows(query, today)} GROUP BY listing.zip"
    counted = f"zips AS (SELECT listing.zip, {chord} AS chord, COUNT(*) AS n {rows})"
    names = ("town", "state", "lat", "lon", "n", "chord")
    return told(
        f"{source.tables([counted])}SELECT {', '.join(names)} "
        "FROM zips JOIN place ON place.zip = zips.zip ORDER BY zips.chord, place.zip",
        names,
    )


# Pages


@lru_cache(maxsize=1000)
def page(query: Query, source: Source, today: date, *, nearest_first: bool = False) -> TextualSelect:
    """Rows :skip to :skip + :take in their order, all of them sorted; `nearest_first`: whatever their rank."""
    chord = "near.chord" if source.asks_place(query) and query.centre else "NULL"
    order = "name_key" if query.sort == "name" else f"shuffle * {multiplier(today)} % {SHUFFLE_PRIME}"
    keys = [("quality", "found.quality" if source.found else "0"), ("rank", rank(query, today))]
    keys += [("chord", chord), ("tie", order)] if query.sort != "name" else [("tie", order), ("chord", chord)]
    if nearest_first:
        keys = [("chord", chord), *(key for key in keys if key[0] != "chord")]
    rows = source.names_alone(query, today) or source.rows(query, today)
    of = "found" if source.found else "listing"
    named = ", ".join(f"{key} AS {name}" for name, key in keys)
    sorted_by = ", ".join(name for name, _ in keys if not (name == "chord" and chord == "NULL"))
    taken = (
        f"taken AS (SELECT {of}.trainer_id, {named} {rows} "
        f"ORDER BY {sorted_by}, {of}.trainer_id LIMIT :take OFFSET :skip)"
    )
    return _shown(source.tables([taken]), sorted_by)


@lru_cache(maxsize=200)
def part_of_page(query: Query, part: int, today: date) -> TextualSelect:
    """Rows :skip to :skip + :take of all those of one rank, read in the order of an index.

    In the daily order the index is read from the day's number on, and then from the beginning: part 0 and 1 are
    the two stretches of the current ones, 2 and 3 of those whose check is old, 4 and 5 of the rest. By name each
    rank is one stretch: 0, 2, 4.
    """
    tie = "name_key" if query.sort == "name" else "shuffle"
    taken = (
        f"taken AS (SELECT trainer_id, NULL AS chord, {tie} AS tie FROM listing "
        f"WHERE {_of_part(query, part, today)} ORDER BY {tie}, trainer_id LIMIT :take OFFSET :skip)"
    )
    return _shown(f"WITH {taken} ", "tie")


@lru_cache(maxsize=200)
def length_of_part(query: Query, part: int, today: date) -> TextualSelect:
    """How many rows the part has, counted up to :most."""
    few = f"SELECT 1 FROM listing WHERE {_of_part(query, part, today)} LIMIT :most"
    return told(f"SELECT COUNT(*) FROM ({few}) AS few", ["n"])


def _of_part(query: Query, part: int, today: date) -> str:
    test = [*conditions(query, today), ranked(query, part // 2, today)]
    if query.sort != "name":
        test.append(f"shuffle {'<' if part % 2 else '>='} {daily_start(today)}")
    return " AND ".join(test)


def ranked(query: Query, number: int, today: date) -> str:
    current, in_date = ranks(query, today)
    return (current, f"(NOT {current} AND {in_date})", f"NOT {in_date}")[number]


def _shown(tables: str, sorted_by: str) -> TextualSelect:
    order = ", ".join(f"taken.{key}" for key in sorted_by.split(", "))
    written = (
        f"{tables}SELECT {', '.join(SHOWN)} FROM taken JOIN listing ON listing.trainer_id = taken.trainer_id "
        f"JOIN place ON place.zip = listing.zip ORDER BY {order}, taken.trainer_id"
    )
    return told(written, [name.split(".")[1] for name in SHOWN])


def multiplier(today: date) -> int:
    """Another order each day, the same all day long and on every page."""
    return 1 + _daily(today) % (SHUFFLE_PRIME - 1)


def daily_start(today: date) -> int:
    return _daily(today) % SHUFFLE_PRIME


def _daily(today: date) -> int:
    return int.from_bytes(sha256(today.isoformat().encode()).digest()[:4])
