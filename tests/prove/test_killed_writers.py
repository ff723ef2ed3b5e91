"""What the site has said is kept is kept: writers are killed with `kill -9` in the midst of work, time and again.

`make prove` runs 100 rounds on each engine and prints what it counted; the tests run a few.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import Factory
from tests.full import FULL
from trainers.config import ROOT
from trainers.core.models import ContactMessage, Message

ROUNDS = 100 if FULL else 5
WRITERS = 3
LONGEST = 0.4  # seconds that a round of writing takes


class Farm:
    """Reads what writers say, in a thread of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.started: list[int] = []
        self.kept: set[str] = set()
        self.refused: set[str] = set()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            word, name = line.split()
            if word == "started":
                self.started.append(int(name))
            else:
                (self.kept if word == "kept" else self.refused).add(name)

    def start(self, name: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        while self.started:
            os.kill(self.started.pop(), signal.SIGKILL)


@contextmanager
def farm(url: str, folder: Path, address: str) -> Iterator[Farm]:
    command = [sys.executable, "-m", "tests.prove.writers", url, str(folder), address]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    found = Farm(process)
    yield found
    found.kill()
    process.communicate(timeout=60)


def until(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:  # type: ignore[operator]
        threading.Event().wait(0.005)
    assert condition()  # type: ignore[operator]


@pytest.fixture
def address(made: Factory) -> str:
    path = f"/trainers/{made.slug(made.listed())}/contact"
    made.commit()
    return path


def test_killed_writers_lose_nothing_that_was_said_to_be_kept(
    app: Flask, address: str, store: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, killed = random.Random(20261127), 0
    with farm(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, address) as writers:
        for number in range(ROUNDS):
            before = len(writers.kept)
            for each in range(WRITERS):
                writers.start(f"r{number}w{each}")
            until(lambda: len(writers.started) == WRITERS and len(writers.kept) > before)  # noqa: B023
            threading.Event().wait(chance.uniform(0, LONGEST))
            killed += WRITERS
            writers.kill()
        kept, refused = set(writers.kept), set(writers.refused)
    there = dict(store.execute(select(ContactMessage.sender_name, ContactMessage.id)).all())
    assert refused == set()
    assert kept - there.keys() == set(), "said to be kept, and not there"
    assert len(there) - len(kept) <= killed, "more were written than could be under way"
    mails = store.scalars(select(Message.id)).all()
    assert len(mails) == len(there), "half of a transaction"
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        assert store.scalars(text("PRAGMA integrity_check")).all() == ["ok"]
    with capsys.disabled():
        print(f"\n  {ROUNDS} rounds, {killed} killed: {len(kept)} said to be kept, none lost; {len(there)} there")
