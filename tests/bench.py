"""`make bench`: one table of what the public pages cost, each row beside an anchor from the same run.

Time to the first byte is held against /healthz of the same server: a request that asks the database one question
and renders nothing. Weight is held against what a first visit to the search may weigh. The machine may be busy, so
read the ratios, not the milliseconds. On SQLite, and on PostgreSQL where it is installed.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

from whitenoise.compress import main as compress

from tests import bench_listing, bench_mail
from tests.databases import ENGINES, NO_POSTGRESQL, PROGRAMS

ROOT = Path(__file__).resolve().parent.parent
ANCHOR = "/healthz"
PAGES = (
    ("home", "/", {}),
    ("guidance", "/guidance/hip-pain-from-running", {}),
    ("a profile", "", {}),
    ("search, no words", "/trainers", {}),
    ("search, 50 miles", "/trainers?place=97005&radius=50", {}),
    ("search, 250 miles", "/trainers?place=10001&radius=250", {}),
    ("search, name", "/trainers?name=smith", {}),
    ("search, fragment", "/trainers?place=97005&radius=50", {"HX-Request": "true"}),
    ("asked again, unchanged", "/trainers?place=97005&radius=50", {"If-None-Match": ""}),
)
ROUNDS = 200
MAY_WEIGH = 60.0
"""KB: all that a first visit to the search loads, as it is sent."""
WIDTHS = (50, 12, 10, 22, 8)


@dataclass(frozen=True)
class Answer:
    seconds: float  # to the first byte
    body: bytes
    etag: str


def main() -> None:
    line("measure", "median", "p95", "anchor, same run", "ratio")
    for engine, databases_of in ENGINES.items():
        if engine == "postgresql" and not PROGRAMS:
            print(NO_POSTGRESQL)
            continue
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            databases = databases_of(home)
            try:
                measure(engine, databases.empty(), home)
                for path, long, short, to_reach in bench_listing.rows(databases, home / "listing"):
                    anchor = f"{short * 1000:.1f} ms with 1 and 10"
                    ratio = f"{long / short:.1f}x"
                    line(
                        f"{engine}: {path}, 10 and 500", f"{long * 1000:.1f} ms", f"<= {to_reach}x", anchor, ratio
                    )
                for row in bench_mail.rows(databases, home / "mail"):
                    told = f"{row.anchor:.3g} {row.unit} bare"
                    line(
                        f"{engine}: {row.what}",
                        f"{row.ours:.3g} {row.unit}",
                        row.to_reach,
                        told,
                        f"{row.ratio:.2f}x",
                    )
            finally:
                databases.close()


def measure(engine: str, database_url: str, home: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "RATE_LIMIT_URL": "memory://",
        "UPLOADS_URL": f"file://{home / 'uploads'}",
        "MAIL_URL": f"file://{home / 'mail'}",
        "SECRET_KEY": "only-for-this-measurement-and-long-enough",
        "SITE_URL": "http://127.0.0.1:8000",
    }
    for command in (["db", "upgrade"], ["places", "load"], ["samples", "load"]):
        flask = [sys.executable, "-m", "flask", "--app", "app", *command]
        subprocess.run(flask, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    compress(["-q", str(ROOT / "static")])
    with server(environment) as port:
        first_bytes(engine, port)
        if engine == "sqlite":
            weight(port)


@contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = f"granian --interface wsgi app:app --workers 1 --blocking-threads 2 --port {port} --no-access-log"
    process = subprocess.Popen([sys.executable, "-m", *command.split()], cwd=ROOT, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            fetch(port, ANCHOR, {})
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start within 30 seconds.")


def fetch(port: int, path: str, headers: dict[str, str]) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    start = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    first = time.perf_counter() - start
    body = response.read()
    connection.close()
    if response.status not in (200, 304):
        raise SystemExit(f"{path} answered {response.status}")
    return Answer(first, body, response.headers.get("ETag") or "")


def first_bytes(engine: str, port: int) -> None:
    """The anchor is asked anew between the pages, since the machine does not stay as busy as it is."""
    listed = fetch(port, "/trainers?place=97005&radius=250", {}).body.decode()
    profile = re.findall(r'href="(/trainers/[a-z0-9-]+)"', listed)[0]
    for name, path, headers in PAGES:
        path = path or profile
        if "If-None-Match" in headers:
            headers = {"If-None-Match": fetch(port, path, {}).etag}
        pairs = [(fetch(port, ANCHOR, {}).seconds, fetch(port, path, headers).seconds) for _ in range(ROUNDS)]
        anchor, page = ([seconds * 1000 for seconds in each] for each in zip(*pairs, strict=True))
        middle, slow, base = median(page), quantiles(page, n=20)[-1], median(anchor)
        told = f"{base:.2f} ms {ANCHOR}"
        line(f"{engine}: {name}", f"{middle:.2f} ms", f"{slow:.2f} ms", told, f"{middle / base:.1f}x")


def weight(port: int) -> None:
    """The search page and the files it names, as a browser receives them."""
    accepting = {"Accept-Encoding": "gzip"}
    page = fetch(port, "/trainers", {}).body.decode()
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))
    sent = {path: len(fetch(port, path, accepting).body) / 1024 for path in ("/trainers", *files)}
    anchor = f"{MAY_WEIGH:.1f} KB may be sent"
    for path, kilobytes in sent.items():
        line(f"weight: {path.split('?')[0]}", f"{kilobytes:.1f} KB", "", anchor, f"{kilobytes / MAY_WEIGH:.2f}x")
    total = sum(sent.values())
    line(f"weight: all {len(sent)} requests", f"{total:.1f} KB", "", anchor, f"{total / MAY_WEIGH:.2f}x")


def line(*cells: str) -> None:
    first, *others = zip(cells, WIDTHS, strict=True)
    print(f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others), flush=True)


if __name__ == "__main__":
    main()
