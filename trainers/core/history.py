"""What was on record about a certification on a day, and what was learned later. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from .credentials import rule_for, visible_credentials
from .dates import add_months, long_date
from .errors import DomainError
from .models import AuditEvent, Check, Credential, Term, Trainer
from .standing.answers import read
from .standing.public import is_public
from .standing.status import Standing, source_name, standing

MONTHS_BACK = 24
STATES = ("listing_listed", "listing_paused", "listing_withdrawn")


@dataclass(frozen=True)
class Then:
    """One certification on a past day: `on_record` is what our record said that day, `later` what came after."""

    title: str
    issuer: str
    word: str
    status: str
    on_record: str
    later: str


def on_day(session: Session, trainer: Trainer, day: date, *, today: date, zone: tzinfo) -> list[Then]:
    """What the public could have read on that day.

    Raises DomainError for a day that is too old or to come, or on which the listing was not public.
    """
    if day > today:
        raise DomainError("This day has not come yet.", field="on")
    if day < add_months(today, -MONTHS_BACK):
        earliest = long_date(add_months(today, -MONTHS_BACK))
        raise DomainError(f"Public history goes back to {earliest}. Choose that day or a later one.", field="on")
    if not was_public(session, trainer, day, zone):
        raise DomainError(f"This listing was not public on {long_date(day)}.", field="on")
    held = visible_credentials(session, trainer)
    found = (then_of(each, day, today=today, zone=zone) for each in held)
    return [each for each in found if each is not None]


def was_public(session: Session, trainer: Trainer, day: date, zone: tzinfo) -> bool:
    """By the audit record: listed at the end of that day, or at any moment of it."""
    query = select(AuditEvent.at, AuditEvent.action).where(
        AuditEvent.about == f"trainer:{trainer.id}", AuditEvent.action.in_(STATES)
    )
    changes = [(day_of(at, zone), action) for at, action in session.execute(query.order_by(AuditEvent.id))]
    if trainer.listed_at is None or day < day_of(trainer.listed_at, zone):
        return False
    before = [action for on, action in changes if on < day]
    meanwhile = [action for on, action in changes if on == day]
    return "listing_listed" in meanwhile or not before or before[-1] == "listing_listed"


def day_of(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def then_of(credential: Credential, day: date, *, today: date, zone: tzinfo) -> Then | None:
    """None where nothing of it was known to us that day."""
    terms = [term for term in credential.terms if day_of(term.recorded_at, zone) <= day]
    checks = [check for check in credential.checks if day_of(check.recorded_at, zone) <= day]
    if not terms:
        return None
    rule = rule_for(credential.type, day)
    that_day = standing(terms, checks, rule, day)
    return Then(
        title=rule.full_name,
        issuer=rule.issuer,
        word=that_day.word,
        status=that_day.status,
        on_record=on_record(that_day, day, rule.issuer),
        later=learned_later(credential, checks, that_day, day, today=today, zone=zone),
    )


def on_record(that_day: Standing[Term, Check], day: date, issuer: str) -> str:
    basis = that_day.refusal or that_day.check
    said = f"On {long_date(day)} our record said: {that_day.word}."
    if basis is None:
        return f"{said} Nobody had looked yet."
    return f"{said} We had looked on {long_date(basis.looked_on)} in {source_name(basis.method, issuer)}."


def learned_later(
    credential: Credential,
    known: list[Check],
    that_day: Standing[Term, Check],
    day: date,
    *,
    today: date,
    zone: tzinfo,
) -> str:
    """Looks that were recorded after that day; a first miss that nobody has borne out stays unsaid."""
    checks = credential.checks
    refusal = read(credential.terms, checks).refusal
    later = [check for check in checks if check not in known and is_public(check, checks, refusal)]
    if not later:
        return "We have learned nothing since that changes this."
    corrections = corrections_of(known, checks)
    told = [check for check in corrections if check in later]
    if told:
        put_right = {check.term_id for check in corrections}
        then_terms = [
            term for term in credential.terms if term.id in put_right or day_of(term.recorded_at, zone) <= day
        ]
        better = standing(then_terms, [*known, *corrections], rule_for(credential.type, day), day)
        fixed = long_date(day_of(told[-1].recorded_at, zone))
        return f"On {fixed} we put right a look of that time: as we know now, it was “{better.word}” on that day."
    newest = later[-1]
    now = standing(credential.terms, credential.checks, rule_for(credential.type, today), today)
    looked = long_date(newest.looked_on)
    if now.expires_on and that_day.expires_on and now.expires_on > that_day.expires_on:
        return f"On {looked} we looked again and saw a later end date: {long_date(now.expires_on)}."
    return f"We looked again, the last time on {looked}. Today it says: {now.word}."


def corrections_of(known: list[Check], checks: list[Check]) -> list[Check]:
    """What puts the known ones right, directly or through other corrections; `checks` are all, oldest first."""
    reached, found = {check.id for check in known}, []
    for check in checks:
        if check.id not in reached and check.supersedes_id in reached:
            reached.add(check.id)
            found.append(check)
    return found
