"""The reviewers' queue: what waits, who has taken it, until when. What a reviewer decides is in decisions.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, case, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from ..dates import add_working_days, long_date
from ..errors import DomainError, NotFound, Refused
from ..models import Check, Credential, CredentialType, Outage, Review, Term, Trainer
from ..standing import answers
from ..standing.comparing import Outcome
from ..violations import told_as

WORKING_DAYS = 7
TAKE = timedelta(minutes=30)
CLAIM_KINDS = ("recheck", "edit", "new", "renewal", "dispute")
"""Kinds that are answered by looking at a source; the others are cases that are settled with a note. Where two
come together, the later one names the work."""
SHOWN_AT_ONCE = 100
AT_THE_SAME_MOMENT = "This was sent in twice at the same moment. Look at My listing: it is there once."


class TakeLost(DomainError):
    """The piece of work is not, or no longer, in the hands of who wants to decide it."""


@dataclass(frozen=True)
class Queue:
    """What one reviewer may take, the most useful first, of equals the earliest due.

    `later`: second looks whose day has not come.

    `waiting` holds no more than SHOWN_AT_ONCE of the `total` that may be taken; `overdue` of them are late.
    `for_others`: ids of those that wait for a second look by another person than this one.
    """

    waiting: Sequence[Review]
    for_others: frozenset[int]
    later: Sequence[Review]
    total: int
    overdue: int


def open_review(
    session: Session,
    *,
    kind: str,
    trainer: Trainer,
    credential: Credential | None = None,
    now: datetime,
    today: date,
    due_on: date | None = None,
    cause: str | None = None,
) -> Review:
    """Put a piece of work into the queue, due in seven working days; the open one if it is there already.

    A credential has one open piece of work at a time: what its trainer sends in meanwhile joins it, and may be
    looked at before the day of a second look.
    """
    found = open_one(session, kind=kind, trainer=trainer, credential=credential)
    if found is not None:
        found.not_before = None
        if kind in CLAIM_KINDS:
            found.kind = max(found.kind, kind, key=CLAIM_KINDS.index)
            found.cause = found.cause if found.kind == "recheck" else None
        session.flush()
        return found
    work = Review(
        kind=kind,
        trainer_id=trainer.id,
        credential_id=credential.id if credential else None,
        opened_at=now,
        due_on=due_on or add_working_days(today, WORKING_DAYS),
        cause=cause,
    )
    with told_as(session, uq_review_credential_id_kind=Refused(AT_THE_SAME_MOMENT)):
        session.add(work)
    return work


def open_one(
    session: Session, *, kind: str, trainer: Trainer, credential: Credential | None = None
) -> Review | None:
    """The open piece of work that a new one of this kind would join."""
    query = select(Review).where(Review.trainer_id == trainer.id, Review.closed_at.is_(None))
    if credential is None:
        query = query.where(Review.credential_id.is_(None), Review.kind == kind)
    else:
        same_work = CLAIM_KINDS if kind in CLAIM_KINDS else (kind,)
        query = query.where(Review.credential_id == credential.id, Review.kind.in_(same_work))
    return session.scalars(query.order_by(Review.id)).first()


def read_queue(session: Session, *, by: str, today: date) -> Queue:
    """The open work, without what concerns the reviewer's own listing."""
    query = _open_to(by)
    now_due = query.where(_may_start(today))
    late = now_due.where(Review.due_on < today)
    later = query.where(Review.not_before > today).order_by(Review.not_before, Review.id)
    in_order = now_due.order_by(is_down(), usefulness(), Review.due_on, Review.opened_at, Review.id)
    waiting = session.scalars(in_order.limit(SHOWN_AT_ONCE).options(*_WITH_SUBJECT)).all()
    return Queue(
        waiting=waiting,
        for_others=_for_others(session, waiting, by),
        later=session.scalars(later.options(*_WITH_SUBJECT)).all(),
        total=_count(session, now_due),
        overdue=_count(session, late),
    )


def usefulness() -> ColumnElement[int]:
    """What a look is worth: was it renewed, people who wait for an answer, then looks that only we want."""
    return case(
        (Review.cause == "ended", 0),
        (Review.kind == "renewal", 1),
        (Review.cause == "new_dates", 3),
        (Review.cause == "random", 4),
        (Review.cause == "old", 5),
        else_=2,
    )


def is_down() -> ColumnElement[bool]:
    """Whether the page where one would look does not answer: those come last."""
    down = select(Outage.issuer).where(Outage.ended_at.is_(None))
    at_issuer = CredentialType.issuer.in_(down) & Review.kind.in_(CLAIM_KINDS)
    return func.coalesce(at_issuer, False)


_WITH_SUBJECT = (joinedload(Review.trainer), joinedload(Review.credential))


def _for_others(session: Session, waiting: Sequence[Review], by: str) -> frozenset[int]:
    mine = (
        select(Term.credential_id)
        .join(Check, Check.term_id == Term.id)
        .where(
            Check.by == by,
            Check.outcome == Outcome.SECOND_LOOK,
            Term.credential_id.in_([work.credential_id for work in waiting if work.credential_id]),
        )
    )
    looked_at = set(session.scalars(mine))
    return frozenset(
        work.id for work in waiting if work.credential_id in looked_at and waits_for_another(work, by)
    )


def waits_for_another(work: Review, by: str) -> bool:
    """Whether this reviewer made the first look, so that the second one is another person's."""
    return work.kind in CLAIM_KINDS and made_all_misses(work.credential, by)


