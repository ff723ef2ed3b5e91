"""What ought to happen again and again, when it last did, and whether that is long ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .long_work.jobs import FARTHEST_LEASE
from .mail import outbox, pauses
from .models import Heartbeat, Job, Message
from .rows import inserting

WORKER, PLANNING, SENDING, CLEARING = "worker", "planning", "sending", "clearing"
BACKUP = "backup"
SELDOM = timedelta(seconds=30)
"""A beat is written down no oftener than this."""
LONGEST = {
    WORKER: timedelta(minutes=10),
    PLANNING: timedelta(hours=26),
    SENDING: timedelta(minutes=10),
    CLEARING: timedelta(hours=26),
}
"""How old a beat may be. The worker may be busy with one batch of mail for five minutes."""
LONGEST_WITHOUT_BACKUP = timedelta(hours=26)
LONGEST_WAIT = timedelta(hours=1)
UNHELD = timedelta(minutes=5)
"""So long a job whose holder died may lie about before somebody should look."""


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Write down that it happened; also over a beat from the future, after the clock was set back."""
    insert = inserting(session, Heartbeat).values(name=name, at=now)
    moved = (Heartbeat.at <= now - SELDOM) | (Heartbeat.at > now)
    later = {"set_": {"at": now}, "where": moved}
    session.execute(insert.on_conflict_do_update(index_elements=["name"], **later))  # type: ignore[arg-type]


def last_beat(session: Session, name: str) -> datetime | None:
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def is_heard_of(session: Session, name: str, *, now: datetime) -> bool:
    """Whether the last beat is young enough. One from the future says nothing about now."""
    at = last_beat(session, name)
    return at is not None and -SELDOM <= now - at <= LONGEST[name]


@dataclass(frozen=True)
class Sign:
    """One line for whoever watches the server."""

    well: bool
    words: str


def signs_of_life(session: Session, *, now: datetime) -> list[Sign]:
    """Of the worker and of what it is there for."""
    beats = [beat_sign(session, name, now) for name in LONGEST]
    jobs = waiting_sign("oldest job waiting", oldest_job(session), now)
    mail = waiting_sign("oldest mail due", oldest_mail(session, now), now)
    return [*beats, backup_sign(session, now), unheld_sign(session, now), jobs, mail, *pause_sign(session)]


def backup_sign(session: Session, now: datetime) -> Sign:
    """Who never made one here may have it made elsewhere; who did is told when none followed."""
    at = last_beat(session, BACKUP)
    well = at is None or -SELDOM <= now - at <= LONGEST_WITHOUT_BACKUP
    return Sign(well, f"backup: {clock(at) if at else 'none made here'}")


def pause_sign(session: Session) -> list[Sign]:
    """Somebody wants it so: it is said, and is no trouble."""
    pause = pauses.current(session)
    return [Sign(True, f"mail: paused since {clock(pause.since)}")] if pause else []


def beat_sign(session: Session, name: str, now: datetime) -> Sign:
    at = last_beat(session, name)
    return Sign(is_heard_of(session, name, now=now), f"{name}: {clock(at) if at else 'never'}")


def unheld_sign(session: Session, now: datetime) -> Sign:
    running = select(func.count()).select_from(Job).where(Job.state == "running")
    unheld = (Job.lease_until < now - UNHELD) | (Job.lease_until > now + FARTHEST_LEASE + UNHELD)
    silent = session.scalar(running.where(unheld)) or 0
    return Sign(silent == 0, f"jobs running: {session.scalar(running) or 0}, of them without a worker: {silent}")


def waiting_sign(what: str, since: datetime | None, now: datetime) -> Sign:
    return Sign(
        since is None or now - since <= LONGEST_WAIT, f"{what}: {f'since {clock(since)}' if since else 'none'}"
    )


def oldest_job(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Job.created_at)).where(Job.state == "queued", Job.attempt == 0))


def oldest_mail(session: Session, now: datetime) -> datetime | None:
    return session.scalar(select(func.min(Message.not_before)).where(*outbox.due(session, now)))


def clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
