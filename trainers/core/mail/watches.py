"""Which end dates somebody is to be warned about, and the ladder of steps before each.

A step is a number of days before the end; a negative one comes after it. A date that was corrected or renewed
is another date and gets a ladder of its own.
"""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import credentials
from ..models import Account, Alert, Credential, Recipient, Trainer, Watch
from ..rows import insert_new
from .recipients import recipient_for

KIND = "expiry"
SUBJECT = "credential"

Ladder = tuple[int, ...]
"""Steps in the order in which they come: 90, 30, 7, 1, -1."""


def day_of(step: int, ends_on: date) -> date:
    return ends_on - timedelta(days=step)


def due_steps(ladder: Ladder, told: Collection[int], ends_on: date, today: date) -> list[int]:
    """Steps whose day has come and that were not dealt with, the latest last. A day that was missed stays due."""
    return [step for step in ladder if step not in told and day_of(step, ends_on) <= today]


def set_next(watch: Watch, ladder: Ladder, told: Collection[int]) -> None:
    """Where the watch stands when `told` are dealt with; nowhere when nothing is left."""
    watch.next_step = next((step for step in ladder if step not in told), None)
    watch.next_on = None if watch.next_step is None else day_of(watch.next_step, watch.expires_on)


def watch_credential(session: Session, credential: Credential, *, today: date) -> None:
    """Warn about the end date that counts now, and no longer about any other. Call it after whatever may have
    changed that date: a check, a withdrawal. A date that is watched already keeps its place on the ladder."""
    session.flush()
    forget_loaded(session, credential)
    end_watches(session, credential)
    ends_on = end_to_watch(credential, today)
    if ends_on is not None:
        start_ladder(session, credential, ends_on, today)


def forget_loaded(session: Session, credential: Credential) -> None:
    """What the session read earlier may be older than the check that was just written."""
    for term in credential.terms:
        session.expire(term, ["checks"])
    session.expire(credential, ["terms"])


def end_to_watch(credential: Credential, today: date) -> date | None:
    if credential.withdrawn_at is not None or credential.trainer.state == "withdrawn":
        return None
    return credentials.standing_of(credential, today=today).expires_on


def end_watches(session: Session, credential: Credential) -> None:
    of_it = (Watch.kind == KIND, Watch.subject_kind == SUBJECT, Watch.subject_id == credential.id)
    for watch in session.scalars(select(Watch).where(*of_it, Watch.next_on.is_not(None))):
        watch.next_on = watch.next_step = None


def start_ladder(session: Session, credential: Credential, ends_on: date, today: date) -> None:
    account = credential.trainer.account
    recipient = recipient_for(session, account.email, account_id=account.id)
    subject = {"kind": KIND, "subject_kind": SUBJECT, "subject_id": credential.id, "expires_on": ends_on}
    insert_new(session, Watch, [subject | {"recipient_id": recipient.id}])
    watch = session.scalars(select(Watch).filter_by(**subject, recipient_id=recipient.id)).one()
    told = session.scalars(select(Alert.step).filter_by(**subject)).all()
    set_next(watch, credentials.rule_for(credential.type, today).alert_days, told)


def follow_new_addresses(session: Session, today: date) -> None:
    """Watches that are due for a person whose account has another address by now go on at that address."""
    moved = (
        select(Watch, Account)
        .join(Recipient, Watch.recipient_id == Recipient.id)
        .join(Credential, (Watch.subject_kind == SUBJECT) & (Watch.subject_id == Credential.id))
        .join(Trainer, Credential.trainer_id == Trainer.id)
        .join(Account, Trainer.account_id == Account.id)
        .where(Watch.next_on <= today, Recipient.email_key != Account.email_key)
    )
    for watch, account in session.execute(moved).all():
        recipient = recipient_for(session, account.email, account_id=account.id)
        there = select(Watch.id).filter_by(
            recipient_id=recipient.id,
            kind=watch.kind,
            subject_kind=watch.subject_kind,
            subject_id=watch.subject_id,
            expires_on=watch.expires_on,
        )
        if session.scalar(there) is None:
            watch.recipient_id = recipient.id
        else:
            watch.next_on = watch.next_step = None
    session.flush()
