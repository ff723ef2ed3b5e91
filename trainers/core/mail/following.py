"""Following a trainer: asked for by anybody, begun by a button in the mail, told of end dates alone.

The mails hold facts of the public record and nothing else of the trainer.
"""

from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from .. import audit, credentials
from ..errors import DomainError, Gone, NotFound, Refused
from ..models import Follow, Recipient, Stop, Trainer
from ..rows import insert_new
from . import facts, outbox, stops

WAITS = timedelta(days=2)
"""How long a link that nobody pressed stays good."""
WAITING_AT_ONCE = 5
"""Links that one address may have waiting: more looks like a prank."""
NO_MORE = "We do not know this link, or you have stopped following since. Follow again from the trainer’s page."


def ask(session: Session, trainer: Trainer, *, email: str, slug: str, now: datetime) -> Follow:
    """Mail a link to this address; nothing is followed before its button is pressed. Who follows already is told
    so by mail alone: the page says the same to everybody.

    Raises Refused when the trainer cannot be followed or the address has too many links waiting.
    """
    refuse_closed(trainer)
    recipient = outbox.recipient_for(session, email)
    follow = session.scalar(select(Follow).filter_by(recipient_id=recipient.id, trainer_id=trainer.id))
    if follow is None:
        if count_waiting(session, recipient, now=now) >= WAITING_AT_ONCE:
            raise Refused(f"{WAITING_AT_ONCE} links are waiting in your mail. Open those first.")
        new = {"key": token_urlsafe(18), "recipient_id": recipient.id, "trainer_id": trainer.id}
        insert_new(session, Follow, [new | {"created_at": now, "told": {}}])
        follow = session.scalars(select(Follow).filter_by(recipient_id=recipient.id, trainer_id=trainer.id)).one()
    if follow.confirmed_at is None:
        follow.created_at = now
    outbox.queue(
        session,
        to=recipient,
        template="follow_link",
        context={
            "trainer_name": trainer.name,
            "already": follow.confirmed_at is not None,
            "link_path": f"/follow/{follow.key}",
            "profile_path": f"/trainers/{slug}",
        },
        dedupe_key=f"follow_link:{follow.key}:{now:%Y-%m-%dT%H}",  # a second press sends no second mail
        now=now,
    )
    return follow


def refuse_closed(trainer: Trainer) -> None:
    """Raises Refused for a trainer who is not listed or does not want followers."""
    if trainer.state != "listed" or not trainer.may_be_followed:
        raise Refused(f"{trainer.name} cannot be followed at the moment.")


def count_waiting(session: Session, recipient: Recipient, *, now: datetime) -> int:
    waiting = (Follow.confirmed_at.is_(None), Follow.created_at > now - WAITS)
    return session.query(Follow).filter(Follow.recipient_id == recipient.id, *waiting).count()


def find(session: Session, key: str, *, now: datetime) -> Follow:
    """What a link was made for. Raises NotFound, and Gone for one that was not pressed in time."""
    follow = session.scalar(select(Follow).where(Follow.key == key))
    if follow is None:
        raise NotFound(NO_MORE)
    if follow.confirmed_at is None and follow.created_at <= now - WAITS:
        raise Gone("This link is more than two days old. Ask for a new one on the trainer’s page.")
    return follow


def confirm(session: Session, follow: Follow, *, today: date, now: datetime) -> None:
    """From now on changes are mailed; what stands on the page today is known, and no news. What was stopped of
    such mails earlier is wanted again. A stop of all mail stays, and then it raises DomainError: whoever stopped
    everything decides about that first.
    """
    refuse_closed(follow.trainer)
    mine = stops.stops_of(session, [follow.recipient_id])[follow.recipient_id]
    if ("all", "") in mine:
        raise DomainError(
            "You have stopped all our mails. Choose “Send them again” first, then press this button."
        )
    offered = stops.choices(session, follow.recipient)
    for choice in offered:
        if choice.stopped and choice.subject in (stops.FOLLOWING, follow.item):
            stops.resume(session, follow.recipient, choice, now=now)
    if follow.confirmed_at is None:
        held = credentials.visible_credentials(session, follow.trainer)
        follow.told = facts.learn({}, facts.facts_of(held, today=today))
        follow.confirmed_at = now


def end(session: Session, follow: Follow) -> None:
    """No more mails about this trainer, and no trace of it."""
    session.execute(delete(Stop).where(Stop.recipient_id == follow.recipient_id, Stop.subject == follow.item))
    session.delete(follow)
    session.flush()


def end_by_key(session: Session, key: str) -> Trainer | None:
    """The same for whoever holds the link: whom they followed until now."""
    follow = session.scalar(select(Follow).where(Follow.key == key))
    if follow is None:
        return None
    trainer = follow.trainer
    end(session, follow)
    return trainer


def count_followers(session: Session, trainer: Trainer) -> int:
    """How many are told of this trainer's dates; never who."""
    query = select(func.count()).select_from(Follow).where(Follow.trainer_id == trainer.id)
    return session.scalar(query.where(Follow.confirmed_at.is_not(None))) or 0


def clear(session: Session, trainer: Trainer, *, by: str, now: datetime) -> int:
    """The trainer wants nobody to follow: all follows end, each follower is told so; how many there were."""
    followers = session.scalars(select(Follow).where(Follow.trainer_id == trainer.id)).all()
    confirmed = [each for each in followers if each.confirmed_at is not None]
    for follow in confirmed:
        say_ended(session, follow, now=now)
    for follow in followers:
        end(session, follow)
    subject = f"trainer:{trainer.id}"
    audit.record(session, by=by, action="followers_cleared", subject=subject, about=subject)
    return len(confirmed)


def switch(session: Session, trainer: Trainer, *, on: bool, by: str) -> None:
    """Whether anybody may begin to follow."""
    if trainer.may_be_followed != on:
        trainer.may_be_followed = on
        subject = f"trainer:{trainer.id}"
        audit.record(session, by=by, action=f"following_{'on' if on else 'off'}", subject=subject, about=subject)


def say_ended(session: Session, follow: Follow, *, now: datetime) -> None:
    """That the listing can no longer be followed, and not why."""
    outbox.queue(
        session,
        to=follow.recipient,
        template="follow_ended",
        context={"trainer_name": follow.trainer.name},
        dedupe_key=f"follow_ended:{follow.key}",
        now=now,
    )


def forget_unpressed(session: Session, *, now: datetime) -> int:
    """Delete what nobody confirmed in time."""
    expired = delete(Follow).where(Follow.confirmed_at.is_(None), Follow.created_at <= now - WAITS)
    return session.connection().execute(expired).rowcount
