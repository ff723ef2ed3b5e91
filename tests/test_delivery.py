"""Mail from the rule to the mail server: real commands, a real SMTP server, real connections side by side."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.databases import connect
from trainers.commands import mailing
from trainers.commands import worker as worker_command
from trainers.config import ROOT
from trainers.core import evidence
from trainers.core.mail import alerts, following, outbox, transport
from trainers.core.mail.outbox import DELAYS
from trainers.core.mail.transport import Fate, open_transport
from trainers.core.mail.wire import write_mail
from trainers.core.models import Alert, Attempt, Credential, Message, Recipient

DAY = timedelta(days=1)


class Mailbox:
    """A mail server that answers as it is told and keeps what it accepts."""

    def __init__(self) -> None:
        self.accepted: list[bytes] = []
        self.receivers: list[str] = []
        self.greetings: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self.at_data: Callable[[], str | None] = lambda: None
        self.one_mail_each = False

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        told = self.answers.get(address)
        if told:
            return told.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        refusal = self.at_data()
        if refusal:
            return refusal
        self.accepted.append(envelope.content)
        self.receivers.extend(envelope.rcpt_tos)
        return f"250 queued as {len(self.accepted)}"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.one_mail_each and getattr(session, "had_one", False):
            return "421 one mail each"
        session.had_one = True
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    @property
    def mails(self):
        return [message_from_bytes(content, policy=policy.default) for content in self.accepted]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts a mail server for a mailbox and answers its MAIL_URL."""
    running = []

    def serve(mailbox: Mailbox, login: str = "", **more) -> str:
        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **more)
        controller.start()
        running.append(controller)
        return f"smtp://{login}127.0.0.1:{controller.port}"

    yield serve
    for controller in running:
        controller.stop()


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def mailing_app(app, serve, mailbox):
    """The application, sending to the mailbox."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, mail_url=serve(mailbox))
    return app


@pytest.fixture
def run(mailing_app):
    """Runs a command; answers (exit status, what it printed)."""

    def run(*args):
        done = mailing_app.test_cli_runner().invoke(args=list(args))
        return done.exit_code, done.output

    return run


@pytest.fixture
def put(store):
    """Puts a mail for each address into the outbox."""

    def put(*addresses, template="account", at=NOW):
        for email in addresses:
            to = outbox.recipient_for(store, email)
            context = {"subject": f"To {email}", "body": "Hello"}
            outbox.queue(store, to=to, template=template, context=context, dedupe_key=f"test:{email}", now=at)
        store.commit()

    return put


@pytest.fixture
def ends_soon(store, made):
    """Trainers whose certification ends in 30 days."""

    def ends_soon(count=1):
        for n in range(count):
            trainer = made.listed(f"Person {n}", expires_on=TODAY + 30 * DAY)
            credential = store.scalars(select(Credential).filter_by(trainer_id=trainer.id)).one()
            alerts.watch_credential(store, credential, today=TODAY)
        store.commit()

    return ends_soon


def states(store):
    store.rollback()
    found = {each.recipient.email: each.state for each in store.scalars(select(Message))}
    store.rollback()
    return found


# --- the whole path


def test_a_reminder_goes_from_the_rule_to_the_mail_server_once(store, run, mailbox, ends_soon):
    ends_soon()
    assert run("alerts", "plan") == (
        0,
        "1 mail planned, for 1 date. Steps skipped: 1 passed together. Dates that wait for another day: 0.\n",
    )
    assert run("alerts", "send") == (0, "1 mail sent, 0 to be tried again, 0 refused for good.\n")
    [mail] = mailbox.mails
    assert mail["Subject"] == "Your NASM-CPT ends in 30 days, on 23 December 2026"
    assert mail["To"] == mailbox.receivers[0]
    assert b"\r\nList-Unsubscribe: <http://127.0.0.1:8000/unsubscribe/" in mailbox.accepted[0]
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mailbox.accepted[0]

    assert run("alerts", "plan")[1].startswith("0 mails planned")
    assert run("alerts", "send")[1].startswith("0 mails sent")
    assert len(mailbox.accepted) == 1


def test_news_go_from_the_record_to_the_follower_once(app, store, made, run, mailbox):
    dana = made.listed("Dana Fitzgerald", expires_on=TODAY + 30 * DAY)
    follow = following.ask(store, dana, email="robin@example.org", slug=made.slug(dana), now=NOW)
    following.confirm(store, follow, today=TODAY, now=NOW)
    store.commit()
    run("alerts", "send")
    passed = TODAY + 37 * DAY
    app.config["NOW"] = lambda: NOW + 37 * DAY
    for mails in (1, 0):
        said = run("alerts", "plan", "--today", passed.isoformat())[1]
        assert (f"Mails to followers: {mails}." in said) == bool(mails)
        run("alerts", "send")
    link, told = mailbox.mails
    assert link["Subject"] == "Follow Dana Fitzgerald?"
    assert told["Subject"] == "Dana Fitzgerald: NASM-CPT has expired"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = told.get_body(("plain",)).get_content()
    assert "our public record shows that NASM-CPT ended on 23 December 2026." in body
    assert f"/trainers/{made.slug(dana)}" in body
    store.rollback()


def test_planning_for_another_day_is_asked_for_by_date(app, store, run, mailbox, ends_soon):
    ends_soon()
    for day, planned in (("2026-11-23", 1), ("2026-11-24", 0), ("2026-12-16", 1), ("2026-12-24", 1)):
        assert run("alerts", "plan", "--today", day)[1].startswith(f"{planned} mail"), day
        app.config["NOW"] = lambda day=day: datetime.fromisoformat(f"{day}T20:00+00:00")
        run("alerts", "send")
    assert [mail["Subject"] for mail in mailbox.mails] == [
        "Your NASM-CPT ends in 30 days, on 23 December 2026",
        "Your NASM-CPT ends in 7 days, on 23 December 2026",
        "Our record shows that your NASM-CPT has expired",
    ]


def test_a_day_that_is_no_date_stops_the_command(run):
    status, said = run("alerts", "plan", "--today", "2026-02-30")
    assert status != 0
    assert "2026-02-30" in said


def test_the_answer_of_the_server_is_kept(store, run, put):
    put("dana@example.org")
    run("alerts", "send")
    assert store.scalars(select(Attempt)).one().reply == "250 queued as 1"


# --- when the server says no


def test_one_refused_address_keeps_nobody_else_waiting(store, run, mailbox, put):
    put("first@example.org", "nobody@example.org", "last@example.org")
    mailbox.answers["nobody@example.org"] = ["550 5.1.1 no such user"]
    assert run("alerts", "send") == (0, "2 mails sent, 0 to be tried again, 1 refused for good.\n")
    assert mailbox.receivers == ["first@example.org", "last@example.org"]
    assert len(mailbox.greetings) == 1
    assert states(store) == {
        "first@example.org": "sent",
        "nobody@example.org": "failed",
        "last@example.org": "sent",
    }
    assert store.scalars(select(Recipient).filter_by(email="nobody@example.org")).one().state == "bounced"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 no such user", "bounced"),
        ("553 5.1.3 bad address", "bounced"),
        ("550 5.7.1 we take nothing from you", "ok"),
        ("550 5.2.1 this mailbox is closed for now", "ok"),
        ("554 relay access denied", "ok"),
    ],
)
def test_only_an_address_that_nobody_has_is_not_written_to_again(store, run, mailbox, put, answer, state):
    put("dana@example.org")
    mailbox.answers["dana@example.org"] = [answer]
    run("alerts", "send")
    assert states(store) == {"dana@example.org": "failed"}
    assert store.scalars(select(Recipient)).one().state == state


def test_a_busy_server_gets_the_same_mail_again_later(app, store, run, mailbox, put):
    put("dana@example.org")
    mailbox.answers["dana@example.org"] = ["451 4.7.1 greylisted", "451 4.7.1 greylisted"]
    assert run("alerts", "send")[1].startswith("0 mails sent, 1 to be tried again")
    assert run("alerts", "send")[1].startswith("0 mails sent, 0 to be tried again")  # not yet
    app.config["NOW"] = lambda: NOW + DELAYS[0]
    run("alerts", "send")
    app.config["NOW"] = lambda: NOW + DELAYS[0] + DELAYS[1]
    assert run("alerts", "send")[1].startswith("1 mail sent")
    assert len(mailbox.accepted) == 1
    replies = [each.reply for each in store.scalars(select(Attempt).order_by(Attempt.n))]
    assert replies == ["451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 queued as 1"]


@pytest.mark.parametrize(
    ("answer", "state"), [("552 too large", "failed"), ("452 4.2.2 mailbox full", "queued")], ids=["552", "452"]
)
def test_a_refusal_after_the_text_counts_like_one_before_it(store, run, mailbox, put, answer, state):
    put("dana@example.org")
    mailbox.at_data = lambda: answer
    run("alerts", "send")
    assert states(store) == {"dana@example.org": state}
    assert store.scalars(select(Recipient)).one().state == "ok"


def test_when_no_server_answers_the_command_fails_and_nothing_is_lost(app, store, run, mailbox, put):
    put("dana@example.org", "eve@example.org")
    working = app.extensions["settings"]
    app.extensions["settings"] = replace(working, mail_url=f"smtp://127.0.0.1:{free_port()}")
    status, said = run("alerts", "send")
    assert status == 1
    assert "No mail can be handed over: ConnectionRefusedError" in said
    assert set(states(store).values()) == {"queued"}
    app.extensions["settings"] = working
    app.config["NOW"] = lambda: NOW + DELAYS[0]
    assert run("alerts", "send")[0] == 0
    assert sorted(mailbox.receivers) == ["dana@example.org", "eve@example.org"]


def test_a_connection_that_the_server_ends_between_mails_is_opened_again(store, run, mailbox, put):
    mailbox.one_mail_each = True
    put("one@example.org", "two@example.org", "three@example.org")
    assert run("alerts", "send")[1].startswith("3 mails sent")
    assert len(mailbox.greetings) == 3


def test_a_server_that_closes_in_the_middle_counts_as_not_reached(store, run, mailbox, put):
    put("dana@example.org", "eve@example.org")
    mailbox.answers["dana@example.org"] = ["421 4.3.2 shutting down"]
    status, said = run("alerts", "send")
    assert status == 1
    assert "421 4.3.2 shutting down" in said
    assert states(store) == {"dana@example.org": "queued", "eve@example.org": "queued"}


def test_a_mail_that_cannot_be_written_keeps_nobody_else_waiting(store, run, mailbox, put, caplog):
    put("broken@example.org", template="no_such_mail")
    put("fine@example.org")
    assert run("alerts", "send") == (0, "1 mail sent, 1 to be tried again, 0 refused for good.\n")
    assert mailbox.receivers == ["fine@example.org"]
    [attempt] = store.scalars(select(Attempt).where(~Attempt.delivered))
    assert attempt.reply.startswith("The mail could not be written: TemplateNotFound")
    assert "no_such_mail" in caplog.text


# --- unusual addresses


def test_an_address_beyond_ascii_is_delivered_where_the_server_can(run, mailbox, put):
    put("jörg@müller.example")
    run("alerts", "send")
    assert mailbox.receivers == ["jörg@xn--mller-kva.example"]


def test_an_address_beyond_ascii_fails_for_good_where_the_server_cannot(app, store, run, serve, put):
    old = Mailbox()
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, mail_url=serve(old, enable_SMTPUTF8=False))
    put("jörg@example.org", "dana@example.org")
    assert run("alerts", "send")[1].startswith("1 mail sent, 0 to be tried again, 1 refused")
    assert states(store) == {"jörg@example.org": "failed", "dana@example.org": "sent"}
    assert old.receivers == ["dana@example.org"]


# --- the password

NO_TLS = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


def authenticator(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"user", b"p@ss:word/1"), handled=False)


@pytest.fixture
def guarded(app, serve):
    box = Mailbox()

    def guarded(login):
        url = serve(box, login, authenticator=authenticator, auth_required=True, auth_require_tls=False)
        app.extensions["settings"] = replace(app.extensions["settings"], mail_url=url)
        return box

    return guarded


@NO_TLS
def test_the_password_of_the_mail_server_stands_in_its_address(run, put, guarded):
    box = guarded("user:p%40ss%3Aword%2F1@")
    put("dana@example.org")
    run("alerts", "send")
    assert box.receivers == ["dana@example.org"]


@NO_TLS
@pytest.mark.parametrize("login", ["user:wrong@", ""], ids=["wrong", "none"])
def test_without_the_right_password_mails_wait_and_the_command_says_so(store, run, put, guarded, login):
    box = guarded(login)
    put("dana@example.org")
    status, said = run("alerts", "send")
    assert status == 1
    assert "No mail can be handed over: " in said
    assert "wrong" not in said
    assert states(store) == {"dana@example.org": "queued"}
    assert box.accepted == []


@NO_TLS
def test_a_password_is_never_sent_in_the_clear_to_another_machine(monkeypatch, serve):
    asked = []
    box = Mailbox()

    def note(server, session, envelope, mechanism, data):
        asked.append(data)
        return AuthResult(success=True)

    url = serve(box, "user:secret@", authenticator=note, auth_require_tls=False)
    monkeypatch.setattr(transport, "is_loopback", lambda host: False)
    with open_transport(url, host="localhost") as opened:
        reply = opened.send(sample_mail(), list)
    assert reply.fate is Fate.UNREACHABLE
    assert "offers no encryption" in reply.text
    assert asked == []


def sample_mail():
    return write_mail(
        sender=Address(addr_spec="notices@localhost"),
        to=Address(addr_spec="dana@example.org"),
        subject="Hello",
        message_id="<abc@localhost>",
        date=NOW,
        text=".\n..\nfrom Sound Stride",
        html="<p>Hello</p>",
        headers={},
    )


# --- files instead of a server


def test_a_mail_written_to_a_file_is_whole_and_readable(tmp_path):
    with open_transport(f"file://{tmp_path / 'my mail'}", host="localhost") as opened:
        reply = opened.send(sample_mail(), list)
    [path] = (tmp_path / "my mail").iterdir()
    assert (reply.fate, reply.text) == (Fate.DELIVERED, f"written to {path.name}")
    assert path.suffix == ".eml"
    read = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert read.get_body(("plain",)).get_content().splitlines() == [".", "..", "from Sound Stride"]


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path):
    (tmp_path / "mail").write_text("a file in the way")
    with open_transport(f"file://{tmp_path / 'mail'}", host="localhost") as opened:
        assert opened.send(sample_mail(), list).fate is Fate.UNREACHABLE


# --- side by side


def test_nobody_waits_for_a_mail_server_inside_a_transaction(app, run, mailbox, put):
    engine, waiting = connect(app.config["SQLALCHEMY_DATABASE_URI"]), []
    mailbox.at_data = lambda: waiting.extend(open_transactions(engine))
    put("one@example.org", "two@example.org")
    run("alerts", "send")
    engine.dispose()
    assert len(mailbox.accepted) == 2
    assert waiting == []


def open_transactions(engine):
    """Those of others: PostgreSQL lists them, SQLite lets nobody write beside them."""
    with engine.connect() as beside:
        if engine.dialect.name == "postgresql":
            others = "datname = current_database() AND state LIKE 'idle in transaction%'"
            return beside.scalars(text(f"SELECT query FROM pg_stat_activity WHERE {others}")).all()
    path = engine.url.database
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as beside:
        try:
            beside.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return [error]
    return []


def at_once(app, count, act):
    """Run `act(session)` in as many threads, each with a connection of its own, all let go together."""
    start, errors = threading.Barrier(count), []

    def one():
        engine = connect(app.config["SQLALCHEMY_DATABASE_URI"])
        try:
            with app.app_context(), Session(engine) as session:
                start.wait(timeout=30)
                act(session)
        except Exception as error:
            errors.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def test_planners_at_once_plan_each_reminder_once(app, store, ends_soon):
    ends_soon(12)
    done = []

    def plan(session):
        done.append(mailing.plan_all(session, today=TODAY, now=NOW, zone=ZONE))

    at_once(app, 4, plan)
    assert sum(each.mails for each in done) == 12
    assert len(store.scalars(select(Message)).all()) == 12
    assert Counter(store.scalars(select(Alert.step))) == Counter({90: 12, 30: 12})


def test_senders_at_once_send_each_mail_once(app, store, serve, mailbox, put):
    url = serve(mailbox)
    settings = app.extensions["settings"]
    everybody = [f"person{n}@example.org" for n in range(50)]
    put(*everybody)

    def send(session):
        with open_transport(url, host="localhost") as opened:
            mailing.send_all(session, opened, settings, clock=lambda: NOW)

    at_once(app, 4, send)
    assert Counter(mailbox.receivers) == Counter(everybody)
    assert set(states(store).values()) == {"sent"}
    assert len(store.scalars(select(Attempt)).all()) == 50


# --- the worker as a process


@pytest.fixture
def worker(app, serve, mailbox) -> Iterator[Callable[[], subprocess.Popen]]:
    """Starts `flask worker` on the test's database."""
    started = []
    settings = {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MAIL_URL": serve(mailbox),
        "UPLOADS_URL": app.extensions["settings"].uploads_url,
        "SECRET_KEY": "only-for-tests-and-long-enough-for-them",
    }

    def worker():
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "worker"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield worker
    for process in started:
        process.kill()
        process.communicate()


