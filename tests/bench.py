"""`make bench`: first byte and weight of the public pages, beside an anchor in the same run.

The anchor is /healthz of the same server: what a request costs that asks the database one question and renders
nothing. The machine may be busy, so read the ratios, not the milliseconds.
"""

import gzip
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

from whitenoise.compress import main as compress

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    ("anchor: /healthz", "/healthz"),
    ("home", "/"),
    ("search, no words", "/trainers"),
    ("search, 50 miles", "/trainers?place=97005&radius=50"),
    ("search, 250 miles", "/trainers?place=10001&radius=250"),
    ("search, name", "/trainers?name=smith"),
    ("search, fragment", "/trainers?place=97005&radius=50"),
    ("guidance", "/guidance/hip-pain-from-running"),
)
ROUNDS = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/bench.db", "RATE_LIMIT_URL": "memory://"}
        for command in (["db", "upgrade"], ["places", "load"], ["samples", "load"]):
            subprocess.run([sys.executable, "-m", "flask", "--app", "app", *command], cwd=ROOT, env=environment,
                           check=True, stdout=subprocess.DEVNULL)  # fmt: skip
        compress(["-q", str(ROOT / "static")])
        with server(environment) as port:
            report(port)


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
            fetch(port, "/healthz")
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not start within 30 seconds.")


def fetch(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[float, bytes]:
    """Seconds to the first byte of the answer, and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    start = time.perf_counter()
    connection.request("GET", path, headers=headers or {})
    response = connection.getresponse()
    first = time.perf_counter() - start
    body = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")
    return first, body


def report(port: int) -> None:
    print(f"{'page':<20} {'median ms':>10} {'p95 ms':>8} {'x anchor':>9} {'html KB':>8} {'gz KB':>6}")
    anchor = 0.0
    for name, path in PAGES:
        headers = {"HX-Request": "true"} if "fragment" in name else None
        times = []
        for _ in range(ROUNDS):
            seconds, body = fetch(port, path, headers)
            times.append(seconds * 1000)
        middle, slow = median(times), quantiles(times, n=20)[-1]
        anchor = anchor or middle
        size, packed = len(body) / 1024, len(gzip.compress(body)) / 1024
        print(f"{name:<20} {middle:>10.2f} {slow:>8.2f} {middle / anchor:>9.1f} {size:>8.1f} {packed:>6.1f}")
    print_weight(port)


def print_weight(port: int) -> None:
    """All that a first visit to the search loads: the page and the files it names, as a browser receives them."""
    accepting = {"Accept-Encoding": "gzip"}
    _, page = fetch(port, "/trainers")
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())))
    sent = {path: len(fetch(port, path, accepting)[1]) / 1024 for path in ("/trainers", *files)}
    raw = sum(len(fetch(port, path)[1]) for path in ("/trainers", *files)) / 1024
    print(f"\n/trainers with its {len(files)} files: {sum(sent.values()):.1f} KB are sent ({raw:.1f} KB unpacked)")
    for path, size in sent.items():
        print(f"  {path.split('?')[0]:<28} {size:>6.1f}")


if __name__ == "__main__":
    main()
