"""Four senders at once, killed with `kill -9` at random moments, and a mail server that drops connections, answers
421, 451 and 550, and falls silent: every warning that was due is delivered, and no more mails come twice than
senders were killed and connections lost after the text.

`make prove` runs 200 rounds and prints what it counted; the tests run the same with a few.
"""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.databases import connect
from tests.factories import Factory
from tests.full import FULL
from tests.prove.senders import PATIENCE
from trainers.config import ROOT
from trainers.core.credentials import visible_credentials
from trainers.core.mail import alerts, watches
from trainers.core.models import Alert, Message

ROUNDS = 200 if FULL else 10
PEOPLE = 240 if FULL else 60
SENDERS = 4
WAVES = (timedelta(0), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=13))
"""Rounds of one day, far enough apart for a lease and for the waits after a refusal."""
DAY = timedelta(days=1)
HURRY = 0.6  # seconds within which a sender is killed


@dataclass
class Moody:
    """A mail server that may do anything. It keeps what it took, and counts what it lost after the text."""

    chance: random.Random
    well: bool = False
    taken: list[tuple[str, str]] = field(default_factory=list)
    lost_after_text: int = 0
    did: Counter[str] = field(default_factory=Counter)

    def mood(self, *choices: tuple[str, float]) -> str:
        roll = 1.0 if self.well else self.chance.random()
        for name, share in choices:
            if roll < share:
                self.did[name] += 1
                return name
            roll -= share
        return ""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        mood = self.mood(("421", 0.03), ("closed before the text", 0.03))
        if mood == "421":
            return "421 4.3.2 going down"
        if mood:
            server.transport.abort()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            self.did["550"] += 1
            return "550 5.1.1 no such user"
        if self.mood(("451", 0.1)):
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mood = self.mood(
            ("451 after the text", 0.05),
            ("closed instead of an answer", 0.04), ("silent instead of an answer", 0.01),
            ("taken, then closed", 0.04), ("taken, then silent", 0.01),
        )  # fmt: skip
        if mood == "451 after the text":
            return "451 4.3.0 try again"
        if not mood or mood.startswith("taken"):
            name = str(message_from_bytes(envelope.content)["Message-ID"])
            self.taken.append((envelope.rcpt_tos[0], name))
        if mood.startswith("taken"):
            self.lost_after_text += 1
        if "silent" in mood:
            await asyncio.sleep(PATIENCE * 3)
        if mood:
            server.transport.abort()
        return "250 OK"


@contextmanager
def serving(handler: Moody) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


class Farm:
    """Starts senders, and kills some of them."""

    def __init__(self, process: "subprocess.Popen[str]", chance: random.Random) -> None:
        self.process, self.chance = process, chance
        self.killed = 0

    def order(self, line: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def round(self, moment: datetime, *, killing: bool = True) -> None:
        senders = [int(self.order(moment.isoformat())) for _ in range(SENDERS)]
        victims = self.chance.sample(senders, self.chance.randrange(SENDERS)) if killing else []
        timers = [threading.Timer(self.chance.uniform(0, HURRY), self.kill, [each]) for each in victims]
        for timer in timers:
            timer.start()
        ended, killed = self.order("wait").split()
        assert ended == "ended"
        self.killed += int(killed)
        for timer in timers:
            timer.cancel()

    def kill(self, sender: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(sender, signal.SIGKILL)


@contextmanager
def farm(database_url: str, mail_url: str, folder: Path, chance: random.Random) -> Iterator[Farm]:
    command = [sys.executable, "-m", "tests.prove.senders", database_url, mail_url, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield Farm(process, chance)
    process.communicate(timeout=60)


@pytest.fixture
def database_url(store: Session, made: Factory, app: Flask) -> str:
    """Trainers whose certifications end one after the other; of one in thirty the address is nobody's."""
    for n in range(PEOPLE):
        account = made.account(f"nobody{n}@example.org" if n % 30 == 7 else f"person{n}@example.org")
        trainer = made.trainer(f"Runner {n}", account=account)
        made.check(made.term(made.credential(trainer), expires_on=TODAY + timedelta(days=n % 97)))
        watches.watch_credential(store, visible_credentials(store, trainer)[0], today=TODAY)
    store.commit()
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def test_killed_senders_lose_nothing_and_double_no_more_than_they_must(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(20261123)
    server = Moody(chance)
    engine = connect(database_url)
    with serving(server) as mail_url, farm(database_url, mail_url, tmp_path, chance) as senders:
        for number in range(ROUNDS):
            day, wave = divmod(number, len(WAVES))
            moment = NOW + day * DAY + WAVES[wave]
            if wave == 0:
                with Session(engine) as session:
                    alerts.plan(session, today=TODAY + day * DAY, now=moment, zone=ZONE)
                    session.commit()
            senders.round(moment)
        server.well = True
        for hours in range(0, 48, 9):  # longer than any wait, and less than the three days of giving up
            senders.round(moment + timedelta(hours=hours, minutes=10), killing=False)
        killed = senders.killed
    with Session(engine) as session:
        told = check(session, server, killed)
    engine.dispose()
    with capsys.disabled():
        print(f"\n  {ROUNDS} rounds, {SENDERS} senders at once: {told}")


def check(session: Session, server: Moody, killed: int) -> str:
    messages = {f"<{each.message_id}@127.0.0.1>": each for each in session.scalars(select(Message))}
    copies = Counter(name for _, name in server.taken)
    states = Counter(each.state for each in messages.values())
    assert set(states) <= {"sent", "failed"}, states
    for name, message in messages.items():
        is_nobody = message.recipient.email.startswith("nobody")
        assert message.state == ("failed" if is_nobody else "sent"), (message.recipient.email, message.state)
        assert (name in copies) is not is_nobody, f"{message.recipient.email} was told it was sent"
    assert set(copies) <= set(messages), "a mail left under a name that the outbox does not know"
    assert {messages[name].recipient.email == to for to, name in server.taken} == {True}
    planned = session.scalars(select(Alert).where(Alert.state == "planned")).all()
    assert {each.message_id for each in planned} == {each.id for each in messages.values()}
    doubles = sum(copies.values()) - len(copies)
    assert doubles <= killed + server.lost_after_text
    assert max(copies.values()) <= 1 + killed + server.lost_after_text
    moods = ", ".join(f"{count}x {mood}" for mood, count in sorted(server.did.items()))
    return (
        f"{killed} killed; {len(planned)} warnings in {len(messages)} mails, {states['sent']} delivered,"
        f" {states['failed']} to addresses that nobody has;\n  {doubles} came twice, under the same Message-ID;"
        f" allowed were {killed} + {server.lost_after_text} lost after the text\n  the server: {moods}"
    )
