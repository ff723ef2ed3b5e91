"""What happens next with each of a trainer's certifications, and when: what My listing says. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from .credentials import notes_of, rule_for, standing_of, visible_credentials
from .models import Check, Credential, Review, Term, Trainer
from .review import contests, decisions, queue, rechecks
from .rules import Rule
from .standing import answers
from .standing.status import Standing, begins_anew


@dataclass(frozen=True)
class Outlook:
    """One certification as its holder sees it.

    `notes` are the lines beside its status. `waiting` is the open piece of work, if any; `returned` the one that
    came back and has not been answered, and `reason` why, in words. `miss` is a first miss that waits for the day
    of the second look; it waits no longer once its holder has answered. `contested`: another listing holds or
    claims its number, and a reviewer may be asked to decide.
    """

    credential: Credential
    rule: Rule
    standing: Standing[Term, Check]
    notes: tuple[str, ...]
    waiting: Review | None
    returned: Review | None
    reason: str
    miss: Check | None
    may_correct: bool
    may_renew: bool
    contested: bool

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

    def new_dates_are_due(self, today: date) -> bool:
        """Its issuer ends all cycles on one day of the year, and that day is near."""
        return rechecks.ends_this_year(self.rule, self.standing.expires_on, today)

    def begins_anew(self, today: date) -> bool:
        """Its time for a late renewal is over: a renewal now has a first day of its own."""
        end = self.standing.expires_on
        return end is not None and begins_anew(self.rule, end, today)

    @property
    def may_object(self) -> bool:
        """Somebody did not find what it says, or has its number too, and nobody was told that it is right."""
        if self.stage in ("disputed", "resting"):
            return False
        return self.contested or self.stage in ("missed", "refused")


def is_found(held: Iterable[Outlook]) -> bool:
    """Whether a search shows their holder by default: something current that qualifies is among them."""
    return any(each.rule.qualifies and each.standing.current for each in held)


def outlooks(session: Session, trainer: Trainer, *, today: date, zone: tzinfo) -> list[Outlook]:
    """All of them, in as many questions as for one."""
    return outlooks_of(session, visible_credentials(session, trainer), today=today, zone=zone)


def outlooks_of(session: Session, held: Sequence[Credential], *, today: date, zone: tzinfo) -> list[Outlook]:
    waiting, decided = open_work(session, held), newest_decisions(session, held)
    rivals = contests.disputable(session, held)
    return [
        seen(
            each,
            waiting.get(each.id),
            decided.get(each.id),
            contested=bool(rivals[each.id]),
            today=today,
            zone=zone,
        )
        for each in held
    ]


def outlook(session: Session, credential: Credential, *, today: date, zone: tzinfo) -> Outlook:
    [found] = outlooks_of(session, [credential], today=today, zone=zone)
    return found


def seen(
    credential: Credential,
    waiting: Review | None,
    decided: Review | None,
    *,
    contested: bool,
    today: date,
    zone: tzinfo,
) -> Outlook:
    record = answers.read(credential.terms, credential.checks)
    standing = standing_of(credential, today=today)
    confirmed = any(each.term is credential.terms[-1] for each in record.confirmations)
    sent_back = decided is not None and decided.outcome == "returned"
    returned = decided if sent_back and waiting is None and record.claim is not None else None
    return Outlook(
        credential=credential,
        rule=rule_for(credential.type, today),
        standing=standing,
        notes=notes_of(credential, today=today, zone=zone),
        waiting=waiting,
        returned=returned,
        reason=decisions.told_reason(returned.reason) if returned else "",
        miss=record.misses[-1] if record.misses and waiting and waiting.not_before else None,
        may_correct=bool(record.misses) or not confirmed,
        may_renew=confirmed and standing.expires_on is not None,
        contested=contested,
    )


def open_work(session: Session, held: Sequence[Credential]) -> dict[int, Review]:
    """By credential, the open piece of work that is answered by looking."""
    query = select(Review).where(of_these(held), Review.closed_at.is_(None)).order_by(Review.id.desc())
    return {work.credential_id or 0: work for work in session.scalars(query)}


def newest_decisions(session: Session, held: Sequence[Credential]) -> dict[int, Review]:
    """By credential, the newest decision."""
    query = select(Review).where(of_these(held), Review.closed_at.is_not(None))
    return {work.credential_id or 0: work for work in session.scalars(query.order_by(Review.closed_at, Review.id))}


def of_these(held: Sequence[Credential]) -> ColumnElement[bool]:
    return Review.credential_id.in_([each.id for each in held]) & Review.kind.in_(queue.CLAIM_KINDS)
