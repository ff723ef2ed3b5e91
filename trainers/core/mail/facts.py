"""What followers may be told: renewed, expires soon, expired. Facts of the record, each once; nothing is guessed.

What cannot be confirmed is never told, and an end date is told as passed only seven days later, so that a trainer
who is late by a day is not announced to anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .. import credentials
from ..models import Credential
from ..standing.status import Status

WAITS = timedelta(days=7)
"""How long after an end date followers are told that it has passed."""
CURRENT, SOON, EXPIRED = "current", "soon", "expired"
RENEWED = "renewed"
STEPS = (CURRENT, SOON, EXPIRED)

Told = Mapping[str, list[str]]
"""By the uuid of a certification: the end date that is known, and the furthest step that was told of it."""


@dataclass(frozen=True)
class Fact:
    """Where the public record of one certification stands. `item` is its uuid."""

    item: str
    label: str
    ends_on: date
    step: str


def facts_of(held: Iterable[Credential], *, today: date) -> list[Fact]:
    """Of each certification that a check confirmed and that has an end date. Others give no fact."""
    found = []
    for credential in held:
        standing = credentials.standing_of(credential, today=today)
        if standing.expires_on is None or standing.status in (Status.NOT_CONFIRMED, Status.NOT_CHECKED):
            continue
        if today >= standing.expires_on + WAITS:
            step = EXPIRED
        else:
            step = SOON if standing.status is Status.EXPIRES_SOON else CURRENT
        label = credentials.rule_for(credential.type, today).label
        found.append(Fact(credential.uuid, label, standing.expires_on, step))
    return found


def news_in(told: Told, fact: Fact) -> str | None:
    """What of a fact is new to somebody: a later end date, or a step further towards the same one. Pure.

    A certification that was not there when the follow began is no news, nor is a date that was set back.
    """
    if fact.item not in told:
        return None
    ends_on, step = told[fact.item]
    before = date.fromisoformat(ends_on)
    if fact.ends_on > before:
        return RENEWED if fact.step != EXPIRED else None
    if fact.ends_on == before and STEPS.index(fact.step) > STEPS.index(step):
        return fact.step
    return None


def learn(told: Told, facts: Iterable[Fact]) -> dict[str, list[str]]:
    """All that is known by now; what is not told any more (a miss that stands) keeps its place."""
    return dict(told) | {fact.item: [fact.ends_on.isoformat(), furthest(told, fact)] for fact in facts}


def furthest(told: Told, fact: Fact) -> str:
    """A step that was told is not told again when a check grew old meanwhile."""
    ends_on, step = told.get(fact.item, ["", CURRENT])
    same = ends_on == fact.ends_on.isoformat()
    return max(step, fact.step, key=STEPS.index) if same else fact.step
