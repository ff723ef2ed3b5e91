"""What the checks of one credential have established, whatever the day. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from .comparing import Outcome

STRENGTH = {"document_seen": 1, "badge_page": 2, "issuer_roster": 3, "issuer_lookup": 4}
"""Ways to look at a source, by how much they prove."""

_NEGATIVE = (Outcome.NO_MATCH, Outcome.MISMATCH, Outcome.INACTIVE)


class Term(Protocol):
    """One claimed period. The table's row fits, and so does anything else with these."""

    @property
    def id(self) -> int: ...
    @property
    def issued_on(self) -> date | None: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def source(self) -> str: ...
    @property
    def corrects_id(self) -> int | None: ...
    @property
    def recorded_at(self) -> datetime: ...


class Check(Protocol):
    """One dated look at a source."""

    @property
    def id(self) -> int: ...
    @property
    def term_id(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def looked_on(self) -> date: ...
    @property
    def shown_expires_on(self) -> date | None: ...
    @property
    def shown_status(self) -> str | None: ...
    @property
    def name_result(self) -> str | None: ...
    @property
    def number_result(self) -> str | None: ...
    @property
    def expiry_result(self) -> str | None: ...
    @property
    def supersedes_id(self) -> int | None: ...


T = TypeVar("T", bound=Term)
C = TypeVar("C", bound=Check)


@dataclass(frozen=True)
class Confirmation(Generic[T, C]):
    """A term with the newest check that found it at the source."""

    term: T
    check: C

    @property
    def ends_on(self) -> date | None:
        """The end that the source showed; where it showed none, the claimed one."""
        return self.check.shown_expires_on or self.term.expires_on

    @property
    def end_is_claimed(self) -> bool:
        """Whether the end is the holder's word alone."""
        shown = self.check.shown_expires_on is not None or self.term.source == "source"
        return self.ends_on is not None and not shown


@dataclass(frozen=True)
class Record(Generic[T, C]):
    """`refusal` is the negative that stands, if any; then nothing is confirmed.

    `claim`: the holder's newest claim, if it is later than all that counted checks have answered.
    `failure`: the newest look of all, if the source was not available.
    `misses`: the first misses since the last confirmation, oldest first.
    `to_overturn`: the strength that a confirmation needs to count against the refusal; 0 without one.
    """

    refusal: C | None
    confirmations: tuple[Confirmation[T, C], ...]
    claim: T | None
    failure: C | None
    misses: tuple[C, ...]
    to_overturn: int


def read(terms: Iterable[T], checks: Iterable[C]) -> Record[T, C]:
    """Read a credential's terms and checks, in any order. The newest answer decides.

    - A superseded check does not count.
    - A first miss (second_look) and an unavailable source answer nothing.
    - A negative counts once another person had missed it too, since the last confirmation.
    - A confirmation by a weaker method never overturns a negative by a stronger one.
    - A correction takes the place of the term it corrects when it is confirmed, and changes nothing before.
    """
    known = {term.id: term for term in terms}
    in_force = _in_force(checks)
    answers = _answers(in_force)
    confirming = answers.confirming
    replaced = _replaced(known, confirming)
    newest = in_force[-1] if in_force else None
    return Record(
        refusal=answers.refusal,
        confirmations=tuple(
            Confirmation(known[term_id], check) for term_id, check in confirming.items() if term_id not in replaced
        ),
        claim=_claim(known, answers.answered),
        failure=newest if newest and newest.outcome == Outcome.UNAVAILABLE else None,
        misses=tuple(answers.misses),
        to_overturn=answers.to_overturn,
    )


def first_told(terms: Iterable[T], term: T) -> T:
    """What a claim began as: the first of the terms that it corrects, or itself."""
    known = {each.id: each for each in terms}
    while term.corrects_id is not None and term.corrects_id in known:
        term = known[term.corrects_id]
    return term


def is_renewal(terms: Iterable[T], checks: Iterable[C], claim: T) -> bool:
    """Whether a claim tells of a term after one that was confirmed: a renewal, however often it was corrected."""
    known = list(terms)
    first = first_told(known, claim)
    confirmed = {each.term.id for each in read(known, checks).confirmations}
    later = {each.id for each in known if first_told(known, each).id == first.id}
    return any(id < first.id for id in confirmed) and not confirmed & later


def _in_force(checks: Iterable[C]) -> list[C]:
    found = list(checks)
    superseded = {check.supersedes_id for check in found}
    kept = (check for check in found if check.id not in superseded)
    return sorted(kept, key=lambda check: (check.looked_on, check.id))


@dataclass
class _Answers(Generic[C]):
    """The standing negative; the newest confirming check by term; the ids of the terms that got an answer."""

    refusal: C | None = None
    to_overturn: int = 0
    confirming: dict[int, C] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    misses: list[C] = field(default_factory=list)


def _answers(in_force: Iterable[C]) -> _Answers[C]:
    so_far: _Answers[C] = _Answers()
    for check in in_force:
        strength = STRENGTH[check.method]
        if check.outcome == Outcome.SECOND_LOOK:
            so_far.misses.append(check)
        elif check.outcome == Outcome.MATCHED and strength >= so_far.to_overturn:
            so_far.confirming[check.term_id] = check
            so_far.answered.add(check.term_id)
            so_far.refusal, so_far.to_overturn = None, 0
            so_far.misses.clear()
        elif check.outcome in _NEGATIVE and any(miss.by != check.by for miss in so_far.misses):
            so_far.refusal, so_far.to_overturn = check, max(so_far.to_overturn, strength)
            so_far.answered.add(check.term_id)
            so_far.confirming.clear()
    return so_far


def _replaced(known: dict[int, T], confirmed: Iterable[int]) -> set[int]:
    """Ids of the terms that a confirmed term corrects, directly or through other corrections."""
    replaced: set[int] = set()
    for term_id in confirmed:
        corrected = known[term_id].corrects_id
        while corrected is not None and corrected not in replaced:
            replaced.add(corrected)
            corrected = known[corrected].corrects_id
    return replaced


def _claim(known: dict[int, T], answered: set[int]) -> T | None:
    newest = max(known.values(), key=lambda term: (term.recorded_at, term.id), default=None)
    if newest is None or newest.id in answered or newest.source != "holder":
        return None
    return newest
