"""Which end dates somebody is to be warned about, and the ladder of steps before each.

A step is a number of days before the end; a negative one comes after it. A date that was corrected or renewed
is another date and gets a ladder of its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from .. import credentials
from ..education.dated_items import own_items
from ..models import Account, Alert, Credential, DatedItem, LadderChoice, Recipient, Review, Trainer, Watch
from ..rows import insert_new
from .recipients import recipient_for
from .stops import REMINDERS

CREDENTIAL, CARD = "credential", "card"
USUAL = (90, 30, 7, 1, -1)
OFFERED = (90, 60, 30, 14, 7, 1, 0, -1)
PAUSE = timedelta(days=14)
"""How long a reported renewal keeps reminders back, at most."""

Ladder = tuple[int, ...]
"""Steps in the order in which they come: 90, 30, 7, 1, -1."""


@dataclass(frozen=True)
class Subject:
    """Whose date it is and which: a row of `credential` or of `dated_item`. `reported`: a renewal of it waits;
    `chosen`: its ladder was just changed."""

    kind: str
    id: int
    trainer: Trainer
    item: str
    usual: Ladder
    reported: bool = False
    chosen: bool = False


def as_text(ladder: Iterable[int]) -> str:
    return ",".join(str(step) for step in ladder)


def ladder_of(text: str) -> Ladder:
    return tuple(int(step) for step in text.split(",") if step)


def day_of(step: int, ends_on: date) -> date:
    return ends_on - timedelta(days=step)


def left_of(ladder: Ladder, told: Collection[int]) -> Ladder:
    """Steps still to come when `told` were dealt with. A ladder is climbed in one direction only."""
    lowest = min(told, default=None)
    return tuple(step for step in ladder if lowest is None or step < lowest)


def set_next(watch: Watch, left: Ladder, *, reported: bool = False) -> None:
    """Where the watch stands; nowhere when nothing is left. A report keeps it back until its pause is over."""
    watch.next_step = left[0] if left else None
    watch.next_on = day_of(left[0], watch.expires_on) if left else None
    if watch.next_on and reported and watch.paused_until:
        watch.next_on = max(watch.next_on, watch.paused_until)


# Keeping watches as the record is


def watch_credential(session: Session, credential: Credential, *, today: date, chosen: bool = False) -> None:
    """Warn about the end date that counts now, and no longer about any other. Call it after whatever may have
    changed that date: a check, a withdrawal, a report. A date that is watched already keeps its place.
    `chosen`: its holder has just chosen other days."""
    session.flush()
    forget_loaded(session, credential)
    usual = credentials.rule_for(credential.type, today).alert_days
    reported = renewal_is_reported(session, credential)
    subject = Subject(CREDENTIAL, credential.id, credential.trainer, credential.uuid, usual, reported, chosen)
    keep(session, subject, end_to_watch(credential, today), today)


def watch_cards(session: Session, trainer: Trainer, *, today: date, chosen: bool = False) -> None:
    """The same for cards and insurance: of several of a kind the one that ends last counts."""
    session.flush()
    counting: dict[str, DatedItem] = {}
    for item in own_items(session, trainer):
        counting.setdefault(item.kind, item)
    kept = [item.id for item in counting.values()]
    others = select(Watch).where(Watch.trainer_id == trainer.id, Watch.subject_kind == CARD)
    for watch in session.scalars(others.where(Watch.subject_id.not_in(kept), Watch.next_on.is_not(None))):
        watch.next_on = watch.next_step = None
    for item in counting.values():
        ends_on = None if trainer.state == "withdrawn" else item.expires_on
        keep(session, Subject(CARD, item.id, trainer, item.kind, USUAL, chosen=chosen), ends_on, today)


def forget_card(session: Session, item_id: int) -> None:
    """Nothing of a card that was removed: its number may be given to another."""
    for table in (Alert, Watch):
        session.execute(delete(table).where(table.subject_kind == CARD, table.subject_id == item_id))


def report_renewal(session: Session, credential: Credential, *, today: date) -> None:
    """The holder says that it was renewed: reminders wait, from the first time on which that was said of this
    date. A correction of the report gives no more days."""
    this = (Watch.subject_kind == CREDENTIAL, Watch.subject_id == credential.id, Watch.next_on.is_not(None))
    pausing = update(Watch).where(*this, Watch.paused_until.is_(None)).values(paused_until=today + PAUSE)
    session.execute(pausing)
    watch_credential(session, credential, today=today)


def forget_loaded(session: Session, credential: Credential) -> None:
    """What the session read earlier may be older than the check that was just written."""
    for term in credential.terms:
        session.expire(term, ["checks"])
    session.expire(credential, ["terms"])


def renewal_is_reported(session: Session, credential: Credential) -> bool:
    waiting = (Review.kind == "renewal", Review.closed_at.is_(None), Review.credential_id == credential.id)
    return session.scalar(select(Review.id).where(*waiting).limit(1)) is not None


def end_to_watch(credential: Credential, today: date) -> date | None:
    if credential.withdrawn_at is not None or credential.trainer.state == "withdrawn":
        return None
    return credentials.standing_of(credential, today=today).expires_on


def keep(session: Session, subject: Subject, ends_on: date | None, today: date) -> None:
    """Watch this end of the subject and no other."""
    watched = select(Watch).filter_by(kind=REMINDERS, subject_kind=subject.kind, subject_id=subject.id)
    found = session.scalars(watched.where(Watch.next_on.is_not(None)))
    for watch in found:
        if watch.expires_on != ends_on:
            watch.next_on = watch.next_step = None
    if ends_on is not None:
        start_ladder(session, subject, ends_on, today)
    session.flush()


def start_ladder(session: Session, subject: Subject, ends_on: date, today: date) -> None:
    """The date's watch, made if it is not there. One that was ended goes on where it stood."""
    account = subject.trainer.account
    recipient = recipient_for(session, account.email, account_id=account.id)
    key = {"kind": REMINDERS, "subject_kind": subject.kind, "subject_id": subject.id, "expires_on": ends_on}
    ladder = chosen_ladder(session, subject)
    new = {"trainer_id": subject.trainer.id, "item": subject.item, "steps": as_text(ladder)}
    insert_new(session, Watch, [key | new | {"recipient_id": recipient.id}])
    watch = session.scalars(select(Watch).filter_by(**key, recipient_id=recipient.id)).one()
    may_come = ladder if watch.next_step is None and not subject.chosen else still_to_come(watch, ladder, today)
    watch.steps = as_text(ladder)
    set_next(watch, left_of(may_come, told_of(session, watch)), reported=subject.reported)


