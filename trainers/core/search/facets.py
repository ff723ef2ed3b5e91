"""How many trainers each choice of a filter would leave: what to count, and what the counts mean.

A count leaves out its own group: it says what there would be with this choice alone, beside the other groups.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..models.listing import LANGUAGE_TALLIES, SPECIALTY_TALLIES
from ..rules import load_specialties, rule_book
from .conditions import TRAITS, Test, accepts, column_of, columns_of, either
from .languages import BITS as LANGUAGE_BITS
from .packing import LANES, added_up
from .query import Query

GROUPS = ("credentials", "issuers", "fms", "specialties", "modes", "languages", "accepting")
"""The fields of a query that are filters."""

Counts = Mapping[str, Mapping[str, int]]
"""Group -> choice -> how many; the choice is what stands in the query, "y" for `accepting`."""
Columns = list[str]
Reader = Callable[[Sequence[Any]], dict[str, int]]


@dataclass(frozen=True)
class Facet:
    """The columns of a statement that count a group, and how to read their values."""

    columns: Columns
    read: Reader


def asked(query: Query) -> list[str]:
    """The groups in which something is chosen."""
    return [group for group in GROUPS if getattr(query, group)]


def without(query: Query, group: str) -> Query:
    return replace(query, **{group: getattr(Query(), group)})


def facet(group: str, query: Query, today: date) -> Facet:
    """For a query in which nothing of the group is chosen."""
    test = Test(today, query.shows_all)
    if group == "specialties":
        return _tallied(SPECIALTY_TALLIES, {each.slug: each.bit for each in load_specialties()})
    if group == "languages":
        return _tallied(LANGUAGE_TALLIES, LANGUAGE_BITS)
    if group == "credentials":
        left = [rule.key for rule in rule_book().rules if not query.issuers or rule.issuer in query.issuers]
        return _filtered({key: test.counts(column_of(key)) if key in left else "" for key in _keys()})
    if group == "issuers":
        columns = {each.code: columns_of(replace(query, issuers=(each.code,))) for each in rule_book().issuers}
        return _filtered({code: either(map(test.counts, each)) if each else "" for code, each in columns.items()})
    if group == "fms":
        return _filtered({key: test.counts(column_of(key)) for key in _keys() if key.startswith("FMS/")})
    if group == "modes":
        return _filtered({mode: f"(traits & {bit}) <> 0" for mode, bit in TRAITS.items()})
    return _filtered({"y": accepts(today)})


def _keys() -> list[str]:
    return [rule.key for rule in rule_book().rules]


def _tallied(columns: Sequence[str], bits: Mapping[str, int]) -> Facet:
    def read(values: Sequence[Any]) -> dict[str, int]:
        counted = added_up([int(value or 0) for value in values])
        return {choice: counted[bit - 1] for choice, bit in bits.items()}

    needed = -(-max(bits.values()) // LANES)
    return Facet([f"SUM({column})" for column in columns[:needed]], read)


def _filtered(conditions: Mapping[str, str]) -> Facet:
    """A choice without a condition is one that nobody can meet."""
    met = {choice: condition for choice, condition in conditions.items() if condition}

    def read(values: Sequence[Any]) -> dict[str, int]:
        counted = dict(zip(met, values, strict=True))
        return {choice: counted.get(choice, 0) for choice in conditions}

    return Facet([f"COUNT(*) FILTER (WHERE {condition})" for condition in met.values()], read)
