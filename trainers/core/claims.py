"""A claim's way: sent in with a photo, corrected, renewed, withdrawn, objected to.

What was sent in is never overwritten: a renewal is a new term, a correction a term that corrects another.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import audit, drafts, evidence, names, trainers
from .credentials import is_confirmed, rule_for, standing_of, visible_credentials
from .dates import long_date
from .drafts import Printed
from .errors import DomainError, NotFound, Refused
from .mail import alerts, outbox
from .models import ClaimDraft, Credential, Review, Term
from .review import contests, objections, queue
from .search import listing
from .slips import slip_code
from .standing import answers
from .standing.status import begins_anew
from .violations import told_as

CHANGED_MEANWHILE = "This entry has changed since you began. Go back to My listing and look at it again."
WORK = {"new": "new", "renewal": "renewal", "correction": "edit"}
"""What each kind of draft asks of a reviewer."""


def work_kind(draft: ClaimDraft, credential: Credential, term: Term) -> str:
    """What a claim asks of a reviewer. A corrected renewal is still one: first in the queue, reminders wait."""
    kind = WORK[draft.kind]
    return "renewal" if kind == "edit" and answers.is_renewal(credential.terms, credential.checks, term) else kind


# Correcting and renewing


def may_correct(credential: Credential) -> bool:
    """What was confirmed is read-only, unless a first miss asks its holder to look at it again."""
    misses = answers.read(credential.terms, credential.checks).misses
    return bool(misses) or not is_confirmed(credential, credential.terms[-1])


def may_renew(credential: Credential, *, today: date) -> bool:
    """There is an end date that counts, and no later claim waits for its answer."""
    counted = standing_of(credential, today=today).expires_on
    return counted is not None and is_confirmed(credential, credential.terms[-1])


def renewal_code(credential: Credential) -> str:
    """The code for the slip, which the page shows before there is a draft."""
    return slip_code(f"{credential.uuid}:{credential.terms[-1].id}")


def start_correction(session: Session, credential: Credential, *, now: datetime) -> ClaimDraft:
    """A draft that says what the newest claim says. Raises Refused for what was confirmed."""
    if not may_correct(credential):
        raise Refused("This was confirmed and stays as it is. Have you renewed it? Then tell us so.")
    newest = credential.terms[-1]
    draft = drafts.begun(session, credential.trainer, credential.type, "correction")
    if draft is None or draft.corrects_id != newest.id:
        draft = draft or drafts.new_draft(credential.trainer, credential.type, "correction", now=now)
        draft.credential_id, draft.corrects_id = credential.id, newest.id
        draft.number, draft.name_on_certificate = newest.number, newest.name_on_certificate
        draft.issued_on, draft.expires_on, draft.updated_at = newest.issued_on, newest.expires_on, now
        draft.link = newest.link
        draft.slip_code = renewal_code(credential)
    session.add(draft)
    session.flush()
    return draft


def start_renewal(
    session: Session,
    credential: Credential,
    expires_on: date | None,
    *,
    issued_on: date | None = None,
    now: datetime,
    today: date,
) -> ClaimDraft:
    """A draft with the new end date; name and number are those that were confirmed.

    A first day is kept only where the renewal begins a term of its own. Raises DomainError with a sentence for a
    date, Refused while an earlier claim waits.
    """
    counted = standing_of(credential, today=today)
    if not may_renew(credential, today=today) or counted.expires_on is None or counted.term is None:
        raise Refused("There is nothing to renew here now. My listing shows what we are waiting for.")
    if expires_on is not None and expires_on <= counted.expires_on:
        raise DomainError(
            f"Enter an end date after {long_date(counted.expires_on)}, the one that we hold.", field="expires_on"
        )
    draft = drafts.begun(session, credential.trainer, credential.type, "renewal")
    draft = draft or drafts.new_draft(credential.trainer, credential.type, "renewal", now=now)
    draft.credential_id, draft.slip_code = credential.id, renewal_code(credential)
    known = counted.term
    if not begins_anew(rule_for(credential.type, today), counted.expires_on, today):
        issued_on = None
    printed = Printed(known.number, known.name_on_certificate, issued_on, expires_on, link=known.link)
    drafts.edit_claim(session, draft, credential.type, printed, now=now, today=today)
    return draft


# Sending in


def has_photo(session: Session, draft: ClaimDraft) -> bool:
    """A correction may lean on the photo that was sent before."""
    if evidence.pending_on(draft):
        return True
    credential = session.get(Credential, draft.credential_id) if draft.credential_id else None
    return (
        draft.kind == "correction" and credential is not None and bool(evidence.evidence_for(session, credential))
    )


def submit_claim(session: Session, draft: ClaimDraft, *, by: str, now: datetime, today: date) -> Review:
    """Turn the draft into a term that waits for a reviewer; a first claim makes the listing public.

    Raises DomainError where something is missing, Refused without the consent to be listed.
    """
    hold(session, draft)
    printed = Printed(draft.number, draft.name_on_certificate, draft.issued_on, draft.expires_on, link=draft.link)
    drafts.edit_claim(session, draft, draft.type, printed, now=now, today=today)
    if not has_photo(session, draft):
        raise DomainError("Add a photo of the certificate first.", field=evidence.FIELD)
    trainer = draft.trainer
    credential = credential_of(session, draft, now=now, today=today)
    term = add_term(session, draft, credential, now=now)
    kind = work_kind(draft, credential, term)
    evidence.attach(draft, term)
    work = queue.open_review(session, kind=kind, trainer=trainer, credential=credential, now=now, today=today)
    contests.open_for_claim(session, credential, term, now=now, today=today)
    note(session, credential, f"claim_sent_{kind}", by=by)
    tell_received(session, draft, due_on=work.due_on, now=now)
    session.delete(draft)
    session.flush()
    session.expire(credential, ["terms"])
    if trainer.state == "draft":
        trainers.list_publicly(session, trainer, by=by, now=now, today=today)
    else:
        listing.refresh(session, trainer, today=today)
    return work


def hold(session: Session, draft: ClaimDraft) -> None:
    """From here on nobody else can send this draft in. Raises NotFound when somebody just did."""
    query = select(ClaimDraft).where(ClaimDraft.id == draft.id).with_for_update(of=ClaimDraft)
    if session.scalar(query.execution_options(populate_existing=True)) is None:
        raise NotFound(drafts.DRAFT_GONE)


def credential_of(session: Session, draft: ClaimDraft, *, now: datetime, today: date) -> Credential:
    """The one that the draft is about; a new one for a new claim."""
    if draft.credential_id is None:
        credential = Credential(trainer_id=draft.trainer_id, type_id=draft.type.id, created_at=now)
        twice = DomainError("You have this certification on your listing already.", field="type")
        with told_as(session, uq_credential_trainer_id_type_id=twice):
            session.add(credential)
        return credential
    credential = session.get_one(Credential, draft.credential_id)
    newest = credential.terms[-1]
    current = may_renew(credential, today=today) if draft.kind == "renewal" else may_correct(credential)
    if not current or (draft.kind == "correction" and draft.corrects_id != newest.id):
        raise Refused(CHANGED_MEANWHILE)
    return credential


def add_term(session: Session, draft: ClaimDraft, credential: Credential, *, now: datetime) -> Term:
    term = Term(
        credential_id=credential.id,
        number=draft.number,
        number_key=names.number_key(draft.number),
        name_on_certificate=draft.name_on_certificate,
        issued_on=draft.issued_on,
        expires_on=draft.expires_on,
        link=draft.link,
        source="holder",
        corrects_id=draft.corrects_id,
        recorded_at=now,
    )
    with told_as(session, uq_term_corrects_id=Refused(CHANGED_MEANWHILE)):
        session.add(term)
    return term


def tell_received(session: Session, draft: ClaimDraft, *, due_on: date, now: datetime) -> None:
    account, first_name = draft.trainer.account, draft.trainer.name.split()[0]
    outbox.queue(
        session,
        to=outbox.recipient_for(session, account.email, account_id=account.id),
        template="claim_received",
        context={
            "name": first_name,
            "credential": rule_for(draft.type).label,
            "due_on": due_on,
        },
        dedupe_key=f"claim_received:{draft.uuid}",
        now=now,
    )


# Withdrawing and objecting


def withdraw_credential(session: Session, credential: Credential, *, by: str, now: datetime, today: date) -> None:
    """Off the listing and out of the queue. A listing with nothing left to show is paused."""
    trainer = credential.trainer
    credential.withdrawn_at = now
    queue.close_withdrawn(session, trainer=trainer, credential=credential, by=by, now=now)
    note(session, credential, "credential_withdrawn", by=by)
    alerts.watch_credential(session, credential, today=today)
    if trainer.state == "listed" and not visible_credentials(session, trainer):
        trainers.pause(session, trainer, by=by, today=today)
    listing.refresh(session, trainer, today=today)


def may_object(credential: Credential) -> bool:
    """Somebody looked and did not find what the holder says."""
    record = answers.read(credential.terms, credential.checks)
    return record.refusal is not None or bool(record.misses)


def object_to(
    session: Session, credential: Credential, *, reason: str, body: str, by: str, now: datetime, today: date
) -> Review:
    """The holder says that the entry is right, or that its number is nobody else's: then a contest decides.

    Raises Refused where nothing was said against it, DomainError for a field.
    """
    if not may_object(credential):
        if not contests.disputable(session, [credential])[credential.id]:
            raise Refused("There is nothing to object to here now.")
        if reason != "number":
            raise DomainError("Choose that the number is yours: another listing has it too.", field="reason")
    if reason == "number":
        contests.open_again(session, credential, now=now, today=today)
    note(session, credential, "disputed", by=by)
    return objections.file_objection(session, credential, reason=reason, body=body, now=now, today=today)


def note(session: Session, credential: Credential, action: str, *, by: str) -> None:
    about = f"trainer:{credential.trainer_id}"
    audit.record(session, by=by, action=action, subject=f"credential:{credential.id}", about=about)
