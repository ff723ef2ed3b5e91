"""Writers and readers at the same time on the real server: all are answered and nothing is lost.

`make prove` runs it for 20 seconds with 8 writers and 32 readers and prints what it counted; the tests run the
same for a moment. Done on SQLite, where one writer at a time is the rule, and on PostgreSQL.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Event
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.databases import connect
from tests.factories import Factory
from tests.full import FULL
from tests.test_serve import answers, free_port, wait_until
from trainers.config import ROOT
from trainers.core.models import ContactMessage

SECONDS = 20 if FULL else 2
WRITERS, READERS = 8, 32
PAGES = (
    "/login",
    "/trainers?place=97005&radius=50",
    "/trainers?name=fitzgerald",
    "/",
    "/guidance/hip-pain-from-running",
)
SERVER = "granian --interface wsgi app:app --workers 2 --blocking-threads 2 --no-access-log --log-level warning"


@pytest.fixture
def slug(database_url: str) -> Iterator[str]:
    engine = connect(database_url)
    with Session(engine) as session:
        make = Factory(session, today=TODAY, now=NOW)
        found = make.slug(make.listed())
        for n in range(40):
            make.listed(f"Runner Neighbour {n}")
        make.commit()
    yield found
    engine.dispose()


@pytest.fixture
def port(database_url: str, slug: str, tmp_path: Path) -> Iterator[int]:
    """The site under Granian, with limits so wide that the writers are not held back."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "MAIL_URL": f"file://{tmp_path / 'mail'}",
        "SECRET_KEY": "only-for-this-proof-and-long-enough-for-it",
        "TRUSTED_PROXIES": "127.0.0.1",  # so that each message may come from an address of its own
    }
    command = [sys.executable, "-m", *SERVER.split(), "--port", str(port)]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    try:
        wait_until(lambda: answers(port), "the site does not answer")
        yield port
    finally:
        process.terminate()
        process.wait()
    assert "locked" not in (tmp_path / "said").read_text()


class Visitor:
    """One connection that asks again and again until told to stop, and writes down each answer."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.number, self.asked = port, number, 0
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []

    def ask(self, connection: HTTPConnection, method: str, path: str, body: str = "", **headers: str) -> bytes:
        self.asked += 1
        start = time.perf_counter()
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        content = response.read()
        self.seconds.append(time.perf_counter() - start)
        self.statuses[response.status] += 1
        self.cookie = (response.headers.get("Set-Cookie") or "").split(";")[0]
        return content

    def keep_reading(self, over: Event) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not over.is_set():
            self.ask(connection, "GET", PAGES[self.asked % len(PAGES)])
        connection.close()

    def keep_writing(self, over: Event, slug: str) -> None:
        """Each time the form with its token first, then a message to the trainer: a row in the database."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        path, sent = f"/trainers/{slug}/contact", 0
        while not over.is_set():
            sent += 1
            address = {"X-Forwarded-For": f"10.{self.number}.{sent // 250}.{sent % 250}"}
            page = self.ask(connection, "GET", path, **address).decode()
            token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
            told = {"name": "Robin", "email": f"robin{self.number}.{sent}@example.org", "body": "Are you free?"}
            form = urlencode(told | {"adult": "y", "csrf_token": token})
            kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
            self.ask(connection, "POST", path, form, **address, **kind)
        connection.close()


def test_everybody_is_answered_and_nothing_is_lost(
    port: int, slug: str, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    writers, readers = run_together(port, slug)
    statuses = sum((each.statuses for each in (*writers, *readers)), Counter())
    assert set(statuses) == {200, 303}, statuses
    engine = connect(database_url)
    with Session(engine) as session:
        kept = session.scalar(select(func.count()).select_from(ContactMessage)) or 0
    dialect = engine.dialect.name
    engine.dispose()
    assert kept == sum(each.statuses[303] for each in writers) > WRITERS / 2
    with capsys.disabled():
        print(f"\n  {dialect}, {SECONDS} s: {WRITERS} writers {told(writers)}; {READERS} readers {told(readers)};"
              f" {kept} messages kept, none lost, no lock in vain")  # fmt: skip


def run_together(port: int, slug: str) -> tuple[list[Visitor], list[Visitor]]:
    writers = [Visitor(port, n) for n in range(WRITERS)]
    readers = [Visitor(port, n) for n in range(READERS)]
    start, over = Barrier(WRITERS + READERS + 1), Event()

    def run(visitor: Visitor, writes: bool) -> None:
        start.wait(timeout=30)
        if writes:
            visitor.keep_writing(over, slug)
        else:
            visitor.keep_reading(over)

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        busy: list[Future[None]] = [pool.submit(run, each, True) for each in writers]
        busy += [pool.submit(run, each, False) for each in readers]
        start.wait(timeout=30)
        over.wait(SECONDS)
        over.set()
        for each in busy:
            each.result(timeout=120)
    return writers, readers


def told(visitors: list[Visitor]) -> str:
    seconds = [each for visitor in visitors for each in visitor.seconds]
    slow = quantiles(seconds, n=100)[-1]
    return f"{len(seconds)} answers, median {median(seconds) * 1000:.0f} ms, p99 {slow * 1000:.0f} ms"