def still_to_come(watch: Watch, ladder: Ladder, today: date) -> Ladder:
    """A step whose day has passed is due only where it was to come before too: who switches a day on is not told
    at once that it has passed."""
    stood = watch.next_step
    return tuple(
        step for step in ladder if day_of(step, watch.expires_on) > today or (stood is not None and step <= stood)
    )


def chosen_ladder(session: Session, subject: Subject) -> Ladder:
    chosen = session.get(LadderChoice, (subject.trainer.id, subject.item))
    return subject.usual if chosen is None else ladder_of(chosen.steps)


def told_of(session: Session, watch: Watch) -> list[int]:
    same = (Alert.subject_kind == watch.subject_kind, Alert.subject_id == watch.subject_id)
    query = select(Alert.step).where(Alert.kind == watch.kind, *same, Alert.expires_on == watch.expires_on)
    return list(session.scalars(query))


def follow_new_addresses(session: Session, today: date) -> None:
    """Watches that are due for a person whose account has another address by now go on at that address."""
    moved = (
        select(Watch, Account)
        .join(Recipient, Watch.recipient_id == Recipient.id)
        .join(Trainer, Watch.trainer_id == Trainer.id)
        .join(Account, Trainer.account_id == Account.id)
        .where(Watch.kind == REMINDERS, Watch.next_on <= today, Recipient.email_key != Account.email_key)
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
