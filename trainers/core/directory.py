"""The public search: who is shown, in which order, on which page.

The default shows holders of a current NASM or ACSM certification; a search by name or number shows everybody
who is listed. Current ones come first, then those whose last check is old; then the nearest; then an order that
changes every day. Only the listing tables are searched; what a page shows is loaded for its trainers alone.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from .errors import NotFound
from .listing import SHUFFLE_PRIME
from .models import (
    Credential,
    CredentialType,
    Listing,
    ListingCredential,
    NameWord,
    Term,
    TrainerLanguage,
    TrainerSpecialty,
)
from .names import number_key, words
from .places import Spot, within

PAGE_SIZE = 20
RADIUS = 25
RADII = (10, 25, 50, 100, 250)
"""Miles that the form offers; any whole number up to the last is taken."""
SORTS = ("distance", "name")
STATUSES = ("current", "all")
MODES = ("in_person", "online")
SHORTEST_NUMBER = 4
LONGEST_WORD = "\U0010ffff"  # comes after every letter
MOST_WORDS = 8


@dataclass(frozen=True)
class Query:
    """What is looked for: OR inside a field, AND between fields; an empty field asks nothing.

    `name` is the start of each word of a name, in any order, or a whole certificate number. `radius` is in
    miles around `place`. `credentials` are keys such as "NASM/NASM-CPT". Without a `status` it is "all" for a
    name and "current" otherwise.
    """

    name: str = ""
    place: Spot | None = None
    radius: int = RADIUS
    credentials: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accepting: bool = False
    status: str | None = None
    sort: str | None = None
    page: int = 1

    @property
    def shows_all(self) -> bool:
        return (self.status or ("all" if self.name else "current")) == "all"

    @property
    def centre(self) -> Spot | None:
        """The place that distance is measured from; for online alone distance is not asked."""
        return None if self.modes == ("online",) else self.place

    @property
    def is_number(self) -> bool:
        """Whether what stands in `name` looks like a certificate number."""
        key = number_key(self.name)
        return len(key) >= SHORTEST_NUMBER and any(sign.isdigit() for sign in key)


@dataclass(frozen=True)
class Match:
    """One trainer who is on the page. `miles` is None where no distance was asked for."""

    trainer_id: int
    miles: float | None


@dataclass(frozen=True)
class Matches:
    """One page of the answer; `total` counts all pages."""

    total: int
    page: int
    on_page: tuple[Match, ...]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))