class Days(threading.Event):
    """Lets the worker take a few turns; each pause lasts half a day."""

    def __init__(self, app, turns):
        super().__init__()
        self.app, self.turns, self.pauses = app, turns, []

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        moment = NOW + len(self.pauses) * DAY / 2
        self.app.config["NOW"] = lambda: moment
        if len(self.pauses) == self.turns:
            self.set()
        return self.is_set()


def test_the_worker_plans_once_a_day_and_sends_at_each_turn(mailing_app, store, made, mailbox, caplog):
    for days in (30, 31):
        credential = made.credential(made.trainer())
        made.check(made.term(credential, expires_on=TODAY + days * DAY))
        alerts.watch_credential(store, credential, today=TODAY)
    made.commit()
    caplog.set_level("INFO", "trainers.worker")
    with mailing_app.app_context():
        worker_command.work(Days(mailing_app, turns=4))
    assert [mail["Subject"][:27] for mail in mailbox.mails] == [
        "Your NASM-CPT ends in 30 da",
        "Your NASM-CPT ends in 31 da",
        "Your NASM-CPT ends in 30 da",
    ]
    assert len([line for line in caplog.messages if "planned" in line]) == 2  # four turns on two days


def test_a_step_that_fails_is_told_holds_up_no_other_and_is_tried_again(
    mailing_app, store, put, monkeypatch, caplog
):
    put("dana@example.org")
    broken = [OSError("the disk is full")]
    erase = evidence.erase_due
    monkeypatch.setattr(evidence, "erase_due", lambda *told, **more: raise_first(broken) or erase(*told, **more))
    caplog.set_level("INFO", "trainers.worker")
    with mailing_app.app_context():
        worker_command.work(Days(mailing_app, turns=1))
        assert "the disk is full" in caplog.text
        assert states(store) == {"dana@example.org": "sent"}
        assert "Erased" not in caplog.text
        worker_command.work(Days(mailing_app, turns=1))
    assert "Erased" in caplog.text


