"""Doing a job by hand in tests: chunk after chunk, as the commands and the worker do."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from trainers.core.evidence import Files
from trainers.core.long_work import imports, jobs
from trainers.core.long_work.job_kinds import BOUNCES, KINDS, Kind
from trainers.core.long_work.jobs import Work
from trainers.core.models import Job


def chunk(
    session: Session,
    files: Files,
    work: Work,
    *,
    kind: Kind | None = None,
    now: datetime = NOW,
    today: date = TODAY,
) -> Work | None:
    kind = kind or KINDS[work.kind]
    carried = kind.carry(files, work, kind.look(session, work), today=today)
    return kind.settle(session, work, carried, now=now)


def run(session: Session, files: Files, *, kind: Kind | None = None) -> Job:
    """Claim the job that has waited longest and see it through."""
    work = jobs.claim(session, now=NOW)
    assert work is not None
    id = work.id
    while work:
        work = chunk(session, files, work, kind=kind)
    return session.get_one(Job, id)


def bounce_file(count: int, *, reason: str = "bounced", first: int = 1) -> bytes:
    lines = (f"person{n}@example.org,{reason}" for n in range(first, first + count))
    return "\n".join(["address,reason", *lines]).encode()


def queue_bounces(
    session: Session,
    files: Files,
    data: bytes,
    *,
    account_id: int | None = None,
    kind: imports.ImportKind = BOUNCES,
    name: str = "",
) -> Job:
    return imports.enqueue(session, kind, kind.start(files, data), account_id=account_id, now=NOW, name=name)
