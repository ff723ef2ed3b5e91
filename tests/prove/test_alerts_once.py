"""Reminders go out once, whoever plans and sends: real processes side by side on one database, a real mail server.

`make prove` runs more people, days and processes and prints what it counted; the tests run the same with fewer.
"""

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.databases import connect
from tests.factories import Factory
from tests.full import FULL
from trainers.config import ROOT
from trainers.core.credentials import visible_credentials
from trainers.core.evidence import open_files
from trainers.core.mail import watches
from trainers.core.models import Alert, Message
from trainers.core.sample_directory import samples

DAYS = range(0, 100, 5) if FULL else (30,)
AT_ONCE = 4 if FULL else 2
SOME = 24


class Inbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def database(store: Session, made: Factory, app: Any, tmp_path: Path) -> str:
    """The samples, or by day some trainers whose certifications end soon."""
    if FULL:
        samples.load(store, open_files(f"file://{tmp_path / 'uploads'}"), now=NOW, today=TODAY, password_hash="-")
    else:
        for n in range(SOME):
            trainer = made.listed(f"Runner {n}", expires_on=TODAY + timedelta(days=DAYS[0] + 20 + n))
            watches.watch_credential(store, visible_credentials(store, trainer)[0], today=TODAY)
    store.commit()
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def together(*commands: list[str], environment: dict[str, str]) -> None:
    """Run `flask …` commands as processes side by side; each must succeed."""
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    running = [
        subprocess.Popen([*flask, *each], cwd=ROOT, env=environment, stdout=PIPE, stderr=subprocess.STDOUT)
        for each in commands
    ]
    for process in running:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said.decode()


def test_nothing_goes_out_twice(
    inbox: tuple[Inbox, str], database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    received, mail_url = inbox
    environment = os.environ | {
        "DATABASE_URL": database,
        "MAIL_URL": mail_url,
        "UPLOADS_URL": f"file://{tmp_path / 'uploads'}",
        "SECRET_KEY": "only-for-this-proof-and-long-enough-for-it",
    }
    for n in DAYS:
        day = str(TODAY + timedelta(days=n))
        together(*[["alerts", "plan", "--today", day]] * AT_ONCE, environment=environment)
        together(*[["alerts", "send"]] * AT_ONCE, environment=environment)
        once = len(received.mails)
        together(["alerts", "plan", "--today", day], environment=environment)
        together(["alerts", "send"], environment=environment)
        assert len(received.mails) == once, f"on {day} something went out twice"
    names = Counter(mail["Message-ID"] for mail in received.mails)
    assert set(names.values()) == {1}
    tell(database, received, capsys)


def tell(database: str, received: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    """The figures, and that every planned warning stands in a mail that was sent."""
    engine = connect(database)
    with Session(engine) as session:
        planned = session.scalar(select(func.count()).where(Alert.state == "planned"))
        skipped = session.scalar(select(func.count()).where(Alert.state == "skipped"))
        unsent = session.scalar(
            select(func.count())
            .select_from(Alert)
            .join(Message, Alert.message_id == Message.id)
            .where(Message.state != "sent")
        )
    engine.dispose()
    assert planned > SOME // 2
    assert unsent == 0
    with capsys.disabled():
        print(
            f"\n  {len(DAYS)} days, {AT_ONCE} planners and {AT_ONCE} senders at once: {planned} warnings in"
            f" {len(received.mails)} mails, {skipped} skipped, none twice"
        )
