"""Miles over the ground and the box around a circle: pure, without places."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.search.distance import (
    EARTH_RADIUS_MILES,
    Box,
    box_around,
    chord_squared,
    distance_words,
    miles_between,
    miles_of_chord,
    unit_vector,
)

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
POINTS = st.tuples(LATITUDES, LONGITUDES)
HALF_ROUND = pi * EARTH_RADIUS_MILES


def holds(box: Box, lat: float, lon: float) -> bool:
    return box.south <= lat <= box.north and any(west <= lon <= east for west, east in box.spans)


@pytest.mark.parametrize(
    ("start", "end", "miles"),
    [
        ((45.5152, -122.6784), (47.6062, -122.3321), 145),  # Portland, Seattle
        ((40.7128, -74.0060), (34.0522, -118.2437), 2446),  # New York, Los Angeles
        ((61.2181, -149.9003), (64.8378, -147.7164), 261),  # Anchorage, Fairbanks
        ((51.88, -176.66), (52.92, 172.90), 442),  # Adak, Attu: over the date line
        ((90.0, 0.0), (-90.0, 77.0), HALF_ROUND),
    ],
)
def test_known_distances(start: tuple[float, float], end: tuple[float, float], miles: float) -> None:
    assert miles_between(*start, *end) == pytest.approx(miles, rel=0.01)


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_and_never_more_than_half_round(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    there = miles_between(*a, *b)
    assert there == pytest.approx(miles_between(*b, *a), abs=1e-6)
    assert 0 <= there <= HALF_ROUND + 1e-6


@given(POINTS)
def test_distance_to_itself_is_exactly_zero(point: tuple[float, float]) -> None:
    assert miles_between(*point, *point) == 0


@given(POINTS, POINTS, POINTS)
def test_a_detour_is_never_shorter(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert miles_between(*a, *c) <= miles_between(*a, *b) + miles_between(*b, *c) + 1e-3


def between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The square of the chord, as a database works it out."""
    return sum((p - q) ** 2 for p, q in zip(unit_vector(*a), unit_vector(*b), strict=True))


@given(POINTS)
def test_a_vector_has_length_one(point: tuple[float, float]) -> None:
    assert sum(side**2 for side in unit_vector(*point)) == pytest.approx(1)


@given(POINTS, POINTS)
def test_the_chord_tells_the_miles(a: tuple[float, float], b: tuple[float, float]) -> None:
    """To a yard, but for the far side of the earth, where the chord hardly grows any more."""
    miles = miles_between(*a, *b)
    assert miles_of_chord(between(a, b)) == pytest.approx(miles, abs=0.0006 if miles < 12_000 else 0.5)


@given(st.floats(0, HALF_ROUND), st.floats(0, HALF_ROUND))
def test_a_longer_way_has_a_longer_chord(a: float, b: float) -> None:
    assert (chord_squared(a) <= chord_squared(b)) == (a <= b) or a == pytest.approx(b, rel=1e-6)


@given(st.floats(0, 12_000))
def test_there_and_back(miles: float) -> None:
    assert miles_of_chord(chord_squared(miles)) == pytest.approx(miles, abs=1e-6)


@given(POINTS)
def test_the_chord_to_itself_is_exactly_zero(point: tuple[float, float]) -> None:
    assert miles_of_chord(between(point, point)) == chord_squared(0) == 0


def test_no_chord_is_longer_than_through_the_middle() -> None:
    assert chord_squared(1e9) == chord_squared(HALF_ROUND) == 4
    assert miles_of_chord(4.1) == pytest.approx(HALF_ROUND)
    assert miles_of_chord(-1e-18) == 0


@given(POINTS, POINTS, st.floats(0, HALF_ROUND))
def test_whatever_is_in_the_circle_is_in_the_box(
    centre: tuple[float, float], point: tuple[float, float], miles: float
) -> None:
    if miles_between(*centre, *point) <= miles:
        assert holds(box_around(*centre, miles), *point)


@given(POINTS, st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_the_rim_of_a_small_circle_is_in_the_box(centre: tuple[float, float], north: float, east: float) -> None:
    """Points nearby, so that the case above is met often, also over the date line."""
    lat = min(90.0, max(-90.0, centre[0] + north))
    lon = (centre[1] + east + 180) % 360 - 180
    assert holds(box_around(*centre, miles_between(*centre, lat, lon)), lat, lon)


@given(st.floats(-70, 70), LONGITUDES)
def test_the_box_is_coarse_but_not_the_whole_world(lat: float, lon: float) -> None:
    box = box_around(lat, lon, 25)
    assert box.north - box.south < 1
    assert sum(east - west for west, east in box.spans) < 3


@pytest.mark.parametrize(
    ("miles", "words"),
    [
        (0, "less than 1 mile"),
        (0.99, "less than 1 mile"),
        (1, "1 mile"),
        (1.4, "1 mile"),
        (1.6, "2 miles"),
        (12.2, "12 miles"),
        (1206.7, "1,207 miles"),
    ],
)
def test_distance_in_words(miles: float, words: str) -> None:
    assert distance_words(miles) == words
