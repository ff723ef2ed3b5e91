"""What one page of results shows of its trainers, made from their listing rows alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ..dates import long_date
from ..rules import Rule, load_specialties, rule_book
from ..standing.status import Status
from ..standing.status_words import word_of
from . import packing
from .languages import BITS, LANGUAGES
from .listing_rows import IN_PERSON, ONLINE
from .matches import Match
from .query import Query

KEPT = 10_000


@dataclass(frozen=True)
class HeldCredential:
    """`looked_on` is the day of the check that the status rests on, None before there is one.

    `expires_on` is the end that counts, None where there is none or nothing is confirmed.
    """

    key: str
    title: str
    status: Status
    word: str
    expires_on: date | None
    looked_on: date | None


class Said(NamedTuple):
    """What the trainer says about her or himself, and that part of it which the search asked for; with commas."""

    all: str
    asked: str


class ResultRow(NamedTuple):
    """One trainer among the results.

    `held` are the credentials that are a reason to be here, `others` counts the rest. `in_date`: a certification
    counts, be our check old or not. `accepting`: takes new clients, None when that was said too long ago to tell.
    `has_number`: the certificate number that was typed is on this listing. `experience` and `languages` are what
    the trainer says, `fits` is what of that was asked for; with commas, empty where there is none.
    """

    slug: str
    name: str
    headline: str
    town: str
    miles: float | None
    in_person: bool
    online: bool
    accepting: bool | None
    in_date: bool
    held: tuple[HeldCredential, ...]
    others: int
    has_number: bool
    experience: str
    languages: str
    fits: str


def rows_of(
    query: Query, matches: Sequence[Match], *, numbers: Mapping[int, frozenset[str]], today: date
) -> list[ResultRow]:
    """In the order of the matches. `numbers`: who holds a certificate of the typed number, and of which types."""
    maker = _Maker(query, numbers, packing.day_number(today))
    return [maker.row(match) for match in matches]


@dataclass(frozen=True)
class _Maker:
    query: Query
    numbers: Mapping[int, frozenset[str]]
    day: int

    def row(self, match: Match) -> ResultRow:
        numbered = self.numbers.get(match.trainer_id, frozenset())
        held = [(slot, stages) for slot, *stages in match.shown["held"]]
        shown = [each for each in held if self._is_reason(_rule_of(each[0]), numbered)] or held
        experience = _experience(match.specialties, self.query.specialties)
        languages = _languages(match.languages, self.query.languages)
        return ResultRow(
            slug=match.slug,
            name=match.name,
            headline=match.shown["headline"],
            town=f"{match.town}, {match.state}",
            miles=match.miles,
            in_person=bool(match.traits & IN_PERSON),
            online=bool(match.traits & ONLINE),
            accepting=self._accepting(match.accepting_until),
            in_date=match.qualifying >= self.day << packing.DAY_BITS,
            held=tuple(self._held(slot, stages) for slot, stages in shown),
            others=len(held) - len(shown),
            has_number=bool(numbered),
            experience=experience.all,
            languages=languages.all,
            fits=", ".join(filter(None, (experience.asked, languages.asked))),
        )

    def _accepting(self, until: int) -> bool | None:
        if not until:
            return False
        return True if until >= self.day else None

    def _held(self, slot: int, stages: list[list[Any]]) -> HeldCredential:
        _, *stage = next((each for each in reversed(stages) if each[0] <= self.day), stages[0])
        return _held_credential(slot, *stage)

    def _is_reason(self, rule: Rule, numbered: frozenset[str]) -> bool:
        """Whether a filter or the default search asks for such a credential."""
        return rule.qualifies or rule.key in self.query.fms or rule.key in numbered or self._meets_filter(rule)

    def _meets_filter(self, rule: Rule) -> bool:
        query = self.query
        by_type = not query.credentials or rule.key in query.credentials
        by_issuer = not query.issuers or rule.issuer in query.issuers
        return query.asks_types and by_type and by_issuer


@lru_cache(maxsize=KEPT)
def _held_credential(slot: int, status: str, ends: int, looked: int) -> HeldCredential:
    rule = _rule_of(slot)
    facts = {"end": long_date(packing.day_of(ends))} if ends else {}
    return HeldCredential(
        rule.key,
        rule.full_name,
        Status(status),
        word_of(Status(status), facts),
        packing.day_of(ends) if ends else None,
        packing.day_of(looked) if looked else None,
    )


@lru_cache(maxsize=KEPT)
def _experience(bits: int, asked: tuple[str, ...]) -> Said:
    return _said([(each.name, each.slug in asked) for each in load_specialties() if bits >> (each.bit - 1) & 1])


@lru_cache(maxsize=KEPT)
def _languages(bits: int, asked: tuple[str, ...]) -> Said:
    by_name = sorted(LANGUAGES.items(), key=lambda pair: pair[1])
    return _said([(name, code in asked) for code, name in by_name if bits >> (BITS[code] - 1) & 1])


def _said(told: list[tuple[str, bool]]) -> Said:
    return Said(", ".join(text for text, _ in told), ", ".join(text for text, is_asked in told if is_asked))


@lru_cache(maxsize=1)
def _rules_by_slot() -> dict[int, Rule]:
    return {rule.slot: rule for rule in rule_book().rules}


def _rule_of(slot: int) -> Rule:
    return _rules_by_slot()[slot]
