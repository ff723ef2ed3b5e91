"""What a search asks for. Pure."""

from dataclasses import dataclass

from ..names import number_key
from .places import Area, Spot

PAGE_SIZE = 20
RADIUS = 25
RADII = (5, 10, 25, 50, 100)
"""Miles that forms offer; any whole number from 1 to MOST_MILES is taken."""
MOST_MILES = 250
STATUSES = ("current", "all")
SORTS = ("distance", "name")
SHORTEST_NUMBER = 4


@dataclass(frozen=True)
class Query:
    """What is looked for: OR inside a field, AND between fields; an empty field asks nothing.

    `name` holds words of a name or their starts, in any order, or a whole certificate number. `radius` is in
    miles around `place`, and not asked where that is an area. `credentials` are keys such as "NASM/NASM-CPT";
    `fms` are keys too, of the movement screen, and asked for besides those. Without a `status` it is "all" for a
    name and "current" otherwise; without a `sort` it is "distance".
    """

    name: str = ""
    place: Spot | Area | None = None
    radius: int = RADIUS
    credentials: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    fms: tuple[str, ...] = ()
    accepting: bool = False
    status: str | None = None
    sort: str | None = None
    page: int = 1

    @property
    def shows_all(self) -> bool:
        return (self.status or ("all" if self.name else "current")) == "all"

    @property
    def centre(self) -> Spot | None:
        """The point that distance is measured from. For online alone, distance is not asked."""
        return self.place if isinstance(self.place, Spot) and self.modes != ("online",) else None

    @property
    def area(self) -> Area | None:
        """The county or state that results lie in. Not asked for online alone either."""
        return self.place if isinstance(self.place, Area) and self.modes != ("online",) else None

    @property
    def asks_types(self) -> bool:
        """Whether only holders of some credentials are asked for, the movement screen aside."""
        return bool(self.credentials or self.issuers)

    @property
    def number(self) -> str:
        """The folded certificate number that `name` may be; empty when it is too short for one."""
        key = number_key(self.name)
        return key if len(key) >= SHORTEST_NUMBER else ""

    @property
    def looks_like_number(self) -> bool:
        return any(sign.isdigit() for sign in self.number)
