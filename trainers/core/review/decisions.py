"""What a reviewer decides: confirm, return, second look, refuse, or that the source was not there.

Each writes its check, its audit event and its message, and makes the public rows and the reminders anew, all
in the caller's one transaction. Each demands that the work is still in the reviewer's hands.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from .. import audit
from ..credentials import rule_for, visible_credentials
from ..dates import long_date
from ..errors import DomainError, NotFound
from ..mail import alerts
from ..models import Check, Credential, Review, Term
from ..rules import Rule
from ..search import listing
from ..standing import answers
from ..standing.answers import STRENGTH
from ..standing.comparing import Outcome
from . import contests, notices, queue, renewals
from .looks import Look, Sitting, check_of, demand_sound, outcome_of

SECOND_LOOK = timedelta(days=7)
RETURN_REASONS = {
    "photo_unreadable": "The photo cannot be read",
    "slip_missing": "The slip of paper with the code is missing",
    "wrong_title": "Another certification was chosen than the one on the certificate",
    "number_missing": "The certificate number is missing or cannot be read",
    "name_differs": "The name differs from the one on the certificate",
    "dates_differ": "The dates differ from those on the certificate",
    "number_taken": "Another listing holds this number, and a reviewer decided that it stays there",
    "other": "Another reason",
}


def told_reason(code: str | None) -> str:
    """The reason for the trainer's eyes; nothing where the reviewer's note says it all."""
    return "" if code == "other" else RETURN_REASONS.get(code or "", "")


@dataclass(frozen=True)
class Case:
    """A claim on the reviewer's desk: the term in question and what earlier looks have established.

    `misses`: first misses since the last confirmation; `to_overturn`: how strong a source a confirmation needs.
    """

    credential: Credential
    term: Term
    rule: Rule
    misses: tuple[Check, ...]
    to_overturn: int

    @property
    def last_looked_on(self) -> date:
        """The day of the newest look, whatever it came to."""
        return max((check.looked_on for check in self.credential.checks), default=date.min)


def case_of(credential: Credential, today: date) -> Case:
    """The claim that waits for an answer; without one, the term that counts, or else the newest that was told."""
    record = answers.read(credential.terms, credential.checks)
    confirmed = [each.term for each in record.confirmations]
    told = (term for term in credential.terms if term.source == "holder")
    newest = max(told, key=lambda term: (term.recorded_at, term.id))
    last_to_end = max(confirmed, key=lambda term: (term.expires_on or date.max, term.id), default=newest)
    term, rule = record.claim or last_to_end, rule_for(credential.type, today)
    return Case(credential, term, rule, record.misses, record.to_overturn)


def confirm(session: Session, work: Review, look: Look, sitting: Sitting, *, term_id: int) -> Check:
    """Record that the source showed the claim, or a renewal of it, which becomes a term of its own.

    Raises DomainError where the field results carry neither.
    """
    contests.queue_up(session, work.credential_id)
    case = _begin(session, work, sitting, term_id)
    _demand_newest(case, look, sitting)
    renewed = renewals.is_renewal(case.term, look.shown, sitting.today)
    demand_match(case, look, renewed=renewed)
    contests.demand_uncontested(session, case.credential, case.term)
    case, action = answered(session, case, look, sitting, renewed=renewed)
    check = _record(session, case, look, Outcome.MATCHED, sitting, action=action)
    contests.open_for_waiting(session, case.credential, case.term, sitting)
    queue.close(work, outcome="confirmed", by=sitting.by, now=sitting.now)
    notices.tell_confirmed(session, check, sitting)
    finish(session, case.credential, sitting)
    return check


def answered(session: Session, case: Case, look: Look, sitting: Sitting, *, renewed: bool) -> tuple[Case, str]:
    """The case that a match is recorded for, with the name of the event: of a renewal, its new term."""
    if not renewed:
        return case, "claim_confirmed"
    return replace(case, term=renewals.add_term(session, case.term, look, sitting)), "renewal_recorded"


def demand_match(case: Case, look: Look, *, renewed: bool = False) -> None:
    """Raises DomainError unless the look carries a confirmation and is strong enough to count."""
    if not renewed and outcome_of(case.term, look) is not Outcome.MATCHED:
        raise DomainError("What you typed does not carry a confirmation. Look at the comparison below.")
    if STRENGTH[look.method] < case.to_overturn:
        raise DomainError(
            "A stronger source said no. Only a look at a source as strong can change that.", field="method"
        )


def second_look(session: Session, work: Review, look: Look, sitting: Sitting, *, term_id: int) -> Check:
    """Record a first miss: nothing public changes, the trainer is told, another person looks seven days later."""
    case = _begin(session, work, sitting, term_id)
    _demand_newest(case, look, sitting)
    demand_miss(case, look, sitting)
    if earlier_miss(case, sitting, by_day=sitting.today) is not None:
        raise DomainError("Another reviewer missed it a week ago or more. Decide now: confirm or refuse.")
    check = _record(session, case, look, Outcome.SECOND_LOOK, sitting, action="second_look")
    again_on = put_off(session, work, check, case, sitting)
    notices.tell_second_look(session, check, sitting, again_on=again_on)
    finish(session, case.credential, sitting)
    return check


def demand_miss(case: Case, look: Look, sitting: Sitting) -> None:
    """Raises DomainError for a look that matched or saw a renewal, and for one at a source that was not there."""
    outcome = outcome_of(case.term, look)
    if outcome is Outcome.UNAVAILABLE:
        raise DomainError("The source was not available, so it showed nothing for or against.", field="found")
    if outcome is Outcome.MATCHED:
        raise DomainError("What you typed matches the claim. Confirm it, or look again.")
    if renewals.is_renewal(case.term, look.shown, sitting.today):
        raise DomainError("The source shows a later end date, so it was renewed. Confirm it, or look again.")


def earlier_miss(case: Case, sitting: Sitting, *, by_day: date) -> Check | None:
    """A first miss by another person whose seven days are over on a day."""
    others = (miss for miss in case.misses if miss.by != sitting.by)
    return next((miss for miss in others if second_look_from(miss, sitting) <= by_day), None)


def second_look_from(miss: Check, sitting: Sitting) -> date:
    """Seven days after the miss, counted from the day on which the trainer was told."""
    return max(miss.looked_on, sitting.day_of(miss.recorded_at)) + SECOND_LOOK


def put_off(session: Session, work: Review, miss: Check, case: Case, sitting: Sitting) -> date:
    """Back into the queue for another person, seven days after the first of the misses; answers that day. The day
    by which an objection is answered was told to its trainer, and stays."""
    first = next((each for each in case.misses if each.by != sitting.by), miss)
    queue.put_back(work)
    again_on = second_look_from(first, sitting)
    work.not_before = again_on
    if work.kind != "dispute":
        work.due_on = again_on
    session.flush()
    return again_on


def refuse(session: Session, work: Review, look: Look, sitting: Sitting, *, term_id: int) -> Check:
    """Record a second miss, by another person seven days after the first: the public reads of it.

    The outcome is what the comparison says: no match, a mismatch, or a status word other than active.
    """
    case = _begin(session, work, sitting, term_id)
    _demand_newest(case, look, sitting)
    demand_miss(case, look, sitting)
    first = earlier_miss(case, sitting, by_day=look.looked_on)
    if first is None:
        raise DomainError(_why_not_yet(case, sitting))
    check = _record(session, case, look, outcome_of(case.term, look), sitting, action="claim_refused")
    queue.close(work, outcome="refused", by=sitting.by, now=sitting.now)
    notices.tell_refused(session, check, sitting, first=first)
    finish(session, case.credential, sitting)
    return check


def _why_not_yet(case: Case, sitting: Sitting) -> str:
    others = [miss for miss in case.misses if miss.by != sitting.by]
    if not others:
        return "Nobody else has missed it yet. Choose a second look: another person looks in seven days."
    day = long_date(second_look_from(others[0], sitting))
    return f"The trainer has seven days to answer the first miss. Look on {day} or later."


def unavailable(session: Session, work: Review, look: Look, sitting: Sitting, *, term_id: int) -> Check:
    """Record that the source could not be reached. It says nothing against the trainer; the work goes back."""
    case = _begin(session, work, sitting, term_id)
    _demand_newest(case, look, sitting)
    if look.available:
        raise DomainError("Say above that the source was not available.", field="found")
    check = _record(session, case, look, Outcome.UNAVAILABLE, sitting, action="source_unavailable")
    queue.put_back(work)
    finish(session, case.credential, sitting)
    return check


def return_claim(
    session: Session, work: Review, sitting: Sitting, *, reason: str, note: str, term_id: int
) -> None:
    """Send the claim back to its trainer with a reason. No look is recorded and the public reads nothing."""
    case = _begin(session, work, sitting, term_id)
    if reason not in RETURN_REASONS:
        raise DomainError("Choose why it goes back.", field="reason")
    if reason == "other" and not note:
        raise DomainError("Write what the trainer should put right.", field="note")
    queue.close(work, outcome="returned", by=sitting.by, now=sitting.now, reason=reason, note=note)
    record_event(session, case.credential, sitting, action="claim_returned", detail=reason)
    notices.tell_returned(session, work, sitting, reason=told_reason(reason))
    finish(session, case.credential, sitting)


def resolve(session: Session, work: Review, sitting: Sitting, *, note: str, answer: str) -> None:
    """Settle a report: a note for the other reviewers, and an answer for the trainer and for who reported."""
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    if work.kind != "report":
        raise DomainError("This is not settled with a note. Decide on it.")
    if not answer:
        raise DomainError("Write the answer for the trainer and for who reported.", field="answer")
    queue.close(work, outcome="resolved", by=sitting.by, now=sitting.now, note=note)
    work.answer = answer
    notices.tell_report_answered(session, work, sitting)
    about = f"trainer:{work.trainer_id}"
    audit.record(session, by=sitting.by, action=f"{work.kind}_resolved", subject=f"review:{work.id}", about=about)
    session.flush()


def ask_for_look(session: Session, work: Review, credential_uuid: str, sitting: Sitting) -> Review:
    """Put a fresh look at one of the reported trainer's credentials into the queue. Raises NotFound."""
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    for credential in visible_credentials(session, work.trainer):
        if credential.uuid == credential_uuid:
            detail = f"review:{work.id}"
            record_event(session, credential, sitting, action="recheck_asked", detail=detail)
            return queue.open_review(
                session,
                kind="recheck",
                cause="asked",
                trainer=work.trainer,
                credential=credential,
                now=sitting.now,
                today=sitting.today,
            )
    raise NotFound("This trainer has no such certification here.")


