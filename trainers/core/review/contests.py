"""One certificate number on two listings: the older confirmed one stays until a reviewer has decided.

A contest is opened when a claim comes in whose number somebody holds, and when a number is confirmed for which
another claim waits. While it is open, and after it was decided for the older one, the newer is not confirmed.
Who lost it, or holds a number that somebody else claims, may ask for another decision.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from .. import audit
from ..credentials import WITH_CHECKS
from ..errors import DomainError, Refused
from ..models import Credential, CredentialType, Review, Term, Trainer
from ..standing import answers
from . import notices, queue
from .looks import Sitting

UNDECIDED = "Another listing holds this number, and a contest about it is open. Decide that first."
KEPT = "A reviewer decided that another listing keeps this number. Send the claim back."
JUST_CONFIRMED = "Another listing was confirmed with this number a moment ago. A contest is open now."
OUTCOMES = {"kept": "The older one stays", "moved": "The number is the newer one's"}


def holders(session: Session, credential: Credential, number_key: str) -> list[Credential]:
    """Other trainers' credentials of the same type for which this number is confirmed."""
    same = others_with(session, credential, number_key)
    return [each for each in same if number_key in confirmed_numbers(each)]


def others_with(session: Session, credential: Credential, number_key: str) -> Sequence[Credential]:
    query = (
        select(Credential)
        .join(Credential.terms)
        .where(
            Term.number_key == number_key,
            Credential.type_id == credential.type_id,
            Credential.trainer_id != credential.trainer_id,
            Credential.withdrawn_at.is_(None),
        )
        .distinct()
        .order_by(Credential.id)
    )
    return session.scalars(query).all()


def confirmed_numbers(credential: Credential) -> set[str]:
    record = answers.read(credential.terms, credential.checks)
    return {each.term.number_key for each in record.confirmations}


def between(session: Session, one: Credential, other: Credential) -> Review | None:
    """The newest contest between the two, whichever of them was the newer one then."""
    both = (one.id, other.id)
    query = select(Review).where(
        Review.kind == "contest", Review.credential_id.in_(both), Review.contested_id.in_(both)
    )
    return session.scalars(query.order_by(Review.id.desc()).limit(1)).first()


def is_won(contest: Review, credential: Credential) -> bool:
    """Whether it was decided that this one has the number."""
    return contest.outcome == ("moved" if contest.credential_id == credential.id else "kept")


def open_for_claim(session: Session, credential: Credential, term: Term, *, now: datetime, today: date) -> None:
    """A claim has come in: is its number somebody else's?"""
    for holder in holders(session, credential, term.number_key):
        begin(session, credential, holder, now=now, today=today)


def open_for_waiting(session: Session, confirmed: Credential, term: Term, sitting: Sitting) -> None:
    """A number was confirmed: who else claims it, and waits, is the newer one."""
    for other in others_with(session, confirmed, term.number_key):
        if term.number_key not in confirmed_numbers(other):
            begin(session, other, confirmed, now=sitting.now, today=sitting.today)


def begin(session: Session, newer: Credential, older: Credential, *, now: datetime, today: date) -> Review | None:
    """Put the two before a reviewer, once.

    While the newer one stands in another contest this one waits for its end: who loses that one needs no other.
    """
    if between(session, newer, older) is not None or is_open(session, newer):
        return None
    return _open(session, newer, older, now=now, today=today)


def is_open(session: Session, newer: Credential) -> bool:
    """Whether a contest about its claim waits for a decision, whoever the other one is."""
    return queue.open_one(session, kind="contest", trainer=newer.trainer, credential=newer) is not None


def begin_next(session: Session, newer: Credential, *, now: datetime, today: date) -> None:
    """A contest of this claim has ended, and the claim goes on: with whom else must it be compared?"""
    if newer.withdrawn_at is None:
        open_for_claim(session, newer, newer.terms[-1], now=now, today=today)


def claims_against(session: Session, trainer: Trainer) -> list[Credential]:
    """Those whose open contest is with this trainer."""
    query = select(Review).join(Credential, Review.contested_id == Credential.id)
    query = query.where(Credential.trainer_id == trainer.id, Review.kind == "contest", Review.closed_at.is_(None))
    return [work.credential for work in session.scalars(query) if work.credential is not None]


def _open(session: Session, newer: Credential, older: Credential, *, now: datetime, today: date) -> Review:
    work = queue.open_review(
        session, kind="contest", trainer=newer.trainer, credential=newer, now=now, today=today
    )
    work.contested_id = older.id
    session.flush()
    return work


def queue_up(session: Session, credential_id: int | None) -> None:
    """Of two who confirm at the same moment the second waits here, before it holds what the first needs."""
    mine = select(Credential.type_id).where(Credential.id == credential_id).scalar_subquery()
    _wait_for(session, CredentialType.id == mine)


def queue_up_for_all(session: Session, issuer: str) -> None:
    """The same for who confirms many of an issuer's at once."""
    _wait_for(session, CredentialType.issuer == issuer)


