"""Imports and exports as an admin meets them: started, watched, stopped, fetched."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.job_bench import bounce_file
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.commands import working
from trainers.core import heartbeats
from trainers.core.long_work import jobs
from trainers.core.long_work.imports import CHUNK, ImportKind
from trainers.core.mail.recipients import recipient_for
from trainers.core.models import Account, AuditEvent, Job, Recipient
from trainers.extensions import db
from trainers.web import site

FRAGMENT = {"HX-Request": "true"}
BOUNCES, AUDIT = "/admin/jobs/import/bounces", "/admin/jobs/export/audit"
Work = Callable[..., None]


@pytest.fixture
def admin(made: Factory, client: PageClient) -> Account:
    account = made.account("admin@example.org", roles=("admin",))
    client.sign_in(account)
    made.commit()  # last: a session that has read holds up whoever writes
    return account


@pytest.fixture
def work(app: Flask, store: Session) -> Work:
    """Does as many chunks of waiting jobs as are asked for, or all, as a worker would."""

    def work(chunks: int | None = None) -> None:
        store.commit()
        with app.app_context():
            session = db.session()
            held = working.claim(session, clock=site.now)
            while held and chunks != 0:
                held = working.one_chunk(session, site.files(), held, clock=site.now, today=TODAY)
                chunks = None if chunks is None else chunks - 1
            db.session.remove()

    return work


def send(client: PageClient, data: bytes, name: str = "list.csv") -> str:
    """Send a file in; the address that it leads to."""
    answer = client.post(BOUNCES, data={"file": (BytesIO(data), name)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def the_job(store: Session) -> Job:
    store.commit()
    store.expire_all()
    return store.scalars(select(Job).order_by(Job.id.desc())).first() or pytest.fail("no job")


# Who may


@pytest.mark.parametrize(
    "path", ["", "/import/bounces", "/export/audit", "/{uuid}", "/{uuid}/result", "/{uuid}/rejected"]
)
@pytest.mark.parametrize("who", ["nobody", "member", "trainer", "reviewer"])
def test_only_admins_come_in(client: PageClient, made: Factory, path: str, who: str) -> None:
    job = jobs.enqueue(made.session, "bounces", account_id=None, now=NOW)
    path = "/admin/jobs" + path.format(uuid=job.uuid)
    accounts = {"member": made.account, "reviewer": made.reviewer, "trainer": lambda: made.trainer().account}
    if who in accounts:
        client.sign_in(accounts[who]())
    made.commit()
    answer = client.get(path)
    if who == "nobody":
        assert (answer.status_code, answer.location) == (302, f"/login?next={path}")
    else:
        assert answer.status_code == 403
        assert 'href="/dashboard">Go to My listing' in answer.text


@pytest.mark.parametrize("who", ["nobody", "member"])
def test_nobody_else_starts_or_stops_anything(client: PageClient, made: Factory, who: str) -> None:
    job = jobs.enqueue(made.session, "bounces", account_id=None, now=NOW)
    stop = f"/admin/jobs/{job.uuid}/stop"
    if who == "member":
        client.sign_in(made.account())
    made.commit()
    sent = [
        client.post(BOUNCES, data={"file": (BytesIO(bounce_file(1)), "list.csv")}),
        client.post(AUDIT),
        client.post(stop),
    ]
    assert {answer.status_code for answer in sent} == ({403} if who == "member" else {302})
    assert the_job(made.session).id == job.id
    assert the_job(made.session).state == "queued"


@pytest.mark.parametrize("path", ["", "/result", "/rejected"])
def test_an_unknown_job_is_not_found(client: PageClient, admin: Account, path: str) -> None:
    answer = client.get(f"/admin/jobs/{uuid4()}{path}")
    assert answer.status_code == 404
    assert "/admin/jobs" in answer.text
    assert client.get(f"/admin/jobs/17{path}").status_code == 404


def test_admins_find_the_way_and_others_are_not_shown_it(
    client: PageClient, admin: Account, made: Factory
) -> None:
    assert 'href="/admin/jobs"' in client.get("/dashboard/account").text
    client.sign_out().sign_in(made.reviewer())
    made.commit()
    assert 'href="/admin/jobs"' not in client.get("/dashboard/account").text


# The list


def test_an_empty_list_says_what_will_be_there(client: PageClient, admin: Account) -> None:
    page = client.get("/admin/jobs").text
    assert "Nothing was imported or exported yet" in page
    assert "<table" not in page


def test_the_list_tells_what_how_far_who_and_when(client: PageClient, admin: Account, work: Work) -> None:
    send(client, b"address,reason\na@b.example,bounced\nnonsense,bounced")
    work()
    client.post(AUDIT)
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get("/admin/jobs").text).split())
    assert "Export of the audit record Waiting Not begun yet admin@example.org 23 November 2026, 10:00" in page
    assert "Failed 2 of 2 rows, 1 row rejected admin@example.org" in page


# Importing


def test_a_sent_file_is_imported_by_the_worker(
    client: PageClient, admin: Account, store: Session, work: Work
) -> None:
    recipient_for(store, "person1@example.org")
    store.commit()
    path = send(client, bounce_file(3))
    job = the_job(store)
    assert path == f"/admin/jobs/{job.uuid}"
    assert (job.account_id, job.state, job.total) == (admin.id, "queued", 3)
    work()
    page = client.get(path).text
    assert "1 address gets no more mail. Marked before: 0. Not known here: 2." in page
    assert store.scalars(select(Recipient.state)).all() == ["bounced"]
    event = store.scalars(select(AuditEvent)).one()
    assert (event.actor, event.action) == (str(admin.id), "import_bounces")


def test_nobody_waits_while_a_file_is_read_over_and_stored(
    client: PageClient, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, open_meanwhile = ImportKind.start, []

    def watched(*args: Any) -> Any:
        open_meanwhile.append(db.session().in_transaction())
        return start(*args)

    monkeypatch.setattr(ImportKind, "start", watched)
    send(client, bounce_file(1))
    assert open_meanwhile == [False]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose the file again."),
        (b"name\nDana", "The column “address” is missing."),
        (b"address,reason\na,\0", "Line 2 holds a NUL character."),
        (b'address,reason\n"a', "Line 2: a quotation mark is missing"),
        (bounce_file(10_001), "The file has 10,001 rows. Split it into files of 10,000 rows at most."),
        (b"PK\x03\x04", "This is a workbook."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_the_field(
    client: PageClient, admin: Account, store: Session, data: bytes, sentence: str
) -> None:
    answer = client.post(BOUNCES, data={"file": (BytesIO(data), "list.csv")})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-describedby="file-hint file-error"' in answer.text
    assert store.scalars(select(Job)).all() == []


def test_without_a_file_the_form_asks_for_one(client: PageClient, admin: Account) -> None:
    for data in ({}, {"file": (BytesIO(b""), "")}):
        answer = client.post(BOUNCES, data=data)
        assert answer.status_code == 422
        assert "Choose a CSV file first." in answer.text


def test_a_request_that_is_far_too_large_is_told_what_may_be_sent(
    client: PageClient, admin: Account, app: Flask
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post(BOUNCES, data={"file": (BytesIO(b"a" * 2000), "list.csv")})
    assert answer.status_code == 413
    assert "Send a CSV file of up to 5 MB." in answer.text
    assert "photo" not in answer.text


def test_rejected_rows_are_told_a_hundred_at_a_time_and_as_a_file(
    client: PageClient, admin: Account, store: Session, work: Work
) -> None:
    bad = "\n".join(f"<b>nonsense {n}</b>,bounced" for n in range(1, 151))
    path = send(client, f"address,reason\n{bad}\n=1+1,bounced\n".encode())
    work()
    first, second = client.get(path).text, client.get(f"{path}?page=2").text
    assert "151 rows were rejected, so nothing was imported." in first
    assert "&lt;b&gt;nonsense 1&lt;/b&gt;" in first
    assert "nonsense 100&" in first
    assert "nonsense 101&" not in first
    assert "nonsense 101&" in second
    assert client.get(f"{path}?page=3").status_code == client.get(f"{path}?page=0").status_code == 404
    answer = client.get(f"{path}/rejected")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["line", "value", "reason"]
    assert rows[1] == ["2", "<b>nonsense 1</b>", "This is not an email address."]
    assert rows[-1][1] == "'=1+1"
    assert len(rows) == 1 + 151


@pytest.mark.parametrize(
    ("sent_as", "shown", "saved_as"),
    [
        ("bounces november.csv", "bounces november.csv", "rejected-rows-of-bounces_november.csv"),
        ("lists/<i>.csv", "&lt;i&gt;.csv", "rejected-rows-of-i.csv"),
        ("b" * 300 + ".csv", "b" * 100, f"rejected-rows-of-{'b' * 100}.csv"),
        ("\u5217.csv", "\u5217.csv", "rejected-rows.csv"),
    ],
)
def test_an_import_is_known_by_the_name_of_its_file(
    client: PageClient, admin: Account, work: Work, sent_as: str, shown: str, saved_as: str
) -> None:
    path = send(client, b"address,reason\nnonsense,bounced", sent_as)
    work()
    assert f"comes back from: {shown}</a>" in client.get("/admin/jobs").text
    page = client.get(path).text
    assert f"{shown}<" in page
    assert "1 row was rejected, so nothing was imported. Put it right in the file" in page
    answer = client.get(f"{path}/rejected")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{saved_as}"'


def test_without_rejected_rows_there_is_no_such_file(client: PageClient, admin: Account, work: Work) -> None:
    path = send(client, bounce_file(1))
    work()
    assert client.get(f"{path}/rejected").status_code == 404
    assert client.get(f"{path}/result").status_code == 404


# Watching


def test_a_running_job_asks_for_itself_and_an_ended_one_no_more(
    client: PageClient, admin: Account, work: Work
) -> None:
    path = send(client, bounce_file(2 * CHUNK))
    work(1)
    page = client.get(path)
    assert "<html" in page.text
    assert 'hx-trigger="every 2s, click"' in page.text
    assert f'<a class="button button--secondary" id="reload" href="{path}"' in page.text
    assert f"{CHUNK} of 1,000 rows" in page.text
    part = client.get(f"{path}?said=2", headers=FRAGMENT)
    assert "<html" not in part.text
    assert f'<progress class="progress" id="progress" max="1000" value="{CHUNK}">' in part.text
    assert "hx-trigger" in part.text
    assert "HX-Request" in part.headers["Vary"]
    restored = client.get(path, headers=FRAGMENT | {"HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_the_answer_after_the_end_stops_the_asking_and_takes_the_stop_button_away(
    client: PageClient, admin: Account, work: Work
) -> None:
    path = send(client, bounce_file(1))
    assert f'action="{path}/stop"' in client.get(path).text
    work()
    part = client.get(f"{path}?said=0", headers=FRAGMENT).text
    assert "hx-get" not in part
    assert "hx-trigger" not in part
    assert '<div id="job-actions" hx-swap-oob="true"></div>' in part
    page = client.get(path).text
    assert "hx-get" not in page
    assert "htmx.min.js" not in page
    assert "/stop" not in page


def test_a_page_that_watches_a_job_which_is_gone_is_told_so_and_asks_no_more(
    client: PageClient, admin: Account
) -> None:
    part = client.get(f"/admin/jobs/{uuid4()}?said=0", headers=FRAGMENT)
    assert part.status_code == 286
    assert "There is no such import or export, or no longer." in part.text
    assert 'id="job"' in part.text
    assert "hx-get" not in part.text
    assert '<div id="job-actions" hx-swap-oob="true"></div>' in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_progress_is_said_aloud_by_quarters_only(client: PageClient, admin: Account, work: Work) -> None:
    path = send(client, bounce_file(4 * CHUNK))
    work(2)

    def aloud(said: int) -> str:
        found = re.search(r'<p id="status" hx-swap-oob="innerHTML">(.*)</p>', poll(said))
        return found[1] if found else ""

    def poll(said: int) -> str:
        return client.get(f"{path}?said={said}", headers=FRAGMENT).text

    assert aloud(1) == "50 percent done."
    assert "said=2" in poll(1)
    assert aloud(2) == ""
    assert 'id="status" role="status"></p>' in client.get(path).text


def test_the_time_that_is_left_is_told_once_it_can_be_known(
    client: PageClient, admin: Account, app: Flask, work: Work
) -> None:
    path = send(client, bounce_file(4 * CHUNK))
    work(1)
    assert "left" not in re.sub(r"<header.*</header>", "", client.get(path).text, flags=re.DOTALL)
    app.config["NOW"] = lambda: NOW + timedelta(seconds=40)
    assert "500 of 2,000 rows, about 2 minutes left" in client.get(path).text
    app.config["NOW"] = lambda: NOW + timedelta(seconds=12)
    assert "500 of 2,000 rows, less than a minute left" in client.get(path).text


def test_a_worker_that_is_not_heard_of_is_told(
    client: PageClient, admin: Account, app: Flask, store: Session, work: Work
) -> None:
    path = send(client, bounce_file(CHUNK + 1))
    assert "no worker was heard of lately" in client.get(path).text
    heartbeats.beat(store, heartbeats.WORKER, now=NOW)
    store.commit()
    assert "The worker takes it up" in client.get(path).text
    work(1)
    app.config["NOW"] = lambda: NOW + 2 * jobs.LEASE
    assert "The worker was not heard of for a while" in client.get(path).text


def test_a_job_can_be_stopped_once(client: PageClient, admin: Account, store: Session, work: Work) -> None:
    path = send(client, bounce_file(CHUNK + 1))
    work(1)
    answer = client.post(f"{path}/stop")
    assert (answer.status_code, answer.location) == (303, path)
    page = client.get(path).text
    assert "Stopped before its end." in page
    assert "500 of 501 rows" in page
    again = client.post(f"{path}/stop")
    assert again.status_code == 403
    assert 'href="/admin/jobs">Back to imports and exports' in again.text
    assert client.get(f"{path}/stop").status_code == 405
    assert the_job(store).state == "cancelled"


# Exporting


def test_the_audit_record_is_exported_and_handed_out_to_be_saved(
    client: PageClient, admin: Account, made: Factory, work: Work
) -> None:
    trainer = made.trainer()
    about = f"trainer:{trainer.id}"
    for each in (about, "trainer:999999"):
        made.add(AuditEvent(at=NOW, actor="system", action="tested", subject="s", about=each))
    slug = made.slug(trainer)
    made.commit()
    day = {"month": "11", "day": "23", "year": "2026"}
    typed = {f"{field}-{part}": value for field in ("since", "until") for part, value in day.items()}
    path = str(client.post(AUDIT, data={"about": f"https://site.example/trainers/{slug}", **typed}).location)
    assert client.get(f"{path}/result").status_code == 404
    work()
    page = client.get(path).text
    assert f'href="{path}/result"' in page
    what = f"{about}, from 23 November 2026, to 23 November 2026"
    assert what in page
    assert f"Export of the audit record: {what}" in client.get("/admin/jobs").text
    answer = client.get(f"{path}/result")
    name = f"audit-trainer-{trainer.id}-2026-11-23-to-2026-11-23.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.content_length == len(answer.data)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["action"], row["about"]) for row in rows] == [("tested", about)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"about": "nobody-at-all"}, "No listing has this address."),
        ({"about": "a\tb"}, "Use letters, digits and signs on one line."),
        (
            {"since-month": "13", "since-day": "1", "since-year": "2026"},
            "Enter the month as a number from 1 to 12",
        ),
        (
            {f"{name}-{part}": n for name, n in (("since", "12"), ("until", "11")) for part in ("month", "day")}
            | {"since-year": "2026", "until-year": "2026"},
            "The last day must not be before the first.",
        ),
    ],
)
def test_an_export_that_cannot_be_is_refused_and_keeps_what_was_typed(
    client: PageClient, admin: Account, store: Session, typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(AUDIT, data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    shown = [value.replace("\t", " ") for value in typed.values()]
    assert all(f'value="{value}"' in answer.text for value in shown)
    assert store.scalars(select(Job)).all() == []


def test_a_week_after_the_end_the_page_says_that_the_file_is_erased(
    client: PageClient, admin: Account, app: Flask, store: Session, work: Work
) -> None:
    path = str(client.post(AUDIT).location)
    work()
    app.config["NOW"] = lambda: NOW + jobs.KEPT
    with app.app_context():
        jobs.erase_due(store, site.files(), now=NOW + jobs.KEPT)
        store.commit()
    page = client.get(path).text
    assert "erased 7 days after the end" in page
    assert "/result" not in page
    assert client.get(f"{path}/result").status_code == 404


# For whoever watches the server


def test_the_health_of_the_worker_is_told_in_lines(client: PageClient, store: Session) -> None:
    answer = client.get("/healthz/jobs")
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert answer.text.startswith("not well\nworker: never  <- look here\n")
    for name in heartbeats.LONGEST:
        heartbeats.beat(store, name, now=NOW)
    store.commit()
    answer = client.get("/healthz/jobs")
    assert answer.status_code == 200
    assert answer.text.startswith("ok\nworker: 2026-11-23 20:00:00 UTC\nplanning: ")
    assert "no-store" in answer.headers["Cache-Control"]
