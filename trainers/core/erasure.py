"""Forgetting a person: files, rows, account. The listing's address stays and is given to nobody again.

Append-only tables let a row go only while an `erasure` row names its trainer, so that row is written first.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from . import audit, evidence
from .errors import Gone
from .long_work import jobs
from .mail import following
from .models import (
    Account,
    Alert,
    Attempt,
    AuditEvent,
    Base,
    Bounce,
    CalendarToken,
    Check,
    ClaimDraft,
    Consent,
    ContactMessage,
    Credential,
    DatedItem,
    EducationRecord,
    Erasure,
    Evidence,
    Follow,
    LadderChoice,
    Message,
    Paper,
    Portrait,
    Recipient,
    Review,
    Share,
    ShortLink,
    Slug,
    Stop,
    Term,
    Trainer,
    Watch,
)
from .review import contests
from .search import listing
from .sheets import kept
from .violations import told_as

Steps = Iterable[tuple[type[Base], ColumnElement[bool]]]


def erase_trainer(session: Session, files: evidence.Files, trainer: Trainer, *, by: str, now: datetime) -> None:
    """Delete all that is kept of a trainer, the account with it. The addresses stay and answer "gone" for ever."""
    trainer_id, account = trainer.id, session.get_one(Account, trainer.account_id)
    for table in (Evidence, Paper, Portrait):
        for key in session.scalars(select(table.storage_key).where(table.trainer_id == trainer_id)):
            files.delete(key)
    jobs.forget_of(session, files, account.id, about=f"trainer:{trainer_id}")
    with told_as(session, pk_erasure=Gone("This account and its listing are deleted already.")):
        session.add(Erasure(trainer_id=trainer_id, at=now))
    claim_recipients(session, account)
    for address in (Slug, ShortLink):
        session.execute(update(address).where(address.trainer_id == trainer_id).values(trainer_id=None))
    tell_followers(session, trainer, now=now)
    rivals = contests.claims_against(session, trainer)
    listing.remove(session, trainer_id)
    delete_in_order(session, papers_of(trainer_id))
    delete_in_order(session, mail_of(account.id))
    delete_in_order(session, [(Consent, Consent.account_id == account.id)])
    session.expire_all()
    session.delete(session.get_one(Trainer, trainer_id))
    session.flush()
    drop_account(session, account.id)
    for rival in rivals:
        contests.begin_next(session, rival, now=now, today=now.date())
    subject = f"trainer:{trainer_id}"
    audit.record(session, by=by, action="erased", subject=subject, about=subject)
    session.flush()


def forget_account(session: Session, files: evidence.Files, account: Account) -> None:
    """Delete an account without a profile. A log of deliveries may have to stay; its address is struck out."""
    jobs.forget_of(session, files, account.id)
    claim_recipients(session, account)
    for recipient in session.scalars(select(Recipient).where(Recipient.account_id == account.id)):
        recipient.account_id = None
        recipient.email = recipient.email_key = f"erased-{recipient.id}"
        recipient.state = "bounced"  # nothing goes there any more
        session.execute(delete(Follow).where(Follow.recipient_id == recipient.id))
        session.execute(delete(Message).where(Message.recipient_id == recipient.id, undelivered()))
    session.flush()
    drop_account(session, account.id)


def tell_followers(session: Session, trainer: Trainer, *, now: datetime) -> None:
    """Their mails say that this listing can no longer be followed, and hold nothing else of it."""
    for follow in session.scalars(select(Follow).where(Follow.trainer_id == trainer.id)).all():
        if follow.confirmed_at is not None:
            following.say_ended(session, follow, now=now)
        following.end(session, follow)


def claim_recipients(session: Session, account: Account) -> None:
    """Mail that went to the address before anybody knew whose it was is the account's too."""
    same_address = update(Recipient).where(Recipient.email_key == account.email_key)
    session.execute(same_address.values(account_id=account.id))


def papers_of(trainer_id: int) -> Steps:
    """What hangs on a trainer, in an order that leaves no row pointing at nothing."""
    credentials = select(Credential.id).where(Credential.trainer_id == trainer_id)
    terms = select(Term.id).where(Term.credential_id.in_(credentials))
    cards = select(DatedItem.id).where(DatedItem.trainer_id == trainer_id)
    of_credential = (Alert.subject_kind == "credential") & Alert.subject_id.in_(credentials)
    of_card = (Alert.subject_kind == "card") & Alert.subject_id.in_(cards)
    yield ContactMessage, ContactMessage.trainer_id == trainer_id
    yield Review, Review.trainer_id == trainer_id  # reports, objections and notes go with their review
    yield Review, Review.contested_id.in_(credentials)  # somebody else's claim to the number has no rival any more
    yield Evidence, Evidence.trainer_id == trainer_id
    yield Portrait, Portrait.trainer_id == trainer_id
    yield Paper, Paper.trainer_id == trainer_id
    yield EducationRecord, EducationRecord.trainer_id == trainer_id
    yield Alert, of_credential | of_card
    yield Watch, Watch.trainer_id == trainer_id
    yield LadderChoice, LadderChoice.trainer_id == trainer_id
    yield DatedItem, DatedItem.trainer_id == trainer_id
    yield ClaimDraft, ClaimDraft.trainer_id == trainer_id
    yield Check, Check.term_id.in_(terms)
    yield Term, Term.id.in_(terms)
    yield Credential, Credential.trainer_id == trainer_id
    yield Share, Share.trainer_id == trainer_id  # the runners keep their sheets
    yield AuditEvent, AuditEvent.about == f"trainer:{trainer_id}"


def mail_of(account_id: int) -> Steps:
    recipients = select(Recipient.id).where(Recipient.account_id == account_id)
    messages = select(Message.id).where(Message.recipient_id.in_(recipients))
    yield Alert, Alert.recipient_id.in_(recipients)
    yield Watch, Watch.recipient_id.in_(recipients)
    yield Stop, Stop.recipient_id.in_(recipients)
    yield Follow, Follow.recipient_id.in_(recipients)
    yield Attempt, Attempt.message_id.in_(messages)
    yield Bounce, Bounce.message_id.in_(messages)
    yield Message, Message.id.in_(messages)
    yield Recipient, Recipient.account_id == account_id


def undelivered() -> ColumnElement[bool]:
    tried: Select[Any] = select(Attempt.message_id)
    warned: Select[Any] = select(Alert.message_id).where(Alert.message_id.is_not(None))
    return Message.id.not_in(tried) & Message.id.not_in(warned)


def delete_in_order(session: Session, steps: Steps) -> None:
    for table, rows in steps:
        session.execute(delete(table).where(rows).execution_options(synchronize_session=False))


def drop_account(session: Session, account_id: int) -> None:
    """The account itself, with its sheets; work that a reviewer had in hand goes back into the queue."""
    kept.erase_all(session, account_id)
    delete_in_order(session, [(CalendarToken, CalendarToken.account_id == account_id)])
    in_hand = update(Review).where(Review.taken_by == account_id)
    session.execute(in_hand.values(taken_by=None, taken_until=None))
    session.delete(session.get_one(Account, account_id))
    session.flush()