def _wait_for(session: Session, these: ColumnElement[bool]) -> None:
    query = select(CredentialType.id).where(these).order_by(CredentialType.id)
    session.execute(query.with_for_update(key_share=True))


def demand_uncontested(session: Session, credential: Credential, term: Term) -> None:
    """Raises DomainError where somebody else holds the number."""
    for holder in holders(session, credential, term.number_key):
        contest = between(session, credential, holder)
        if contest is None:
            raise DomainError(UNDECIDED if is_open(session, credential) else JUST_CONFIRMED)
        if not is_won(contest, credential):
            raise DomainError(KEPT if contest.outcome in OUTCOMES else UNDECIDED)


# A trainer who says that the number is theirs


def disputable(session: Session, held: Sequence[Credential]) -> dict[int, list[Credential]]:
    """By credential of one trainer, the others that hold or claim its number and were not turned away for it.

    Somebody must hold the number, and while a contest is open its older one alone need speak up: the newer claim
    waits for the decision anyway.
    """
    numbers = {each.id: each.terms[-1].number_key for each in held}
    query = (
        select(Credential)
        .join(Credential.terms)
        .where(
            Term.number_key.in_(numbers.values()),
            Credential.type_id.in_([each.type_id for each in held]),
            Credential.trainer_id.not_in([each.trainer_id for each in held]),
            Credential.withdrawn_at.is_(None),
        )
        .distinct()
        .order_by(Credential.id)
    )
    others = session.scalars(query.options(*WITH_CHECKS)).all() if held else ()
    found: dict[int, list[Credential]] = {}
    for mine in held:
        rivals = [each for each in others if each.type_id == mine.type_id]
        found[mine.id] = [each for each in rivals if _may_dispute(session, mine, each, numbers[mine.id])]
    return found


def _may_dispute(session: Session, mine: Credential, rival: Credential, number: str) -> bool:
    if number not in {term.number_key for term in rival.terms}:
        return False
    contest, holds = between(session, mine, rival), number in confirmed_numbers(mine)
    if contest is not None and contest.closed_at is None:
        return holds
    if contest is not None and is_won(contest, mine):
        return False
    return holds or number in confirmed_numbers(rival)


def open_again(session: Session, credential: Credential, *, now: datetime, today: date) -> None:
    """Its trainer says that the number is theirs: a reviewer decides, also where one has decided already."""
    number = credential.terms[-1].number_key
    for rival in disputable(session, [credential])[credential.id]:
        held_by_rival = number in confirmed_numbers(rival)
        newer, older = (credential, rival) if held_by_rival else (rival, credential)
        if not is_open(session, newer):
            _open(session, newer, older, now=now, today=today)


# The decision


def decide(session: Session, work: Review, sitting: Sitting, *, outcome: str, answer: str) -> None:
    """`kept`: the newer claim goes back. `moved`: the newer may be confirmed, and the older is looked at again."""
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    newer, older = work.credential, work.contested
    if work.kind != "contest" or newer is None or older is None:
        raise Refused("There is no contest to decide here.")
    if str(older.trainer.account_id) == sitting.by:
        raise Refused("One of the two is your own listing. Another reviewer decides.")
    if outcome not in OUTCOMES:
        raise DomainError("Choose who keeps the number.", field="outcome")
    if not answer:
        raise DomainError("Write the reason, for both trainers.", field="answer")
    queue.close(work, outcome=outcome, by=sitting.by, now=sitting.now)
    work.answer = answer
    winner, loser = (older, newer) if outcome == "kept" else (newer, older)
    looks_again = loser is older or not numbers_apart(older, newer)
    if looks_again:
        look_again(session, loser, sitting)
    else:
        send_back(session, loser, sitting)
    notices.tell_contest(session, work, winner, sitting, keeps=True, looks_again=False)
    notices.tell_contest(session, work, loser, sitting, keeps=False, looks_again=looks_again)
    for each in (newer, older):
        about = f"trainer:{each.trainer_id}"
        subject = f"review:{work.id}"
        audit.record(session, by=sitting.by, action=f"contest_{outcome}", subject=subject, about=about)
    session.flush()
    if outcome == "moved":
        begin_next(session, newer, now=sitting.now, today=sitting.today)


def numbers_apart(one: Credential, other: Credential) -> bool:
    """Whether no number is confirmed for both, as it is after a decision that was followed and then disputed."""
    return not confirmed_numbers(one) & confirmed_numbers(other)


def look_again(session: Session, credential: Credential, sitting: Sitting) -> None:
    queue.open_review(
        session,
        kind="recheck",
        cause="asked",
        trainer=credential.trainer,
        credential=credential,
        now=sitting.now,
        today=sitting.today,
        due_on=sitting.today,
    )


def send_back(session: Session, newer: Credential, sitting: Sitting) -> None:
    claim = queue.open_one(session, kind="new", trainer=newer.trainer, credential=newer)
    if claim is not None:
        queue.close(claim, outcome="returned", by=sitting.by, now=sitting.now, reason="number_taken")
