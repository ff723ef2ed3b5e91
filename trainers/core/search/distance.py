"""Miles over the ground between two points, and the box of latitude and longitude that holds a circle. Pure.

A point is also a vector from the middle of a sphere of radius 1. The straight line through the sphere between two
such points, the chord, grows with the distance over the ground: comparing and sorting by its square needs
multiplication alone, which every database can do.
"""

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


def unit_vector(lat: float, lon: float) -> tuple[float, float, float]:
    """x, y and z of a point given in degrees."""
    north, east = radians(lat), radians(lon)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def chord_squared(miles: float) -> float:
    """The square of the chord that spans so many miles; half the way round, which is the longest, for more."""
    return (2 * sin(min(miles / EARTH_RADIUS_MILES, pi) / 2)) ** 2


def miles_of_chord(squared: float) -> float:
    """The miles over the ground that a chord spans, from its square; exactly 0 for 0."""
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(max(0.0, squared)) / 2))


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
