"""Make states.json: the outlines of the states and territories for the map, small enough to be read at once.

For the maintainer, when the Census redraws a boundary; the site only reads the file. The outlines come with the
npm package us-atlas (states-10m.json, the Census Bureau's cartographic boundary files of 2017, public domain):

    npm pack us-atlas@3.0.1 && tar xzf us-atlas-3.0.1.tgz
    python content/data/build_states.py package/states-10m.json

Borders are simplified before they are put together, so that two neighbours still share theirs to the last point.
"""

import json
import sys
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = "US Census Bureau, cartographic boundary files, 2017 edition, by us-atlas 3.0.1"
LICENCE = "Public domain (a work of the United States government)"
FORMAT = "By state, rings of longitude, latitude in thousandths of a degree: the first point, then steps"
UNITS = 1000
TOLERANCE = 0.18  # miles by which a simplified border may leave the true one
SMALLEST = 0.7  # square miles; smaller islands are left out, but for a state's largest
MILES = 69.09  # in a degree of latitude
FIPS = dict(
    pair.split(":")
    for pair in """01:AL 02:AK 04:AZ 05:AR 06:CA 08:CO 09:CT 10:DE 11:DC 12:FL 13:GA 15:HI 16:ID 17:IL 18:IN 19:IA
    20:KS 21:KY 22:LA 23:ME 24:MD 25:MA 26:MI 27:MN 28:MS 29:MO 30:MT 31:NE 32:NV 33:NH 34:NJ 35:NM 36:NY 37:NC
    38:ND 39:OH 40:OK 41:OR 42:PA 44:RI 45:SC 46:SD 47:TN 48:TX 49:UT 50:VT 51:VA 53:WA 54:WV 55:WI 56:WY 60:AS
    66:GU 69:MP 72:PR 78:VI""".split()
)
Point = tuple[float, float]


def decode(topology: dict) -> list[list[Point]]:
    """The arcs of a quantised topology in degrees."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(points)
    return arcs


def simplify(points: list[Point]) -> list[Point]:
    """Douglas and Peucker: no point left out was farther than TOLERANCE from the line. A ring is cut in two."""
    if points[0] == points[-1] and len(points) > 4:
        far = max(range(len(points)), key=lambda at: distance(points[at], points[0], points[0]))
        return simplify(points[: far + 1])[:-1] + simplify(points[far:])
    kept, open_spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        off = [(distance(points[at], points[first], points[last]), at) for at in range(first + 1, last)]
        farthest, at = max(off, default=(0.0, 0))
        if farthest > TOLERANCE:
            kept.add(at)
            open_spans += [(first, at), (at, last)]
    return [points[at] for at in sorted(kept)]


def distance(point: Point, first: Point, last: Point) -> float:
    """Miles from the line between two others, on a flat map good enough for a border."""
    wide = MILES * cos(radians(first[1]))
    x, y = (point[0] - first[0]) * wide, (point[1] - first[1]) * MILES
    to_x, to_y = (last[0] - first[0]) * wide, (last[1] - first[1]) * MILES
    length = to_x * to_x + to_y * to_y
    part = min(1.0, max(0.0, (x * to_x + y * to_y) / length)) if length else 0.0
    return hypot(x - part * to_x, y - part * to_y)


def square_miles(ring: list[Point]) -> float:
    wide = MILES * cos(radians(ring[0][1]))
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum((a[0] * b[1] - b[0] * a[1]) for a, b in pairs)) / 2 * wide * MILES


def rings_of(geometry: dict, arcs: list[list[Point]]) -> list[list[Point]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = [joined(numbers, arcs) for polygon in polygons for numbers in polygon]
    rings.sort(key=square_miles, reverse=True)
    return [ring for at, ring in enumerate(rings) if len(ring) > 2 and (at == 0 or square_miles(ring) > SMALLEST)]


def joined(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """One ring, its first point not repeated at the end; a negative number is an arc read backwards."""
    ring: list[Point] = []
    for number in numbers:
        ring += (arcs[number] if number >= 0 else arcs[~number][::-1])[:-1]
    return ring


def packed(ring: list[Point]) -> list[int]:
    whole = [(round(x * UNITS), round(y * UNITS)) for x, y in ring]
    steps = [whole[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole))]
    return [number for step in steps if step != (0, 0) for number in step]


def main(path: Path) -> None:
    topology = json.loads(path.read_text())
    arcs = [simplify(arc) for arc in decode(topology)]
    states = {FIPS[each["id"]]: rings_of(each, arcs) for each in topology["objects"]["states"]["geometries"]}
    lines = [
        f'"{code}": [\n' + ",\n".join(json.dumps(packed(ring), separators=(",", ":")) for ring in rings) + "]"
        for code, rings in sorted(states.items())
    ]
    head = {"source": SOURCE, "licence": LICENCE, "format": FORMAT}
    text = json.dumps(head, indent=0)[:-2] + ',\n"states": {\n' + ",\n".join(lines) + "}\n}\n"
    out = HERE / "states.json"
    out.write_text(text, encoding="utf-8")
    points = sum(len(ring) for rings in states.values() for ring in rings)
    print(f"{out.name}: {len(states)} outlines, {points:,} points, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
