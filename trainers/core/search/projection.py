"""A flat map around a point: true distances and directions from it (azimuthal equidistant). Pure.

A circle of miles around the middle is a circle on it, at the poles and across the date line too. Elsewhere lengths
are right to 0.1 % within 250 miles and to 3 % across the whole country.
"""

from dataclasses import dataclass
from functools import cached_property
from math import atan2, cos, hypot, radians, sin

from .distance import EARTH_RADIUS_MILES

Vector = tuple[float, float, float]
Flat = tuple[float, float]


def vector(lat: float, lon: float) -> Vector:
    """The point as a unit vector."""
    north, east = radians(lat), radians(lon)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def middle(points: list[Vector]) -> tuple[float, float]:
    """Latitude and longitude of the middle of points, wherever the date line runs."""
    x, y, z = (sum(each[axis] for each in points) for axis in range(3))
    return atan2(z, hypot(x, y)) / radians(1), atan2(y, x) / radians(1)


@dataclass(frozen=True)
class Projection:
    lat: float
    lon: float

    def flat(self, lat: float, lon: float) -> Flat:
        """Miles to the east and to the north of the middle."""
        return self.flatten(vector(lat, lon))

    def flatten(self, point: Vector) -> Flat:
        x, y, z = point
        (east_x, east_y), (north_x, north_y, north_z), (up_x, up_y, up_z) = self._axes
        east = east_x * x + east_y * y
        north = north_x * x + north_y * y + north_z * z
        up = up_x * x + up_y * y + up_z * z
        away = hypot(east, north)
        stretch = EARTH_RADIUS_MILES * atan2(away, up) / away if away else 0.0
        return east * stretch, north * stretch

    @cached_property
    def _axes(self) -> tuple[Flat, Vector, Vector]:
        """Where east, north and up point at the middle."""
        lat, lon = radians(self.lat), radians(self.lon)
        north = (-sin(lat) * cos(lon), -sin(lat) * sin(lon), cos(lat))
        return (-sin(lon), cos(lon)), north, vector(self.lat, self.lon)
