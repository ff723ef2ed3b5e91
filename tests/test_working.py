"""Jobs from the command to the row: the real commands and the real worker's loop, chunk by chunk."""

import csv
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.job_bench import bounce_file, queue_bounces
from tests.core.papers import cannot_be_deleted
from tests.factories import Factory
from trainers.commands import mailing, working
from trainers.commands import worker as worker_command
from trainers.core import heartbeats
from trainers.core.errors import DomainError
from trainers.core.evidence import Files, open_files
from trainers.core.long_work import bounces, job_kinds, jobs
from trainers.core.long_work.imports import CHUNK, Problem, Staged
from trainers.core.mail import outbox
from trainers.core.mail.recipients import recipient_for
from trainers.core.models import AuditEvent, Check, Heartbeat, Job, JobFile, JobRow, Message, Recipient
from trainers.extensions import db

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def files(app: Flask) -> Files:
    return open_files(app.extensions["settings"].uploads_url)


@pytest.fixture
def run(app: Flask, store: Session) -> Run:
    """Runs a command; answers (exit status, what it printed)."""

    def run(*args: str) -> tuple[int, str]:
        store.commit()
        done = app.test_cli_runner().invoke(args=list(args))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


@pytest.fixture
def bounce_list(tmp_path: Path) -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        (tmp_path / "list.csv").write_bytes(data)
        return str(tmp_path / "list.csv")

    return write


def the_job(store: Session) -> Job:
    store.expire_all()
    return store.scalars(select(Job)).one()


# The commands


def test_the_command_imports_and_says_what_it_did(run: Run, store: Session, bounce_list: Any) -> None:
    recipient_for(store, "person2@example.org")
    assert run("jobs", "import", "bounces", bounce_list(bounce_file(2 * CHUNK))) == (
        0,
        "1 address gets no more mail. Marked before: 0. Not known here: 999.\n",
    )
    assert store.scalars(select(Recipient.state)).one() == "bounced"
    assert store.scalars(select(AuditEvent.actor)).one() == "system"


def test_the_command_prints_each_rejected_line_and_fails(run: Run, store: Session, bounce_list: Any) -> None:
    path = bounce_list(b"address,reason\n\nnonsense,bounced\na@b.example,\nb@b.example,bounced\n")
    status, said = run("jobs", "import", "bounces", path)
    assert status == 1
    assert said.splitlines() == [
        "line 3: This is not an email address. (nonsense)",
        "line 4: The reason must be bounced or complained.",
        "Error: 2 rows were rejected, so nothing was imported. Put them right in the file and send it in again.",
    ]
    again = run("jobs", "show", the_job(store).uuid)
    assert again[0] == 1
    assert again[1].endswith(said)


def test_the_command_checks_an_issuers_list_and_prints_a_verdict_for_each_row(
    run: Run, store: Session, made: Factory, bounce_list: Any
) -> None:
    credential = made.credential(made.trainer("Dana Reyes"))
    made.term(credential, number="A-1", expires_on=date(2027, 11, 30), recorded_at=NOW - timedelta(days=20))
    made.account("admin@example.org", roles=("admin",))
    listed = (
        "--issuer",
        "NASM",
        "--listed-on",
        (TODAY - timedelta(days=1)).isoformat(),
        "--by",
        "admin@example.org",
    )
    path = bounce_list(
        b"name,number,expires,status\nDana Reyes,A-1,2027-11-30,Active\nNobody,A-9,2027-11-30,Active\n"
    )
    status, said = run("jobs", "import", "roster", *listed, path)
    assert status == 0, said
    assert [line.split(":")[0] for line in said.splitlines()[:2]] == ["line 2", "line 3"]
    assert "onfirmed" in said.splitlines()[0]
    assert "Nobody here has this number." in said.splitlines()[1]
    assert store.scalars(select(Check.method)).all() == ["issuer_roster"]


