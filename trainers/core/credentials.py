"""A credential's types and standing: what a trainer holds, and what it comes to on a day."""

from collections.abc import Sequence
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from . import rules
from .errors import NotFound
from .models import Check, Credential, CredentialType, Term, Trainer
from .rules import Rule
from .standing import answers, status

WITH_CHECKS = (selectinload(Credential.terms).selectinload(Term.checks),)


def sync_types(session: Session) -> int:
    """Add a row for each credential type that the rules name and the table lacks; answers how many."""
    known = set(session.execute(select(CredentialType.issuer, CredentialType.code)))
    missing = [rule for rule in rules.rule_book().rules if (rule.issuer, rule.code) not in known]
    session.add_all(CredentialType(issuer=rule.issuer, code=rule.code) for rule in missing)
    session.flush()
    return len(missing)


def find_type(session: Session, key: str) -> CredentialType:
    """The row of a key such as "NASM/NASM-CPT". Raises NotFound for one that the rules do not name."""
    rule = rules.rule_book().by_key(key)
    return session.scalars(select(CredentialType).filter_by(issuer=rule.issuer, code=rule.code)).one()


def rule_for(type: CredentialType, on: date | None = None) -> Rule:
    """The issuer's rule for a type, as it held on a day; without a day, the newest."""
    return rules.rule_book().rule(type.issuer, type.code, on=on)


def standing_of(credential: Credential, *, today: date) -> status.Standing[Term, Check]:
    """What the credential comes to on `today`, by the rule of that day."""
    return status.standing(credential.terms, credential.checks, rule_for(credential.type, today), today)


def notes_of(credential: Credential, *, today: date, zone: tzinfo) -> tuple[str, ...]:
    """The lines that stand beside its status, with dates in the site's zone."""
    rule = rule_for(credential.type, today)
    return status.notes(credential.terms, credential.checks, rule, today, zone=zone)


def visible_credentials(session: Session, trainer: Trainer) -> list[Credential]:
    """The trainer's credentials that are not withdrawn, with terms and checks, in the order of the rules."""
    query = (
        select(Credential)
        .where(Credential.trainer_id == trainer.id, Credential.withdrawn_at.is_(None))
        .options(*WITH_CHECKS)
    )
    return in_rule_order(session.scalars(query).all())


def credentials_of(session: Session, trainer_ids: Sequence[int]) -> list[Credential]:
    """The same of many trainers, in the order of the rules."""
    query = select(Credential).where(Credential.trainer_id.in_(trainer_ids), Credential.withdrawn_at.is_(None))
    return in_rule_order(session.scalars(query.options(*WITH_CHECKS)).all())


def in_rule_order(credentials: Sequence[Credential]) -> list[Credential]:
    places = {(rule.issuer, rule.code): place for place, rule in enumerate(rules.rule_book().rules)}
    return sorted(credentials, key=lambda each: (places[each.type.issuer, each.type.code], each.id))


def find_own(session: Session, trainer: Trainer, uuid: str) -> Credential:
    """One of the trainer's own, not withdrawn. Raises NotFound, for somebody else's too."""
    for credential in visible_credentials(session, trainer):
        if credential.uuid == uuid:
            return credential
    raise NotFound("You have no such certification here.")


def claim_kind(credential: Credential) -> str | None:
    """The kind of work that the newest claim asks of a reviewer; None when it has been answered."""
    record = answers.read(credential.terms, credential.checks)
    if record.claim is None:
        return None
    if record.claim.corrects_id is not None:
        return "edit"
    return "new" if len(credential.terms) == 1 else "renewal"


def is_confirmed(credential: Credential, term: Term) -> bool:
    """Whether a check stands behind this very term: then it is read-only."""
    record = answers.read(credential.terms, credential.checks)
    return any(each.term is term for each in record.confirmations)
