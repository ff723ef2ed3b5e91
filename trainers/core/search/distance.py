"""Miles over the ground between two points, and the box of latitude and longitude that holds a circle. Pure."""

from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin, sqrt

EARTH_RADIUS_MILES = 3958.7613  # the mean radius


@dataclass(frozen=True)
class Box:
    """From south to north, within any of the spans of longitude (two across the date line)."""

    south: float
    north: float
    spans: tuple[tuple[float, float], ...]


def miles_between(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Straight-line miles (haversine on a sphere: right to about 0.5 %)."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (a_lat, a_lon, b_lat, b_lon))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(half)))


def box_around(lat: float, lon: float, miles: float) -> Box:
    """The smallest box that holds the whole circle, right across the date line and around a pole."""
    angle = miles / EARTH_RADIUS_MILES + 1e-9  # rounding must not cut off the rim
    south, north = lat - degrees(angle), lat + degrees(angle)
    if angle >= pi / 2 or south <= -90 or north >= 90:
        return Box(south, north, ((-180, 180),))
    reach = degrees(asin(min(1.0, sin(angle) / cos(radians(lat)))))
    west, east = lon - reach, lon + reach
    if west < -180:
        return Box(south, north, ((-180, east), (west + 360, 180)))
    if east > 180:
        return Box(south, north, ((west, 180), (-180, east - 360)))
    return Box(south, north, ((west, east),))


def distance_words(miles: float) -> str:
    if miles < 1:
        return "less than 1 mile"
    whole = round(miles)
    return "1 mile" if whole == 1 else f"{whole:,} miles"
