"""Every decision about a trainer, for the trainer's own eyes: who decided is not said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ..credentials import rule_for
from ..models import AuditEvent, Check, Credential, Review, Term, Trainer
from ..standing.comparing import Outcome
from .decisions import told_reason
from .notices import source_of, what_we_found

CLOSED = ("returned", "resolved", "kept", "moved")
TAKEN_DOWN, LIFTED = "taken_down", "takedown_lifted"
"""As the audit record calls them: a listing may go without any report, and come back."""


@dataclass(frozen=True)
class Decision:
    """`about` is a certification or a case, `what` the decision, `why` what was found or written."""

    on: date
    at: datetime
    about: str
    what: str
    why: str
    corrected: bool = False


def decisions_about(session: Session, trainer: Trainer, zone: tzinfo) -> list[Decision]:
    """The newest first."""
    found = [
        *looks(session, trainer),
        *closed_work(session, trainer, zone),
        *takedowns(session, trainer, zone),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


HEADER = ("day", "what", "about", "details")


def record_of(session: Session, trainer: Trainer, zone: tzinfo) -> list[tuple[str, str, str, str]]:
    """All that was sent in and decided, the oldest first, whatever was withdrawn since."""
    query = select(Term).join(Term.credential).where(Credential.trainer_id == trainer.id).order_by(Term.id)
    found = [(term.recorded_at, sent_in(term, zone)) for term in session.scalars(query)]
    for each in decisions_about(session, trainer, zone):
        corrected = " (corrected since)" if each.corrected else ""
        found.append((each.at, (each.on.isoformat(), each.what + corrected, each.about, each.why)))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def sent_in(term: Term, zone: tzinfo) -> tuple[str, str, str, str]:
    day = term.recorded_at.astimezone(zone).date().isoformat()
    what = "seen at the source" if term.source == "source" else "corrected" if term.corrects_id else "sent in"
    until = f"until {term.expires_on.isoformat()}" if term.expires_on else "without an end date"
    details = f"{term.name_on_certificate}, number {term.number}, {until}"
    return day, what, rule_for(term.credential.type).label, details


def looks(session: Session, trainer: Trainer) -> Iterator[Decision]:
    query = (
        select(Check)
        .join(Check.term)
        .join(Term.credential)
        .where(Credential.trainer_id == trainer.id)
        .options(joinedload(Check.term).joinedload(Term.credential))
        .order_by(Check.id)
    )
    checks = session.scalars(query).all()
    replaced = {check.supersedes_id for check in checks}
    for check in checks:
        correction = "A correction: " if check.supersedes_id else ""
        what, why = words_of(check)
        yield Decision(
            on=check.looked_on,
            at=check.recorded_at,
            about=rule_for(check.term.credential.type).label,
            what=correction + what,
            why=why,
            corrected=check.id in replaced,
        )


def words_of(check: Check) -> tuple[str, str]:
    source = source_of(check)
    if check.found_renewal:
        return "confirmed", f"We looked in {source}, and it showed your record with a later end date: a renewal."
    if check.outcome == Outcome.MATCHED:
        return "confirmed", f"We looked in {source}, and it showed what you told us."
    if check.outcome == Outcome.UNAVAILABLE:
        return "not looked at", f"We tried {source}, and it was not available. It does not count against you."
    if check.outcome == Outcome.SECOND_LOOK:
        return "a first miss, nothing public", f"We looked in {source}. {what_we_found(check)}"
    return "could not be confirmed", f"We looked in {source} a second time. {what_we_found(check)}"


def closed_work(session: Session, trainer: Trainer, zone: tzinfo) -> Iterator[Decision]:
    query = (
        select(Review)
        .outerjoin(Credential, Review.contested_id == Credential.id)
        .where(
            (Review.trainer_id == trainer.id) | (Credential.trainer_id == trainer.id),
            Review.outcome.in_(CLOSED),
        )
        .options(joinedload(Review.credential))
    )
    for work in session.scalars(query):
        if work.closed_at is not None:
            on = work.closed_at.astimezone(zone).date()
            yield Decision(on, work.closed_at, about_of(work), *words_of_work(work, trainer))


def takedowns(session: Session, trainer: Trainer, zone: tzinfo) -> Iterator[Decision]:
    """Why it went down was mailed to its holder; why it was lifted is a note of ours."""
    query = select(AuditEvent).where(
        AuditEvent.about == f"trainer:{trainer.id}", AuditEvent.action.in_((TAKEN_DOWN, LIFTED))
    )
    for event in session.scalars(query.order_by(AuditEvent.id)):
        down = event.action == TAKEN_DOWN
        yield Decision(
            on=event.at.astimezone(zone).date(),
            at=event.at,
            about="Your listing",
            what="taken down by us" if down else "not taken down any more",
            why=event.detail if down else "You can list yourself again.",
        )


def about_of(work: Review) -> str:
    if work.kind == "report":
        return "A report about your listing"
    if work.kind == "profile":
        return "Your words and picture"
    return rule_for(work.credential.type).label if work.credential else "Your listing"


def words_of_work(work: Review, trainer: Trainer) -> tuple[str, str]:
    if work.outcome == "returned":
        why = " ".join(filter(None, (told_reason(work.reason), work.note)))
        return "sent back to you", why
    if work.kind == "contest":
        stays = (work.outcome == "kept") == (work.trainer_id != trainer.id)
        return ("the number stays yours" if stays else "the number is not yours as we see it"), work.answer
    return "answered", work.answer
