"""What a person does not want to be sent, and wants again. Mail that an account or a listing needs always goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, or_, select, update
from sqlalchemy.orm import Session, aliased

from .. import credentials
from ..education import dated_items
from ..errors import NotFound
from ..models import Credential, Follow, Recipient, Stop, Watch
from ..rows import insert_new

REMINDERS = "expiry"
FOLLOWING = "following"
OPTIONAL = {
    "digest": REMINDERS,
    "claim_received": "receipt",
    "claim_confirmed": "receipt",
    "follow_news": FOLLOWING,
    "follow_ended": FOLLOWING,
}
"""Mails that may be stopped, by their template, and of which kind each is."""

ALERTS = ("digest", "follow_news")
"""Mails that tell of a date: no more than one of them a day to the same person."""

KIND_LABELS = {
    REMINDERS: "All reminders about end dates",
    "receipt": "Mails that say that a claim came in or was confirmed",
    FOLLOWING: "All mails about trainers whom you follow",
}

ASKED_FOR = ("account", "contact_link", "follow_link")
"""Answers to what somebody did a moment ago: always sent, even where mail came back, with nothing to choose."""

Stopped = frozenset[tuple[str, str]]
"""(scope, subject) of each stop in force."""


@dataclass(frozen=True)
class Choice:
    """Something that can be stopped. `subject` is an item (see Watch), a kind of mail, or empty for all.

    `covered`: a wider stop keeps these mails back already.
    """

    scope: str
    subject: str
    label: str
    stopped: bool
    covered: bool

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.scope}:{self.subject}"


def choices(session: Session, recipient: Recipient | None) -> list[Choice]:
    """What this person can stop or have again, the narrowest first; nothing is named that is not theirs."""
    stopped = stops_of(session, [recipient.id])[recipient.id] if recipient else frozenset()
    items = watched_items(session, recipient) if recipient else []
    offered = [("credential", item, f"Reminders about your {label}") for item, label in items]
    offered += followed_items(session, recipient) if recipient else []
    offered += [("kind", kind, label) for kind, label in KIND_LABELS.items()]
    offered.append(("all", "", "Every mail that your account and listing can do without"))
    return [
        Choice(scope, subject, label, (scope, subject) in stopped, not stopped.isdisjoint(wider(scope, subject)))
        for scope, subject, label in offered
    ]


def wider(scope: str, subject: str) -> Stopped:
    """The stops that keep back what this one would."""
    if scope == "all":
        return frozenset()
    kind = FOLLOWING if subject.startswith("follow:") else REMINDERS
    return frozenset({("all", ""), ("kind", kind)} if scope == "credential" else {("all", "")})


def followed_items(session: Session, recipient: Recipient) -> list[tuple[str, str, str]]:
    """A stop for each trainer whom this person follows, in any of their addresses."""
    theirs = Follow.recipient_id.in_(ids_of_person(recipient))
    query = select(Follow).where(theirs, Follow.confirmed_at.is_not(None))
    follows = session.scalars(query.order_by(Follow.id)).all()
    return [("credential", each.item, f"Mails about {each.trainer.name}, whom you follow") for each in follows]


def find_choice(offered: Iterable[Choice], value: str) -> Choice:
    """The offered choice that a form sent. Raises NotFound."""
    for choice in offered:
        if choice.value == value:
            return choice
    raise NotFound("Choose which mails you mean.")


def all_of_kind(offered: Iterable[Choice], kind: str) -> Choice:
    """What one click on a mail program's own button means: no more mails like this one."""
    return find_choice(offered, f"kind:{kind}")


def watched_items(session: Session, recipient: Recipient) -> list[tuple[str, str]]:
    """What has a reminder to come, and what was stopped and can be had again, each with its name."""
    person = ids_of_person(recipient)
    watched = set(
        session.scalars(
            select(Watch.item).where(
                Watch.kind == REMINDERS, Watch.next_on.is_not(None), Watch.recipient_id.in_(person)
            )
        )
    )
    stopped = select(Stop.subject).where(
        Stop.scope == "credential", Stop.ended_at.is_(None), Stop.recipient_id.in_(person)
    )
    items = watched.union(session.scalars(stopped))
    held = select(Credential).where(Credential.uuid.in_(items), Credential.withdrawn_at.is_(None))
    found = [
        (credential.uuid, credentials.rule_for(credential.type).label)
        for credential in session.scalars(held.order_by(Credential.id))
    ]
    return found + [(kind, name) for kind, name in dated_items.NAMES.items() if kind in items]


def stop(session: Session, recipient: Recipient, choice: Choice, *, now: datetime) -> None:
    """From now on not this. Saying it twice is the same as once."""
    row = {"recipient_id": recipient.id, "scope": choice.scope, "subject": choice.subject, "created_at": now}
    if not choice.stopped:
        insert_new(session, Stop, [row])


def resume(session: Session, recipient: Recipient, choice: Choice, *, now: datetime) -> None:
    """From now on this again; a wider stop, if there is one, stays until it is ended itself."""
    mine = Stop.recipient_id.in_(ids_of_person(recipient))
    this = (Stop.scope == choice.scope, Stop.subject == choice.subject, Stop.ended_at.is_(None))
    session.execute(
        update(Stop).where(mine, *this).values(ended_at=now).execution_options(synchronize_session=False)
    )


def ids_of_person(recipient: Recipient) -> ScalarSelect[int]:
    """All addresses of the same account: a stop outlives a change of address."""
    return select(Recipient.id).where(same_person(Recipient, recipient.id, recipient.account_id)).scalar_subquery()


def same_person(table: type[Recipient], id: object, account_id: object) -> ColumnElement[bool]:
    same_account = table.account_id == account_id
    return table.id == id if account_id is None else or_(table.id == id, same_account)


def stops_of(session: Session, recipient_ids: Iterable[int]) -> dict[int, Stopped]:
    """The stops in force for each of these recipients."""
    ids = list(recipient_ids)
    told = aliased(Recipient)
    query = (
        select(Recipient.id, Stop.scope, Stop.subject)
        .join(told, same_person(told, Recipient.id, Recipient.account_id))
        .join(Stop, Stop.recipient_id == told.id)
        .where(Recipient.id.in_(ids), Stop.ended_at.is_(None))
    )
    found: dict[int, set[tuple[str, str]]] = {id: set() for id in ids}
    for id, scope, subject in session.execute(query):
        found[id].add((scope, subject))
    return {id: frozenset(stopped) for id, stopped in found.items()}


def are_stopped(stopped: Stopped, kind: str, item: str | None = None) -> bool:
    """Whether mails of this kind, about this item, are not wanted."""
    unwanted: set[tuple[str, str]] = {("all", ""), ("kind", kind)}
    if item:
        unwanted.add(("credential", item))
    return not unwanted.isdisjoint(stopped)
