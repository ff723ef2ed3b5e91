"""We take a listing down: for an impostor, or somebody who never asked to be listed. Only we can lift it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import audit, trainers
from .errors import DomainError, NotFound, Refused
from .mail import outbox
from .models import Review, Slug, Trainer
from .review import notices, queue
from .review.looks import Sitting

DOWN = "You were right to tell us: we have taken this listing off the site. The reason:"


def trainer_at(session: Session, slug: str) -> Trainer:
    """Whose address this is, whatever the state of the listing. Raises NotFound."""
    query = select(Trainer).join(Slug, Slug.trainer_id == Trainer.id).where(Slug.slug == slug)
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"No listing has the address /trainers/{slug}.")
    return found


def take_down(session: Session, trainer: Trainer, *, why: str, by: str, now: datetime, today: date) -> None:
    """Withdraw the listing until we lift it, and tell its holder why. `why` is mailed, so name no reporter in it.

    Raises Refused when it is down already or nothing of it was public.
    """
    if trainer.taken_down_at is not None:
        raise Refused("This listing is down already.")
    trainers.withdraw(session, trainer, by=by, now=now, today=today)
    trainer.taken_down_at = now
    note(session, trainer, "taken_down", why, by=by)
    account = trainer.account
    outbox.queue(
        session,
        to=outbox.recipient_for(session, account.email, account_id=account.id),
        template="taken_down",
        context={"name": trainer.name, "why": why, "down_on": today},
        dedupe_key=f"taken_down:{trainer.id}:{now.isoformat()}",
        now=now,
    )


def take_down_reported(session: Session, work: Review, sitting: Sitting, *, why: str) -> None:
    """What a reviewer does who finds a report to be right: the listing goes and the report is settled.

    Its holder and who reported both read why. Raises TakeLost when the work is no longer in hand, DomainError
    for work that is no report.
    """
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    if work.kind != "report":
        raise DomainError("Only a report can take a listing down.")
    take_down(session, work.trainer, why=why, by=sitting.by, now=sitting.now, today=sitting.today)
    queue.close(work, outcome="resolved", by=sitting.by, now=sitting.now)
    work.answer = why
    notices.tell_reporters(session, work, sitting, answer=f"{DOWN}\n{why}")
    session.flush()


def lift(session: Session, trainer: Trainer, *, why: str, by: str) -> None:
    """Let the trainer list herself or himself again. Raises Refused when the listing is not down."""
    if trainer.taken_down_at is None:
        raise Refused("We have not taken this listing down.")
    trainer.taken_down_at = None
    note(session, trainer, "takedown_lifted", why, by=by)


def note(session: Session, trainer: Trainer, action: str, why: str, *, by: str) -> None:
    subject = f"trainer:{trainer.id}"
    audit.record(session, by=by, action=action, subject=subject, about=subject, detail=why)
