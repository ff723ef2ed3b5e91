"""A wrong decision is corrected by a check that supersedes it; both stay on record."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from ..errors import DomainError, NotFound, Refused
from ..models import Check, Term
from ..standing import answers
from ..standing.comparing import Outcome
from ..violations import told_as
from . import contests, notices, queue, renewals
from .decisions import Case, answered, case_of, demand_match, earlier_miss, finish, put_off, record_event
from .looks import Look, Sitting, check_of, demand_sound, outcome_of


def find_check(session: Session, check_id: int, *, by: str) -> Check:
    """A check that this reviewer may correct. Raises NotFound, and Refused for one about the own listing."""
    check = session.get(Check, check_id)
    if check is None:
        raise NotFound("There is no such look.")
    if str(check.term.credential.trainer.account_id) == by:
        raise Refused("This is about your own listing. Another reviewer looks at it.")
    return check


def supersede(session: Session, wrong: Check, look: Look, sitting: Sitting) -> Check:
    """Put a new look in the place of a wrong one.

    What it comes to follows from the comparison: a match counts at once, and so does a later end date, which is
    recorded as a renewal; a miss counts if another person had missed it seven days before, and is otherwise a
    first miss that another person looks at again. The trainer is told. Raises DomainError, also for a check that
    was superseded already, and for a match whose number is another listing's.
    """
    contests.queue_up(session, wrong.term.credential_id)
    case = case_without(wrong, sitting)
    if case.credential.withdrawn_at is not None:
        raise DomainError("The trainer has withdrawn this certification.")
    demand_sound(look, case.term, case.rule, sitting)
    renewed = renewals.is_renewal(case.term, look.shown, sitting.today)
    outcome = Outcome.MATCHED if renewed else outcome_of(case.term, look)
    if outcome is Outcome.MATCHED:
        _demand_match(session, case, look, renewed=renewed)
        case, _action = answered(session, case, look, sitting, renewed=renewed)
    elif outcome is not Outcome.UNAVAILABLE and earlier_miss(case, sitting, by_day=look.looked_on) is None:
        outcome = Outcome.SECOND_LOOK
    check = check_of(look, case.term, outcome, sitting, supersedes=wrong)
    _add(session, check)
    detail = f"check:{check.id} supersedes check:{wrong.id}"
    record_event(session, case.credential, sitting, action="decision_corrected", detail=detail)
    if outcome is Outcome.MATCHED:
        contests.open_for_waiting(session, case.credential, case.term, sitting)
    again_on = _requeue(session, case, check, sitting)
    notices.tell_corrected(session, check, sitting, again_on=again_on)
    finish(session, case.credential, sitting)
    return check


def case_without(wrong: Check, sitting: Sitting) -> Case:
    """The claim that the wrong look was about, and what the other looks have established."""
    credential = wrong.term.credential
    out = {wrong.id} | {check.supersedes_id for check in credential.checks}
    others = [check for check in credential.checks if check.id not in out]
    record = answers.read(credential.terms, others)
    case = case_of(credential, sitting.today)
    return replace(case, term=told_term(wrong), misses=record.misses, to_overturn=record.to_overturn)


def told_term(wrong: Check) -> Term:
    """What was claimed when the look was made: a term that the look itself has recorded is no claim."""
    if not wrong.found_renewal:
        return wrong.term
    return max((each for each in wrong.term.credential.terms if each.id < wrong.term_id), key=lambda each: each.id)


def _demand_match(session: Session, case: Case, look: Look, *, renewed: bool) -> None:
    demand_match(case, look, renewed=renewed)
    contests.demand_uncontested(session, case.credential, case.term)
    claim = answers.read(case.credential.terms, case.credential.checks).claim
    if renewed and claim is not None and claim.id > case.term.id:
        raise DomainError("The trainer has told us of a renewal, and it waits for a look. Look at that one.")


def _add(session: Session, check: Check) -> None:
    twice = DomainError("This look was corrected already. Correct the newer one.")
    with told_as(session, uq_check_supersedes_id=twice):
        session.add(check)
    session.expire(check.term, ["checks"])


def _requeue(session: Session, case: Case, check: Check, sitting: Sitting) -> date | None:
    """What the correction means for the queue; answers the day of a second look that it has set."""
    credential, trainer = case.credential, case.credential.trainer
    work = queue.open_one(session, kind="recheck", trainer=trainer, credential=credential)
    claim = answers.read(credential.terms, credential.checks).claim
    if claim is not None and claim.id != check.term_id:
        return None  # the trainer has sent in something newer, which waits for a look of its own
    if check.outcome in (Outcome.SECOND_LOOK, Outcome.UNAVAILABLE):
        work = queue.open_review(
            session,
            kind="recheck",
            trainer=trainer,
            credential=credential,
            now=sitting.now,
            today=sitting.today,
        )
        if check.outcome == Outcome.SECOND_LOOK:
            return put_off(session, work, check, case, sitting)
    elif work is not None:
        queue.close(work, outcome="corrected", by=sitting.by, now=sitting.now)
    return None
