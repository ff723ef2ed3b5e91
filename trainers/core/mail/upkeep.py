"""What an update of the site asks of watches: cards that nobody watched yet, ladders whose rule has changed."""

from datetime import date

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from .. import rules
from ..models import Credential, CredentialType, DatedItem, LadderChoice, Trainer, Watch
from .watches import CARD, CREDENTIAL, as_text, watch_cards, watch_credential


def bring_up_to_date(session: Session, *, today: date) -> int:
    """Doing it twice changes nothing; returns how many trainers' cards and certifications were looked at anew."""
    return watch_new_cards(session, today) + follow_rules(session, today)


def watch_new_cards(session: Session, today: date) -> int:
    watched = exists(select(Watch.id).where(Watch.trainer_id == Trainer.id, Watch.subject_kind == CARD))
    has_one = exists(select(DatedItem.id).where(DatedItem.trainer_id == Trainer.id))
    found = session.scalars(select(Trainer).where(has_one, ~watched, Trainer.state != "withdrawn")).all()
    for trainer in found:
        watch_cards(session, trainer, today=today)
    return len(found)


def follow_rules(session: Session, today: date) -> int:
    """Those who have chosen no days of their own go by the usual ones, as they are today."""
    looked = 0
    for rule in rules.rule_book().rules_on(today):
        chosen = exists(select(LadderChoice.item).where(LadderChoice.item == Watch.item))
        climbing = and_(Watch.subject_kind == CREDENTIAL, Watch.next_on.is_not(None), ~chosen)
        other = (
            select(Credential)
            .join(Watch, Watch.subject_id == Credential.id)
            .join(CredentialType, Credential.type_id == CredentialType.id)
            .where(climbing, Watch.steps != as_text(rule.alert_days))
            .where(CredentialType.issuer == rule.issuer, CredentialType.code == rule.code)
        )
        found = session.scalars(other).unique().all()
        for credential in found:
            watch_credential(session, credential, today=today)
        looked += len(found)
    return looked
