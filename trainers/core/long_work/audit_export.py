"""The record of who did what as a file: all of it, about one trainer, between two days."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..errors import DomainError
from ..models import AuditEvent, Job, Slug, Trainer
from . import jobs
from .exports import Cursor, ExportKind, Page, Start

_TRAINER = re.compile(r"trainer:([0-9]{1,9})")
_AFTER_PATH = re.compile(r"[?#]")
COLUMNS = ("id", "at", "actor", "action", "subject", "about", "detail")


def enqueue(
    session: Session,
    *,
    about: str = "",
    since: date | None = None,
    until: date | None = None,
    zone: ZoneInfo,
    account_id: int | None,
    now: datetime,
) -> Job:
    """Put an export into the queue. `about` is "trainer:7" or the address of a listing; both days are included.

    Raises DomainError for a trainer that there is not, and for days in the wrong order.
    """
    if since and until and since > until:
        raise DomainError("The last day must not be before the first.", field="until")
    about = find_about(session, about)
    params = {
        "about": about,
        "since": moment(since, zone),
        "until": moment(until + timedelta(days=1), zone) if until else None,
        "first_day": since.isoformat() if since else None,
        "last_day": until.isoformat() if until else None,
    }
    return jobs.enqueue(session, KIND.name, account_id=account_id, about=about, params=params, now=now)


def moment(day: date | None, zone: ZoneInfo) -> str | None:
    return datetime.combine(day, time(), zone).astimezone(UTC).isoformat() if day else None


def find_about(session: Session, typed: str) -> str:
    """ "trainer:7" of what somebody typed: that, or a listing's address, whole or its last part.

    Raises DomainError for what there is not, and nothing is written about.
    """
    typed = typed.strip()
    if numbered := _TRAINER.fullmatch(typed):
        return demand_known(session, int(numbered[1]))
    if not typed:
        return ""
    path = _AFTER_PATH.split(typed)[0]
    slug = session.get(Slug, path.rstrip("/").rpartition("/")[2][:140])
    if slug is None or slug.trainer_id is None:
        raise DomainError("No listing has this address. Copy it from the profile's page.", field="about")
    return f"trainer:{slug.trainer_id}"


def demand_known(session: Session, number: int) -> str:
    """Of trainers that were erased only the record tells. Raises DomainError."""
    about = f"trainer:{number}"
    written = select(AuditEvent.id).where(AuditEvent.about == about).limit(1)
    if session.get(Trainer, number) is None and session.scalar(written) is None:
        raise DomainError("No trainer has this number, and nothing is written about one.", field="about")
    return about


def begin(session: Session, params: Mapping[str, Any]) -> Start:
    """Up to the newest event of now: what is added meanwhile belongs to another export.

    On PostgreSQL an event that is not committed yet may have a lower number than the newest; it is missing then.
    """
    wanted = select(func.count(), func.max(AuditEvent.id)).where(*conditions(params))
    count, newest = session.execute(wanted).one()
    return Start(count, {"after": 0, "upto": newest or 0})


def rows(session: Session, params: Mapping[str, Any], cursor: Cursor, limit: int) -> Page:
    """The next events by their numbers."""
    between = (AuditEvent.id > cursor["after"], AuditEvent.id <= cursor["upto"])
    query = select(AuditEvent).where(*between, *conditions(params)).order_by(AuditEvent.id).limit(limit)
    events = session.scalars(query).all()
    page = [as_row(event) for event in events]
    return Page(page, {**cursor, "after": events[-1].id if events else cursor["after"]})


def conditions(params: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found = []
    if params["about"]:
        found.append(AuditEvent.about == params["about"])
    if params["since"]:
        found.append(AuditEvent.at >= datetime.fromisoformat(params["since"]))
    if params["until"]:
        found.append(AuditEvent.at < datetime.fromisoformat(params["until"]))
    return found


def as_row(event: AuditEvent) -> tuple[object, ...]:
    at = event.at.isoformat(timespec="seconds")
    return event.id, at, event.actor, event.action, event.subject, event.about, event.detail


KIND = ExportKind(
    name="audit",
    title="Export of the audit record",
    header=COLUMNS,
    begin=begin,
    rows=rows,
    unit="event",
)