def _begin(session: Session, work: Review, sitting: Sitting, term_id: int) -> Case:
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    if work.credential is None or work.kind not in queue.CLAIM_KINDS:
        raise DomainError("There is no claim to decide on here.")
    if work.credential.withdrawn_at is not None:
        raise DomainError("The trainer has withdrawn this certification.")
    case = case_of(work.credential, sitting.today)
    if case.term.id != term_id:
        raise DomainError("The trainer changed this entry while you looked. Compare it with what is there now.")
    return case


def _demand_newest(case: Case, look: Look, sitting: Sitting) -> None:
    demand_sound(look, case.term, case.rule, sitting)
    if look.looked_on < case.last_looked_on:
        day = long_date(case.last_looked_on)
        raise DomainError(f"Somebody looked on {day}, which is later. Look again.", field="looked_on")


def _record(session: Session, case: Case, look: Look, outcome: Outcome, sitting: Sitting, *, action: str) -> Check:
    check = check_of(look, case.term, outcome, sitting)
    case.term.checks.append(check)
    session.flush()
    record_event(session, case.credential, sitting, action=action, detail=f"check:{check.id}")
    return check


def record_event(session: Session, credential: Credential, sitting: Sitting, *, action: str, detail: str) -> None:
    audit.record(
        session,
        by=sitting.by,
        action=action,
        subject=f"credential:{credential.id}",
        about=f"trainer:{credential.trainer_id}",
        detail=detail,
    )


def finish(session: Session, credential: Credential, sitting: Sitting) -> None:
    session.flush()
    listing.refresh(session, credential.trainer, today=sitting.today)
    alerts.watch_credential(session, credential, today=sitting.today)
