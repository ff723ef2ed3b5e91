"""What happens next with each of a trainer's certifications, and when: what My listing says. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import claims
from .credentials import rule_for, standing_of, visible_credentials
from .models import Check, Credential, Review, Term, Trainer
from .review import decisions, queue
from .rules import Rule
from .standing import answers
from .standing.status import Standing


@dataclass(frozen=True)
class Outlook:
    """One certification as its holder sees it.

    `waiting` is the open piece of work, if any; `returned` the one that came back and has not been answered, and
    `reason` why, in words. `miss` is a first miss that waits for the day of the second look; it waits no longer
    once its holder has answered.
    """

    credential: Credential
    rule: Rule
    standing: Standing[Term, Check]
    waiting: Review | None
    returned: Review | None
    reason: str
    miss: Check | None
    may_correct: bool
    may_renew: bool

    @property
    def newest(self) -> Term:
        return self.credential.terms[-1]

    @property
    def stage(self) -> str:
        """What its holder is told first: returned, disputed, missed, waiting, refused, confirmed or resting."""
        if self.returned is not None:
            return "returned"
        if self.waiting is not None and self.waiting.kind == "dispute":
            return "disputed"
        if self.miss is not None:
            return "missed"
        if self.waiting is not None and self.waiting.kind != "recheck":
            return "waiting"
        if self.standing.refusal is not None:
            return "refused"
        return "confirmed" if self.standing.check is not None else "resting"

    @property
    def may_object(self) -> bool:
        """Somebody did not find what the entry says, and nobody has been told that it is right."""
        return self.stage in ("missed", "refused")


def is_found(held: Iterable[Outlook]) -> bool:
    """Whether a search shows their holder by default: something current that qualifies is among them."""
    return any(each.rule.qualifies and each.standing.current for each in held)


def outlooks(session: Session, trainer: Trainer, *, today: date, zone: tzinfo) -> list[Outlook]:
    held = visible_credentials(session, trainer)
    return [outlook(session, credential, today=today, zone=zone) for credential in held]


def outlook(session: Session, credential: Credential, *, today: date, zone: tzinfo) -> Outlook:
    record = answers.read(credential.terms, credential.checks)
    waiting = queue.open_one(session, kind="new", trainer=credential.trainer, credential=credential)
    returned = None if waiting or record.claim is None else last_returned(session, credential)
    return Outlook(
        credential=credential,
        rule=rule_for(credential.type, today),
        standing=standing_of(credential, today=today, zone=zone),
        waiting=waiting,
        returned=returned,
        reason=decisions.told_reason(returned.reason) if returned else "",
        miss=record.misses[-1] if record.misses and waiting and waiting.not_before else None,
        may_correct=claims.may_correct(credential),
        may_renew=claims.may_renew(credential, today=today),
    )


def last_returned(session: Session, credential: Credential) -> Review | None:
    """The newest decision, if it was to send the claim back."""
    query = select(Review).where(
        Review.credential_id == credential.id, Review.kind.in_(queue.CLAIM_KINDS), Review.closed_at.is_not(None)
    )
    newest = session.scalars(query.order_by(Review.closed_at.desc(), Review.id.desc())).first()
    return newest if newest is not None and newest.outcome == "returned" else None
