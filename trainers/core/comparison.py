"""A few trainers side by side: what each card says and where it can be looked up, what each says of the work."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from . import credentials, labels
from .cards import Card, cards_of
from .models import Slug, Trainer
from .rules import load_specialties
from .search.languages import language_name
from .texts import one_line
from .wording import FMS

MOST = 5
ADDRESS = re.compile(r"[a-z0-9-]{1,140}")


@dataclass(frozen=True)
class Compared:
    """One trainer. `asked` is the address by which she or he was asked for, `slug` the one of today."""

    asked: str
    slug: str
    name: str
    town: str
    in_person: bool
    online: bool
    accepting: bool
    accepting_said_on: date | None
    languages: tuple[str, ...]
    experience: tuple[str, ...]
    cards: tuple[Card, ...]

    @property
    def fms(self) -> Card | None:
        """The card by which "FMS trained" may be said."""
        return labels.proven(self.cards).get(FMS)


@dataclass(frozen=True)
class Comparison:
    """`missing` are the addresses at which nobody is listed; `left_out`: how many were asked for beyond MOST.

    `sources` are the public pages where what the cards say can be looked up, each once.
    """

    trainers: tuple[Compared, ...]
    missing: tuple[str, ...]
    left_out: int
    sources: tuple[str, ...]

    def source_number(self, card: Card) -> int | None:
        """Where the card's page stands among the sources, from 1."""
        return self.sources.index(card.look_url) + 1 if card.look_url else None


def compare(session: Session, asked: Iterable[str], *, today: date, zone: tzinfo = UTC) -> Comparison:
    """The first MOST different ones, in the order in which they were asked for."""
    addresses = list(dict.fromkeys(filter(None, map(one_line, asked))))
    wanted = addresses[:MOST]
    people = _listed(session, [each for each in wanted if ADDRESS.fullmatch(each)])
    found = {people[each].id: each for each in reversed(wanted) if each in people}
    slugs = _own_slugs(session, list(found))
    trainers = [people[each] for each in wanted if each in people and found[people[each].id] == each]
    held = credentials.credentials_of(session, list(found))
    made = []
    for trainer in trainers:
        own = [each for each in held if each.trainer_id == trainer.id]
        cards = cards_of(session, trainer, own, today=today, zone=zone)
        made.append(_compared(trainer, found[trainer.id], slugs[trainer.id], cards))
    return Comparison(
        trainers=tuple(made),
        missing=tuple(each for each in wanted if each not in people),
        left_out=len(addresses) - len(wanted),
        sources=tuple(dict.fromkeys(card.look_url for each in made for card in each.cards if card.look_url)),
    )


def _listed(session: Session, addresses: Sequence[str]) -> dict[str, Trainer]:
    """By any address that was ever theirs."""
    query = (
        select(Slug.slug, Trainer)
        .join(Trainer, Trainer.id == Slug.trainer_id)
        .where(Slug.slug.in_(addresses), Trainer.state == "listed")
        .options(joinedload(Trainer.place), selectinload(Trainer.specialties), selectinload(Trainer.languages))
    )
    return dict(session.execute(query).all())


def _own_slugs(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The newest address of each."""
    query = (
        select(Slug.trainer_id, Slug.slug).where(Slug.trainer_id.in_(ids)).order_by(Slug.since, Slug.slug.desc())
    )
    return {trainer_id: slug for trainer_id, slug in session.execute(query) if trainer_id is not None}


def _compared(trainer: Trainer, asked: str, slug: str, cards: Sequence[Card]) -> Compared:
    said = {row.specialty for row in trainer.specialties}
    return Compared(
        asked=asked,
        slug=slug,
        name=trainer.name,
        town=trainer.place.label,
        in_person=trainer.in_person,
        online=trainer.online,
        accepting=trainer.accepting,
        accepting_said_on=trainer.accepting_said_on,
        languages=tuple(sorted(language_name(row.language) for row in trainer.languages)),
        experience=tuple(each.name for each in load_specialties() if each.slug in said),
        cards=tuple(cards),
    )