def test_a_step_that_failed_waits_longer_than_one_that_did_not(app):
    steps = [worker_command.Step(run) for run in (lambda: worker_command.PAUSE, lambda: raise_first([OSError()]))]
    with app.app_context():
        for step in steps:
            step.take()
        after_trouble, pause = (timedelta(seconds=each) for each in (60, 3))
        assert [step.due for step in steps] == [NOW + pause, NOW + after_trouble]
        assert worker_command.pause_before(steps) == worker_command.PAUSE
    assert [step.is_due(NOW + pause) for step in steps] == [True, False]
    assert steps[1].is_due(NOW + after_trouble)
    assert steps[0].is_due(NOW - timedelta(hours=1)), "the clock was set back"


def raise_first(errors):
    if errors:
        raise errors.pop()


def test_a_worker_that_is_told_to_stop_finishes_the_mail_in_its_hands(store, worker, mailbox, put):
    put("dana@example.org", at=datetime.now(UTC))
    in_hand, go_on = threading.Event(), threading.Event()

    def hold():
        in_hand.set()
        go_on.wait(timeout=30)

    mailbox.at_data = hold
    process = worker()
    assert in_hand.wait(timeout=60)
    process.send_signal(signal.SIGTERM)
    go_on.set()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "0 mails planned" in said
    assert "Erased: 0 files" in said
    assert "1 mail sent" in said
    assert said.rstrip().endswith("The worker has stopped.")
    assert states(store) == {"dana@example.org": "sent"}


