"""The drawing of an area: true distances, only what is near, dots that tell numbers, and the same in words."""

import re
from math import hypot, pi
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import TODAY
from tests.factories import Factory
from trainers.core.content import CONTENT
from trainers.core.search import dots, map, outlines
from trainers.core.search.dots import Box
from trainers.core.search.map import HEIGHT, WIDTH, Map, draw, map_of
from trainers.core.search.matches import PlaceCount, Query
from trainers.core.search.outlines import View, land
from trainers.core.search.places import Spot, read_places
from trainers.core.search.projection import Projection, middle, vector

PORTLAND = Spot("97201", "Portland", "OR", 45.4989, -122.6914, "Portland, OR 97201")
ATKA = Spot("99547", "Atka", "AK", 52.2056, 179.4, "Atka, AK")
HONOLULU = Spot("96813", "Honolulu", "HI", 21.3179, -157.852, "Honolulu, HI")
LATITUDES, LONGITUDES = st.floats(-15, 72), st.floats(-180, 180)
STEPS = st.floats(-0.35, 0.35)


def at(town: str, lat: float | None, lon: float | None, trainers: int = 1, state: str = "OR") -> PlaceCount:
    return PlaceCount(town, state, lat, lon, trainers)


def everywhere(trainers: int = 1) -> list[PlaceCount]:
    rows = read_places(CONTENT / "data" / "places.csv")
    return [PlaceCount(row["town"], row["state"], row["lat"], row["lon"], trainers) for row in rows]


