"""Which rows of the listing table a search takes, as text of SQL that both engines run.

Only whole numbers that were computed here stand in the text itself; whatever somebody typed is bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..models.listing import BY_ISSUER, HELD
from ..rules import load_specialties, rule_book
from .languages import BITS as LANGUAGE_BITS
from .listing_rows import IN_PERSON, ONLINE
from .packing import DAY_BITS, bit_set, day_number, in_date_from
from .query import Query

NOBODY = "1 = 0"
TRAITS = {"in_person": IN_PERSON, "online": ONLINE}
CHECK_DAY = (1 << DAY_BITS) - 1  # the bits below: until when our check is recent enough


@dataclass(frozen=True)
class Test:
    """How packed days are read on one day."""

    today: date
    shows_all: bool

    def counts(self, column: str) -> str:
        """Held and in date; where everybody is shown, held is enough."""
        return f"{column} >= {1 if self.shows_all else in_date_from(self.today)}"

    def in_date(self, column: str) -> str:
        return f"{column} >= {in_date_from(self.today)}"

    def current(self, column: str) -> str:
        return f"({column} & {CHECK_DAY}) >= {day_number(self.today)}"


def conditions(query: Query, today: date) -> list[str]:
    """To be joined by AND; place and name are not among them."""
    test = Test(today, query.shows_all)
    found = [] if query.shows_all else [test.in_date("qualifying")]
    if query.asks_types:
        found.append(either(test.counts(column) for column in columns_of(query)))
    if query.fms:
        found.append(either(test.counts(column_of(key)) for key in query.fms))
    if query.specialties:
        found.append(has_bit("specialties", specialty_bits(query.specialties)))
    if query.languages:
        found.append(has_bit("languages", (LANGUAGE_BITS[code] for code in query.languages)))
    if query.modes:
        found.append(f"(traits & {sum(TRAITS[mode] for mode in query.modes)}) <> 0")
    if query.accepting:
        found.append(accepts(today))
    return found


def rank(query: Query, today: date) -> str:
    """0 current, 1 in date but our check is old, 2 neither."""
    current, in_date = ranks(query, today)
    return f"CASE WHEN {current} THEN 0 WHEN {in_date} THEN 1 ELSE 2 END"


def ranks(query: Query, today: date) -> tuple[str, str]:
    """When a row counts as current, and when at least as in date.

    For a filter by credential the best of those that meet it decides; what put the trainer into the default
    search must be as good.
    """
    test = Test(today, query.shows_all)
    current, in_date = [], []
    if query.asks_types:
        columns = columns_of(query)
        current.append(either(map(test.current, columns)))
        in_date.append(either(map(test.in_date, columns)))
    if not (query.asks_types and query.shows_all):
        current.append(test.current("qualifying"))
        in_date.append(test.in_date("qualifying"))
    return f"({' AND '.join(current)})", f"({' AND '.join(in_date)})"


def columns_of(query: Query) -> list[str]:
    """The columns that hold what the filters by credential and by issuer leave together."""
    if query.issuers and not query.credentials:
        return [issuer_column(code) for code in query.issuers]
    return [
        column_of(rule.key)
        for rule in rule_book().rules
        if (not query.credentials or rule.key in query.credentials)
        and (not query.issuers or rule.issuer in query.issuers)
    ]


def issuer_column(code: str) -> str:
    return BY_ISSUER[rule_book().issuer(code).slot - 1]


def column_of(key: str) -> str:
    return HELD[rule_book().by_key(key).slot - 1]


def accepts(today: date) -> str:
    return f"accepting_until >= {day_number(today)}"


def either(parts: Iterable[str]) -> str:
    return f"({' OR '.join(parts) or NOBODY})"


def has_bit(column: str, bits: Iterable[int]) -> str:
    return f"({column} & {bit_set(bits)}) <> 0"


def specialty_bits(slugs: Iterable[str]) -> list[int]:
    bits = {each.slug: each.bit for each in load_specialties()}
    return [bits[slug] for slug in slugs]
