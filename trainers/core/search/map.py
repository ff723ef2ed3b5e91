"""Where the trainers of a search are: a drawing of the area, and the same town by town."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from . import dots, matches
from .distance import miles_between
from .dots import Box, Dot, Name
from .matches import PlaceCount
from .outlines import View, land
from .places import Spot
from .projection import Projection, middle, vector
from .query import Query
from .states import state_name

WIDTH, HEIGHT = 4000, 3000
ROOM = 1.1  # what a drawing shows around a circle or around its towns, as a factor
NEAREST = 15.0  # miles that a drawing without a circle shows to each side at least
ONE_AREA = 700.0  # miles from the middle within which towns are drawn as one area, not as the country
MOST_TOWNS = 100
BAR = (950, 200, 150)  # at most so long, and so far from the left and from the lower edge
BARS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@dataclass(frozen=True)
class Town:
    """The trainers of all its ZIPs that were counted. `miles` from the place that was asked for to the nearest."""

    name: str
    state: str
    trainers: int
    lat: float
    lon: float
    miles: float | None

    @property
    def label(self) -> str:
        return f"{self.name}, {self.state}"


@dataclass(frozen=True)
class State:
    code: str
    trainers: int

    @property
    def name(self) -> str:
        return state_name(self.code)


@dataclass(frozen=True)
class Circle:
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Bar:
    """The scale: so many miles are so long."""

    x: int
    y: int
    length: float
    miles: int


@dataclass(frozen=True)
class Panel:
    """A part of the drawing; `name` is there for a part with a frame and a scale of its own."""

    left: int
    top: int
    width: int
    height: int
    land: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Drawing:
    """In units of which WIDTH and HEIGHT are the whole; dots and names from the largest on."""

    panels: tuple[Panel, ...]
    circle: Circle | None
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    bar: Bar
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Map:
    """`towns` are the largest, in the order of distance where that is asked; `others` are the rest of them.

    `states` is there where more than one has trainers. `nowhere`: trainers without a point on the map.
    """

    total: int
    nowhere: int
    towns: tuple[Town, ...]
    others: tuple[Town, ...]
    states: tuple[State, ...]
    drawing: Drawing | None

    @property
    def not_drawn(self) -> int:
        """Trainers on islands that the drawing does not reach."""
        drawn = sum(dot.trainers for dot in self.drawing.dots) if self.drawing else 0
        return self.total - self.nowhere - drawn


def map_of(session: Session, query: Query, *, today: date) -> Map:
    counts = matches.by_zip(session, matches.ask(session, query, today=today))
    return draw(counts, query.centre, query.radius)


def draw(counts: Iterable[PlaceCount], centre: Spot | None, radius: int) -> Map:
    """Of what was counted only what lies in the circle, where there is a centre."""
    counts = list(counts)
    towns = _towns(counts, centre, radius)
    nowhere = 0 if centre else sum(each.trainers for each in counts if each.lat is None)
    shown, others = towns[:MOST_TOWNS], towns[MOST_TOWNS:]
    if centre is not None:
        shown = sorted(shown, key=lambda town: (town.miles or 0.0, town.label))
    return Map(
        total=sum(town.trainers for town in towns) + nowhere,
        nowhere=nowhere,
        towns=tuple(shown),
        others=tuple(others),
        states=_states(towns),
        drawing=_drawing(towns, centre, radius) if towns or centre else None,
    )


def _towns(counts: Iterable[PlaceCount], centre: Spot | None, radius: int) -> list[Town]:
    """The largest first. A town's point is in the middle of its trainers."""
    by_name: dict[tuple[str, str], list[tuple[PlaceCount, float | None]]] = defaultdict(list)
    for each in counts:
        if each.lat is None or each.lon is None:
            continue
        miles = miles_between(centre.lat, centre.lon, each.lat, each.lon) if centre else None
        if miles is None or miles <= radius:
            by_name[each.town, each.state].append((each, miles))
    towns = (_town(name, state, found) for (name, state), found in by_name.items())
    return sorted(towns, key=lambda town: (-town.trainers, town.label))


def _town(name: str, state: str, found: Sequence[tuple[PlaceCount, float | None]]) -> Town:
    points = [(vector(each.lat, each.lon), each.trainers) for each, _ in found if each.lat and each.lon]
    weighted = [(x * many, y * many, z * many) for (x, y, z), many in points]
    lat, lon = middle(weighted)
    nearest = min((miles for _, miles in found if miles is not None), default=None)
    return Town(name, state, sum(many for _, many in points), lat, lon, nearest)


def _states(towns: Iterable[Town]) -> tuple[State, ...]:
    counted: dict[str, int] = defaultdict(int)
    for town in towns:
        counted[town.state] += town.trainers
    states = sorted((State(*each) for each in counted.items()), key=lambda state: (-state.trainers, state.name))
    return tuple(states) if len(states) > 1 else ()