def points_of(paths: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where each corner of the paths lies."""
    found = []
    for path in paths:
        for start, steps in re.findall(r"M(-?\d+ -?\d+)l([^z]*)z", path):
            x, y = (int(each) for each in start.split())
            numbers = [int(each) for each in re.findall(r"-?\d+", steps)]
            found.append((x, y))
            for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + step_x, y + step_y
                found.append((x, y))
    return found


# The projection


@given(LATITUDES, LONGITUDES, STEPS, STEPS, STEPS, STEPS)
def test_any_two_points_within_25_miles_are_as_far_apart_as_on_the_ground_to_one_percent(
    lat: float, lon: float, a_north: float, a_east: float, b_north: float, b_east: float
) -> None:
    flat = Projection(lat, lon)
    a, b = (lat + a_north, lon + a_east), (lat + b_north, lon + b_east)
    apart = map.miles_between(*a, *b)
    (x, y), (other_x, other_y) = flat.flat(*a), flat.flat(*b)
    assert hypot(x - other_x, y - other_y) == pytest.approx(apart, rel=0.01, abs=0.001)


@given(LATITUDES, LONGITUDES, st.floats(-60, 60), LONGITUDES)
def test_distances_from_the_middle_are_true_everywhere(
    lat: float, lon: float, other_lat: float, other_lon: float
) -> None:
    away = hypot(*Projection(lat, lon).flat(other_lat, other_lon))
    assert away == pytest.approx(map.miles_between(lat, lon, other_lat, other_lon), abs=0.01)


def test_north_is_up_and_east_is_right_across_the_date_line_too() -> None:
    east, north = Projection(52, 179.9).flat(52, -179.9)
    assert east == pytest.approx(8.5, abs=0.1)
    assert north == pytest.approx(0, abs=0.1)
    east, north = Projection(21, -157).flat(22, -157)
    assert (east, north) == (pytest.approx(0, abs=0.01), pytest.approx(69.1, abs=0.1))


def test_the_middle_of_points_on_both_sides_of_the_date_line_lies_between_them() -> None:
    lat, lon = middle([vector(52, 179), vector(52, -179)])
    assert lat == pytest.approx(52, abs=0.1)
    assert abs(lon) == pytest.approx(180)


# The circle


@given(st.sampled_from((PORTLAND, ATKA, HONOLULU)), st.sampled_from((5, 25, 250)), STEPS, STEPS)
def test_the_circle_contains_who_is_inside_and_nobody_else(
    centre: Spot, radius: int, north: float, east: float
) -> None:
    stretch = radius / 20
    there = at("Town", centre.lat + north * stretch, (centre.lon + east * stretch + 180) % 360 - 180)
    inside = map.miles_between(centre.lat, centre.lon, there.lat or 0, there.lon or 0) <= radius
    found = draw([there], centre, radius)
    assert found.total == int(inside)
    assert found.drawing is not None
    assert found.drawing.circle is not None
    circle = found.drawing.circle
    for dot in found.drawing.dots:
        assert hypot(dot.x - circle.x, dot.y - circle.y) <= circle.radius + 0.01
    assert len(found.drawing.dots) == int(inside)


def test_the_circle_is_as_large_as_the_scale_says() -> None:
    drawing = draw([], PORTLAND, 25).drawing
    assert drawing is not None
    assert drawing.circle is not None
    assert drawing.circle.radius / 25 == pytest.approx(drawing.bar.length / drawing.bar.miles)
    assert drawing.circle.y + drawing.circle.radius <= drawing.height


def test_a_circle_across_the_date_line_shows_land_and_towns_on_both_sides() -> None:
    found = draw([at("West", 51.9, 178.5, state="AK"), at("East", 51.9, -176.6, state="AK")], ATKA, 250)
    assert found.total == 2
    assert found.drawing is not None
    west, east = sorted(found.drawing.dots, key=lambda dot: dot.x)
    assert west.x < WIDTH / 2 < east.x
    corners = [x for x, _ in points_of(found.drawing.panels[0].land)]
    assert min(corners) < WIDTH / 2 < max(corners)


# Outlines


def test_an_outline_holds_what_lies_in_its_state() -> None:
    """Oregon and Washington meet in the Columbia, north of Portland."""
    view = View(Projection(PORTLAND.lat, PORTLAND.lon), 0, 0, WIDTH, HEIGHT, HEIGHT / 60)
    oregon = next(path for path in land(view) if is_inside(view.point(PORTLAND.lat, PORTLAND.lon), path))
    assert is_inside(view.point(45.43, -122.55), oregon)
    assert not is_inside(view.point(45.72, -122.6), oregon)


def is_inside(point: tuple[float, float], path: str) -> bool:
    corners, crossed = points_of((path,)), False
    for (x, y), (other_x, other_y) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y > point[1]) != (other_y > point[1]):
            crossed ^= point[0] < x + (point[1] - y) / (other_y - y) * (other_x - x)
    return crossed


@pytest.mark.parametrize("spot", [PORTLAND, ATKA, HONOLULU], ids=lambda spot: spot.town)
def test_outlines_end_a_little_beyond_the_edge_and_are_few_signs(spot: Spot) -> None:
    drawing = draw(everywhere(), spot, 25).drawing
    assert drawing is not None
    paths = drawing.panels[0].land
    assert len("".join(paths)) < 10_000
    for x, y in points_of(paths):
        assert -outlines.BEYOND <= x <= WIDTH + outlines.BEYOND
        assert -outlines.BEYOND <= y <= HEIGHT + outlines.BEYOND


def test_there_is_land_for_each_state_and_territory_and_the_file_says_whose_it_is() -> None:
    states = {ring.state for ring in outlines.rings()}
    assert len(states) == 56
    assert {"AK", "HI", "DC", "PR", "VI", "GU", "MP", "AS"} <= states
    file = Path(CONTENT / "data" / "states.json")
    assert file.stat().st_size <= 150_000
    assert "Public domain" in file.read_text()[:400]


# Dots and names


def test_the_area_of_a_dot_grows_with_the_number_and_the_largest_is_drawn_first() -> None:
    few, many = at("Few", 45.3, -122.9, 4), at("Many", 45.6, -122.4, 16)
    drawing = draw([few, many], PORTLAND, 25).drawing
    assert drawing is not None
    first, second = drawing.dots
    assert (first.trainers, second.trainers) == (16, 4)
    assert first.radius**2 * pi == pytest.approx(4 * second.radius**2 * pi)


def test_the_zips_of_a_town_are_one_dot_in_the_middle_of_its_trainers() -> None:
    found = draw([at("Portland", 45.5, -122.6, 3), at("Portland", 45.5, -122.8, 1)], PORTLAND, 25)
    (town,) = found.towns
    assert (town.label, town.trainers) == ("Portland, OR", 4)
    assert town.lon == pytest.approx(-122.65, abs=0.001)
    assert town.miles == pytest.approx(map.miles_between(PORTLAND.lat, PORTLAND.lon, 45.5, -122.6))


def test_towns_that_would_cover_each_other_become_one_dot_named_after_the_largest() -> None:
    found = draw(
        [at("Big", 45.5, -122.6, 30), at("Small", 45.501, -122.601, 2), at("Far", 45.3, -122.4)], PORTLAND, 25
    )
    assert found.drawing is not None
    both, far = found.drawing.dots
    assert (both.words, both.trainers) == ("Big, OR and 1 town near it", 32)
    assert far.words == "Far, OR"
    assert {town.label for town in found.towns} == {"Big, OR", "Small, OR", "Far, OR"}


@pytest.mark.parametrize(("centre", "radius"), [(None, 25), (PORTLAND, 250), (HONOLULU, 250)])
def test_a_crowd_becomes_at_most_150_dots_that_count_everybody(centre: Spot | None, radius: int) -> None:
    found = draw(everywhere(3), centre, radius)
    assert found.drawing is not None
    assert len(found.drawing.dots) <= dots.MOST_DOTS
    wake_and_the_marshall_islands = 9 if centre is None else 0
    assert found.not_drawn == wake_and_the_marshall_islands
    assert len(found.towns) <= map.MOST_TOWNS
    assert sum(town.trainers for town in found.towns + found.others) == found.total - found.nowhere


def test_names_are_those_of_the_largest_and_cover_neither_each_other_nor_the_edge() -> None:
    drawing = draw(everywhere(), None, 25).drawing
    assert drawing is not None
    boxes = [box_of(name) for name in drawing.names]
    assert 3 <= len(boxes) <= dots.MOST_NAMES
    for at_place, box in enumerate(boxes):
        assert Box(0, 0, WIDTH, HEIGHT).holds(box)
        assert not any(box.meets(other) for other in boxes[:at_place])


def box_of(name: dots.Name) -> Box:
    wide = dots.LETTER * len(name.text)
    left = {"start": name.x, "end": name.x - wide, "middle": name.x - wide / 2}[name.anchor]
    return Box(left, name.y - dots.LINE * 0.8, left + wide, name.y + dots.LINE * 0.25)


# Without a circle


def test_trainers_of_one_state_are_drawn_as_its_part_of_the_map() -> None:
    found = draw([at("Portland", 45.5, -122.6), at("Salem", 44.9, -123.0)], None, 25)
    assert found.drawing is not None
    assert found.drawing.circle is None
    assert len(found.drawing.panels) == 1
    assert found.states == ()
    for dot in found.drawing.dots:
        assert 0 < dot.x < WIDTH
        assert 0 < dot.y < HEIGHT


def test_the_country_has_alaska_and_hawaii_in_frames_and_guam_when_somebody_is_there() -> None:
    towns = [at("Portland", 45.5, -122.6), at("Miami", 25.8, -80.2, state="FL")]
    drawing = draw(towns, None, 25).drawing
    assert drawing is not None
    assert [panel.name for panel in drawing.panels] == ["", "Alaska", "Hawaii", "Puerto Rico"]
    guam = draw([*towns, at("Hagatna", 13.47, 144.75, state="GU")], None, 25).drawing
    assert guam is not None
    assert "Guam" in [panel.name for panel in guam.panels]
    assert len("".join(path for panel in guam.panels for path in panel.land)) < 30_000


@pytest.mark.parametrize("state", ["AK", "HI", "PR", "VI", "GU", "MP", "AS"])
def test_each_town_with_a_frame_of_its_own_is_drawn_inside_it(state: str) -> None:
    mainland = [at("Portland", 45.5, -122.6), at("Miami", 25.8, -80.2, state="FL")]
    for row in everywhere():
        if row.state == state and row.lat is not None:
            assert draw([*mainland, row], None, 25).not_drawn == int(row.town == "Wake Island"), row


def test_who_has_a_military_code_is_counted_and_not_drawn() -> None:
    found = draw([at("APO", None, None, 2, "AE"), at("Salem", 44.9, -123.0)], None, 25)
    assert (found.total, found.nowhere) == (3, 2)
    assert [town.name for town in found.towns] == ["Salem"]


def test_nobody_is_no_drawing_but_the_circle_that_was_asked_for() -> None:
    assert draw([], None, 25) == Map(0, 0, (), (), (), None)
    assert draw([], PORTLAND, 25).drawing is not None


def test_states_are_in_the_order_of_their_trainers_and_towns_by_distance_in_a_circle() -> None:
    counts = [at("Portland", 45.5, -122.7, 2), at("Vancouver", 45.63, -122.6, 5, "WA"), at("Salem", 44.9, -123.0)]
    assert [(state.name, state.trainers) for state in draw(counts, None, 25).states] == [
        ("Washington", 5),
        ("Oregon", 3),
    ]
    assert [town.name for town in draw(counts, PORTLAND, 50).towns] == ["Portland", "Vancouver", "Salem"]
    assert [town.name for town in draw(counts, None, 50).towns] == ["Vancouver", "Portland", "Salem"]


def test_the_map_counts_who_the_search_finds(session: Session, make: Factory) -> None:
    make.listed("Dana", zip="97005")
    make.listed("Robin", zip="97201", mode="in_person")
    make.listed("Sam", zip="97301")
    near = map_of(session, Query(place=PORTLAND), today=TODAY)
    assert [(town.label, town.trainers) for town in near.towns] == [("Portland, OR", 1), ("Beaverton, OR", 1)]
    assert map_of(session, Query(place=PORTLAND, modes=("online",)), today=TODAY).total == 2
    assert map_of(session, Query(name="sam"), today=TODAY).towns[0].label == "Salem, OR"
