"""The files of US places: places.csv, which fills the table, and towns.csv, which is small and kept in memory."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ..content import CONTENT, ContentError
from ..models import Place
from .distance import unit_vector
from .place_words import fold_place, squeezed

COLUMNS = ["zip", "town", "state", "lat", "lon", "population", "county"]


class PlaceRow(TypedDict):
    """One row of places.csv with its search keys and its vector; without a point for military mail."""

    zip: str
    town: str
    state: str
    lat: float | None
    lon: float | None
    population: int
    county: str
    town_key: str
    county_key: str
    x: float | None
    y: float | None
    z: float | None


@dataclass(frozen=True)
class OtherName:
    """A town whose mail goes under another town's name, and the ZIP nearest to its middle."""

    town: str
    state: str
    zip: str
    population: int


def read_places(path: Path) -> Iterator[PlaceRow]:
    """The rows of places.csv. One that cannot be read raises ContentError with its line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != COLUMNS:
            raise ContentError(f"{path.name}: the first line must be {','.join(COLUMNS)}")
        for row in rows:
            try:
                yield _place_row(*row)
            except (ValueError, TypeError) as error:
                raise ContentError(f"{path.name}, line {rows.line_num}: {error}") from error


def load_places(session: Session, path: Path) -> int:
    """Bring the table in line with the file; returns how many rows were added or changed (0: nothing to do).

    Compares every row, which takes about 0.2 s, so that a table changed by hand or half loaded is mended where a
    stored checksum would say "done". A ZIP that left the file stays in the table: a trainer may stand on it.
    """
    table = Place.__table__.columns
    query = select(*(table[name] for name in PlaceRow.__annotations__))
    known = {row[0]: tuple(row) for row in session.execute(query)}
    added, changed = [], []
    for row in read_places(path):
        before = known.get(row["zip"])
        if before is None:
            added.append(row)
        elif before != tuple(row.values()):
            changed.append(row)
    if added:
        session.execute(insert(Place), added)
    if changed:
        session.execute(update(Place), changed)
    return len(added) + len(changed)


def _place_row(zip_code: str, town: str, state: str, lat: str, lon: str, population: str, county: str) -> PlaceRow:
    on_map = bool(lat or lon)  # one without the other is an error, which float() reports
    x, y, z = unit_vector(float(lat), float(lon)) if on_map else (None, None, None)
    return {
        "zip": zip_code,
        "town": town,
        "state": state,
        "lat": float(lat) if on_map else None,
        "lon": float(lon) if on_map else None,
        "population": int(population),
        "county": county,
        "town_key": fold_place(town),
        "county_key": fold_place(county),
        "x": x,
        "y": y,
        "z": z,
    }


@cache
def other_names() -> dict[str, list[OtherName]]:
    """content/data/towns.csv by key without spaces, so that Lakewood, CO and Manhattan, NY are found."""
    found = defaultdict(list)
    with (CONTENT / "data" / "towns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = OtherName(row["town"], row["state"], row["zip"], int(row["population"]))
            found[squeezed(fold_place(name.town))].append(name)
    return dict(found)
