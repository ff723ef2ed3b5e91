"""Which listed trainers answer a search, and in which order. Reads the listing tables alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, and_, case, cast, false, func, or_, select
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..models import (
    Credential,
    CredentialType,
    Listing,
    ListingCredential,
    NameWord,
    Place,
    Term,
    TrainerLanguage,
    TrainerSpecialty,
)
from ..names import number_key, words
from .listing import SHUFFLE_PRIME
from .places import Area, Spot, within, zips_in

PAGE_SIZE = 20
RADIUS = 25
RADII = (5, 10, 25, 50, 100)
"""Miles that forms offer; any whole number from 1 to MOST_MILES is taken."""
MOST_MILES = 250
STATUSES = ("current", "all")
SORTS = ("distance", "name")
SHORTEST_NUMBER = 4
AFTER_ALL_LETTERS = "\U0010ffff"
TYPE_KEY = CredentialType.issuer + "/" + CredentialType.code


@dataclass(frozen=True)
class Query:
    """What is looked for: OR inside a field, AND between fields; an empty field asks nothing.

    `name` holds the starts of the words of a name, in any order, or a whole certificate number. `radius` is in
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
    def number(self) -> str:
        """The folded certificate number that `name` may be; empty when it is too short for one."""
        key = number_key(self.name)
        return key if len(key) >= SHORTEST_NUMBER else ""

    @property
    def looks_like_number(self) -> bool:
        return any(sign.isdigit() for sign in self.number)


@dataclass(frozen=True)
class Match:
    """`miles` from the place that was asked for, if one was."""

    trainer_id: int
    miles: float | None


@dataclass(frozen=True)
class Matches:
    """One page of them; `total` counts all pages."""

    total: int
    page: int
    on_page: tuple[Match, ...]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


class PlaceCount(NamedTuple):
    """How many trainers match at one ZIP. Military ones have no point."""

    town: str
    state: str
    lat: float | None
    lon: float | None
    trainers: int


def find(session: Session, query: Query, *, today: date) -> Matches:
    """Raises NotFound for a page after the last."""
    near = _near(session, query)
    plan = _Plan(query, today)
    if near is None or query.sort == "name":
        total, on_page = _in_order(session, plan, near)
    else:
        total, on_page = _nearest_first(session, plan, near)
    if query.page > 1 and not on_page:
        raise NotFound(f"There is no page {query.page:,} of these results.")
    return Matches(total, query.page, on_page)


def count(session: Session, query: Query, *, today: date) -> int:
    near = _near(session, query)
    counted = _Plan(query, today).select(func.count())
    if near is not None:
        counted = counted.where(Listing.zip.in_(near))
    return session.scalar(counted) or 0


def count_by_place(session: Session, query: Query, *, today: date) -> list[PlaceCount]:
    """How many match at each ZIP of the country, whatever place was asked for."""
    place = (Place.town, Place.state, Place.lat, Place.lon)
    counted = _Plan(query, today).select(*place, func.count()).join(Place, Place.zip == Listing.zip)
    return [PlaceCount(*row) for row in session.execute(counted.group_by(Place.zip, *place))]


def _near(session: Session, query: Query) -> dict[str, float] | None:
    """ZIP -> miles for those in the circle at which somebody is listed; None where distance is not asked."""
    return None if query.centre is None else within(session, query.centre, query.radius, select(Listing.zip))


def _nearest_first(session: Session, plan: "_Plan", near: Mapping[str, float]) -> tuple[int, tuple[Match, ...]]:
    """Sorted here and not by the database, which knows no distance: four plain values a match are read for it."""
    asked = plan.select(plan.rank, Listing.zip, plan.shuffled, Listing.trainer_id)
    found = sorted(
        (rank, near[zip_code], shuffled, trainer_id)
        for rank, zip_code, shuffled, trainer_id in session.execute(asked.where(Listing.zip.in_(near)))
    )
    start = (plan.query.page - 1) * PAGE_SIZE
    on_page = found[start : start + PAGE_SIZE]
    return len(found), tuple(Match(trainer_id, miles) for _, miles, _, trainer_id in on_page)


def _in_order(session: Session, plan: "_Plan", near: Mapping[str, float] | None) -> tuple[int, tuple[Match, ...]]:
    order = Listing.name_key if plan.query.sort == "name" else plan.shuffled
    asked = plan.select(Listing.trainer_id, Listing.zip, func.count().over())
    if near is not None:
        asked = asked.where(Listing.zip.in_(near))
    asked = asked.order_by(plan.rank, order, Listing.trainer_id)
    rows = session.execute(asked.limit(PAGE_SIZE).offset((plan.query.page - 1) * PAGE_SIZE)).all()
    on_page = tuple(Match(trainer_id, near[zip_code] if near else None) for trainer_id, zip_code, _ in rows)
    return (rows[0][2] if rows else 0), on_page


