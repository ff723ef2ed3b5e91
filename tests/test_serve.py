"""`make run` as a real process: it starts both parts, says so, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.databases import Databases
from trainers.config import ROOT

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def start(databases: Databases, tmp_path: Path) -> Iterator[Callable[[int], "subprocess.Popen[str]"]]:
    """Starts the site with everything it keeps in the test's own folder; the database is migrated by the start."""
    started: list[subprocess.Popen[str]] = []
    database_url = databases.empty()
    environment = os.environ | {
        "SECRET_KEY": "only-for-tests-and-long-enough-for-them",
        "DATABASE_URL": database_url,
        "UPLOADS_URL": f"file://{tmp_path / 'uploads'}",
        "MAIL_URL": f"file://{tmp_path / 'mail'}",
    }

    def start(port: int) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port)]
        with (tmp_path / "said").open("a") as said:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=said, stderr=said, text=True, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait()
    databases.drop(database_url)


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def sends(port: int, path: str, form: dict[str, list[str]]) -> str:
    """The page that a form brings."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, body=urlencode(form, doseq=True), headers=headers)
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def files_with(words: bytes, *folders: Path) -> list[Path]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if words in path.read_bytes()]


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.engine("sqlite")  # as `make run` has it
def test_it_runs_says_how_to_sign_in_and_leaves_nothing_behind(
    start: Callable[[int], "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    port, said = free_port(), tmp_path / "said"
    first = start(port)
    wait_until(lambda: answers(port), "the site does not answer")
    wait_until(lambda: "The worker runs" in said.read_text(), "the worker does not run")
    assert f"http://127.0.0.1:{port}" in said.read_text()
    assert said.read_text().count("First run") == 1
    assert re.search(r"Sample reviewer: \S+@sample.invalid +password: \S+", said.read_text())
    kept = [path for path in tmp_path.iterdir() if path.name != "said"]
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []
    assert f"http://127.0.0.1:{port}/dev/code" in said.read_text()

    second = start(port)
    assert second.wait(PATIENCE) == 1
    assert f"Port {port} cannot be used" in said.read_text()

    os.killpg(first.pid, signal.SIGINT)  # as a terminal does at Ctrl-C
    assert first.wait(PATIENCE) == 0
    assert not answers(port)
    assert "ERROR" not in said.read_text()

    again = start(port)
    wait_until(lambda: answers(port), "the site does not answer a second time")
    assert said.read_text().count("First run") == 1
    wait_until(lambda: said.read_text().count("The worker runs") == 2, "the worker does not run a second time")
    answers_given = {"now": ["saddle", "hot-joint"], "asked": ["now"]}
    assert "Call 911 now" in sends(port, "/hip-check", answers_given)
    again.kill()
    again.wait()
    wait_until(lambda: not answers(port), "the web server outlives the process that started it")
    wait_until(lambda: said.read_text().count("The worker has stopped") == 2, "the worker outlives it")
    assert "Traceback" not in said.read_text()
    assert files_with(b"hot-joint", tmp_path, ROOT / "instance") == []  # rows, journal, log, mails
    assert files_with(b"The worker runs", tmp_path) == [said]
