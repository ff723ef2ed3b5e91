"""The switch for the day on which something is wrong: it holds all mail back but what somebody just asked for."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import audit
from ..models import MailPause
from ..rows import inserting

EVERYTHING = "mail"


def current(session: Session) -> MailPause | None:
    """The pause in force: since when, and who began it."""
    return session.scalar(select(MailPause).where(MailPause.name == EVERYTHING))


def is_paused(session: Session) -> bool:
    return current(session) is not None


def begin(session: Session, *, by: str, now: datetime) -> None:
    """Twice is the same as once."""
    if not is_paused(session):
        row = inserting(session, MailPause).values(name=EVERYTHING, since=now, by=by)
        session.execute(row.on_conflict_do_nothing())
        audit.record(session, by=by, action="mail_paused", subject="mail", about="mail")


def end(session: Session, *, by: str) -> None:
    if is_paused(session):
        session.execute(delete(MailPause))
        audit.record(session, by=by, action="mail_resumed", subject="mail", about="mail")
