"""The search once more, slowly and by other means: from the tables of record, one by one, in plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from trainers.core.credentials import rule_for, standing_of
from trainers.core.models import Credential, Place, Trainer
from trainers.core.rules import load_specialties, rule_book
from trainers.core.search.distance import miles_between
from trainers.core.search.languages import LANGUAGES
from trainers.core.search.places import Area, Spot, fold_place
from trainers.core.search.query import Query

CHOICES = {
    "credentials": [rule.key for rule in rule_book().rules],
    "issuers": [issuer.code for issuer in rule_book().issuers],
    "fms": [rule.key for rule in rule_book().rules if rule.issuer == "FMS"],
    "specialties": [each.slug for each in load_specialties()],
    "modes": ["in_person", "online"],
    "languages": list(LANGUAGES),
}


@dataclass(frozen=True)
class Days:
    """Whether something counts: checked lately enough, in date, held at all."""

    current: bool = False
    in_date: bool = False


@dataclass(frozen=True)
class Person:
    trainer: Trainer
    place: Place
    held: dict[str, Days]
    qualifying: Days


def people(session: Session, today: date) -> list[Person]:
    found = []
    for trainer in session.scalars(select(Trainer).where(Trainer.state == "listed")):
        held, best = {}, Days()
        mine = select(Credential).where(Credential.trainer_id == trainer.id, Credential.withdrawn_at.is_(None))
        for credential in session.scalars(mine):
            standing = standing_of(credential, today=today)
            days = Days(standing.current, standing.current or standing.listed_below)
            rule = rule_for(credential.type, today)
            held[rule.key] = days
            if rule.qualifies:
                best = Days(best.current or days.current, best.in_date or days.in_date)
        found.append(Person(trainer, trainer.place, held, best))
    return found


def takes(person: Person, query: Query, today: date) -> bool:
    """Whether the query takes somebody, the name aside."""
    trainer = person.trainer
    modes = {"in_person": trainer.in_person, "online": trainer.online}
    said = {row.specialty for row in trainer.specialties}
    spoken = {row.language for row in trainer.languages}
    return (
        (query.shows_all or person.qualifying.in_date)
        and lies_there(person.place, query)
        and (not (query.credentials or query.issuers) or bool(meeting(person, query)))
        and (not query.fms or any(key in person.held and counts(person.held[key], query) for key in query.fms))
        and (not query.specialties or bool(said & set(query.specialties)))
        and (not query.languages or bool(spoken & set(query.languages)))
        and (not query.modes or any(modes[mode] for mode in query.modes))
        and (not query.accepting or accepts(trainer, today))
    )


def counts(days: Days, query: Query) -> bool:
    return query.shows_all or days.in_date


def meeting(person: Person, query: Query) -> list[Days]:
    """Those credentials that meet both filters, and the status for themselves."""
    return [
        days
        for key, days in person.held.items()
        if (not query.credentials or key in query.credentials)
        and (not query.issuers or key.split("/")[0] in query.issuers)
        and counts(days, query)
    ]


def accepts(trainer: Trainer, today: date) -> bool:
    said_on = trainer.accepting_said_on or trainer.created_at.date()
    return trainer.accepting and today <= said_on + timedelta(days=90)


def lies_there(place: Place, query: Query) -> bool:
    if query.modes == ("online",) or query.place is None:
        return True
    if isinstance(query.place, Area):
        area = query.place
        return place.state == area.state and (not area.county or place.county_key == fold_place(area.county))
    return place.lat is not None and miles_of(place, query.place) <= query.radius


def miles_of(place: Place, spot: Spot) -> float:
    assert place.lat is not None
    assert place.lon is not None
    return miles_between(spot.lat, spot.lon, place.lat, place.lon)


def rank(person: Person, query: Query) -> int:
    days = meeting(person, query) if query.credentials or query.issuers else [person.qualifying]
    also = [] if query.shows_all else [person.qualifying]
    for number, field in enumerate(("current", "in_date")):
        if any(getattr(each, field) for each in days) and all(getattr(each, field) for each in also):
            return number
    return 2


def total(everybody: Iterable[Person], query: Query, today: date) -> int:
    return sum(takes(person, query, today) for person in everybody)


def facets(everybody: list[Person], query: Query, today: date) -> dict[str, dict[str, int]]:
    """Each choice put in the place of its group's choices, and all counted again."""
    counted: dict[str, dict[str, int]] = {group: {} for group in CHOICES}
    for group, choices in CHOICES.items():
        for choice in choices:
            alone = replace(query, **{group: (choice,)})
            if group == "modes" and query.modes != ("online",):
                alone = replace(alone, modes=())  # a count never widens the place
                taken = [person for person in everybody if takes(person, alone, today)]
                counted[group][choice] = sum(getattr(person.trainer, choice) for person in taken)
            else:
                counted[group][choice] = total(everybody, alone, today)
    counted["accepting"] = {"y": total(everybody, replace(query, accepting=True), today)}
    return counted


# Names, from the rules as they are told


WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def one_edit(word: str) -> set[str]:
    """All that one slip makes of a word."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    missing = {left + right[1:] for left, right in parts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    wrong = {left + letter + right[1:] for (left, right), letter in product(parts, letters) if right}
    added = {left + letter + right for (left, right), letter in product(parts, letters)}
    return (missing | swapped | wrong | added) - {word}