def test_a_list_that_says_too_little_is_not_begun(
    run: Run, store: Session, made: Factory, bounce_list: Any
) -> None:
    made.account("admin@example.org", roles=("admin",))
    made.account("member@example.org")
    path = bounce_list(b"name,number\nDana,A-1\n")

    def order(issuer: str = "NASM", day: date = TODAY, by: str = "admin@example.org") -> str:
        status, said = run(
            "jobs", "import", "roster", "--issuer", issuer, "--listed-on", day.isoformat(), "--by", by, path
        )
        assert status != 0
        return said

    assert "Lists are read of NASM and ACSM." in order(issuer="FMS")
    assert "This day has not come yet." in order(day=TODAY + timedelta(days=1))
    assert "It says too little about today." in order(day=TODAY - timedelta(days=99))
    assert "member@example.org is no admin." in order(by="member@example.org")
    assert store.scalars(select(Job)).all() == []


def test_a_file_that_cannot_be_read_is_no_job(run: Run, store: Session, bounce_list: Any) -> None:
    status, said = run("jobs", "import", "bounces", bounce_list(b"name\nDana"))
    assert (status, said.startswith("Error: The column “address” is missing.")) == (1, True)
    assert run("jobs", "import", "bounces", "no-such-file.csv")[0] == 2
    assert store.scalars(select(Job)).all() == []


def test_the_command_exports_into_a_file(run: Run, store: Session, tmp_path: Path) -> None:
    row = {"at": NOW, "actor": "system", "action": "tested", "subject": "s", "about": "trainer:7", "detail": ""}
    store.execute(insert(AuditEvent), [row, row | {"about": "trainer:8"}, row | {"at": NOW - timedelta(days=9)}])
    out = tmp_path / "audit.csv"
    order = ("--about", "trainer:7", "--since", "2026-11-20", "--until", "2026-11-23")
    assert run("jobs", "export", "audit", *order, str(out)) == (0, "1 event exported.\n")
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [(each["about"], each["at"][:10]) for each in rows] == [("trainer:7", "2026-11-23")]
    assert run("jobs", "export", "audit", "--about", "nobody", str(out))[0] == 1


def test_a_file_that_cannot_be_written_is_told_before_the_work(run: Run, store: Session, tmp_path: Path) -> None:
    status, said = run("jobs", "export", "audit", str(tmp_path / "no such folder" / "audit.csv"))
    assert (status, said.startswith("Error: The file cannot be written: ")) == (1, True)
    assert store.scalars(select(Job)).all() == []


