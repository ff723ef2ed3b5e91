"""The mails of followers: planned daily, at most one a person, and asked again when they are about to leave."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from .. import credentials
from ..models import Credential, Follow, Message, Trainer
from ..slugs import slug_of
from . import following, outbox, pauses
from .facts import Fact, facts_of, learn, news_in
from .stops import ALERTS, FOLLOWING, are_stopped, stops_of
from .watches import renewal_is_reported

NEWS = "follow_news"
AT_ONCE = 200
"""Trainers whose followers are looked at in one transaction."""
TAKES_MORE = and_(Message.template == NEWS, Message.state == "queued", Message.attempts == 0)
"""News that nobody has begun to send: what comes up meanwhile stands in the same mail."""


# Planning


def plan(session: Session, *, today: date, now: datetime, zone: tzinfo) -> int:
    """Queue today's news; how many mails."""
    return sum(plan_in_portions(session, today=today, now=now, zone=zone))


def plan_in_portions(session: Session, *, today: date, now: datetime, zone: tzinfo) -> Iterator[int]:
    """The same, some trainers at a time: the caller may commit after each."""
    if pauses.is_paused(session):
        return
    day_began = datetime.combine(today, time.min, zone).astimezone(UTC)
    last = 0
    while ids := next_trainers(session, after=last):
        last = ids[-1]
        yield plan_trainers(session, ids, today=today, now=now, day_began=day_began)
        session.flush()


def next_trainers(session: Session, *, after: int) -> Sequence[int]:
    query = select(Follow.trainer_id).where(Follow.confirmed_at.is_not(None), Follow.trainer_id > after)
    return session.scalars(query.distinct().order_by(Follow.trainer_id).limit(AT_ONCE)).all()


def plan_trainers(session: Session, ids: Sequence[int], *, today: date, now: datetime, day_began: datetime) -> int:
    query = select(Follow).where(Follow.trainer_id.in_(ids), Follow.confirmed_at.is_not(None))
    with_people = query.options(joinedload(Follow.recipient), joinedload(Follow.trainer)).order_by(Follow.id)
    follows = session.scalars(with_people).all()
    held: dict[int, list[Credential]] = defaultdict(list)
    for credential in credentials.credentials_of(session, ids):
        held[credential.trainer_id].append(credential)
    facts = {id: facts_of(held[id], today=today) for id in ids}
    stopped = stops_of(session, {each.recipient_id for each in follows})
    busy = had_mail(session, {each.recipient_id for each in follows}, day_began)
    mails = 0
    for follow in follows:
        if follow.trainer.state != "listed":
            following.say_ended(session, follow, now=now)
            following.end(session, follow)
        elif follow.recipient_id not in busy:
            mails += tell(session, follow, facts[follow.trainer_id], stopped[follow.recipient_id], today, now)
    return mails


def had_mail(session: Session, recipient_ids: Iterable[int], day_began: datetime) -> set[int]:
    """Who has an alert on its way or had one today: the news wait for another day."""
    lately = or_(Message.state.in_(("queued", "sending")), Message.sent_at >= day_began)
    query = select(Message.recipient_id).where(Message.recipient_id.in_(recipient_ids), lately)
    return set(session.scalars(query.where(Message.template.in_(ALERTS), ~TAKES_MORE)))


def tell(
    session: Session, follow: Follow, facts: Sequence[Fact], stopped: frozenset[tuple[str, str]],
    today: date, now: datetime,
) -> int:  # fmt: skip
    """Put what is new into this person's mail of the day; whether that mail was made just now."""
    news = [(fact, what) for fact in facts if (what := news_in(follow.told, fact))]
    unwanted = are_stopped(stopped, FOLLOWING, follow.item) or follow.recipient.state != "ok"
    if not news or unwanted:
        follow.told = learn(follow.told, facts)
        return 0
    message, made = mail_for(session, follow, today, now)
    if message is None:  # a sender has just taken it
        return 0
    lines = [{"follow": follow.id, "item": fact.item, "what": what, "ends_on": fact.ends_on.isoformat()}
             for fact, what in news]  # fmt: skip
    context = message.context or {}
    message.context = {**context, "news": [*context.get("news", []), *lines]}
    follow.told = learn(follow.told, facts)
    return int(made)


def mail_for(session: Session, follow: Follow, today: date, now: datetime) -> tuple[Message | None, bool]:
    """The mail that this person's news go into, and whether it is new."""
    waiting = select(Message).where(Message.recipient_id == follow.recipient_id, TAKES_MORE).limit(1)
    if (found := session.scalar(waiting.with_for_update(of=Message))) is not None:
        return found, False
    key = f"{NEWS}:{follow.recipient_id}:{today.isoformat()}"
    context = {"planned_on": today.isoformat(), "news": []}
    made = outbox.queue(session, to=follow.recipient, template=NEWS, context=context, dedupe_key=key, now=now)
    return made, made is not None


# Writing


def write_news(session: Session, claimed: Sequence[Message], *, today: date) -> list[Message]:
    """The claimed messages, news with what they will say: each fact is asked again, and those with nothing left
    to say are dropped."""
    kept = [message for message in claimed if message.template != NEWS or write(session, message, today)]
    session.flush()
    return kept


def write(session: Session, message: Message, today: date) -> bool:
    lines = (message.context or {}).get("news", [])
    stopped = stops_of(session, [message.recipient_id])[message.recipient_id]
    told, reasons = [], []
    for line in lines:
        follow = session.get(Follow, line["follow"])
        if follow is None or are_stopped(stopped, FOLLOWING, follow.item):
            reasons.append("stopped")
        elif follow.trainer.state != "listed":
            reasons.append("withdrawn")
        elif (said := said_still(session, follow.trainer, line, today)) is None:
            reasons.append("renewed")
        else:
            told.append(said)
    if not told:
        outbox.drop(message, reasons[0] if reasons else "renewed")
        return False
    # not a change of the row: what a mail says is not kept
    set_committed_value(message, "context", {**(message.context or {}), "items": told})
    return True


def said_still(session: Session, trainer: Trainer, line: dict[str, Any], today: date) -> dict[str, Any] | None:
    held = {each.uuid: each for each in credentials.visible_credentials(session, trainer)}
    for fact in facts_of(held.values(), today=today):
        if fact.item == line["item"] and fact.ends_on.isoformat() == line["ends_on"]:
            return {
                "trainer": trainer.name,
                "path": f"/trainers/{slug_of(session, trainer)}",
                "label": fact.label,
                "what": line["what"],
                "ends_on": line["ends_on"],
                "reported": renewal_is_reported(session, held[fact.item]),
            }
    return None
