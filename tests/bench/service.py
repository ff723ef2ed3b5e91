"""The search as the site calls it, beside the bare SQL for the same answer: the same data, in turn."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from tests.bench.people import TODAY, people, zips_by_population
from tests.bench.table import Line, ms
from trainers.core.names import words
from trainers.core.search import directory, matches, places, result_rows
from trainers.core.search.distance import box_around, chord_squared, unit_vector
from trainers.core.search.kept_counts import KeptCounts
from trainers.core.search.one_slip import is_forgiving, is_one_slip, rests
from trainers.core.search.packing import day_number, in_date_from
from trainers.core.search.query import PAGE_SIZE, Query
from trainers.core.search.statements import daily_start, multiplier
from trainers.extensions import prepare_engine

SQL = Path(__file__).parent / "sql"
KEY = "NASM/NASM-CPT"
QUERIES = 60
ROUNDS = 5
DAY = {
    "ends": in_date_from(TODAY),
    "looked": day_number(TODAY),
    "turn": multiplier(TODAY),
    "start": daily_start(TODAY),
}
END = "\U0010ffff"

Answer = tuple[int, Any]
"""The total, and whose rows are on the page."""


@dataclass(frozen=True)
class Measured:
    """Seconds of each question, ours and the anchor's, each the median of the rounds; and how often ours may take
    it in the middle and at the hundredth slowest."""

    name: str
    ours: Sequence[float]
    anchor: Sequence[float]
    most: float
    most_p99: float | None
    beside: str = "bare SQL"

    @property
    def p50(self) -> float:
        return median(self.ours)

    def lines(self, where: str, *, is_asked: bool) -> Iterator[Line]:
        asked = [("p50", median, self.most), ("p99", p99, self.most_p99)]
        for which, of, most in asked:
            if most is None:
                continue
            ours, anchor = of(self.ours), of(self.anchor)
            told = Line(f"{where}: {self.name}, {which}", ms(ours), f"{ms(anchor)} {self.beside}", ours / anchor)
            yield replace(told, most=most) if is_asked else told


def p99(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[-1]


class Bare:
    """The driver alone: statements from files, plain rows."""

    def __init__(self, url: str) -> None:
        at = make_url(url)
        self.is_sqlite = url.startswith("sqlite")
        self.connection: Any = (
            sqlite3.connect(at.database or "")
            if self.is_sqlite
            else psycopg.connect(host=at.query["host"], user=at.username, dbname=at.database, autocommit=True)
        )
        self.texts = {file.stem: file.read_text() for file in SQL.glob("*.sql")}

    def close(self) -> None:
        self.connection.close()

    def run(self, name: str, binds: dict[str, Any], **lists: Sequence[str]) -> list[Any]:
        text, binds = self.texts[name], dict(binds)
        for listed, values in lists.items():
            names = {f"{listed}_{at}": value for at, value in enumerate(values)}
            binds |= names
            text = text.replace(f"{{{listed}}}", ", ".join(f":{each}" for each in names) or "''")
        return list(self.execute(text, binds).fetchall())

    def plan(self, name: str, binds: dict[str, Any]) -> list[str]:
        text = self.texts[name].replace("{words}", "''").replace("{rests}", "''")
        explain = "EXPLAIN QUERY PLAN " if self.is_sqlite else "EXPLAIN "
        return [str(row[-1]) for row in self.execute(explain + text, binds).fetchall()]

    def execute(self, text: str, binds: dict[str, Any]) -> Any:
        if not self.is_sqlite:
            text = re.sub(r"(?<!:):([a-z_0-9]+)", r"%(\1)s", text.replace("%", "%%"))
        return self.connection.execute(text, binds)

    def radius(self, zip_code: str, miles: int) -> Callable[[], Answer]:
        found = self.connection.execute(f"SELECT lat, lon FROM place WHERE zip = '{zip_code}'").fetchone()
        (lat, lon), (x, y, z) = found, unit_vector(*found)
        box = box_around(lat, lon, miles)
        binds = {**DAY, "x": x, "y": y, "z": z, "south": box.south, "north": box.north, "west": box.spans[0][0]}
        binds |= {"east": box.spans[0][1], "least": 1 - chord_squared(miles) / 2 - 1e-12}

        def ask() -> Answer:
            counts = self.run("radius_counts", binds)[0]
            self.run("radius_others", binds)
            return counts[0], [row[1] for row in self.run("radius_rows", binds)]

        return ask

    def name(self, typed: str) -> Callable[[], Answer]:
        begun = {**DAY, "typed": typed, "typed_end": typed + END}

        def ask() -> Answer:
            alike = self.run("name_words", begun, rests=sorted(rests(typed)))
            meant = [word for word, _ in alike if is_one_slip(typed, word) and not word.startswith(typed)]
            found = self.run("name_rows", begun, words=meant)
            return (found[0][-1] if found else 0), [row[1] for row in found]

        return ask


class Service:
    """The search as a page calls it."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        prepare_engine(self.engine)
        self.session = Session(self.engine)
        self.kept: KeptCounts[Any] = KeptCounts(3600, slow=0)

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()

    def ask(self, query: Query) -> Callable[[], Answer]:
        def ask() -> Answer:
            found = directory.search(self.session, query, today=TODAY, kept=self.kept)
            return found.total, [row.slug for row in found.rows]

        return ask

    def first_rows(self) -> Callable[[], Answer]:
        """The page that is asked for without anything, without any count."""
        asked = matches.ask(self.session, Query(), today=TODAY)
        totals = matches.count(self.session, asked, self.kept)

        def ask() -> Answer:
            some = matches.rows(self.session, asked, totals, 0, PAGE_SIZE)
            found = result_rows.rows_of(asked.query, some, numbers={}, today=TODAY)
            return totals.all, [row.slug for row in found]

        return ask

    def radius(self, zip_code: str, miles: int) -> Callable[[], Answer]:
        place = places.find(self.session, zip_code)
        assert isinstance(place, places.Spot)
        return self.ask(Query(place=place, radius=miles, credentials=(KEY,)))


