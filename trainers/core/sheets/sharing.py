"""Who may see and fill in a runner's sheets: the runner, and trainers whom she or he has invited.

A trainer is invited while a certification of theirs is current, which is asked anew on each use: where it has
lapsed they may only read. Whoever was taken down from the directory sees nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from ..credentials import rule_for, standing_of, visible_credentials
from ..errors import DomainError, NotFound, Refused
from ..mail import outbox
from ..models import Account, KeptSheet, Share, Trainer
from ..texts import one_line
from ..violations import told_as
from . import kept

LONGEST_NAME = 60
MOST_TRAINERS = 10
ENDED = "This invitation has ended, so you cannot see these sheets any more."
LAPSED = "Your certification is not current in our record, so you may only read."


class Ended(NotFound):
    """An invitation that held once."""


@dataclass(frozen=True)
class Seat:
    """Somebody who may see an owner's sheets. Without a `share` it is the owner."""

    owner_id: int
    share: Share | None
    may_write: bool

    @property
    def is_owner(self) -> bool:
        return self.share is None

    def demand_write(self) -> None:
        """Raises Refused for who may only read."""
        if not self.may_write:
            raise Refused(LAPSED)


def may_fill_in(session: Session, trainer: Trainer, *, today: date) -> bool:
    """Whether a certification that puts a trainer into the search by default is current."""
    return trainer.taken_down_at is None and any(
        rule_for(each.type, today).qualifies and standing_of(each, today=today).current
        for each in visible_credentials(session, trainer)
    )


# Seats


def seat_at(
    session: Session,
    row: KeptSheet,
    account_id: int,
    trainer: Trainer | None,
    *,
    today: date,
    hold: bool = False,
) -> Seat:
    """Raises NotFound for who has none, and Ended for a trainer whose invitation was ended."""
    if row.owner_id == account_id:
        return Seat(row.owner_id, None, may_write=True)
    if trainer is None:
        raise NotFound(kept.NO_SUCH_SHEET)
    query = select(Share).where(Share.owner_id == row.owner_id, Share.trainer_id == trainer.id)
    shares = session.scalars(query.with_for_update() if hold else query).all()
    if not shares or trainer.taken_down_at is not None:
        raise NotFound(kept.NO_SUCH_SHEET)
    return seat_by(session, in_force(shares), trainer, today=today)


def in_force(shares: Sequence[Share]) -> Share:
    for share in shares:
        if share.withdrawn_at is None:
            return share
    raise Ended(ENDED)


def seat_by(session: Session, share: Share, trainer: Trainer, *, today: date) -> Seat:
    return Seat(share.owner_id, share, may_write=may_fill_in(session, trainer, today=today))


def find_share(session: Session, trainer: Trainer, uuid: str, *, hold: bool = False) -> Share:
    """One of a trainer's invitations. Raises NotFound, and Ended for one that was ended."""
    query = select(Share).where(Share.uuid == uuid, Share.trainer_id == trainer.id)
    share = session.scalar(query.with_for_update() if hold else query)
    if share is None or trainer.taken_down_at is not None:
        raise NotFound("No runner has invited you by this address.")
    return in_force([share])


# The runner's side


def invite(
    session: Session, account: Account, trainer: Trainer, *, runner_name: str, now: datetime, today: date
) -> Share:
    """Let a trainer see and fill in all sheets. The mail to the trainer names nobody.

    Raises Refused for a trainer who is not listed or has nothing current, DomainError for a name that is none.
    """
    kept.demand_consent(session, account.id)
    name = one_line(runner_name)
    if not name or len(name) > LONGEST_NAME:
        raise DomainError(f"Enter a name of up to {LONGEST_NAME} characters.", field="runner_name")
    if trainer.account_id == account.id:
        raise Refused("You see your own sheets already.")
    if trainer.state != "listed" or not may_fill_in(session, trainer, today=today):
        raise Refused(f"{trainer.name} has no current certification in our record now. Choose somebody who has.")
    if len(shares_of(session, account.id)) >= MOST_TRAINERS:
        raise Refused(f"You have invited {MOST_TRAINERS} trainers. End an invitation first.")
    share = Share(owner_id=account.id, trainer_id=trainer.id, runner_name=name, given_at=now)
    with told_as(session, uq_share_owner_id_trainer_id=Refused(f"You have invited {trainer.name} already.")):
        session.add(share)
    tell(session, share, trainer, now=now)
    return share


def tell(session: Session, share: Share, trainer: Trainer, *, now: datetime) -> None:
    """Once for each runner and trainer, however often it is ended and begun again."""
    outbox.queue(
        session,
        to=outbox.recipient_for(session, trainer.account.email, account_id=trainer.account_id),
        template="sheets_invited",
        context={"trainer_name": trainer.name},
        dedupe_key=f"sheets_invited:{share.owner_id}:{trainer.id}",
        now=now,
    )


def shares_of(session: Session, owner_id: int) -> Sequence[Share]:
    """An owner's invitations in force, the newest first."""
    query = select(Share).where(Share.owner_id == owner_id, Share.withdrawn_at.is_(None))
    return session.scalars(
        query.options(joinedload(Share.trainer)).order_by(Share.given_at.desc(), Share.id)
    ).all()


def own_share(session: Session, owner_id: int, uuid: str) -> Share:
    """Raises NotFound."""
    query = select(Share).where(Share.uuid == uuid, Share.owner_id == owner_id, Share.withdrawn_at.is_(None))
    share = session.scalar(query.with_for_update())
    if share is None:
        raise NotFound("There is no such invitation. It may have been ended already.")
    return share


def end(session: Session, share: Share, *, by: str, now: datetime) -> None:
    """From now on the trainer sees nothing. `by` is "runner" or "trainer"."""
    share.withdrawn_at, share.withdrawn_by = now, by
    session.flush()


# The trainer's side


@dataclass(frozen=True)
class Runner:
    """Who has invited a trainer, with how many sheets there are and the day of the newest one."""

    share: Share
    sheets: int
    newest_on: date | None


def runners_of(session: Session, trainer: Trainer) -> list[Runner]:
    """By name."""
    if trainer.taken_down_at is not None:
        return []
    open_to = (Share.trainer_id == trainer.id) & Share.withdrawn_at.is_(None)
    counted = (
        select(KeptSheet.owner_id, func.count().label("n"), func.max(KeptSheet.screened_on).label("newest"))
        .where(KeptSheet.owner_id.in_(select(Share.owner_id).where(open_to)))
        .group_by(KeptSheet.owner_id)
        .subquery()
    )
    query = (
        select(Share, counted.c.n, counted.c.newest)
        .outerjoin(counted, counted.c.owner_id == Share.owner_id)
        .where(open_to)
    )
    found = [Runner(share, n or 0, newest) for share, n, newest in session.execute(query)]
    return sorted(found, key=lambda each: (each.share.runner_name.casefold(), each.share.id))
