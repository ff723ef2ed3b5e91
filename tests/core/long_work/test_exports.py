"""An export: any number of rows, chunk by chunk, each once, in order, harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, ZONE
from tests.core.job_bench import chunk, run
from tests.factories import Factory
from trainers.core import audit
from trainers.core.errors import DomainError
from trainers.core.evidence import Files, open_files
from trainers.core.long_work import audit_export, exports, jobs
from trainers.core.long_work.spreadsheets import BOM
from trainers.core.models import AuditEvent, Erasure, Job, JobFile


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK", 10)


def happen(session: Session, count: int, *, about: str = "nothing", at: datetime = NOW) -> None:
    row = {"at": at, "actor": "system", "action": "tested", "subject": "s", "about": about, "detail": ""}
    session.execute(insert(AuditEvent), [row | {"detail": f"{about} {n}"} for n in range(count)])


def order(session: Session, **more: object) -> Job:
    return audit_export.enqueue(session, zone=ZONE, account_id=None, now=NOW, **more)  # type: ignore[arg-type]


def exported(session: Session, files: Files, job: Job) -> list[list[str]]:
    data = b"".join(exports.read_parts(files, [part.storage_key for part in jobs.result_parts(session, job)]))
    assert data.startswith(BOM)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
def test_each_event_is_there_once_and_in_order(session: Session, files: Files, count: int) -> None:
    happen(session, count)
    job = order(session)
    run(session, files)
    header, *rows = exported(session, files, job)
    assert header == list(audit_export.COLUMNS)
    assert [row[6] for row in rows] == [f"nothing {n}" for n in range(count)]
    assert [int(row[0]) for row in rows] == sorted({int(row[0]) for row in rows})
    assert rows[0][1] == "2026-11-23T20:00:00+00:00"
    assert (job.state, job.done, job.total) == ("done", count, count)
    assert job.sentence == ("1 event exported." if count == 1 else f"{count} events exported.")


def test_no_events_are_a_file_with_names_of_columns_only(session: Session, files: Files) -> None:
    job = order(session)
    run(session, files)
    assert exported(session, files, job) == [list(audit_export.COLUMNS)]
    assert (job.state, job.done, job.total, job.sentence) == ("done", 0, 0, "0 events exported.")


def test_the_export_itself_is_in_the_audit_record_afterwards(session: Session, files: Files) -> None:
    job = order(session)
    run(session, files)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.subject, event.detail) == ("export_audit", f"job:{job.uuid}", job.sentence)


def test_what_happens_while_it_runs_is_not_in_it_and_what_is_erased_is_not_missing(
    session: Session, files: Files, make: Factory
) -> None:
    about = f"trainer:{make.trainer().id}"
    happen(session, 11)
    happen(session, 4, about=about)
    job = order(session)
    work = jobs.claim(session, now=NOW)
    assert work is not None
    work = chunk(session, files, work)
    assert work is not None
    assert (work.done, work.total) == (0, 15)
    happen(session, 3)
    make.add(Erasure(trainer_id=int(about.rpartition(":")[2]), at=NOW))
    session.execute(delete(AuditEvent).where(AuditEvent.about == about))
    while work:
        work = chunk(session, files, work)
    assert len(exported(session, files, job)) == 1 + 11
    session.refresh(job)
    assert (job.done, job.total) == (11, 11)


def test_about_one_trainer_by_number_or_by_the_listings_address(
    session: Session, files: Files, make: Factory
) -> None:
    trainer = make.trainer()
    about, slug = f"trainer:{trainer.id}", make.slug(trainer)
    happen(session, 2, about=about)
    happen(session, 3)
    for typed in (
        about,
        about.replace(":", ":0"),
        slug,
        f"/trainers/{slug}",
        f"https://site.example/trainers/{slug}/?a=/b#c",
        f" {slug} ",
    ):
        job = order(session, about=typed)
        assert job.about == about
    run(session, files)
    first = session.scalars(select(Job).order_by(Job.id)).first()
    assert first is not None
    assert [row[5] for row in exported(session, files, first)[1:]] == [about, about]


def test_about_a_trainer_that_was_erased_the_record_still_tells(session: Session) -> None:
    happen(session, 1, about="trainer:99999998")
    assert order(session, about="trainer:99999998").about == "trainer:99999998"


@pytest.mark.parametrize(
    "typed",
    [
        "nobody-of-this-name",
        "trainer:x",
        "trainer:99999999",
        f"trainer:{10**17}",
        "trainer:७",
        "account:7",
        "https://",
        "http://[",
        "-" * 500,
    ],
)
def test_a_trainer_that_there_is_not_is_refused_at_the_field(session: Session, typed: str) -> None:
    with pytest.raises(DomainError) as caught:
        order(session, about=typed)
    assert caught.value.field == "about"


def test_both_days_are_whole_days_of_the_sites_zone(session: Session, files: Files) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 2)
    midnight = datetime(2026, 11, 1, 10, tzinfo=UTC)  # in Honolulu
    second, day = timedelta(seconds=1), timedelta(days=1)
    for n, at in enumerate((midnight - second, midnight, midnight + 2 * day - second, midnight + 2 * day)):
        happen(session, 1, about=f"moment {n}", at=at)
    job = order(session, since=first, until=last)
    run(session, files)
    assert [row[5] for row in exported(session, files, job)[1:]] == ["moment 1", "moment 2"]


def test_days_in_the_wrong_order_are_refused_at_the_field(session: Session) -> None:
    with pytest.raises(DomainError) as caught:
        order(session, since=date(2026, 11, 2), until=date(2026, 11, 1))
    assert caught.value.field == "until"
    order(session, since=date(2026, 11, 1), until=date(2026, 11, 1))


def test_nothing_in_it_runs_as_a_formula(session: Session, files: Files) -> None:
    audit.record(session, by="1", action="x", subject="y", about="z", detail='=HYPERLINK("https://evil.example")')
    session.flush()
    job = order(session)
    run(session, files)
    assert exported(session, files, job)[1][6].startswith("'=HYPERLINK")


def test_whoever_takes_over_writes_no_row_twice_and_the_one_before_adds_nothing(
    session: Session, files: Files
) -> None:
    happen(session, 25)
    job = order(session)
    slow = jobs.claim(session, now=NOW)
    for _ in range(2):  # the count, and ten events
        assert slow is not None
        slow = chunk(session, files, slow)
    later = NOW + 2 * jobs.LEASE
    work = jobs.claim(session, now=later)
    assert slow is not None
    with pytest.raises(jobs.Lost):
        chunk(session, files, slow)
    while work:
        work = chunk(session, files, work, now=later)
    assert len(exported(session, files, job)) == 1 + 25
    parts = session.scalars(select(JobFile.n).where(JobFile.kind == "result").order_by(JobFile.n)).all()
    assert parts == [1, 2, 3]
