"""What a trainer is reminded of, and on which days: the usual ones, or those that the trainer chose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import credentials
from ..education.dated_items import NAMES, own_items
from ..errors import NotFound
from ..models import LadderChoice, Trainer
from .watches import OFFERED, USUAL, Ladder, as_text, ladder_of, watch_cards, watch_credential

WORDS = {
    **{days: f"{days} days before" for days in (90, 60, 30, 14, 7)},
    1: "the day before",
    0: "on the day itself",
    -1: "the day after",
}
"""How each step is told."""


@dataclass(frozen=True)
class Reminded:
    """A certification or a card with an end date. `item` is its name in links and forms (see Watch)."""

    item: str
    label: str
    ends_on: date
    steps: Ladder


def reminded_of(session: Session, trainer: Trainer, *, today: date) -> list[Reminded]:
    """What has an end date that counts, certifications first."""
    chosen = {
        each.item: ladder_of(each.steps)
        for each in session.query(LadderChoice).filter(LadderChoice.trainer_id == trainer.id)
    }
    return [
        Reminded(item, label, ends_on, chosen.get(item, usual))
        for item, label, ends_on, usual in (*held(session, trainer, today), *carded(session, trainer))
    ]


def held(session: Session, trainer: Trainer, today: date) -> Iterator[tuple[str, str, date, Ladder]]:
    for credential in credentials.visible_credentials(session, trainer):
        ends_on = credentials.standing_of(credential, today=today).expires_on
        rule = credentials.rule_for(credential.type, today)
        if ends_on is not None:
            yield credential.uuid, rule.label, ends_on, rule.alert_days


def carded(session: Session, trainer: Trainer) -> Iterator[tuple[str, str, date, Ladder]]:
    """Of several of a kind the one that ends last."""
    seen = set()
    for card in own_items(session, trainer):
        if card.kind not in seen:
            seen.add(card.kind)
            yield card.kind, NAMES[card.kind], card.expires_on, USUAL


def choose(session: Session, trainer: Trainer, item: str, steps: Iterable[int], *, today: date) -> Reminded:
    """From now on the reminders of this item come on these days. Of the days that are switched on, those that
    have passed already stay past. Raises NotFound for what is not the trainer's."""
    known = {each.item: each for each in reminded_of(session, trainer, today=today)}
    if item not in known:
        raise NotFound("You have nothing of that kind here.")
    wanted = set(steps)
    ladder = tuple(step for step in OFFERED if step in wanted)
    session.merge(LadderChoice(trainer_id=trainer.id, item=item, steps=as_text(ladder)))
    session.flush()
    for credential in credentials.visible_credentials(session, trainer):
        if credential.uuid == item:
            watch_credential(session, credential, today=today, chosen=True)
    watch_cards(session, trainer, today=today, chosen=True)
    return known[item]
