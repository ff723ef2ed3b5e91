"""An import comes to its end once, whatever happens to its workers: real processes, killed outright at any moment.

Two workers run side by side. Again and again one or both are killed with kill -9 and replaced, or one is frozen
until the other has taken the job over, and has to notice when it wakes. Each time the lease is ended at once, so
that nobody waits for it. `make prove` does it more often and with more rows, and prints what it counted.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.core.job_bench import bounce_file
from tests.full import FULL
from trainers.config import ROOT
from trainers.core.evidence import open_files
from trainers.core.long_work import imports
from trainers.core.long_work.imports import CHUNK
from trainers.core.long_work.job_kinds import BOUNCES
from trainers.core.models import AuditEvent, Job, JobRow, Recipient

ROWS = 10_000 if FULL else 5_000
ROUNDS = 5 if FULL else 1
BLOWS = 10 if FULL else 3
PATIENCE = 60.0  # seconds until a condition counts as never met
Worker = Popen[bytes]


class Watch:
    """Looks at the job from outside, and remembers how far it was seen."""

    def __init__(self, url: str, job_id: int) -> None:
        self.engine, self.job_id = create_engine(url), job_id
        self.seen: list[int] = [0]

    def look(self) -> tuple[str, int, int]:
        """State, rows that are done, attempt."""
        asked = select(Job.state, Job.done, Job.attempt).where(Job.id == self.job_id)
        with self.engine.connect() as connection:
            state, done, attempt = connection.execute(asked).one()
        self.seen.append(done)
        return state, done, attempt

    def until(self, condition: Callable[..., bool]) -> tuple[str, int, int]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.look()
            if condition(*found):
                return found
        pytest.fail(f"Nothing happened for {PATIENCE} seconds; state, rows, attempt: {found}")

    def end_lease(self) -> None:
        """As if the time had passed that a worker may be silent."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with Session(self.engine) as session, session.begin():
            if self.engine.dialect.name == "postgresql":  # SQLite gives up after five seconds by itself
                session.execute(text("SET LOCAL lock_timeout = '5s'"))
            session.execute(update(Job).where(Job.state == "running").values(lease_until=past))


@pytest.fixture
def start(app: Flask, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Starts a worker on the test's database."""
    settings = {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "UPLOADS_URL": f"file://{tmp_path / 'uploads'}",
        "MAIL_URL": f"file://{tmp_path / 'mail'}",
        "SECRET_KEY": "only-for-this-proof-and-long-enough-for-it",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    started: list[Worker] = []

    def start() -> Worker:
        process = Popen(command, cwd=ROOT, env=os.environ | settings, stdout=DEVNULL, stderr=subprocess.STDOUT)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def queue(store: Session, url: str, first: int) -> int:
    """An import of addresses that we all know."""
    keys = [f"person{n}@example.org" for n in range(first, first + ROWS)]
    store.execute(insert(Recipient), [{"email": key, "email_key": key, "key": key, "state": "ok"} for key in keys])
    stored = BOUNCES.start(open_files(url), bounce_file(ROWS, first=first))
    id = imports.enqueue(store, BOUNCES, stored, account_id=None, now=datetime.now(UTC)).id
    store.commit()
    return id


class Tormentor:
    """Does something terrible to the workers, and counts what."""

    def __init__(
        self, watch: Watch, workers: list[Worker], start: Callable[[], Worker], dice: random.Random
    ) -> None:
        self.watch, self.workers, self.start, self.dice = watch, workers, start, dice
        self.counts: Counter[str] = Counter()

    def strike(self, n: int) -> None:
        """The first three blows are one of each kind, later ones as the dice fall."""
        blows = (self.kill_both, self.freeze_one, self.kill_one)
        (blows[n] if n < len(blows) else self.dice.choice(blows))()

    def kill_one(self) -> None:
        self.kill([self.dice.randrange(len(self.workers))])

    def kill_both(self) -> None:
        self.kill(range(len(self.workers)))

    def kill(self, victims: Iterable[int]) -> None:
        for each in victims:
            self.workers[each].kill()
            self.workers[each].wait()
            self.workers[each] = self.start()
            self.counts["killed"] += 1
        self.watch.end_lease()

    def freeze_one(self) -> None:
        """Until the other has taken over, or has made progress because it held the job anyway."""
        victim, (_, done, attempt) = self.dice.choice(self.workers), self.watch.look()
        victim.send_signal(signal.SIGSTOP)
        try:
            self.watch.end_lease()
            _, _, now = self.watch.until(
                lambda state, at, who: state == "done" or at > done + CHUNK or who > attempt
            )
            self.counts["woken to find the job gone"] += now > attempt
        except OperationalError:
            self.counts["frozen inside a transaction"] += 1
        finally:
            victim.send_signal(signal.SIGCONT)


def torment(tormentor: Tormentor) -> None:
    """Strike at random moments, each time after some progress, until the job has ended."""
    watch, dice, goal = tormentor.watch, tormentor.dice, CHUNK
    for n in range(BLOWS):
        if watch.until(lambda state, done, _, goal=goal: done >= min(goal, ROWS) or state == "done")[0] == "done":
            break
        moment = time.monotonic() + dice.uniform(0, 0.08)  # about as long as a chunk takes: anywhere inside it
        while time.monotonic() < moment:
            watch.look()
        tormentor.strike(n)
        goal = watch.look()[1] + CHUNK * dice.randint(1, 2)
    watch.until(lambda state, _done, _attempt: state not in ("queued", "running"))


@pytest.mark.by_day("postgresql")
def test_an_import_comes_to_its_end_once_whoever_is_killed(
    app: Flask,
    store: Session,
    start: Callable[[], Worker],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed = random.randrange(1_000_000)
    dice, url = random.Random(seed), app.config["SQLALCHEMY_DATABASE_URI"]
    began, workers = time.monotonic(), [start(), start()]
    holders, counts = 0, Counter[str]()
    for n in range(ROUNDS):
        watch = Watch(url, queue(store, f"file://{tmp_path / 'uploads'}", first=n * ROWS))
        tormentor = Tormentor(watch, workers, start, dice)
        torment(tormentor)
        counts += tormentor.counts
        holders += demand_whole(store, watch)
        watch.engine.dispose()
    assert counts["killed"] >= len(workers)
    assert holders > ROUNDS, "Nobody ever took over: the proof proves nothing."
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    with capsys.disabled():
        print(
            f"\n  {ROUNDS} imports of {ROWS:,} rows, 2 workers, {told}; {holders} holders in all:"
            f" each imported once, progress never went back ({time.monotonic() - began:.0f} s, seed {seed})"
        )


def demand_whole(store: Session, watch: Watch) -> int:
    """All was imported, by one merge, and nothing is left lying about; how many workers held the job."""
    store.expire_all()
    job = store.get_one(Job, watch.job_id)
    assert (job.state, job.done, job.total) == ("done", ROWS, ROWS), job.sentence
    assert job.sentence == f"{ROWS:,} addresses get no more mail. Marked before: 0. Not known here: 0."
    events = store.scalars(select(AuditEvent).where(AuditEvent.subject == f"job:{job.uuid}")).all()
    assert [event.action for event in events] == ["import_bounces"]
    assert count(store, Recipient.state != "bounced") == 0
    assert count(store, JobRow.job_id == job.id) == 0
    back = [(before, after) for before, after in pairwise(watch.seen) if after < before]
    assert back == []
    holders = job.attempt
    store.commit()
    return holders


def count(store: Session, which: Any) -> int:
    return store.scalar(select(func.count()).where(which)) or 0
