"""A claim while it is being written: what it must say, and where it is kept until it is sent in."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from . import evidence, names, rules, texts
from .credentials import rule_for, visible_credentials
from .dates import add_years
from .errors import DomainError, NotFound
from .models import ClaimDraft, Credential, CredentialType, Trainer
from .slips import slip_code

LONGEST_NUMBER = 60
LONGEST_NAME = 120
LONGEST_LINK = 500
LINK = re.compile(r"https://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?", re.ASCII)
FURTHEST_END = 10  # years ahead: no issuer gives more than a few
DRAFT_GONE = "This draft is not here. Perhaps you have sent it in already: My listing shows it."
NO_END_DATE = "Enter the end date printed on the certificate."


@dataclass(frozen=True)
class Printed:
    """What the holder reads off the certificate."""

    number: str
    name: str
    issued_on: date | None
    expires_on: date | None
    link: str | None = None


class AlreadyClaimed(DomainError):
    """The trainer holds a credential of this type here already."""

    def __init__(self, credential: Credential) -> None:
        title = rule_for(credential.type).full_name
        super().__init__(f"You have {title} here already. Correct or renew that one instead.", field="type")
        self.credential = credential


def start_claim(
    session: Session, trainer: Trainer, type: CredentialType, printed: Printed, *, now: datetime, today: date
) -> ClaimDraft:
    """A draft of a new credential; the one that is there already, if this type was begun before.

    Raises AlreadyClaimed, or DomainError with a sentence for one field; then nothing is written.
    """
    draft = begun(session, trainer, type, "new") or new_draft(trainer, type, "new", now=now)
    edit_claim(session, draft, type, printed, now=now, today=today)
    return draft


def edit_claim(
    session: Session, draft: ClaimDraft, type: CredentialType, printed: Printed, *, now: datetime, today: date
) -> None:
    """Write the answers onto the draft. Raises as `start_claim` does."""
    if draft.kind == "new":
        refuse_second(session, draft.trainer, type)
    elif type.id != draft.type.id:
        raise DomainError("The title of a certification that was sent in stays as it is.", field="type")
    number, name = texts.one_line(printed.number), texts.one_line(printed.name)
    printed = Printed(number, name, *dates_of(printed), link=(printed.link or "").strip() or None)
    demand_link(type, printed.link, today=today)
    demand_readable(printed)
    demand_dates(type, printed, kind=draft.kind, today=today)
    draft.type, draft.updated_at = type, now
    draft.number, draft.name_on_certificate = printed.number, printed.name
    draft.issued_on, draft.expires_on = dates_of(printed)
    draft.link = printed.link
    session.add(draft)
    session.flush()


def dates_of(printed: Printed) -> tuple[date | None, date | None]:
    return printed.issued_on, printed.expires_on


def new_draft(trainer: Trainer, type: CredentialType, kind: str, *, now: datetime) -> ClaimDraft:
    uuid = str(uuid4())
    return ClaimDraft(
        uuid=uuid,
        trainer=trainer,
        type=type,
        kind=kind,
        slip_code=slip_code(uuid),
        number="",
        name_on_certificate="",
        created_at=now,
        updated_at=now,
    )


def own_drafts(session: Session, trainer: Trainer) -> list[ClaimDraft]:
    """The trainer's unfinished claims, oldest first."""
    return list(session.scalars(drafts_query(trainer)))


def own_draft(session: Session, trainer: Trainer, uuid: str) -> ClaimDraft:
    """Raises NotFound, for somebody else's too."""
    draft = session.scalar(drafts_query(trainer).where(ClaimDraft.uuid == uuid))
    if draft is None:
        raise NotFound(DRAFT_GONE)
    return draft


def begun(session: Session, trainer: Trainer, type: CredentialType, kind: str) -> ClaimDraft | None:
    query = drafts_query(trainer).where(ClaimDraft.type_id == type.id, ClaimDraft.kind == kind)
    return session.scalars(query).first()


def drafts_query(trainer: Trainer) -> Select[ClaimDraft]:
    query = select(ClaimDraft).outerjoin(Credential, ClaimDraft.credential_id == Credential.id)
    still_held = or_(ClaimDraft.credential_id.is_(None), Credential.withdrawn_at.is_(None))
    return query.where(ClaimDraft.trainer_id == trainer.id, still_held).order_by(ClaimDraft.id)


def discard_draft(session: Session, files: evidence.Files, draft: ClaimDraft, *, now: datetime) -> None:
    """Forget the draft and erase its photos."""
    for each in evidence.pending_on(draft):
        evidence.erase(session, files, each, now)
    session.delete(draft)
    session.flush()


# What a claim must say


def demand_readable(printed: Printed) -> None:
    if not names.number_key(printed.number):
        raise DomainError("Enter the certificate number: every letter and digit.", field="number")
    if len(printed.number) > LONGEST_NUMBER:
        raise DomainError(f"Shorten the number to {LONGEST_NUMBER} characters.", field="number")
    if not names.fold(printed.name):
        raise DomainError("Enter the name printed on the certificate.", field="name")
    if len(printed.name) > LONGEST_NAME:
        raise DomainError(f"Shorten the name to {LONGEST_NAME} characters.", field="name")


def demand_dates(type: CredentialType, printed: Printed, *, kind: str, today: date) -> None:
    """A certificate that ended long ago may be claimed: it will show as expired."""
    start, end = dates_of(printed)
    if start is None and kind == "new":
        raise DomainError("Enter the start date printed on the certificate.", field="issued_on")
    if start is not None and start > today:
        raise DomainError(
            "The start date has not come yet. Enter the one printed on the certificate.", field="issued_on"
        )
    if end is None and rule_for(type, today).has_cycle:
        raise DomainError(NO_END_DATE, field="expires_on")
    if start is not None and end is not None and end < start:
        raise DomainError("The end date is before the start date. Look at both once more.", field="expires_on")
    if end is not None and end > add_years(today, FURTHEST_END):
        raise DomainError(
            f"The end date is more than {FURTHEST_END} years away. Look at the year once more.", field="expires_on"
        )


def demand_link(type: CredentialType, link: str | None, *, today: date) -> None:
    """The page on which everybody can look it up: needed where its issuer has no single one."""
    if link is None:
        if rule_for(type, today).holder_gives_link:
            raise DomainError("Enter the address of the state's page about your licence.", field="link")
        return
    if not LINK.fullmatch(link) or len(link) > LONGEST_LINK:
        raise DomainError("Enter the whole address of the page, starting with https://", field="link")


def needs_end_date(key: str, *, today: date) -> bool:
    """Whether certificates of a type such as "NASM/NASM-CPT" end, by the rule of today. Raises NotFound."""
    return rules.rule_book().by_key(key, today).has_cycle


def refuse_second(session: Session, trainer: Trainer, type: CredentialType) -> None:
    for credential in visible_credentials(session, trainer):
        if credential.type_id == type.id:
            raise AlreadyClaimed(credential)