def measure(url: str, how_many: int) -> Iterator[Measured]:
    """Each of our answers is the anchor's: total and rows."""
    bare, ours = Bare(url), Service(url)
    slips = slipped_names(how_many)
    yield measured("name with a slip", [ours.ask(Query(name=each)) for each in slips],
                   [bare.name(each) for each in slips], 2.0, 3.0)  # fmt: skip
    for name, zips, miles, most, most_p99 in (
        ("25 miles, credential, all counts", towns(), 25, 1.5, 2.0),
        ("the same around New York", ["10001"], 25, 2.0, None),
        ("the same with 250 miles", ["10001", "60601", "97201"], 250, 2.0, None),
    ):
        pairs = [(ours.radius(each, miles), bare.radius(each, miles)) for each in zips]
        yield measured(name, [one for one, _ in pairs], [other for _, other in pairs], most, most_p99)
    first = ours.ask(Query())
    first()  # counted once
    without = measured("first page, counts kept", [first], [ours.first_rows()], 1.5, None)
    yield replace(without, beside="without counts")
    bare.close()
    ours.close()


def measured(name: str, ours: list[Any], anchors: list[Any], most: float, most_p99: float | None) -> Measured:
    """In turn, so that both have the same neighbours; the first round only warms up."""
    for one, other in zip(ours, anchors, strict=True):
        (total, found), (bare_total, bare_found) = one(), other()
        if (total, found) != (bare_total, bare_found):
            raise SystemExit(f"{name}: {total} {found} is not what the anchor finds: {bare_total} {bare_found}")
    asked = list(enumerate(zip(ours, anchors, strict=True)))
    pairs = [[both_timed(one, other, turn=at + turn) for at, (one, other) in asked] for turn in range(ROUNDS)]
    taken = [[median(each) for each in zip(*rounds, strict=True)] for rounds in zip(*pairs, strict=True)]
    return Measured(name, [one for one, _ in taken], [other for _, other in taken], most, most_p99)


def plans(url: str) -> Iterator[str]:
    """How the engine goes about each of the anchors' statements."""
    bare = Bare(url)
    anywhere = dict.fromkeys(("x", "y", "z", "south", "north", "west", "east", "least"), 0.5)
    binds = {**DAY, **anywhere, "typed": "a", "typed_end": "b"}
    for name, text in sorted(bare.texts.items()):
        yield name
        used = {each: value for each, value in binds.items() if f":{each}" in text}
        yield from (f"  {step}" for step in bare.plan(name, used))
    bare.close()


def both_timed(one: Callable[[], object], other: Callable[[], object], *, turn: int) -> tuple[float, float]:
    """By turns each goes first, from question to question and from round to round: the second finds in memory what
    the first has fetched, and of five rounds one of the two begins three."""
    if turn % 2:
        late = timed(other)
        return timed(one), late
    return timed(one), timed(other)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def towns() -> list[str]:
    zips, weights = zips_by_population()
    return Random(1).choices(zips, cum_weights=weights, k=QUERIES)


def slipped_names(how_many: int) -> list[str]:
    """Last names that somebody has, each with one letter wrong, missing, doubled or swapped."""
    random = Random(2)
    found = []
    for somebody in people(min(how_many, 20 * QUERIES)):
        word = words(somebody.name)[-1]
        if is_forgiving(word) and somebody.number % 20 == 0:
            at = random.randrange(1, len(word) - 1)
            slips = (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + random.choice("aeinrst") + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
            found.append(random.choice(slips))
    return found