def _open_to(by: str) -> Select[Review]:
    return (
        select(Review)
        .join(Review.trainer)
        .outerjoin(Review.credential)
        .outerjoin(CredentialType, Credential.type_id == CredentialType.id)
        .where(Review.closed_at.is_(None), Trainer.account_id != int(by), Credential.withdrawn_at.is_(None))
    )


def _may_start(today: date) -> ColumnElement[bool]:
    return or_(Review.not_before.is_(None), Review.not_before <= today)


def _count(session: Session, query: Select[Review]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def find(session: Session, uuid: str, *, by: str) -> Review:
    """One piece of work, for a reviewer. Raises NotFound, and Refused where it is the reviewer's own listing."""
    review = session.scalar(select(Review).where(Review.uuid == uuid))
    if review is None:
        raise NotFound("There is no such piece of work.")
    if str(review.trainer.account_id) == by:
        raise Refused("This is about your own listing. Another reviewer looks at it.")
    return review


def take(session: Session, review: Review, *, by: str, now: datetime, today: date) -> datetime:
    """Take the work for half an hour, or for half an hour more; answers until when. Of two, one gets it.

    Raises Refused for the reviewer's own listing, for a second look by who made the first one, and before its
    day; TakeLost when somebody else has it.
    """
    _refuse_take(review, by, today)
    until = now + TAKE
    free = or_(Review.taken_until.is_(None), Review.taken_until <= now, Review.taken_by == int(by))
    statement = update(Review).where(Review.id == review.id, Review.closed_at.is_(None), free)
    took = cast(
        CursorResult[Any],
        session.execute(
            statement.values(taken_by=int(by), taken_until=until).execution_options(synchronize_session=False)
        ),
    )
    session.refresh(review)
    if took.rowcount != 1:
        raise TakeLost(_whose(review))
    return until


def take_next(session: Session, *, by: str, now: datetime, today: date) -> Review | None:
    """Take the most useful piece of work that is free and for this reviewer; None where nothing is."""
    for work in read_queue(session, by=by, today=today).waiting:
        if is_taken(work, now=now) or waits_for_another(work, by):
            continue
        try:
            take(session, work, by=by, now=now, today=today)
        except TakeLost:  # somebody was quicker
            continue
        return work
    return None


def _refuse_take(review: Review, by: str, today: date) -> None:
    if str(review.trainer.account_id) == by:
        raise Refused("This is about your own listing. Another reviewer looks at it.")
    if waits_for_another(review, by):
        raise Refused("You made the first look. The second one is for another reviewer.")
    if review.not_before is not None and review.not_before > today:
        raise Refused(f"The second look is not before {long_date(review.not_before)}.")


def made_all_misses(credential: Credential | None, by: str) -> bool:
    """Whether only this reviewer has missed the claim so far, so that the next look is another person's."""
    if credential is None:
        return False
    missed_by = {miss.by for miss in answers.read(credential.terms, credential.checks).misses}
    return missed_by == {by}


def release(session: Session, review: Review, *, by: str, now: datetime) -> None:
    """Give the work back before the half hour is over. Giving back what one does not hold changes nothing."""
    if is_held(review, by=by, now=now):
        put_back(review)
        session.flush()


def put_back(review: Review) -> None:
    review.taken_by = review.taken_until = None


def is_held(review: Review, *, by: str, now: datetime) -> bool:
    """Whether this reviewer has it in hand."""
    return is_taken(review, now=now) and str(review.taken_by) == by


def is_taken(review: Review, *, now: datetime) -> bool:
    return review.closed_at is None and review.taken_until is not None and review.taken_until > now


def demand_hold(session: Session, review: Review, *, by: str, now: datetime) -> None:
    """Raises TakeLost unless the work is in this reviewer's hands, looking afresh and locking the row."""
    trainer = select(Trainer.id).where(Trainer.id == review.trainer_id)
    session.execute(trainer.with_for_update())  # first, as the trainer does: else each waits for the other
    session.refresh(review, with_for_update=True)
    if not is_held(review, by=by, now=now):
        raise TakeLost(_whose(review))


def _whose(review: Review) -> str:
    if review.closed_at is not None:
        return "This work was closed in the meantime. Nothing was saved."
    if review.taken_by is None:
        return "You do not have this work in hand. Take it, then send your decision again."
    return "Your half hour is over, or another reviewer has taken this. Nothing was saved."


def close(
    review: Review, *, outcome: str, by: str, now: datetime, reason: str | None = None, note: str = ""
) -> None:
    put_back(review)
    review.closed_at, review.closed_by = now, by
    review.outcome, review.reason, review.note = outcome, reason, note


def close_withdrawn(
    session: Session, *, trainer: Trainer, credential: Credential | None = None, by: str, now: datetime
) -> int:
    """Close what is open about a withdrawn credential, or about a whole withdrawn listing; answers how many.

    Reports stay open: whoever wrote one is owed an answer.
    """
    query = select(Review).where(
        Review.trainer_id == trainer.id, Review.closed_at.is_(None), Review.kind.in_(CLAIM_KINDS)
    )
    if credential is not None:
        query = query.where(Review.credential_id == credential.id)
    found = session.scalars(query).all()
    for review in found:
        close(review, outcome="withdrawn", by=by, now=now)
    session.flush()
    return len(found)
