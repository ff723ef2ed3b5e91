"""Warnings before something ends: a ladder of steps for each end date, one mail a day for each person."""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from . import outbox
from .credentials import rule_for, standing_of
from .models import Alert, Credential, Watch
from .rows import insert_new

KIND = "expiry"
SUBJECT = "credential"


def watch_credential(session: Session, credential: Credential, *, today: date) -> None:
    """Warn about the end date that counts now, and no longer about any other. Call it after whatever may have
    changed that date: a check, a withdrawal. A date that is watched already keeps its place on the ladder."""
    session.flush()
    forget_loaded(session, credential)
    ends_on = end_to_watch(credential, today)
    of_credential = (Watch.kind == KIND, Watch.subject_kind == SUBJECT, Watch.subject_id == credential.id)
    others = update(Watch).where(*of_credential).values(next_on=None, next_step=None)
    if ends_on is None:
        session.execute(others)
        return
    session.execute(others.where(Watch.expires_on != ends_on))
    start_ladder(session, credential, ends_on)


def forget_loaded(session: Session, credential: Credential) -> None:
    """What the session read earlier may be older than the check that was just written."""
    for term in credential.terms:
        session.expire(term, ["checks"])
    session.expire(credential, ["terms"])


def end_to_watch(credential: Credential, today: date) -> date | None:
    if credential.withdrawn_at is not None or credential.trainer.state == "withdrawn":
        return None
    return standing_of(credential, today=today).expires_on


def start_ladder(session: Session, credential: Credential, ends_on: date) -> None:
    account = credential.trainer.account
    recipient = outbox.recipient_for(session, account.email, account_id=account.id)
    key = {
        "recipient_id": recipient.id,
        "kind": KIND,
        "subject_kind": SUBJECT,
        "subject_id": credential.id,
        "expires_on": ends_on,
    }
    insert_new(session, Watch, [key])
    watch = session.scalars(select(Watch).filter_by(**key)).one()
    told = set(session.scalars(select(Alert.step).filter_by(**key | {"recipient_id": Alert.recipient_id})))
    watch.next_step = next((step for step in rule_for(credential.type).alert_days if step not in told), None)
    watch.next_on = None if watch.next_step is None else ends_on - timedelta(days=watch.next_step)
