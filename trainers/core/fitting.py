"""The trainers whom the hip check may name, once no sign speaks against training."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .search.directory import Query, search
from .search.places import Area, Spot
from .search.result_rows import ResultRow
from .standing.status import Status

MOST = 5
MILES = 25
EXPERIENCE = ("return-to-running", "hip-strength", "running")
COUNTS = (Status.CURRENT, Status.EXPIRES_SOON)


@dataclass(frozen=True)
class Fitting:
    """`by_experience`: they name one of EXPERIENCE; otherwise nobody near does, and others are named."""

    rows: tuple[ResultRow, ...]
    by_experience: bool


def fitting_near(session: Session, place: Spot | Area, *, today: date) -> Fitting:
    """The nearest with a certification that is current and that we looked at lately, who take new clients."""
    for experience in (EXPERIENCE, ()):
        query = Query(place=place, radius=MILES, specialties=experience, accepting=True)
        rows = [row for row in search(session, query, today=today).rows if is_current(row)]
        if rows:
            return Fitting(tuple(rows[:MOST]), bool(experience))
    return Fitting((), by_experience=False)


def is_current(row: ResultRow) -> bool:
    return any(held.status in COUNTS for held in row.held)
