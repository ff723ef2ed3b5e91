"""An import: every line is looked at, all is merged at once or nothing, whoever is killed in between."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.job_bench import bounce_file, chunk, queue_bounces, run
from tests.factories import Factory
from trainers.core.errors import DomainError
from trainers.core.evidence import Files, open_files
from trainers.core.long_work import bounces, imports, jobs
from trainers.core.long_work.imports import CHUNK, Problem, Staged
from trainers.core.long_work.job_kinds import BOUNCES
from trainers.core.mail import outbox
from trainers.core.mail.recipients import recipient_for
from trainers.core.models import AuditEvent, JobRow, Recipient


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(f"file://{tmp_path / 'uploads'}")


def states(session: Session) -> dict[str, str]:
    return {each.email_key: each.state for each in session.scalars(select(Recipient))}


def known(session: Session, *addresses: str) -> None:
    for each in addresses:
        recipient_for(session, each)
    session.flush()


def test_listed_addresses_get_no_more_mail_and_unknown_ones_are_only_counted(
    session: Session, files: Files
) -> None:
    known(session, "dana@example.org", "Ed@Example.org", "fay@example.org")
    recipient_for(session, "fay@example.org").state = "bounced"
    lines = "Dana@example.org,Bounced\n ed@example.org ,complaint\nfay@example.org,bounce\nwho@example.org,bounced"
    queue_bounces(session, files, f"address,reason\n{lines}".encode())
    job = run(session, files)
    assert (job.state, job.done, job.total, job.rejected) == ("done", 4, 4, 0)
    assert job.sentence == "2 addresses get no more mail. Marked before: 1. Not known here: 1."
    assert states(session) == {
        "dana@example.org": "bounced",
        "ed@example.org": "complained",
        "fay@example.org": "bounced",
    }
    assert session.scalars(select(JobRow)).all() == []
    dana = recipient_for(session, "dana@example.org")
    queued = outbox.queue(session, to=dana, template="digest", context={}, dedupe_key="k", now=NOW)
    assert queued is None


def test_a_complaint_outweighs_a_bounce_in_the_file_and_here(session: Session, files: Files) -> None:
    known(session, "both@example.org", "before@example.org")
    recipient_for(session, "before@example.org").state = "complained"
    lines = "both@example.org,complained\nboth@example.org,bounced\nbefore@example.org,bounced"
    queue_bounces(session, files, f"address,reason\n{lines}".encode())
    job = run(session, files)
    assert states(session) == {"both@example.org": "complained", "before@example.org": "complained"}
    assert job.sentence == "1 address gets no more mail. Marked before: 1. Not known here: 0."


def test_the_deed_is_in_the_audit_record_without_an_address(session: Session, files: Files, make: Factory) -> None:
    admin = make.account(roles=("admin",))
    known(session, "person1@example.org")
    queue_bounces(session, files, bounce_file(1), account_id=admin.id)
    job = run(session, files)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor, event.action, event.subject) == (str(admin.id), "import_bounces", f"job:{job.uuid}")
    assert event.detail == job.sentence
    assert "person1" not in event.detail


def test_every_rejected_line_is_told_and_nothing_is_imported(session: Session, files: Files) -> None:
    known(session, "dana@example.org")
    text = (
        "address,reason,date\n"
        "dana@example.org,bounced,\n"
        "\n"
        "nonsense,bounced,\n"
        ",bounced,\n"
        "a@example.org,moved,\n"
        "b@example.org,bounced,2027-01-01\n"
        "c@example.org,bounced,yesterday\n"
        "d@example.org,bounced,2026-02-30\n"
        "e@example.org,bounced,2026-11-01,more\n"
        "f@example.org,bounced,11/1/2026 10:00\n"
    )
    job = queue_bounces(session, files, text.encode())
    run(session, files)
    assert (job.state, job.done, job.rejected) == ("failed", 9, 7)
    assert job.sentence == (
        "7 rows were rejected, so nothing was imported. Put them right in the file and send it in again."
    )
    assert [(row.line, row.value, row.problem) for row in jobs.rejected_lines(session, job)] == [
        (4, "nonsense", "This is not an email address."),
        (5, "", "The address is missing."),
        (6, "moved", "The reason must be bounced or complained."),
        (7, "2027-01-01", "The date lies in the future."),
        (8, "yesterday", "Write the date as 2026-11-25 or 11/25/2026."),
        (9, "2026-02-30", "Write the date as 2026-11-25 or 11/25/2026."),
        (10, "", "The row has more cells than the first line has names."),
    ]
    assert states(session) == {"dana@example.org": "ok"}
    assert session.scalars(select(JobRow).where(JobRow.problem.is_(None))).all() == []
    assert session.scalars(select(AuditEvent)).all() == []


def test_a_kind_may_take_what_is_right_and_leave_the_rest(session: Session, files: Files) -> None:
    known(session, "dana@example.org")
    forgiving = replace(BOUNCES, all_or_nothing=False)
    queue_bounces(session, files, b"address,reason\ndana@example.org,bounced\nnonsense,bounced")
    job = run(session, files, kind=forgiving)
    assert job.state == "done"
    assert job.sentence.endswith("1 of 2 rows were rejected.")
    assert states(session) == {"dana@example.org": "bounced"}
    assert [row.line for row in jobs.rejected_lines(session, job)] == [3]


def test_progress_is_seen_after_each_chunk_and_nothing_is_merged_before_the_last(
    session: Session, files: Files
) -> None:
    known(session, "person1@example.org")
    job = queue_bounces(session, files, bounce_file(2 * CHUNK + 1))
    work = jobs.claim(session, now=NOW)
    seen = []
    while work:
        assert states(session) == {"person1@example.org": "ok"}
        work = chunk(session, files, work)
        session.refresh(job)
        seen.append((job.state, job.done))
    total = 2 * CHUNK + 1
    assert seen == [("running", CHUNK), ("running", 2 * CHUNK), ("running", total), ("done", total)]
    assert states(session) == {"person1@example.org": "bounced"}


def test_whoever_takes_over_goes_on_after_the_last_chunk(session: Session, files: Files) -> None:
    known(session, "person1@example.org", f"person{CHUNK + 2}@example.org")
    queue_bounces(session, files, bounce_file(CHUNK + 2))
    work = jobs.claim(session, now=NOW)
    assert work is not None
    assert chunk(session, files, work) is not None
    later = NOW + 2 * jobs.LEASE
    work = jobs.claim(session, now=later)
    assert work is not None
    assert (work.attempt, work.done) == (2, CHUNK)
    while work:
        work = chunk(session, files, work, now=later)
    assert set(states(session).values()) == {"bounced"}


def test_a_holder_that_lost_the_job_stages_and_merges_nothing(session: Session, files: Files) -> None:
    queue_bounces(session, files, bounce_file(CHUNK))
    slow = jobs.claim(session, now=NOW)
    assert slow is not None
    assert jobs.claim(session, now=NOW + 2 * jobs.LEASE) is not None
    with pytest.raises(jobs.Lost):
        chunk(session, files, slow)
    with pytest.raises(jobs.Lost):
        BOUNCES.settle(session, slow, [], now=NOW)
    assert session.scalars(select(JobRow)).all() == []
    assert session.scalars(select(AuditEvent)).all() == []


def test_a_file_that_is_gone_or_not_a_table_any_more_is_said(session: Session, files: Files) -> None:
    job = queue_bounces(session, files, bounce_file(1))
    work = jobs.claim(session, now=NOW)
    assert work is not None
    assert work.input_key is not None
    files.write(work.input_key, b'address,reason\n"a,b')
    with pytest.raises(DomainError, match="Line 2: a quotation mark"):
        chunk(session, files, work)
    files.delete(work.input_key)
    with pytest.raises(DomainError, match="not there any more"):
        chunk(session, files, work)
    assert job.done == 0


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_stored(files: Files) -> None:
    with pytest.raises(DomainError):
        BOUNCES.start(files, b"name\nDana")
    assert not files.system.exists(files.root)


def test_ten_thousand_rows_are_the_most(files: Files) -> None:
    assert BOUNCES.start(files, bounce_file(10_000))[0] == 10_000
    with pytest.raises(DomainError, match="10,001 rows"):
        BOUNCES.start(files, bounce_file(10_001))


@pytest.mark.parametrize(
    ("typed", "fine"),
    [
        ("2026-11-23", True),
        ("2026-11-23T08:15:00Z", True),
        ("2026-11-23 08:15", True),
        ("11/23/2026", True),
        ("1/2/2026 08:15", True),
        ("2026-11-24", True),  # where the provider is, it may be tomorrow already
        ("2026-11-25", False),
        ("23.11.2026", False),
        ("13/1/2026", False),
        ("0000-00-00", False),
    ],
)
def test_a_date_may_be_written_as_machines_and_as_americans_do(typed: str, fine: bool) -> None:
    found = bounces.read_bounce({"address": "a@b.example", "reason": "bounced", "date": typed}, date(2026, 11, 23))
    assert isinstance(found, Staged if fine else Problem)


def test_an_address_that_is_too_long_once_it_is_folded_is_a_problem_of_its_row() -> None:
    local = "ß" * 125
    cells = {"address": f"{local}@example.org", "reason": "bounced"}
    assert isinstance(bounces.read_bounce(cells, TODAY), Problem)
    assert isinstance(bounces.read_bounce(cells | {"address": "ß@example.org"}, TODAY), Staged)


def test_an_error_of_ours_names_the_line(files: Files, session: Session) -> None:
    def breaks(cells: dict[str, str], today: date) -> Staged | Problem:
        raise KeyError(cells["address"])

    queue_bounces(session, files, b"address,reason\n\na@b.example,x")
    work = jobs.claim(session, now=NOW)
    assert work is not None
    with pytest.raises(Exception, match=r"^line 3$"):
        replace(BOUNCES, read=breaks).carry(files, work, None, today=TODAY)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("C:\\lists\\a b.csv", "a b.csv"), ("lists/list.csv", "list.csv"), ("a\n\u202eb.csv", "ab.csv"), ("", "")],
)
def test_of_the_name_of_a_file_only_what_can_be_shown_is_kept(name: str, kept: str) -> None:
    assert imports.plain_name(name) == kept
