"""The site as people meet it: a real server and a real mail server on this machine, and Debian's Chromium.

Used by the tests and by `python -m tests.browser.shots`.
"""

import fcntl
import logging
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from flask_security import hash_password
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from whitenoise.compress import main as compress

from tests.application import CHEAP_PASSWORDS, COMPILED, NOW, TODAY, settings_for
from tests.databases import Databases, connect
from tests.factories import Factory
from tests.full import FULL
from trainers.config import ROOT
from trainers.core.models import Account
from trainers.extensions import db, limiter
from trainers.factory import create_app

SHELL = None if FULL else shutil.which("chromium-headless-shell")
CHROMIUM = SHELL or shutil.which("chromium")
"""The shell is the same Chromium without what only windows need: a quarter quicker."""
NO_CHROMIUM = "Chromium is not installed: apt-get install chromium fonts-liberation."
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
PASSWORD = "three odd test words"
HOST = "127.0.0.1"
LARGEST_UNPACKED = 600
"""Bytes: of smaller files the packed copy is not smaller, so there is none."""


def launch_options() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": QUIET}


class Clock:
    """The time that the site goes by: it runs on as time does, from the day it was set to."""

    def __init__(self) -> None:
        self.ahead = NOW - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, seconds: int) -> None:
        self.ahead += timedelta(seconds=seconds)

    def set_day(self, day: date) -> None:
        self.ahead = datetime.combine(day, time(20), UTC) - datetime.now(UTC)


class Mailbox:
    """What a mail server on this machine was handed, in the order in which it came."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 Accepted"

    def all_to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def newest_to(self, address: str) -> EmailMessage:
        mails = self.all_to(address)
        assert mails, f"No mail to {address}; there is mail to {sorted({mail['To'] for mail in self.mails})}."
        return mails[-1]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None, "a mail without a plain text part"
    return str(body.get_content())


def first_link(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^\s>]+", text_of(mail))
    assert found, f"no link in the mail {mail['Subject']!r}"
    return found[0]


@dataclass(frozen=True)
class LiveSite:
    app: Flask
    url: str
    clock: Clock
    mailbox: Mailbox

    def run(self, *command: str) -> str:
        """What `flask …` prints. It must succeed."""
        result = self.app.test_cli_runner().invoke(args=list(command))
        assert result.exit_code == 0, f"flask {' '.join(command)}: {result.output}\n{result.exception!r}"
        return str(result.output)

    def send_mail(self) -> None:
        self.run("alerts", "send")

    @contextmanager
    def store(self) -> Iterator[Factory]:
        """Builds rows beside the running site; committed at the end."""
        engine = connect(self.app.config["SQLALCHEMY_DATABASE_URI"])
        with Session(engine) as session, session.begin():
            yield Factory(session, today=TODAY, now=NOW)
        engine.dispose()

    def give_password(self, account: Account) -> Account:
        with self.app.app_context():
            account.password = hash_password(PASSWORD)
        return account


@contextmanager
def live_site(databases: Databases, folder: Path, *, by_smtp: bool = True) -> Iterator[LiveSite]:
    """The site on a free port, on a copy of the database: form tokens and limits are on, as in real use.

    Mail goes to the mailbox by SMTP, or else into files, which the pages under /dev/mail show.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    compress_static()
    clock, mailbox = Clock(), Mailbox()
    database_url = databases.copy()
    with mail_server(mailbox) as mail_url:
        server = make_server(HOST, 0, lambda _environ, _start: [], threaded=True)
        url = f"http://{HOST}:{server.port}"
        changes = {"database_url": database_url, "site_url": url} | ({"mail_url": mail_url} if by_smtp else {})
        server.app = app = make_live_app(folder, clock, **changes)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield LiveSite(app, url, clock, mailbox)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            close(app)
            databases.drop(database_url)


def compress_static() -> None:
    """As `flask serve` does; else an older compressed copy may be served.

    Only what is old is written, and by one of the processes: another may be serving it.
    """
    static = ROOT / "static"
    with (Path(tempfile.gettempdir()) / "sound-stride-static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        plain = [path for path in static.rglob("*") if path.suffix in (".css", ".js", ".svg")]
        packed = [path.with_name(f"{path.name}.gz") for path in plain]
        if any(
            not new.exists() or new.stat().st_mtime < old.stat().st_mtime
            for old, new in zip(plain, packed, strict=True)
            if old.stat().st_size > LARGEST_UNPACKED
        ):
            compress(["-q", str(static)])


def make_live_app(folder: Path, clock: Clock, **changes: str) -> Flask:
    settings = settings_for(folder, **changes)
    app = create_app(
        settings, instance=folder, TESTING=True, RATELIMIT_ENABLED=True, NOW=clock.now, **CHEAP_PASSWORDS
    )
    app.jinja_env.bytecode_cache = COMPILED
    return app


def close(app: Flask) -> None:
    """Limits are kept for the whole process: leave none behind."""
    if limiter.enabled:
        limiter.reset()
        limiter.enabled = False
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[str]:
    """The MAIL_URL of a mail server that runs until the end."""
    port = free_port()
    controller = Controller(mailbox, hostname=HOST, port=port)
    controller.start()
    try:
        yield f"smtp://{HOST}:{port}"
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
