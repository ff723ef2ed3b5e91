"""What a listed trainer's row holds: days and choices to search by, and what a result shows of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .. import credentials
from ..models import Check, Credential, Term, Trainer
from ..models.listing import BY_ISSUER, HELD, LANGUAGE_TALLIES, SPECIALTY_TALLIES
from ..names import fold
from ..rules import load_specialties, rule_book
from ..standing.status import Standing
from . import packing
from .languages import BITS as LANGUAGE_BITS

IN_PERSON, ONLINE = 1, 2
"""The traits."""
ACCEPTING_DAYS = 90
"""For so long it counts that somebody said to take new clients."""
NAME_KEY_LENGTH = 140  # folding may make a name longer than its column
MOST_STAGES = 40  # more than the rules of one type change while one certificate ends; then it is a circle

Row = dict[str, Any]
Stage = list[int | str]


@dataclass(frozen=True)
class Held:
    """Until when one credential counts; `qualifies`: a current one puts its holder into the default search.

    `slot` is its type's and `issuer` its issuer's, as issuers.toml has them.

    `stages` are the days from which on its status is another if nobody does anything: day number, status, number
    of the end date that counts (0: none) and of the day on which we looked (0: never).
    """

    slot: int
    issuer: int
    qualifies: bool
    in_date_until: date | None
    current_until: date | None
    stages: tuple[Stage, ...]


def held(credential: Credential, today: date) -> Held:
    rule = credentials.rule_for(credential.type, today)
    (_, first), *later = _standings(credential, today)
    return Held(
        slot=rule.slot,
        issuer=rule_book().issuer(rule.issuer).slot,
        qualifies=rule.qualifies,
        in_date_until=first.in_date_until,
        current_until=first.current_until,
        stages=tuple(_stages([(today, first), *later])),
    )


def row_of(trainer: Trainer, slug: str, shuffle: int, held: Sequence[Held]) -> Row:
    said = [each.specialty for each in trainer.specialties]
    spoken = [each.language for each in trainer.languages]
    return {
        "trainer_id": trainer.id,
        "slug": slug,
        "zip": trainer.zip,
        "name": trainer.name,
        "name_key": fold(trainer.name)[:NAME_KEY_LENGTH],
        "traits": (IN_PERSON if trainer.in_person else 0) | (ONLINE if trainer.online else 0),
        "accepting_until": _accepting_until(trainer),
        "shuffle": shuffle,
        "shown": {"headline": trainer.headline, "held": [[each.slot, *each.stages] for each in held]},
        **days_of(held),
        **choices_of(said, spoken),
    }


def days_of(held: Sequence[Held]) -> Row:
    """The columns about credentials: of several in one column the best counts."""
    kept: dict[str, list[Held]] = {name: [] for name in (*BY_ISSUER, *HELD)}
    for each in held:
        kept[HELD[each.slot - 1]].append(each)
        kept[BY_ISSUER[each.issuer - 1]].append(each)
    days = {column: (_best(some) or packing.HELD_UNCONFIRMED) if some else 0 for column, some in kept.items()}
    return {"qualifying": _best([each for each in held if each.qualifies]), **days}


def _best(held: Sequence[Held]) -> int:
    return packing.packed(
        _latest(each.in_date_until for each in held), _latest(each.current_until for each in held)
    )


def choices_of(specialties: Iterable[str], languages: Iterable[str]) -> Row:
    """The columns about experience and languages."""
    known = {each.slug: each.bit for each in load_specialties()}
    said = [known[each] for each in specialties if each in known]
    spoken = [LANGUAGE_BITS[each] for each in languages if each in LANGUAGE_BITS]
    return {
        "specialties": packing.bit_set(said),
        "languages": packing.bit_set(spoken),
        **dict(zip(SPECIALTY_TALLIES, packing.tallies(said, len(SPECIALTY_TALLIES)), strict=True)),
        **dict(zip(LANGUAGE_TALLIES, packing.tallies(spoken, len(LANGUAGE_TALLIES)), strict=True)),
    }


def _accepting_until(trainer: Trainer) -> int:
    """0 for who takes nobody now."""
    if not trainer.accepting:
        return 0
    said_on = trainer.accepting_said_on or (trainer.listed_at or trainer.created_at).date()
    return packing.day_number(said_on + timedelta(days=ACCEPTING_DAYS))


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _stages(standings: Iterable[tuple[date, Standing[Term, Check]]]) -> Iterator[Stage]:
    before: Stage = []
    for day, standing in standings:
        check = standing.refusal or standing.check
        ends = packing.day_number(standing.expires_on) if standing.expires_on else 0
        looked = packing.day_number(check.looked_on) if check else 0
        if before[1:] != [standing.status.value, ends, looked]:
            before = [packing.day_number(day), standing.status.value, ends, looked]
            yield before


def _standings(credential: Credential, today: date) -> Iterator[tuple[date, Standing[Term, Check]]]:
    """Today's, and that of each later day on which the standing or the rule changes."""
    rule = credentials.rule_for(credential.type, today)
    coming = [row.valid_from for row in rule_book().coming(rule)]
    day: date | None = today
    for _ in range(MOST_STAGES):
        if day is None:
            return
        standing = credentials.standing_of(credential, today=day)
        yield day, standing
        later = [each for each in (*coming, standing.next_on) if each is not None and each > day]
        day = min(later, default=None)
    raise AssertionError(f"The standing of credential {credential.id} never comes to rest.")