@dataclass(frozen=True)
class _Plan:
    """The parts of the statement that answers a query."""

    query: Query
    today: date

    def select(self, *columns: Any) -> Select[Any]:
        statement = select(*columns).select_from(Listing)
        if self.wanted is not None:
            statement = statement.join(self.wanted, self.wanted.c.trainer_id == Listing.trainer_id)
        return statement.where(*self._conditions())

    @cached_property
    def wanted(self) -> Subquery | None:
        """For a filter by credential: the best of those that meet it, for each trainer who holds one."""
        if not (self.query.credentials or self.query.issuers):
            return None
        held = ListingCredential
        asked = select(
            held.trainer_id,
            func.max(held.current_until).label("current_until"),
            func.max(held.in_date_until).label("in_date_until"),
        ).where(held.type_id.in_(self._types()))
        if not self.query.shows_all:
            asked = asked.where(held.in_date_until >= self.today)
        return asked.group_by(held.trainer_id).subquery("wanted")

    @property
    def rank(self) -> ColumnElement[int]:
        """0 current, 1 in date but our check is old, 2 neither."""
        ends: list[Any] = []
        if self.wanted is not None:
            ends.append(self.wanted.c)
        if self.wanted is None or not self.query.shows_all:
            ends.append(Listing)
        return case(
            (and_(*(each.current_until >= self.today for each in ends)), 0),
            (and_(*(each.in_date_until >= self.today for each in ends)), 1),
            else_=2,
        )

    @property
    def shuffled(self) -> ColumnElement[int]:
        """Another order each day, the same all day long and on every page."""
        day = int.from_bytes(sha256(self.today.isoformat().encode()).digest()[:4])
        return cast(Listing.shuffle, BigInteger) * (1 + day % (SHUFFLE_PRIME - 1)) % SHUFFLE_PRIME

    def _holds_screen(self) -> ColumnElement[bool]:
        """One of the screen's credentials; unless everybody is shown, one that is in date."""
        held = ListingCredential
        asked = held.type_id.in_(select(CredentialType.id).where(TYPE_KEY.in_(self.query.fms)))
        return asked if self.query.shows_all else and_(asked, held.in_date_until >= self.today)

    def _types(self) -> Select[int]:
        asked = select(CredentialType.id)
        if self.query.credentials:
            asked = asked.where(TYPE_KEY.in_(self.query.credentials))
        if self.query.issuers:
            asked = asked.where(CredentialType.issuer.in_(self.query.issuers))
        return asked

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        query = self.query
        if not query.shows_all:
            yield Listing.in_date_until >= self.today
        if query.area:
            yield Listing.zip.in_(select(Place.zip).where(zips_in(query.area)))
        if query.fms:
            yield _who(ListingCredential.trainer_id, self._holds_screen())
        if query.name:
            yield or_(_has_name(query), _has_number(query))
        if query.specialties:
            yield _who(TrainerSpecialty.trainer_id, TrainerSpecialty.specialty.in_(query.specialties))
        if query.languages:
            yield _who(TrainerLanguage.trainer_id, TrainerLanguage.language.in_(query.languages))
        if query.modes:
            columns = {"in_person": Listing.in_person, "online": Listing.online}
            yield or_(*(columns[mode] for mode in query.modes))
        if query.accepting:
            yield Listing.accepting.is_(True)


def _who(trainer_id: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Listing.trainer_id.in_(select(trainer_id).where(condition))


def _has_name(query: Query) -> ColumnElement[bool]:
    starts = dict.fromkeys(words(query.name))
    if not starts:
        return false()
    return and_(*(_who(NameWord.trainer_id, _starts_with(start)) for start in starts))


def _starts_with(start: str) -> ColumnElement[bool]:
    """As a range, because an index answers it on every engine."""
    return and_(NameWord.word >= start, NameWord.word < start + AFTER_ALL_LETTERS)


def _has_number(query: Query) -> ColumnElement[bool]:
    if not query.number:
        return false()
    held = (
        select(Credential.trainer_id)
        .join(Term)
        .where(Term.number_key == query.number, Credential.withdrawn_at.is_(None))
    )
    return Listing.trainer_id.in_(held)
