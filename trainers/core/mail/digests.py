"""What one mail of reminders says, read when it is about to leave: whatever has changed since it was planned is
asked again, and what it is no longer to tell is left out, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from .. import credentials
from ..education import dated_items
from ..education.progress import Progress, lines_for
from ..models import Account, Alert, Credential, DatedItem, Message, Recipient, Review, Trainer, Watch
from ..standing import status
from .outbox import as_json, drop
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


@dataclass(frozen=True)
class Record:
    """What is on record about the dates of some mails, read together."""

    trainers: dict[int, Trainer]
    progress: dict[int, Progress]
    cards: dict[int, DatedItem]
    counting: dict[tuple[int, str], DatedItem]
    watches: dict[tuple[str, int, date], Watch]
    reported: frozenset[int]
    stopped: dict[int, Stopped]


def write_digests(session: Session, claimed: Sequence[Message], *, today: date) -> list[Message]:
    """The claimed messages, digests with what they will say; those with nothing left to say are dropped."""
    digests = [message for message in claimed if message.template == DIGEST]
    if not digests:
        return list(claimed)
    of = alerts_of(session, digests)
    record = read_record(session, [alert for each in of.values() for alert in each], today)
    kept = [
        message for message in claimed if message.template != DIGEST or write(session, message, of, record, today)
    ]
    session.flush()
    return kept


def alerts_of(session: Session, digests: Sequence[Message]) -> dict[int, list[Alert]]:
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in session.scalars(select(Alert).where(Alert.message_id.in_([each.id for each in digests]))):
        found[alert.message_id or 0].append(alert)
    return found


def read_record(session: Session, alerts: Sequence[Alert], today: date) -> Record:
    ids = {
        kind: {alert.subject_id for alert in alerts if alert.subject_kind == kind} for kind in (CREDENTIAL, CARD)
    }
    these = [and_(Watch.subject_kind == kind, Watch.subject_id.in_(found)) for kind, found in ids.items()]
    found_watches = session.scalars(select(Watch).where(Watch.kind == REMINDERS, or_(*these)))
    watches = sorted(
        found_watches, key=lambda watch: watch.next_on is not None
    )  # of two addresses, the one in use
    owners = sorted({watch.trainer_id for watch in watches})
    trainers = select(Trainer).where(Trainer.id.in_(owners)).options(joinedload(Trainer.account))
    cards = session.scalars(
        select(DatedItem).where(DatedItem.trainer_id.in_(owners)).order_by(DatedItem.expires_on, DatedItem.id)
    ).all()
    waiting = select(Review.credential_id).where(
        Review.kind == "renewal", Review.closed_at.is_(None), Review.credential_id.in_(ids[CREDENTIAL])
    )
    return Record(
        trainers={trainer.id: trainer for trainer in session.scalars(trainers)},
        progress=lines_for(session, owners, today=today),
        cards={card.id: card for card in cards},
        counting={(card.trainer_id, card.kind): card for card in cards},
        watches={(each.subject_kind, each.subject_id, each.expires_on): each for each in watches},
        reported=frozenset(id for id in session.scalars(waiting) if id),
        stopped=stops_of(session, {alert.recipient_id for alert in alerts}),
    )


def write(session: Session, message: Message, of: dict[int, list[Alert]], record: Record, today: date) -> bool:
    """Whether something is left to say."""
    items, reasons = [], []
    for alert in of[message.id]:
        reason = reason_not_to(alert, message.recipient, record, today)
        if reason is None:
            items.append(item_of(alert, record))
        else:
            reasons.append(reason)
            leave_out(session, alert, reason, record, today)
    if not items:
        drop(message, DROPPED.get(reasons[0] if reasons else "", "renewed"))
        return False
    trainer = record.trainers[watch_of(of[message.id][0], record).trainer_id]
    if message.recipient.email_key != trainer.account.email_key:  # the account has another address by now
        message.recipient = recipient_for(session, trainer.account.email, account_id=trainer.account_id)
    planned_on = date.fromisoformat((message.context or {}).get("planned_on", today.isoformat()))
    # not a change of the row: what a mail says is not kept
    set_committed_value(message, "context", as_json(digest_of(trainer, items, today=planned_on)))
    return True


def watch_of(alert: Alert, record: Record) -> Watch:
    return record.watches[alert.subject_kind, alert.subject_id, alert.expires_on]


def reason_not_to(alert: Alert, recipient: Recipient, record: Record, today: date) -> str | None:
    """Why a warning that was planned is not sent after all."""
    watch = record.watches.get((alert.subject_kind, alert.subject_id, alert.expires_on))
    if watch is None or record.trainers[watch.trainer_id].state == "withdrawn":
        return "withdrawn"
    account: Account = record.trainers[watch.trainer_id].account
    if account.confirmed_at is None or not account.active:
        return "unconfirmed account"
    if are_stopped(record.stopped[alert.recipient_id], REMINDERS, watch.item):
        return "stopped"
    if recipient.state != "ok":
        return "address bounced"
    return renewed_since(alert, watch, record, today)


def renewed_since(alert: Alert, watch: Watch, record: Record, today: date) -> str | None:
    if alert.subject_kind == CARD:
        card = record.counting.get((watch.trainer_id, watch.item))
        return None if card and (card.id, card.expires_on) == (alert.subject_id, alert.expires_on) else RENEWED
    progress = record.progress.get(alert.subject_id)
    if progress is None:
        return "withdrawn"
    if progress.ends_on != alert.expires_on:
        return RENEWED
    waits = alert.subject_id in record.reported and watch.paused_until and watch.paused_until > today
    return REPORTED if waits else None


def leave_out(session: Session, alert: Alert, reason: str, record: Record, today: date) -> None:
    """Write down why, and put the watch right where the date that counts is another by now."""
    alert.state, alert.skip_reason, alert.message_id = "skipped", reason, None
    if reason != RENEWED:
        return
    watch = watch_of(alert, record)
    if alert.subject_kind == CARD:
        watch_cards(session, record.trainers[watch.trainer_id], today=today)
    else:
        watch_credential(session, session.get_one(Credential, alert.subject_id), today=today)


# What it says


def digest_of(trainer: Trainer, items: Iterable[dict[str, Any]], *, today: date) -> dict[str, Any]:
    """The context of the mail. `planned_on` is the day that its words are counted from."""
    in_order = sorted(items, key=lambda item: (item["ends_on"], item["label"]))
    return {"name": trainer.name.split()[0], "planned_on": today, "items": in_order}


def item_of(alert: Alert, record: Record) -> dict[str, Any]:
    """One date. `last`: no further reminder about it will come."""
    last = watch_of(alert, record).next_step is None
    if alert.subject_kind == CARD:
        return card_item(record.cards[alert.subject_id], last=last)
    return credential_item(record.progress[alert.subject_id], alert.expires_on, last=last)


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
