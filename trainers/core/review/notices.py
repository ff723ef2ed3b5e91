"""What a trainer is told about each decision: one message each, queued in the decision's own transaction."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..credentials import rule_for, standing_of
from ..mail import outbox
from ..models import Check, Credential, Message, Report, Review, Trainer
from ..names import last_four
from ..slugs import slug_of
from ..standing.comparing import Outcome, status_word_is_active
from ..standing.status import source_name
from .looks import Sitting

DIFFERENT = "different"


def tell_confirmed(session: Session, check: Check, sitting: Sitting) -> Message | None:
    term = check.term
    told = {
        "ends_on": check.shown_expires_on or term.expires_on,
        "renewed": check.found_renewal,
        "end_is_claimed": check.shown_expires_on is None and term.expires_on is not None,
        "says": says_now(term.credential, sitting),
        "profile_path": profile_path(session, term.credential.trainer),
    }
    return _queue(session, "claim_confirmed", check, sitting, **told)


def tell_second_look(session: Session, check: Check, sitting: Sitting, *, again_on: date) -> Message | None:
    return _queue(session, "second_look", check, sitting, found=what_we_found(check), again_on=again_on)


def tell_refused(session: Session, check: Check, sitting: Sitting, *, first: Check) -> Message | None:
    told = {"found": what_we_found(check), "first_looked_on": first.looked_on}
    return _queue(session, "claim_refused", check, sitting, says=says_now(check.term.credential, sitting), **told)


def tell_corrected(session: Session, check: Check, sitting: Sitting, *, again_on: date | None) -> Message | None:
    """`check` is the new one; the message says what it puts right and what the listing says now."""
    if check.found_renewal:
        found = "It showed your record with a later end date, so it was renewed."
    elif check.outcome == Outcome.MATCHED:
        found = "It showed the record that you told us about."
    elif check.outcome == Outcome.UNAVAILABLE:
        found = "The page was not available, so that look told us nothing. It does not count against you."
    else:
        found = what_we_found(check)
    says = says_now(check.term.credential, sitting)
    return _queue(session, "decision_corrected", check, sitting, found=found, says=says, again_on=again_on)


def tell_returned(session: Session, work: Review, sitting: Sitting, *, reason: str) -> Message | None:
    if work.credential is None:
        raise ValueError("Only a claim can go back to its trainer.")
    context = {**_subject(work.credential), "reason": reason, "note": work.note}
    return _send(session, work.trainer, "claim_returned", context, f"review:{work.id}:returned", sitting)


def tell_contest(
    session: Session, work: Review, credential: Credential, sitting: Sitting, *, keeps: bool, looks_again: bool
) -> None:
    context = {**_subject(credential), "answer": work.answer, "keeps": keeps, "looks_again": looks_again}
    _send(session, credential.trainer, "contest_decided", context, f"review:{work.id}:{credential.id}", sitting)


def tell_report_answered(session: Session, work: Review, sitting: Sitting) -> None:
    """Who reported and left an address, and the trainer, read the same answer; neither learns who the other is."""
    context: dict[str, object] = {"name": work.trainer.name, "answer": work.answer}
    _send(session, work.trainer, "report_about_you", context, f"review:{work.id}:answered", sitting)
    tell_reporters(session, work, sitting, answer=work.answer)


def tell_reporters(session: Session, work: Review, sitting: Sitting, *, answer: str) -> None:
    """A mail to each who reported and left an address."""
    told = {"name": work.trainer.name, "answer": answer, "profile_path": profile_path(session, work.trainer)}
    query = select(Report).where(Report.review_id == work.id, Report.email.is_not(None)).order_by(Report.id)
    for report in session.scalars(query):
        outbox.queue(
            session,
            to=outbox.recipient_for(session, report.email or ""),
            template="report_answered",
            context={**told, "reported_on": sitting.day_of(report.created_at)},
            dedupe_key=f"report:{report.id}:answered",
            now=sitting.now,
        )


def what_we_found(check: Check) -> str:
    """A sentence to the trainer about a look that did not bear out the claim."""
    number = f"the number ending {last_four(check.term.number)}"
    if check.name_result is None:
        return f"We found no record with your name and {number}."
    results = {"name": check.name_result, "number": check.number_result, "end date": check.expiry_result}
    seen = [field for field, result in results.items() if result == DIFFERENT]
    if not status_word_is_active(check.shown_status):
        seen.append("status word")
    if not seen:
        return f"We found a record, but it shows too little to tell that it belongs to {number}."
    listed = " and ".join(filter(None, (", ".join(seen[:-1]), seen[-1])))
    word = f" The word there is “{check.shown_status}”." if seen[-1] == "status word" else ""
    return f"The record we found has a different {listed}.{word}"


def source_of(check: Check) -> str:
    """What was looked at, as the trainer would say it."""
    if check.method == "document_seen":
        return "your certificate"
    return source_name(check.method, check.term.credential.type.issuer)


def says_now(credential: Credential, sitting: Sitting) -> str:
    """The status word of the listing after the decision."""
    return standing_of(credential, today=sitting.today).word


def profile_path(session: Session, trainer: Trainer) -> str | None:
    return f"/trainers/{slug_of(session, trainer)}" if trainer.state == "listed" else None


def fix_path(credential: Credential) -> str:
    """Where the trainer corrects or confirms an entry."""
    return f"/dashboard/certifications/{credential.uuid}"


def _subject(credential: Credential) -> dict[str, object]:
    return {
        "name": credential.trainer.name.split()[0],
        "credential": rule_for(credential.type).label,
        "issuer": credential.type.issuer,
        "fix_path": fix_path(credential),
    }


def _queue(session: Session, template: str, check: Check, sitting: Sitting, **told: object) -> Message | None:
    credential = check.term.credential
    context = {
        **_subject(credential),
        "source": source_of(check),
        "looked_on": check.looked_on,
        **told,
    }
    return _send(session, credential.trainer, template, context, f"check:{check.id}", sitting)


def _send(
    session: Session, trainer: Trainer, template: str, context: dict[str, object], key: str, sitting: Sitting
) -> Message | None:
    to = outbox.recipient_for(session, trainer.account.email, account_id=trainer.account_id)
    return outbox.queue(session, to=to, template=template, context=context, dedupe_key=key, now=sitting.now)
