"""What public pages cost to the first byte, beside a request that renders nothing, and what a visit weighs."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from whitenoise.compress import main as compress

from tests.bench import servers
from tests.bench.table import Line, ms
from trainers.config import ROOT

ANCHOR = "/healthz"
"""Asks the database one question."""
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
ROUNDS = 50
MAY_WEIGH = 60.0
"""KB: all that a first visit to the search loads, as it is sent."""


def lines(engine: str, database_url: str, home: Path) -> Iterator[Line]:
    """On the sample directory."""
    settings = servers.at_home(database_url, home)
    for command in (["db", "upgrade"], ["places", "load"], ["samples", "load"]):
        flask = [sys.executable, "-m", "flask", "--app", "app", *command]
        subprocess.run(flask, cwd=ROOT, env=settings, check=True, stdout=subprocess.DEVNULL)
    compress(["-q", str(ROOT / "static")])
    with servers.ours(settings) as server:
        yield from first_bytes(engine, server)
        if engine == "sqlite":
            yield from weight(server)


def first_bytes(engine: str, server: servers.Server) -> Iterator[Line]:
    """The anchor is asked anew between the pages, since the machine does not stay as busy as it is."""
    listed = server.fetch("/trainers?place=97005&radius=250").body.decode()
    profile = re.findall(r'href="(/trainers/[a-z0-9-]+)"', listed)[0]
    for name, path, headers in PAGES:
        path = path or profile
        if "If-None-Match" in headers:
            headers = {"If-None-Match": server.fetch(path).etag}
        pairs = [(server.fetch(ANCHOR).seconds, server.fetch(path, headers).seconds) for _ in range(ROUNDS)]
        base, page = (median(each) for each in zip(*pairs, strict=True))
        yield Line(f"{engine}: {name}", ms(page), f"{ms(base)} {ANCHOR}", page / base)


def weight(server: servers.Server) -> Iterator[Line]:
    """The search page and the files it names, as a browser receives them."""
    accepting = {"Accept-Encoding": "br, gzip"}
    page = server.fetch("/trainers").body.decode()
    files = sorted(set(re.findall(r'(?:href|src)="(/(?:static|bundles)/[^"]+)"', page)))
    sent = {path: len(server.fetch(path, accepting).body) / 1024 for path in ("/trainers", *files)}
    total = sum(sent.values())
    for path, kilobytes in sent.items():
        yield Line(
            f"weight: {path.split('?')[0]}", f"{kilobytes:.1f} KB", f"{total:.1f} KB in all", kilobytes / total
        )
    anchor = f"{MAY_WEIGH:.0f} KB may be sent"
    yield Line(f"weight: all {len(sent)} requests", f"{total:.1f} KB", anchor, total / MAY_WEIGH, most=1)