def test_an_export_that_fails_leaves_the_file_as_it_was(
    run: Run, store: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "audit.csv"
    out.write_text("of yesterday")
    monkeypatch.setattr(working, "do_chunk", lambda *_, **__: raise_(DomainError("Not today.")))
    assert run("jobs", "export", "audit", str(out)) == (1, "Error: Not today.\n")
    assert out.read_text() == "of yesterday"
    assert list(folder.iterdir()) == [out]
    monkeypatch.undo()
    (folder / "link.csv").symlink_to(out)
    assert run("jobs", "export", "audit", str(folder / "link.csv"))[0] == 0
    assert out.read_text("utf-8-sig").startswith("id,at,actor")
    assert sorted(folder.iterdir()) == [out, folder / "link.csv"]


def test_a_file_that_cannot_be_stored_is_told(run: Run, store: Session, files: Files, bounce_list: Any) -> None:
    Path(files.root).mkdir(parents=True)
    Path(files.path("jobs")).write_text("where a folder ought to be")
    status, said = run("jobs", "import", "bounces", bounce_list(bounce_file(1)))
    assert (status, said.startswith("Error: The file cannot be read or stored: ")) == (1, True)
    assert store.scalars(select(Job)).all() == []


def test_show_lists_the_newest_first(run: Run, store: Session, files: Files) -> None:
    assert run("jobs", "show") == (0, "0 jobs.\n")
    queue_bounces(store, files, bounce_file(3))
    jobs.enqueue(store, "audit", account_id=None, now=NOW)
    said = re.sub(r"^\S{36} ", "", run("jobs", "show")[1], flags=re.MULTILINE)
    assert said.splitlines() == [
        "2026-11-23 20:00 audit      Waiting  Not begun yet",
        "2026-11-23 20:00 bounces    Waiting  0 of 3 rows",
        "2 jobs.",
    ]
    assert run("jobs", "show", "--limit", "1")[1].endswith("\n1 job.\n")
    assert run("jobs", "show", "17")[0] == 1


def test_a_job_that_somebody_else_runs_is_only_watched(app: Flask, store: Session, files: Files) -> None:
    id = queue_bounces(store, files, bounce_file(2 * CHUNK)).id
    work = jobs.claim(store, now=NOW)
    store.commit()
    looks = []

    def pause(seconds: float) -> None:
        """Between two looks, the other does a chunk."""
        nonlocal work
        looks.append(seconds)
        assert work is not None
        work = working.one_chunk(store, files, work, clock=lambda: NOW, today=TODAY)

    with app.app_context():
        session = db.session()
        ended = working.see_through(
            session, files, session.get_one(Job, id), clock=lambda: NOW, today=TODAY, pause=pause
        )
        assert (ended.state, ended.attempt) == ("done", 1)
    assert len(looks) == 3


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From now on somebody presses Ctrl-C after the first chunk."""

    def press() -> None:
        one_chunk = working.one_chunk

        def pressed(*args: Any, **more: Any) -> Any:
            one_chunk(*args, **more)
            raise KeyboardInterrupt

        monkeypatch.setattr(working, "one_chunk", pressed)

    return press


def test_a_command_that_is_broken_off_stops_the_job_and_says_so(
    app: Flask, run: Run, store: Session, bounce_list: Any, ctrl_c: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipient_for(store, "person2@example.org")
    ctrl_c()
    assert run("jobs", "import", "bounces", bounce_list(bounce_file(3 * CHUNK))) == (
        1,
        "Error: Stopped before its end.\n",
    )
    job = the_job(store)
    assert (job.state, job.done) == ("cancelled", CHUNK)
    assert store.scalars(select(AuditEvent.action)).all() == ["job_cancelled"]
    store.commit()
    monkeypatch.undo()
    work_until_idle(app)
    assert (the_job(store).state, store.scalars(select(Recipient.state)).one()) == ("cancelled", "ok")


def test_a_job_that_ended_when_the_command_was_broken_off_tells_what_came_of_it(
    run: Run, store: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "watch", lambda *_, **__: raise_(KeyboardInterrupt()))
    out = tmp_path / "audit.csv"
    assert run("jobs", "export", "audit", str(out)) == (0, "0 events exported.\n")
    assert out.read_text("utf-8-sig") == "id,at,actor,action,subject,about,detail\n"
    assert the_job(store).state == "done"


def raise_(error: BaseException) -> None:
    raise error


# What breaks inside


@pytest.fixture
def broken_kind(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """From now on reading the row of person2 raises this."""

    def break_with(error: Exception) -> None:
        def read(cells: dict[str, str], today: date) -> Staged | Problem:
            if cells["address"] == "person2@example.org":
                raise error
            return bounces.read_bounce(cells, today)

        monkeypatch.setitem(job_kinds.KINDS, "bounces", replace(job_kinds.BOUNCES, read=read))

    return break_with


def work_until_idle(app: Flask, most: int = 50) -> list[float]:
    """The worker's turns until it would rest; how long it rested in between."""
    pauses = []

    class Rest(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            if timeout or len(pauses) > most:
                self.set()
            return self.is_set()

    with app.app_context():
        worker_command.work(Rest())
    return pauses


def test_an_error_in_a_job_fails_it_with_the_line_and_the_worker_goes_on(
    app: Flask, store: Session, files: Files, broken_kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first = queue_bounces(store, files, bounce_file(3))
    jobs.enqueue(store, "audit", account_id=None, now=NOW, params={"about": "", "since": None, "until": None})
    store.commit()
    broken_kind(KeyError("person2@example.org"))
    work_until_idle(app)
    store.expire_all()
    states = {job.kind: job.state for job in store.scalars(select(Job))}
    assert states == {"bounces": "failed", "audit": "done"}
    assert first.sentence == (
        "Line 3 could not be read through a fault on our side, and we have noted it. Nothing was imported."
    )
    assert store.scalars(select(JobRow)).all() == []
    assert "KeyError" in caplog.text
    assert "test_working.py" in caplog.text
    assert "person2" not in caplog.text


def test_a_fault_elsewhere_fails_the_job_with_a_sentence(
    app: Flask, store: Session, files: Files, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def merge(session: Session, job_id: int) -> str:
        session.execute(
            insert(Recipient), [{"email": "a@b.example", "email_key": "a", "key": "k", "state": "lost"}]
        )
        raise AssertionError("the database should have refused this")

    job = queue_bounces(store, files, bounce_file(1))
    store.commit()
    monkeypatch.setitem(job_kinds.KINDS, "bounces", replace(job_kinds.BOUNCES, merge=merge))
    work_until_idle(app)
    store.refresh(job)
    assert (job.state, job.sentence) == ("failed", working.BROKE)
    assert store.scalars(select(Recipient)).all() == []
    assert "IntegrityError" in caplog.text
    assert "a@b.example" not in caplog.text


def test_what_the_database_complains_of_names_no_values(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(IntegrityError) as caught:
            db.session.execute(
                insert(Recipient), [{"email": "a@b.example", "email_key": "a", "key": "k", "state": "x"}]
            )
        assert "a@b.example" not in str(caught.value)
        db.session.remove()


def test_a_database_that_does_not_answer_is_not_the_jobs_fault(
    app: Flask, store: Session, files: Files, broken_kind: Any
) -> None:
    job = queue_bounces(store, files, bounce_file(CHUNK))
    work = jobs.claim(store, now=NOW)
    store.commit()
    assert work is not None
    down = OperationalError("SELECT 1", None, Exception("gone"))

    class Down:
        name = "bounces"

        def look(self, *_: Any) -> None:
            raise down

    job_kinds.KINDS["bounces"], kept = Down(), job_kinds.KINDS["bounces"]  # type: ignore[assignment]
    try:
        with pytest.raises(OperationalError):
            working.one_chunk(store, files, work, clock=lambda: NOW, today=TODAY)
    finally:
        job_kinds.KINDS["bounces"] = kept
    store.refresh(job)
    assert job.state == "running"


def test_work_of_a_kind_that_this_version_does_not_know_fails_with_a_sentence(app: Flask, store: Session) -> None:
    job = jobs.enqueue(store, "tea", account_id=None, now=NOW)
    store.commit()
    work_until_idle(app)
    store.refresh(job)
    assert (job.state, job.sentence) == ("failed", working.UNKNOWN_KIND)


# The worker's turns


def queue_mails(store: Session, made: Factory, count: int) -> None:
    to = made.recipient(made.account())
    said = {"subject": "s", "body": "b"}
    for n in range(count):
        outbox.queue(store, to=to, template="account", context=said, dedupe_key=f"{n}", now=NOW)
    store.commit()


def test_mail_waits_for_no_more_than_one_chunk(
    app: Flask, store: Session, files: Files, made: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_command, "MAILS_AT_ONCE", 20)
    queue_bounces(store, files, bounce_file(3 * CHUNK))
    queue_mails(store, made, 45)
    seen: list[tuple[int, int]] = []
    one_chunk = working.one_chunk

    def watched(*args: Any, **more: Any) -> Any:
        left = one_chunk(*args, **more)
        store.expire_all()
        waiting = len(store.scalars(select(Message.id).where(Message.state == "queued")).all())
        seen.append((store.scalars(select(Job)).one().done, waiting))
        store.commit()
        return left

    monkeypatch.setattr(working, "one_chunk", watched)
    monkeypatch.setattr(worker_command.Shift, "plan", lambda self: worker_command.PAUSE)
    taken = worker_command.Shift.send
    later = iter([False])

    def send(self: worker_command.Shift) -> float:
        """The first time there is no mail yet: it comes when the job is under way."""
        return taken(self) if next(later, True) else worker_command.AT_ONCE

    monkeypatch.setattr(worker_command.Shift, "send", send)
    work_until_idle(app)
    assert seen == [(CHUNK, 45), (2 * CHUNK, 25), (3 * CHUNK, 5), (3 * CHUNK, 0)]


def test_a_long_outbox_keeps_back_neither_jobs_nor_signs_of_life(
    app: Flask, store: Session, files: Files, made: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_command, "MAILS_AT_ONCE", 20)
    job = queue_bounces(store, files, bounce_file(1))
    queue_mails(store, made, 90)
    now = NOW
    send_batch = mailing.send_batch
    before_each: list[tuple[str, dict[str, datetime | None]]] = []

    def slowly(*args: Any, **more: Any) -> mailing.Sent:
        """Each batch takes four minutes."""
        nonlocal now
        store.expire_all()
        before_each.append(
            (job.state, {name: heartbeats.last_beat(store, name) for name in ("worker", "sending")})
        )
        store.commit()
        sent = send_batch(*args, **more)
        now += timedelta(minutes=4)
        return sent

    app.config["NOW"] = lambda: now
    monkeypatch.setattr(mailing, "send_batch", slowly)
    work_until_idle(app)
    assert store.scalars(select(Message.state)).all() == ["sent"] * 90
    batch = timedelta(minutes=4)
    assert before_each[1:5] == [
        ("done" if n > 1 else "running", {"worker": NOW + n * batch, "sending": NOW + n * batch})
        for n in range(1, 5)
    ]


def test_a_worker_that_is_told_to_stop_lays_the_job_back_after_the_chunk(
    app: Flask, store: Session, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queue_bounces(store, files, bounce_file(3 * CHUNK))
    store.commit()
    stopped, one_chunk = threading.Event(), working.one_chunk

    def stopping(*args: Any, **more: Any) -> Any:
        stopped.set()
        return one_chunk(*args, **more)

    monkeypatch.setattr(working, "one_chunk", stopping)
    with app.app_context():
        worker_command.work(stopped)
    store.refresh(job)
    assert (job.state, job.done, job.lost) == ("queued", CHUNK, 0)


@pytest.mark.parametrize("step", ["plan", "clear"])
def test_the_job_in_hand_is_laid_back_before_the_work_of_a_day(
    app: Flask, store: Session, files: Files, step: str
) -> None:
    """Which may take longer than the lease."""
    job = queue_bounces(store, files, bounce_file(3 * CHUNK))
    store.commit()
    shift = worker_command.Shift(threading.Event())
    with app.app_context():
        shift.do_job()
        assert shift.job is not None
        getattr(shift, step)()
        assert shift.job is None
        db.session.remove()
    store.refresh(job)
    assert (job.state, job.done, job.lost) == ("queued", CHUNK, 0)


def test_the_worker_gives_signs_of_life_and_erases_what_is_due(app: Flask, store: Session, files: Files) -> None:
    job = queue_bounces(store, files, bounce_file(1))
    store.commit()
    app.config["NOW"] = lambda: NOW
    work_until_idle(app)
    assert {name: heartbeats.last_beat(store, name) for name in heartbeats.LONGEST} == dict.fromkeys(
        heartbeats.LONGEST, NOW
    )
    store.refresh(job)
    assert job.state == "done"
    key = files.system.find(files.path("jobs"))
    assert len(key) == 1
    store.commit()
    app.config["NOW"] = lambda: NOW + jobs.KEPT
    work_until_idle(app)
    assert files.system.find(files.path("jobs")) == []


def test_what_cannot_be_erased_is_told_tried_again_and_holds_up_nothing_else(
    app: Flask, store: Session, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        queue_bounces(store, files, bounce_file(1))
    store.commit()
    work_until_idle(app)
    stuck, other = store.scalars(select(JobFile.storage_key)).all()
    cannot_be_deleted(files, stuck)
    store.execute(delete(Heartbeat))
    store.commit()
    moment = NOW + jobs.KEPT
    app.config["NOW"] = lambda: moment
    shift = worker_command.Shift(threading.Event())

    def takes_its_steps() -> tuple[float, float, datetime | None]:
        with app.app_context():
            pauses = shift.plan(), shift.clear()
            db.session.remove()
        beat = heartbeats.last_beat(store, heartbeats.CLEARING)
        store.commit()  # a session that has read holds up whoever writes
        return *pauses, beat

    caplog.clear()
    caplog.set_level("INFO", "trainers.worker")
    for _ in range(2):
        assert takes_its_steps() == (worker_command.PAUSE, worker_command.AFTER_TROUBLE, None)
    assert not files.system.exists(files.path(other))
    assert caplog.text.count("Files that could not be erased: 1.") == 2
    assert caplog.text.count("planned, for") == 1
    files.system.rm(files.path(stuck), recursive=True)
    assert takes_its_steps() == (worker_command.PAUSE, worker_command.PAUSE, moment)
