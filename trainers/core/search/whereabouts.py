"""The ZIPs that a search is asked for, as the first part of its statements: places first, then who is there."""

from typing import Any

from .distance import box_around, chord_squared, unit_vector
from .place_words import fold_place
from .places import Area, Spot
from .query import Query

Binds = dict[str, Any]

DOT = "x * :x + y * :y + z * :z"
CHORD = f"2.0 - 2.0 * ({DOT})"
"""The square of the straight line through the earth, which grows with the distance (search/distance.py): of two
vectors of length 1 it follows from their product, with less to compute than by Pythagoras."""
RIM = 1e-12  # rounding must not cut off what lies on the rim, nor the middle itself


def near(query: Query) -> tuple[str, Binds]:
    """The text of a table `near(zip, chord)` and its values; both empty where no place is asked for."""
    if query.centre is not None:
        return circle(query.centre, query.radius)
    if query.area is not None:
        return within(query.area)
    return "", {}


def circle(centre: Spot, miles: float) -> tuple[str, Binds]:
    """Latitude and longitude leave few to measure, and one index holds all that is read."""
    box = box_around(centre.lat, centre.lon, miles)
    x, y, z = unit_vector(centre.lat, centre.lon)
    spans = " OR ".join(f"lon BETWEEN :west_{at} AND :east_{at}" for at in range(len(box.spans)))
    binds = {
        "x": x,
        "y": y,
        "z": z,
        "south": box.south,
        "north": box.north,
        "least": 1 - chord_squared(miles) / 2 - RIM,
    }
    for at, (west, east) in enumerate(box.spans):
        binds |= {f"west_{at}": west, f"east_{at}": east}
    conditions = f"lat BETWEEN :south AND :north AND ({spans}) AND {DOT} >= :least"
    return f"near AS MATERIALIZED (SELECT zip, {CHORD} AS chord FROM place WHERE {conditions})", binds


def within(area: Area) -> tuple[str, Binds]:
    binds = {"state": area.state}
    inside = "state = :state"
    if area.county:
        binds["county"] = fold_place(area.county)
        inside += " AND county_key = :county"
    return f"near AS MATERIALIZED (SELECT zip, 0.0 AS chord FROM place WHERE {inside})", binds
