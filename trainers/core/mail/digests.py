"""What one mail of reminders says, read when it is about to leave: whatever has changed since it was planned is
asked again, and what it is no longer to tell is left out, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from .. import credentials
from ..education import dated_items
from ..education.progress import Progress, lines_for
from ..models import Account, Alert, Credential, DatedItem, Message, Recipient, Review, Trainer, Watch
from ..standing import status
from .outbox import drop
from .recipients import recipient_for
from .stops import REMINDERS, Stopped, are_stopped, stops_of
from .watches import CARD, CREDENTIAL, watch_cards, watch_credential

DIGEST = "digest"
DROPPED = {
    "stopped": "stopped",
    "withdrawn": "withdrawn",
    "unconfirmed account": "unconfirmed",
    "address bounced": "bounced",
}
"""Why a mail is dropped that has lost its last date, by what became of that."""
RENEWED, REPORTED = "renewed or corrected", "renewal reported"


class Planned(NamedTuple):
    """A warning as it was planned, with what its watch knows; rows and not objects, as there are thousands."""

    id: int
    message_id: int
    recipient_id: int
    subject_kind: str
    subject_id: int
    expires_on: date
    trainer_id: int
    item: str
    next_step: int | None
    paused_until: date | None


class Holder(NamedTuple):
    """Whose dates they are."""

    id: int
    name: str
    state: str
    account_id: int
    email: str
    email_key: str
    confirmed_at: datetime | None
    active: bool


@dataclass(frozen=True)
class Record:
    """What is on record about the dates of some mails, read together."""

    holders: dict[int, Holder]
    progress: dict[int, Progress]
    counting: dict[tuple[int, str], DatedItem]
    reported: frozenset[int]
    stopped: dict[int, Stopped]


def write_digests(session: Session, claimed: Sequence[Message], *, today: date) -> list[Message]:
    """The claimed messages, digests with what they will say; those with nothing left to say are dropped."""
    digests = [message for message in claimed if message.template == DIGEST]
    if not digests:
        return list(claimed)
    of: dict[int, list[Planned]] = defaultdict(list)
    for planned in read_planned(session, [message.id for message in digests]):
        of[planned.message_id].append(planned)
    record = read_record(session, [planned for each in of.values() for planned in each], today)
    kept = [
        message
        for message in claimed
        if message.template != DIGEST or write(session, message, of[message.id], record, today)
    ]
    session.flush()
    return kept


def read_planned(session: Session, message_ids: Sequence[int]) -> list[Planned]:
    """The watch is that of the same date; after a change of address there may be two: the one in use counts."""
    same = and_(
        Watch.kind == Alert.kind,
        Watch.subject_kind == Alert.subject_kind,
        Watch.subject_id == Alert.subject_id,
        Watch.expires_on == Alert.expires_on,
    )
    columns = [getattr(Alert if name in ALERT_HAS else Watch, name) for name in Planned._fields]
    query = select(*columns).join(Watch, same).where(Alert.message_id.in_(message_ids), Alert.kind == REMINDERS)
    found = {row.id: Planned(*row) for row in session.execute(query.order_by(Watch.next_on.is_not(None)))}
    return list(found.values())


ALERT_HAS = ("id", "message_id", "recipient_id", "subject_kind", "subject_id", "expires_on")


def read_record(session: Session, planned: Sequence[Planned], today: date) -> Record:
    owners = sorted({each.trainer_id for each in planned})
    theirs = (Trainer.id, Trainer.name, Trainer.state, Account.id, Account.email, Account.email_key)
    holders = select(*theirs, Account.confirmed_at, Account.active).join(Account, Trainer.account_id == Account.id)
    cards = select(DatedItem).where(DatedItem.trainer_id.in_(owners)).order_by(DatedItem.expires_on, DatedItem.id)
    waiting = select(Review.credential_id).where(
        Review.kind == "renewal",
        Review.closed_at.is_(None),
        Review.credential_id.in_({each.subject_id for each in planned if each.subject_kind == CREDENTIAL}),
    )
    return Record(
        holders={row[0]: Holder(*row) for row in session.execute(holders.where(Trainer.id.in_(owners)))},
        progress=lines_for(session, owners, today=today),
        counting={(card.trainer_id, card.kind): card for card in session.scalars(cards)},
        reported=frozenset(id for id in session.scalars(waiting) if id),
        stopped=stops_of(session, {each.recipient_id for each in planned}),
    )


def write(session: Session, message: Message, planned: Sequence[Planned], record: Record, today: date) -> bool:
    """Whether something is left to say."""
    items, reasons = [], []
    for each in planned:
        reason = reason_not_to(each, message.recipient, record, today)
        if reason is None:
            items.append(item_of(each, record))
        else:
            reasons.append(reason)
            leave_out(session, each, reason, today)
    if not items:
        drop(message, DROPPED.get(reasons[0] if reasons else "", "renewed"))
        return False
    holder = record.holders[planned[0].trainer_id]
    if message.recipient.email_key != holder.email_key:  # the account has another address by now
        message.recipient = recipient_for(session, holder.email, account_id=holder.account_id)
    planned_on = date.fromisoformat((message.context or {}).get("planned_on", today.isoformat()))
    # not a change of the row: what a mail says is not kept
    set_committed_value(message, "context", digest_of(holder.name, items, planned_on=planned_on))
    return True


def reason_not_to(planned: Planned, recipient: Recipient, record: Record, today: date) -> str | None:
    """Why a warning that was planned is not sent after all."""
    holder = record.holders[planned.trainer_id]
    if holder.state == "withdrawn":
        return "withdrawn"
    if holder.confirmed_at is None or not holder.active:
        return "unconfirmed account"
    if are_stopped(record.stopped[planned.recipient_id], REMINDERS, planned.item):
        return "stopped"
    if recipient.state != "ok":
        return "address bounced"
    return renewed_since(planned, record, today)


def renewed_since(planned: Planned, record: Record, today: date) -> str | None:
    if planned.subject_kind == CARD:
        card = record.counting.get((planned.trainer_id, planned.item))
        same = card and (card.id, card.expires_on) == (planned.subject_id, planned.expires_on)
        return None if same else RENEWED
    progress = record.progress.get(planned.subject_id)
    if progress is None:
        return "withdrawn"
    if progress.ends_on != planned.expires_on:
        return RENEWED
    waits = planned.subject_id in record.reported and planned.paused_until and planned.paused_until > today
    return REPORTED if waits else None


def leave_out(session: Session, planned: Planned, reason: str, today: date) -> None:
    """Write down why, and put the watch right where the date that counts is another by now."""
    alert = session.get_one(Alert, planned.id)
    alert.state, alert.skip_reason, alert.message_id = "skipped", reason, None
    if reason != RENEWED:
        return
    if planned.subject_kind == CARD:
        watch_cards(session, session.get_one(Trainer, planned.trainer_id), today=today)
    else:
        watch_credential(session, session.get_one(Credential, planned.subject_id), today=today)


# What it says


def digest_of(name: str, items: Iterable[dict[str, Any]], *, planned_on: date) -> dict[str, Any]:
    """The context of the mail; `planned_on` is the day for which it was planned."""
    in_order = sorted(items, key=lambda item: (item["ends_on"], item["label"]))
    return {"name": name.split()[0], "planned_on": planned_on, "items": in_order}


def item_of(planned: Planned, record: Record) -> dict[str, Any]:
    """One date. `last`: no further reminder about it will come."""
    last = planned.next_step is None
    if planned.subject_kind == CARD:
        return card_item(record.counting[planned.trainer_id, planned.item], last=last)
    return credential_item(record.progress[planned.subject_id], planned.expires_on, last=last)


def credential_item(progress: Progress, ends_on: date, *, last: bool) -> dict[str, Any]:
    day_after = ends_on + timedelta(days=1)
    rule = credentials.rule_for(progress.credential.type, day_after)
    return {
        "label": rule.label,
        "issuer": rule.issuer,
        "ends_on": ends_on,
        "education": progress.in_a_mail,
        "word_after": credentials.standing_of(progress.credential, today=day_after).word,
        "late_line": status.late_renewal_line(rule, ends_on, day_after),
        "renew_path": f"/dashboard/certifications/{progress.credential.uuid}/renew",
        "last": last,
    }


def card_item(card: DatedItem, *, last: bool) -> dict[str, Any]:
    """A card or insurance: nobody but its holder reads of it."""
    return {
        "label": dated_items.NAMES[card.kind],
        "issuer": "",
        "ends_on": card.expires_on,
        "renew_path": f"/dashboard/education/cards/{card.uuid}",
        "last": last,
    }
