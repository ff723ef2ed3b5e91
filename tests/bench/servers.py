"""Servers that `make bench` asks, each stopped when it has been asked."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from trainers.config import ROOT

STARTS_WITHIN = 60


@dataclass(frozen=True)
class Answer:
    seconds: float  # to the first byte
    whole: float  # to the last
    body: bytes
    etag: str


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def fetch(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        start = time.perf_counter()
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        first = time.perf_counter() - start
        body = response.read()
        whole = time.perf_counter() - start
        connection.close()
        if response.status not in (200, 304):
            raise SystemExit(f"{path} answered {response.status}")
        return Answer(first, whole, body, response.headers.get("ETag") or "")

    def memory(self) -> int:
        """Bytes of all its processes, what they share counted once (Pss)."""
        listed = [self.pid, *children(self.pid)]
        return sum(pss(each) for each in listed)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, found) for each in (child, *children(child))]


def pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def environment(database_url: str, home: Path) -> dict[str, str]:
    """Settings of a site in production that keeps everything in `home`."""
    return os.environ | {
        "DATABASE_URL": database_url,
        "RATE_LIMIT_URL": "memory://",
        "UPLOADS_URL": f"file://{home / 'uploads'}",
        "MAIL_URL": "smtp://127.0.0.1:25",
        "SECRET_KEY": "only-for-this-measurement-and-long-enough",
        "SITE_URL": "https://bench.example",
        "SITE_POSTAL_ADDRESS": "1 Test Street, Testville",
        "SITE_EMAIL": "hello@bench.example",
    }


def at_home(database_url: str, home: Path) -> dict[str, str]:
    """Settings of a site that may show invented trainers."""
    return environment(database_url, home) | {
        "MAIL_URL": f"file://{home / 'mail'}",
        "SITE_URL": "http://127.0.0.1:8000",
    }


@contextmanager
def ours(settings: dict[str, str], *, workers: int = 1) -> Iterator[Server]:
    """The site of tests/bench/site.py under Granian, with two threads a worker."""
    options = f"--workers {workers} --blocking-threads 2 --no-access-log --interface wsgi"
    command = [sys.executable, "-m", "granian", "tests.bench.site:app", *options.split()]
    with running(command, settings, asked="/healthz") as server:
        yield server


@contextmanager
def running(command: list[str], settings: dict[str, str], *, asked: str) -> Iterator[Server]:
    """A program that takes `--port`, once it answers `asked`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=settings, **quiet)  # type: ignore[call-overload]
    try:
        server = Server(port, process.pid)
        wait_for(server, asked)
        yield server
    finally:
        process.terminate()
        process.wait()


def wait_for(server: Server, path: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            server.fetch(path)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server did not answer {path} within {STARTS_WITHIN} seconds.")
