"""Long work: held by one, fenced, taken back, ended once, erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.core.job_bench import bounce_file, chunk, queue_bounces, run
from tests.core.papers import cannot_be_deleted, stored
from tests.factories import Factory
from trainers.core import erasure
from trainers.core.errors import NotFound, Refused
from trainers.core.evidence import Erased, Files, open_files, sweep_orphans
from trainers.core.long_work import audit_export, jobs
from trainers.core.long_work.imports import CHUNK
from trainers.core.long_work.job_kinds import FOR_ADMINS
from trainers.core.long_work.jobs import KEPT, LEASE, LOSSES
from trainers.core.models import AuditEvent, Job, JobFile, JobRow
from trainers.extensions import prepare_engine

SECOND = timedelta(seconds=1)
UTC = ZoneInfo("UTC")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def job(session: Session) -> Job:
    return jobs.enqueue(session, "bounces", account_id=None, now=NOW)


def state_of(session: Session, job: Job) -> tuple[str, int, int]:
    session.refresh(job)
    return job.state, job.attempt, job.lost


# Held by one


def test_a_job_is_held_by_the_first_who_asks(session: Session, job: Job) -> None:
    work = jobs.claim(session, now=NOW)
    assert work is not None
    assert (work.id, work.attempt, work.by) == (job.id, 1, "system")
    assert jobs.claim(session, now=NOW + LEASE) is None
    assert (job.state, job.lease_until, job.started_at) == ("running", NOW + LEASE, NOW)


def test_the_job_that_has_waited_longest_comes_first_unless_one_is_named(session: Session, job: Job) -> None:
    second, third = (jobs.enqueue(session, "bounces", account_id=None, now=NOW) for _ in range(2))
    named = jobs.claim(session, now=NOW, uuid=third.uuid)
    assert named is not None
    assert named.id == third.id
    assert jobs.claim(session, now=NOW, uuid=third.uuid) is None
    assert [work.id for _ in range(2) if (work := jobs.claim(session, now=NOW))] == [job.id, second.id]


def test_many_who_ask_at_the_same_moment_get_a_job_each(app: Flask, store: Session) -> None:
    wanted = {jobs.enqueue(store, "bounces", account_id=None, now=NOW).id for _ in range(6)}
    store.commit()
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    prepare_engine(engine)

    def ask(_n: int) -> int | None:
        with Session(engine) as own, own.begin():
            work = jobs.claim(own, now=NOW)
            return work.id if work else None

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(12)))
    engine.dispose()
    assert sorted(id for id in got if id) == sorted(wanted)


def test_a_holder_that_is_not_heard_of_loses_the_job_to_the_next(session: Session, job: Job) -> None:
    first = jobs.claim(session, now=NOW)
    second = jobs.claim(session, now=NOW + LEASE + SECOND)
    assert first is not None
    assert second is not None
    assert (second.id, second.attempt) == (job.id, 2)
    assert state_of(session, job) == ("running", 2, 1)


def test_a_lease_from_before_the_clock_was_set_back_is_not_waited_for(session: Session, job: Job) -> None:
    assert jobs.claim(session, now=NOW) is not None
    assert jobs.claim(session, now=NOW - LEASE) is None, "the clocks of two machines may be so far apart"
    assert jobs.claim(session, now=NOW - LEASE - SECOND) is not None
    assert state_of(session, job) == ("running", 2, 1)


def test_a_sign_of_life_extends_the_lease(session: Session, job: Job) -> None:
    work = jobs.claim(session, now=NOW)
    assert work is not None
    jobs.hold(session, work, now=NOW + LEASE)
    assert jobs.claim(session, now=NOW + LEASE + SECOND) is None
    jobs.advance(session, work, now=NOW + LEASE * 2, done=5)
    assert jobs.claim(session, now=NOW + LEASE * 3) is None


def test_a_holder_whose_job_went_to_another_can_write_nothing(session: Session, job: Job) -> None:
    first = jobs.claim(session, now=NOW)
    second = jobs.claim(session, now=NOW + LEASE + SECOND)
    assert first is not None
    assert second is not None
    for write in (
        lambda: jobs.hold(session, first, now=NOW),
        lambda: jobs.advance(session, first, now=NOW, done=9),
        lambda: jobs.finish(session, first, "Done.", now=NOW),
        lambda: jobs.fail(session, first, "Failed.", now=NOW),
    ):
        with pytest.raises(jobs.Lost):
            write()
    jobs.release(session, first)
    assert state_of(session, job) == ("running", 2, 1)
    assert job.done == 0
    jobs.finish(session, second, "Done.", now=NOW)
    assert state_of(session, job)[0] == "done"


def test_a_job_that_was_laid_back_goes_on_with_the_next_and_is_not_counted_as_lost(
    session: Session, job: Job
) -> None:
    work = jobs.claim(session, now=NOW)
    assert work is not None
    jobs.advance(session, work, now=NOW, done=7)
    jobs.release(session, work)
    assert state_of(session, job) == ("queued", 1, 0)
    again = jobs.claim(session, now=NOW)
    assert again is not None
    assert (again.attempt, again.done) == (2, 7)


def test_a_job_that_kills_three_holders_at_the_same_place_has_failed_and_says_so(
    session: Session, job: Job
) -> None:
    now = NOW
    for _ in range(LOSSES):
        assert jobs.claim(session, now=now) is not None
        now += LEASE + SECOND
    assert jobs.claim(session, now=now) is None
    assert state_of(session, job) == ("failed", LOSSES, LOSSES)
    assert job.ended_at == now
    assert "three times" in job.sentence


def test_losses_with_progress_in_between_are_not_held_against_the_job(session: Session, job: Job) -> None:
    now = NOW
    for done in range(LOSSES * 2):
        work = jobs.claim(session, now=now)
        assert work is not None
        jobs.advance(session, work, now=now, done=done)
        now += LEASE + SECOND
    assert jobs.claim(session, now=now) is not None
    assert state_of(session, job) == ("running", LOSSES * 2 + 1, 1)


# Ended once


@pytest.mark.parametrize("held", [False, True])
def test_a_job_can_be_stopped_while_it_waits_and_while_it_runs(
    session: Session, files: Files, make: Factory, held: bool
) -> None:
    job = queue_bounces(session, files, bounce_file(CHUNK + 1))
    work = jobs.claim(session, now=NOW) if held else None
    work = work and chunk(session, files, work)
    jobs.cancel(session, job, by="7", now=NOW)
    assert state_of(session, job)[0] == "cancelled"
    assert session.scalars(select(JobRow)).all() == []
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject == f"job:{job.uuid}")).one()
    assert (event.actor, event.action) == ("7", "job_cancelled")
    if work:
        with pytest.raises(jobs.Lost):
            chunk(session, files, work)
    assert jobs.claim(session, now=NOW + LEASE * 2) is None


def test_what_has_ended_cannot_be_stopped(session: Session, job: Job) -> None:
    work = jobs.claim(session, now=NOW)
    assert work is not None
    jobs.finish(session, work, "Done.", now=NOW)
    with pytest.raises(Refused):
        jobs.cancel(session, job, by="7", now=NOW)
    assert state_of(session, job)[0] == "done"


@pytest.mark.parametrize(
    "slip",
    [
        {"state": "idle"},
        {"state": "running"},
        {"lease_until": NOW},
        {"ended_at": NOW},
        {"state": "done"},
        {"state": "failed", "ended_at": NOW},
        {"attempt": 1},
        {"claimed_at": NOW},
        {"done": -1},
        {"done": 3, "total": 2},
    ],
)
def test_the_database_refuses_half_a_state(session: Session, job: Job, slip: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="ck_job_"), session.begin_nested():
        session.execute(update(Job).where(Job.id == job.id).values(slip))


# Erased


def test_files_and_lines_are_erased_a_week_after_the_end(session: Session, files: Files, make: Factory) -> None:
    job = queue_bounces(session, files, b"address,reason\nnonsense,bounced")
    make.add(AuditEvent(at=NOW, actor="system", action="tested", subject="nothing", about="nothing"))
    exported = audit_export.enqueue(session, zone=UTC, account_id=None, now=NOW)
    waiting = queue_bounces(session, files, bounce_file(1))
    for _ in range(2):
        run(session, files)
    assert len(stored(files)) == 3
    assert jobs.erase_due(session, files, now=NOW + KEPT - SECOND) == Erased(0)
    assert len(jobs.result_parts(session, exported)) == 1
    assert jobs.erase_due(session, files, now=NOW + KEPT) == Erased(2)
    assert len(stored(files)) == 1
    assert session.scalars(select(JobFile.job_id)).all() == [waiting.id]
    assert jobs.rejected_lines(session, job) == []
    with pytest.raises(NotFound):
        jobs.result_parts(session, exported)
    assert jobs.find_job(session, job.uuid, FOR_ADMINS) is job
    jobs.erase_due(session, files, now=NOW + jobs.FORGOTTEN_AFTER)
    assert session.scalars(select(Job.id)).all() == [waiting.id]


def test_a_file_that_cannot_be_deleted_stays_due_and_its_job_known(session: Session, files: Files) -> None:
    kept, _other = (queue_bounces(session, files, bounce_file(1)) for _ in range(2))
    for _ in range(2):
        run(session, files)
    cannot_be_deleted(files, session.scalars(select(JobFile.storage_key).where(JobFile.job_id == kept.id)).one())
    for gone in (1, 0):
        assert jobs.erase_due(session, files, now=NOW + jobs.FORGOTTEN_AFTER) == Erased(gone, failed=1)
    assert session.scalars(select(JobFile.job_id)).all() == session.scalars(select(Job.id)).all() == [kept.id]


def test_an_erased_account_takes_its_jobs_along_and_their_worker_notices(
    session: Session, files: Files, make: Factory
) -> None:
    admin, other = make.account(roles=("admin",)), make.account(roles=("admin",))
    queue_bounces(session, files, bounce_file(CHUNK + 1), account_id=admin.id)
    kept = queue_bounces(session, files, bounce_file(1), account_id=other.id)
    work = jobs.claim(session, now=NOW)
    assert work is not None
    assert work.by == str(admin.id)
    work = chunk(session, files, work)
    assert work is not None
    erasure.forget_account(session, files, admin)
    with pytest.raises(jobs.Lost):
        jobs.advance(session, work, now=NOW, done=CHUNK + 1)
    assert session.scalars(select(Job.id)).all() == [kept.id]
    assert session.scalar(select(func.count()).select_from(JobRow)) == 0
    assert len(stored(files)) == 1


def test_an_erased_trainer_leaves_no_export_about_him_or_her(
    session: Session, files: Files, make: Factory
) -> None:
    trainer = make.trainer()
    admin = make.account(roles=("admin",))
    for about in (f"trainer:{trainer.id}", ""):
        audit_export.enqueue(session, about=about, zone=UTC, account_id=admin.id, now=NOW)
        run(session, files)
    erasure.erase_trainer(session, files, trainer, by="1", now=NOW)
    assert session.scalars(select(Job.about)).all() == [""]
    assert len(stored(files)) == 1


def test_files_that_no_row_knows_are_swept_by_those_whose_they_are(session: Session, files: Files) -> None:
    kept = queue_bounces(session, files, bounce_file(1))
    files.write(jobs.new_key(), b"whose row was never written")
    files.write("ab/abcdef.pdf", b"a photo whose row was never written")
    later = NOW + timedelta(days=365 * 10)  # the files are as old as the disk says
    assert jobs.sweep_orphans(session, files, now=NOW - timedelta(days=365 * 10)) == Erased(0)
    assert jobs.sweep_orphans(session, files, now=later) == Erased(1)
    assert len(stored(files)) == 2
    assert sweep_orphans(session, files, now=later) == Erased(1)
    key = session.scalars(select(JobFile.storage_key).where(JobFile.job_id == kept.id)).one()
    assert files.read(key) == bounce_file(1)


def test_a_job_of_another_kind_is_not_found(session: Session, job: Job) -> None:
    with pytest.raises(NotFound):
        jobs.find_job(session, job.uuid, ["audit"])
    assert jobs.newest_jobs(session, ["audit"]) == []
    assert [each.id for each in jobs.newest_jobs(session, FOR_ADMINS)] == [job.id]
