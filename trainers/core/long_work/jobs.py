"""Long work as rows: queued by a page or a command, held by one worker at a time, ended with a sentence.

Whoever holds a job does a chunk, writes down how far it is in the same transaction, and goes on. A holder that
dies holds the job until its lease ends; then another goes on after the last chunk. The number of the attempt
fences off a holder that only seemed dead: whatever it still wants to write raises Lost, and is rolled back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from .. import audit
from ..errors import NotFound, Refused
from ..evidence import Erased, Files
from ..models import Job, JobFile, JobRow
from ..models.job import ENDED_STATES

LEASE = timedelta(minutes=5)
FARTHEST_LEASE = 2 * LEASE
"""No lease ends later than this, however far the clocks of two machines are apart; else a clock was set back."""
LOSSES = 3
SHOWN = 100
KEPT = timedelta(days=7)
"""So long after the end its files and rejected lines can be had."""
FORGOTTEN_AFTER = timedelta(days=365)
ORPHAN_AGE = timedelta(days=1)
FOLDER = "jobs"
KILLER = "The work was broken off three times at the same place, so it is not tried again. Nothing was changed."
NOBODY = "system"


class Lost(Exception):
    """The job is no longer ours: cancelled, erased, or held by somebody else after our lease had ended."""


@dataclass(frozen=True)
class Work:
    """A job in our hands, as far as it is."""

    id: int
    uuid: str
    kind: str
    attempt: int
    by: str
    about: str
    done: int = 0
    total: int | None = None
    rejected: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    input_key: str | None = None


def enqueue(
    session: Session,
    kind: str,
    *,
    account_id: int | None,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    about: str = "",
    total: int | None = None,
    input_file: tuple[str, int] | None = None,
) -> Job:
    """Put work into the queue. `input_file` is the key and the size of what was stored for it before."""
    job = Job(
        kind=kind,
        account_id=account_id,
        about=about,
        params=dict(params or {}),
        cursor={},
        total=total,
        created_at=now,
    )
    session.add(job)
    session.flush()
    if input_file:
        key, size = input_file
        session.add(JobFile(job_id=job.id, kind="input", n=0, storage_key=key, size=size))
        session.flush()
    return job


def new_key() -> str:
    """A name for a file that nobody can guess."""
    return f"{FOLDER}/{uuid4()}.csv"


# Held by one


def claim(session: Session, *, now: datetime, uuid: str | None = None) -> Work | None:
    """The job that has waited longest, or the named one, held until the lease ends; None when there is none.

    Commit before working.
    """
    take_back(session, now)
    free = select(Job.id).where(Job.state == "queued").order_by(Job.id).limit(1)
    if uuid is not None:
        free = free.where(Job.uuid == uuid)
    mine = (
        update(Job)
        .where(Job.id == free.with_for_update(skip_locked=True).scalar_subquery(), Job.state == "queued")
        .values(
            state="running",
            lease_until=now + LEASE,
            attempt=Job.attempt + 1,
            started_at=func.coalesce(Job.started_at, now),
            claimed_at=now,
            claimed_done=Job.done,
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    id = session.scalar(mine)
    return work_of(session, id) if id is not None else None


def work_of(session: Session, id: int) -> Work:
    job = session.get_one(Job, id, populate_existing=True)
    key = session.scalar(select(JobFile.storage_key).where(JobFile.job_id == id, JobFile.kind == "input"))
    return Work(
        id=job.id,
        uuid=job.uuid,
        kind=job.kind,
        attempt=job.attempt,
        by=str(job.account_id) if job.account_id is not None else NOBODY,
        about=job.about,
        done=job.done,
        total=job.total,
        rejected=job.rejected,
        params=job.params,
        cursor=job.cursor,
        input_key=key,
    )


def take_back(session: Session, now: datetime) -> None:
    """Jobs of holders that were not heard of again wait for another; one that kills its holders has failed."""
    out_of_time = (Job.lease_until < now) | (Job.lease_until > now + FARTHEST_LEASE)
    silent = (Job.state == "running") & out_of_time
    again = {"state": "queued", "lease_until": None, "lost": Job.lost + 1}
    over = {"state": "failed", "lease_until": None, "lost": Job.lost + 1, "ended_at": now, "sentence": KILLER}
    change(session, silent & (Job.lost + 1 < LOSSES), again)
    for id in change(session, silent, over):
        drop_staged(session, id)


def change(session: Session, which: ColumnElement[bool], values: Mapping[str, Any]) -> list[int]:
    """The one way in which jobs change: only while they are in the state that we think they are in."""
    done = update(Job).where(which).values(values).returning(Job.id)
    ids = session.scalars(done.execution_options(synchronize_session=False)).all()
    session.expire_all()
    return list(ids)


def is_ours(work: Work) -> ColumnElement[bool]:
    return (Job.id == work.id) & (Job.state == "running") & (Job.attempt == work.attempt)


def demand(changed: list[int]) -> None:
    if not changed:
        raise Lost


def hold(session: Session, work: Work, *, now: datetime) -> None:
    """Extend the lease; the row stays locked until the transaction ends. Raises Lost."""
    demand(change(session, is_ours(work), {"lease_until": now + LEASE}))


def advance(session: Session, work: Work, *, now: datetime, **progress: Any) -> Work:
    """Write down how far it is (done, total, rejected, cursor), and hold it further. Raises Lost."""
    demand(change(session, is_ours(work), {"lease_until": now + LEASE, "lost": 0, **progress}))
    return work_of(session, work.id)


def release(session: Session, work: Work) -> None:
    """Lay it back into the queue, for whoever comes next. What is not ours any more is left alone."""
    change(session, is_ours(work), {"state": "queued", "lease_until": None})


def finish(session: Session, work: Work, sentence: str, *, now: datetime, **progress: Any) -> None:
    """Raises Lost."""
    end(session, work, "done", sentence, now, progress)


def fail(session: Session, work: Work, sentence: str, *, now: datetime) -> None:
    """Raises Lost."""
    end(session, work, "failed", sentence, now, {})


def end(
    session: Session, work: Work, state: str, sentence: str, now: datetime, progress: Mapping[str, Any]
) -> None:
    ended = {"state": state, "lease_until": None, "ended_at": now, "sentence": sentence, **progress}
    demand(change(session, is_ours(work), ended))
    drop_staged(session, work.id)


def drop_staged(session: Session, id: int) -> None:
    """The lines that were read have served; those that were rejected, or judged, stay to be looked at."""
    served = JobRow.problem.is_(None), JobRow.verdict.is_(None)
    session.execute(delete(JobRow).where(JobRow.job_id == id, *served))


def cancel(session: Session, job: Job, *, by: str, now: datetime) -> None:
    """Stop it, whoever holds it: a holder notices at its next chunk. Raises Refused when it has ended."""
    open_still = (Job.id == job.id) & Job.state.in_(("queued", "running"))
    ended = {"state": "cancelled", "lease_until": None, "ended_at": now, "sentence": "Stopped before its end."}
    if not change(session, open_still, ended):
        raise Refused("This has ended already, so it cannot be stopped.")
    drop_staged(session, job.id)
    subject = f"job:{job.uuid}"
    audit.record(
        session, by=by, action="job_cancelled", subject=subject, about=job.about or subject, detail=job.kind
    )


# Looking


def find_job(session: Session, uuid: str, kinds: list[str], *, account_id: int | None = None) -> Job:
    """A job of one of these kinds, of one account only if one is given. Raises NotFound."""
    query = select(Job).where(Job.uuid == uuid, Job.kind.in_(kinds)).options(joinedload(Job.account))
    if account_id is not None:
        query = query.where(Job.account_id == account_id)
    job = session.scalar(query)
    if job is None:
        raise NotFound("There is no such import or export, or no longer.")
    return job


def newest_jobs(session: Session, kinds: list[str], *, limit: int = SHOWN) -> list[Job]:
    query = select(Job).where(Job.kind.in_(kinds)).order_by(Job.id.desc()).limit(limit)
    return list(session.scalars(query.options(joinedload(Job.account))))


def has_ended(job: Job) -> bool:
    return job.state in ENDED_STATES


def rejected_lines(session: Session, job: Job, *, page: int = 1, limit: int | None = SHOWN) -> list[JobRow]:
    """Rejected lines in the order of the file, one page of them, or all without a limit."""
    query = select(JobRow).where(JobRow.job_id == job.id, JobRow.problem.is_not(None)).order_by(JobRow.line)
    if limit is not None:
        query = query.limit(limit).offset((page - 1) * limit)
    return list(session.scalars(query))


def judged_lines(session: Session, job: Job, *, limit: int | None = SHOWN) -> list[JobRow]:
    """The lines that have a verdict, in the order of the file."""
    query = select(JobRow).where(JobRow.job_id == job.id, JobRow.verdict.is_not(None)).order_by(JobRow.line)
    return list(session.scalars(query.limit(limit) if limit is not None else query))


def result_parts(session: Session, job: Job) -> list[JobFile]:
    """The parts of the result in their order. Raises NotFound when there is none, or no longer."""
    query = select(JobFile).where(JobFile.job_id == job.id, JobFile.kind == "result").order_by(JobFile.n)
    parts = list(session.scalars(query)) if job.state == "done" else []
    if not parts:
        raise NotFound("This file is not here, or no longer.")
    return parts


# Erasing


def erase_due(session: Session, files: Files, *, now: datetime) -> Erased:
    """Erase files and lines a week after the end, and after a year that there was a job."""
    old = select(Job.id).where(Job.ended_at <= now - KEPT)
    due = session.scalars(select(JobFile.storage_key).where(JobFile.job_id.in_(old))).all()
    gone = files.delete_each(due)
    forget_files(session, JobFile.storage_key.in_(gone))
    session.execute(delete(JobRow).where(JobRow.job_id.in_(old)))
    is_empty = Job.id.not_in(select(JobFile.job_id))
    session.execute(delete(Job).where(Job.ended_at <= now - FORGOTTEN_AFTER, is_empty))
    return Erased(len(gone), len(due) - len(gone))


def erase_files(session: Session, files: Files, which: ColumnElement[bool]) -> None:
    """The files first: should the transaction fail afterwards, the next try finds nothing to delete."""
    for key in session.scalars(select(JobFile.storage_key).where(which)).all():
        files.delete(key)
    forget_files(session, which)


def forget_files(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(delete(JobFile).where(which).execution_options(synchronize_session=False))


def forget(session: Session, files: Files, which: ColumnElement[bool]) -> None:
    """Delete jobs with all that belongs to them. A worker that is at one notices."""
    ids = session.scalars(select(Job.id).where(which)).all()
    erase_files(session, files, JobFile.job_id.in_(ids))
    session.execute(delete(JobRow).where(JobRow.job_id.in_(ids)))
    session.execute(delete(Job).where(Job.id.in_(ids)))
    session.expire_all()


def forget_of(session: Session, files: Files, account_id: int, about: str | None = None) -> None:
    """The jobs of an account, and those about a trainer, go with them."""
    forget(session, files, Job.account_id == account_id)
    if about:
        forget(session, files, Job.about == about)


def sweep_orphans(session: Session, files: Files, *, now: datetime) -> Erased:
    """Delete files that no row knows: of a worker that died between the file and its row."""
    known = set(session.scalars(select(JobFile.storage_key)))
    old = files.keys_older_than(now - ORPHAN_AGE, under=FOLDER)
    orphans = [key for key in old if key not in known]
    gone = files.delete_each(orphans)
    return Erased(len(gone), len(orphans) - len(gone))
