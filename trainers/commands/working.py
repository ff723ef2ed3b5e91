"""Jobs, chunk by chunk, for the commands and the worker. Each chunk is committed, so a killed worker loses one."""

import contextlib
import logging
import traceback
from collections.abc import Callable
from datetime import date, datetime
from typing import Never

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from tqdm import tqdm

from trainers.commands.mailing import progress
from trainers.core.errors import DomainError, Refused
from trainers.core.evidence import Files, StoreTrouble
from trainers.core.long_work import jobs
from trainers.core.long_work.imports import BrokenAt
from trainers.core.long_work.job_kinds import KINDS
from trainers.core.long_work.jobs import Work
from trainers.core.models import Job

log = logging.getLogger("trainers.jobs")

UNKNOWN_KIND = "This version of the site does not know this kind of work. Bring every worker up to date."
BROKE = "Something broke on our side, and we have noted what. Nothing was changed; please try again later."
BROKE_AT = (
    "Line {line:,} could not be read through a fault on our side, and we have noted it. Nothing was imported."
)
LOOK_AGAIN = 1.0  # seconds between two looks at a job that somebody else runs

Clock = Callable[[], datetime]


def claim(session: Session, *, clock: Clock, uuid: str | None = None) -> Work | None:
    """Take a job, or none, and let everybody see it."""
    work = jobs.claim(session, now=clock(), uuid=uuid)
    session.commit()
    return work


def lay_down(session: Session, work: Work) -> None:
    """Leave the rest to whoever comes next."""
    session.rollback()
    jobs.release(session, work)
    session.commit()


def one_chunk(session: Session, files: Files, work: Work, *, clock: Clock, today: date) -> Work | None:
    """Do the next chunk; None when the job has ended, or is not ours any more.

    What breaks inside ends the job, not the worker. Only a database or a store that
    does not answer is the worker's trouble.
    """
    try:
        return do_chunk(session, files, work, clock=clock, today=today)
    except jobs.Lost:
        session.rollback()
        log.info("Job %s is no longer ours.", work.uuid)
    except OperationalError:
        session.rollback()
        raise
    except StoreTrouble:
        lay_down(session, work)  # nobody's fault, and over in a while
        raise
    except DomainError as error:
        give_up(session, work, error.sentence, clock=clock)
    except Exception as error:
        log.error("Job %s (%s) broke after %d rows:\n%s", work.uuid, work.kind, work.done, where_it_broke(error))
        give_up(session, work, sentence_for(error), clock=clock)
    return None


def do_chunk(session: Session, files: Files, work: Work, *, clock: Clock, today: date) -> Work | None:
    """Nobody's transaction waits for the private store: look, commit, carry, then settle and commit."""
    kind = KINDS.get(work.kind)
    if kind is None:
        raise DomainError(UNKNOWN_KIND)
    seen = kind.look(session, work)
    session.commit()
    carried = kind.carry(files, work, seen, today=today)
    left = kind.settle(session, work, carried, now=clock())
    session.commit()
    return left


def give_up(session: Session, work: Work, sentence: str, *, clock: Clock) -> None:
    session.rollback()
    try:
        jobs.fail(session, work, sentence, now=clock())
    except jobs.Lost:
        session.rollback()
    session.commit()


def sentence_for(error: Exception) -> str:
    return BROKE_AT.format(line=error.line) if isinstance(error, BrokenAt) else BROKE


def where_it_broke(error: BaseException) -> str:
    """The trace without what the errors say: an error may quote the file, and the file holds addresses."""
    cause = error.__cause__ or error.__context__
    before = where_it_broke(cause) if cause else ""
    return f"{before}{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}\n"


# In a command


def see_through(
    session: Session, files: Files, job: Job, *, clock: Clock, today: date, pause: Callable[[float], object]
) -> Job:
    """Run a queued job here with a bar; one that somebody else holds is only watched. Returns the ended job.

    Whoever presses Ctrl-C wants it to end: left in the queue, a worker would do it all the same.
    """
    with progress(job.total or 0, f"{KINDS[job.kind].unit}s") as bar:
        try:
            work = claim(session, clock=clock, uuid=job.uuid)
            while work:
                show(bar, work.done, work.total)
                work = one_chunk(session, files, work, clock=clock, today=today)
            watch(session, job, bar, pause=pause)
        except KeyboardInterrupt:
            cancel(session, job, clock=clock)
    return job


def cancel(session: Session, job: Job, *, clock: Clock) -> None:
    """Stop it, unless it has just ended."""
    session.rollback()
    with contextlib.suppress(Refused):
        jobs.cancel(session, job, by=jobs.NOBODY, now=clock())
    session.commit()
    session.refresh(job)


def watch(session: Session, job: Job, bar: "tqdm[Never]", *, pause: Callable[[float], object]) -> None:
    session.refresh(job)
    while not jobs.has_ended(job):
        show(bar, job.done, job.total)
        session.commit()
        pause(LOOK_AGAIN)
        session.refresh(job)
    show(bar, job.done, job.total)
    session.commit()


def show(bar: "tqdm[Never]", done: int, total: int | None) -> None:
    bar.total = total
    bar.update(done - bar.n)
