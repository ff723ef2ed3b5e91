"""A new version is handed to the workers one by one, and nobody who asks meanwhile is turned away."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.bench.servers import environment
from tests.databases import Databases
from tests.full import FULL
from tests.test_serve import free_port
from trainers.config import ROOT

RELOADS = 10 if FULL else 2
ASKERS = 4
PAUSE = 0.05
PATHS = ("/trainers?place=97005", "/guidance", "/healthz", "/contact-nobody")


class Asker(threading.Thread):
    """Somebody who asks one page after the other, each on a connection of its own, as a proxy may."""

    def __init__(self, port: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.stop, self.got = port, stop, Counter[str]()

    def run(self) -> None:
        while not self.stop.is_set():
            for path in PATHS:
                self.got[ask(self.port, path)] += 1
                self.stop.wait(PAUSE)


def ask(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
    return str(answer.status)


def children(pid: int) -> set[int]:
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def until(condition: object, what: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        threading.Event().wait(0.05)
    pytest.fail(f"Not within a minute: {what}")


@pytest.mark.by_day("sqlite")
def test_a_reload_under_load_fails_no_request(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, port, stop = databases.copy(), free_port(), threading.Event()
    options = "--interface wsgi app:app --workers 2 --blocking-threads 2 --respawn-failed-workers"
    command = [
        sys.executable,
        "-m",
        "granian",
        *options.split(),
        "--workers-kill-timeout",
        "10",
        "--port",
        str(port),
    ]
    settings = environment(url, tmp_path)
    with (tmp_path / "said").open("w") as said:
        server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=said, stderr=said)
    try:
        until(lambda: (tmp_path / "said").read_text().count("Started worker") == 2, "the workers run")
        askers = [Asker(port, stop) for _ in range(ASKERS)]
        for asker in askers:
            asker.start()
        for _ in range(RELOADS):
            before = children(server.pid)
            os.kill(server.pid, signal.SIGHUP)
            until(lambda: not before & children(server.pid), "the workers are new")  # noqa: B023
        stop.set()
        for asker in askers:
            asker.join()
    finally:
        server.terminate()
        server.wait()
        databases.drop(url)
    got = sum((asker.got for asker in askers), Counter[str]())
    assert set(got) == {"200", "404"}, got
    with capsys.disabled():
        print(f"\n  {RELOADS} reloads of 2 workers under load: {got.total()} requests, none failed")