def test_a_mail_whose_sender_was_killed_is_sent_again_under_the_same_name(app, store, worker, mailbox, run, put):
    put("dana@example.org", at=datetime.now(UTC))
    name = store.scalars(select(Message)).one().message_id
    store.rollback()
    in_hand, killed = threading.Event(), threading.Event()

    def hold():
        in_hand.set()
        killed.wait(timeout=30)
        return "451 the sender is gone"

    mailbox.at_data = hold
    process = worker()
    assert in_hand.wait(timeout=60)
    process.kill()
    process.wait(timeout=30)
    killed.set()
    assert states(store) == {"dana@example.org": "sending"}
    lease = store.scalars(select(Message)).one().lease_until
    store.rollback()

    mailbox.at_data = lambda: None
    app.config["NOW"] = lambda: lease
    assert run("alerts", "send")[1].startswith("0 mails sent")  # it may still come back
    app.config["NOW"] = lambda: lease + timedelta(seconds=1)
    assert run("alerts", "send")[1].startswith("1 mail sent")
    [mail] = mailbox.mails
    assert mail["Message-ID"] == f"<{name}@127.0.0.1>"
    tries = [(each.n, each.delivered) for each in store.scalars(select(Attempt).order_by(Attempt.n))]
    assert tries == [(1, False), (2, True)]