# The drawing


def _drawing(towns: Sequence[Town], centre: Spot | None, radius: int) -> Drawing:
    if centre is not None:
        scale = HEIGHT / (2 * ROOM * radius)
        view = View(Projection(centre.lat, centre.lon), 0, 0, WIDTH, HEIGHT, scale)
        return _of_area(towns, view, Circle(WIDTH / 2, HEIGHT / 2, radius * scale))
    view = _around(towns)
    one_area = view.reach <= ONE_AREA or len({town.state for town in towns}) == 1
    return _of_area(towns, view, None) if one_area else _of_country(towns)


def _around(towns: Sequence[Town]) -> View:
    """What shows all of them, and something around."""
    projection = Projection(*middle([vector(town.lat, town.lon) for town in towns]))
    flat = [projection.flat(town.lat, town.lon) for town in towns]
    west, east = min(x for x, _ in flat), max(x for x, _ in flat)
    south, north = min(y for _, y in flat), max(y for _, y in flat)
    wide = max(NEAREST * 2, east - west) * ROOM * ROOM
    high = max(NEAREST * 2, north - south) * ROOM * ROOM
    scale = min(WIDTH / wide, HEIGHT / high)
    return View(projection, 0, 0, WIDTH, HEIGHT, scale, (west + east) / 2, (south + north) / 2)


def _of_area(towns: Sequence[Town], view: View, circle: Circle | None) -> Drawing:
    found = dots.gathered(dots.at(view.point(town.lat, town.lon), town.trainers, town.label) for town in towns)
    bar = _bar(view)
    under_bar = Box(0, HEIGHT - 2 * BAR[2] - 200, BAR[0] + 2 * BAR[1], HEIGHT)
    return Drawing(
        panels=(Panel(0, 0, WIDTH, HEIGHT, land(view)),),
        circle=circle,
        dots=tuple(found),
        names=tuple(dots.names_of(found, Box(0, 0, WIDTH, HEIGHT), [under_bar])),
        bar=bar,
    )


def _bar(view: View) -> Bar:
    longest, left, above = BAR
    miles = max((each for each in BARS if each * view.scale <= longest), default=BARS[0])
    return Bar(left, HEIGHT - above, miles * view.scale, miles)


# The whole country


@dataclass(frozen=True)
class Part:
    """A part of the country with a frame of its own. `always`: shown when nobody is there, too."""

    name: str
    states: tuple[str, ...]
    view: View
    always: bool


MAINLAND = View(Projection(38.4, -96.0), 0, 0, WIDTH, 2560, 1.33, 0, -15)
PARTS = (
    Part("Alaska", ("AK",), View(Projection(62.5, -154.0), 20, 2130, 1060, 850, 0.45), True),
    Part("Hawaii", ("HI",), View(Projection(20.6, -157.4), 1110, 2480, 640, 500, 1.4), True),
    Part("Puerto Rico", ("PR", "VI"), View(Projection(18.1, -66.0), 3340, 2580, 640, 400, 2.8), True),
    Part("Guam", ("GU", "MP"), View(Projection(14.6, 145.2), 1780, 2480, 360, 500, 2.4), False),
    Part("Samoa", ("AS",), View(Projection(-14.3, -170.2), 2170, 2480, 440, 500, 2.4), False),
)


def _of_country(towns: Sequence[Town]) -> Drawing:
    elsewhere = {state for part in PARTS for state in part.states}
    found = list(_dots_in([town for town in towns if town.state not in elsewhere], MAINLAND))
    panels = [Panel(0, 0, WIDTH, HEIGHT, land(MAINLAND))]
    for part in PARTS:
        there = [town for town in towns if town.state in part.states]
        if there or part.always:
            found += _dots_in(there, part.view)
            view = part.view
            panels.append(Panel(view.left, view.top, view.width, view.height, land(view, 0), part.name))
    found = dots.gathered(found)
    frames = [Box(each.left, each.top, each.left + each.width, each.top + each.height) for each in panels[1:]]
    longest = max(each for each in BARS if each * MAINLAND.scale <= BAR[0])
    bar = Bar(2640, HEIGHT - BAR[2], longest * MAINLAND.scale, longest)
    return Drawing(
        panels=tuple(panels),
        circle=None,
        dots=tuple(found),
        names=tuple(dots.names_of(found, Box(0, 0, WIDTH, HEIGHT), frames)),
        bar=bar,
    )


def _dots_in(towns: Iterable[Town], view: View) -> Iterator[Dot]:
    """Those that the view does not reach, on islands far off, are told in words alone."""
    for town in towns:
        x, y = view.point(town.lat, town.lon)
        if abs(x - view.left - view.width / 2) <= view.width / 2 and abs(y - view.top - view.height / 2) <= (
            view.height / 2
        ):
            yield dots.at((x, y), town.trainers, town.label)
