"""The search page beside Datasette's page of the same table, one process each: what a person waits, and how many
are served. Datasette gets what it needs for the same question: full text of the names, and for a place a box,
since it has no circle."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from tests.bench import servers, tools
from tests.bench.people import people, zips_by_population
from tests.bench.table import Line, ms
from trainers.core.names import words
from trainers.core.search import places
from trainers.core.search.distance import box_around

NAMES = 100
PLACES = 25
"""Different questions. Asked again, a page of ours that nothing has changed meanwhile is not made again."""
CONNECTIONS = 16
ROUNDS = 5
MILES = 25
FACETS = (
    ("_facet", "credential"),
    ("_facet", "mode"),
    ("_facet_array", "specialties"),
    ("_facet_array", "languages"),
)
SETTINGS = ("--setting", "suggest_facets", "off", "--setting", "sql_time_limit_ms", "20000",
            "--setting", "facet_time_limit_ms", "20000")  # fmt: skip
MAKE = """
ATTACH '{ours}' AS ours;
CREATE TABLE trainer (id INTEGER PRIMARY KEY, name TEXT, slug TEXT, town TEXT, state TEXT, lat REAL, lon REAL,
  mode TEXT, credential TEXT, issuer TEXT, expires_on TEXT, specialties TEXT, languages TEXT);
INSERT INTO trainer
  SELECT t.id, t.name, s.slug, p.town, p.state, p.lat, p.lon, t.mode, k.code, k.issuer, e.expires_on,
    (SELECT json_group_array(specialty) FROM ours.trainer_specialty WHERE trainer_id = t.id),
    (SELECT json_group_array(language) FROM ours.trainer_language WHERE trainer_id = t.id)
  FROM ours.trainer t JOIN ours.slug s ON s.trainer_id = t.id JOIN ours.place p ON p.zip = t.zip
    JOIN ours.credential c ON c.id = 4 * t.id JOIN ours.credential_type k ON k.id = c.type_id
    JOIN ours.term e ON e.credential_id = c.id;
CREATE INDEX by_place ON trainer (lat, lon, credential);
CREATE VIRTUAL TABLE trainer_fts USING fts5(name, content='trainer', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2', prefix='2 3');
INSERT INTO trainer_fts (rowid, name) SELECT id, name FROM trainer;
DETACH ours;
"""


def lines(url: str, how_many: int, home: Path) -> Iterator[Line]:
    table = home / "peer.db"
    copy(url, table)
    settings = servers.environment(url, home)
    engine = create_engine(url)
    with servers.ours(settings) as site, peer(table) as datasette, Session(engine) as session:
        for what, asked, least in questions(session, how_many):
            yield from compared(what, site, datasette, asked, least, home)
    engine.dispose()


def copy(url: str, table: Path) -> None:
    connection = sqlite3.connect(table)
    connection.executescript(MAKE.format(ours=make_url(url).database))
    connection.execute("ANALYZE")
    connection.close()


@contextmanager
def peer(table: Path) -> Iterator[servers.Server]:
    command = [tools.datasette(), "serve", "-i", str(table), *SETTINGS]
    with servers.running(command, servers.environment("", table.parent), asked="/-/versions.json") as server:
        yield server


@dataclass(frozen=True)
class Question:
    ours: str
    theirs: str


def questions(session: Session, how_many: int) -> Iterator[tuple[str, list[Question], float]]:
    """(what, questions, how many times as quick as they)"""
    random = Random(3)
    chosen = random.sample(sorted({words(each.name)[-1] for each in people(min(how_many, 4_000))}), NAMES)
    yield "name page", [named(word) for word in chosen], 5
    zips, weights = zips_by_population()
    asked = dict.fromkeys(random.choices(zips, cum_weights=weights, k=3 * PLACES))
    spots = [spot for each in asked if isinstance(spot := places.find(session, each), places.Spot)]
    yield "radius page, all counts", [around(spot) for spot in spots[:PLACES]], 20


def named(word: str) -> Question:
    theirs = urlencode({"_search": word, "_size": 20})
    return Question(f"/trainers?{urlencode({'name': word})}", f"/peer/trainer?{theirs}")


def around(spot: places.Spot) -> Question:
    box = box_around(spot.lat, spot.lon, MILES)
    west, east = box.spans[0]
    asked = {"lat__gte": box.south, "lat__lte": box.north, "lon__gte": west, "lon__lte": east}
    asked |= {"credential": "NASM-CPT", "_size": 20}
    theirs = urlencode([*asked.items(), *FACETS])
    ours = urlencode({"place": spot.zip, "radius": MILES, "credential": "NASM/NASM-CPT"})
    return Question(f"/trainers?{ours}", f"/peer/trainer?{theirs}")


def compared(
    what: str, site: servers.Server, peer: servers.Server, asked: list[Question], least: float, home: Path
) -> Iterator[Line]:
    """By one visitor, in turn, then by sixteen at once; a ratio says how many times as quick we are."""
    rounds = [
        [(site.fetch(each.ours).whole, peer.fetch(each.theirs).whole) for each in asked] for _ in range(ROUNDS)
    ]
    first = rounds[0]
    every = [pair for pairs in rounds for pair in pairs]
    for which, pairs in (("asked for the first time", first), (f"each asked {ROUNDS} times", every)):
        mine, other = (median(each) for each in zip(*pairs, strict=True))
        line = Line(f"{what}, {which}, p50", ms(mine), f"{ms(other)} Datasette", other / mine)
        yield line if pairs is first else replace(line, least=least)
    ours = tools.in_turn([each.ours for each in asked], home / "ours.lua")
    theirs = tools.in_turn([each.theirs for each in asked], home / "theirs.lua")
    rates = [(rate(site, ours), rate(peer, theirs)) for _ in range(3)]
    mine, other = (median(each) for each in zip(*rates, strict=True))
    told = f"{other:.1f} req/s Datasette"
    yield Line(f"{what}, {CONNECTIONS} at once", f"{mine:.0f} req/s", told, mine / other, least=least)


def rate(server: servers.Server, script: Path) -> float:
    return tools.load(server.url("/"), connections=CONNECTIONS, seconds=3, script=script).rate
