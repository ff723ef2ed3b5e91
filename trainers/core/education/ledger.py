"""The log: what a trainer has done for continuing education, written by the trainer and seen by nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from .. import audit
from ..errors import DomainError, NotFound
from ..evidence import Files
from ..models import EducationRecord, Trainer
from ..texts import one_line
from . import papers
from .counting import HOURS_PER_UNIT

LONGEST_TITLE, LONGEST_PROVIDER, LONGEST_NUMBER = 200, 120, 60
LONGEST_COURSE = 200 * 60
"""Minutes. A whole college course has fewer hours."""
MOST_CREDITS = 20_000
"""Thousandths of a college credit hour: more than a full semester."""
EARLIEST = date(2000, 1, 1)
ON_A_PAGE = 25


@dataclass(frozen=True)
class Entry:
    """What is written about one piece of education; `units` in thousandths."""

    title: str
    provider: str = ""
    course_number: str = ""
    completed_on: date | None = None
    minutes: int | None = None
    units: int | None = None
    unit: str | None = None
    category: str = "course"
    approved_by: str = "unknown"


def add(
    session: Session, trainer: Trainer, entry: Entry, *, now: datetime, today: date, by: str
) -> EducationRecord:
    """Raises DomainError with a sentence for one field; then nothing is written."""
    demand_sensible(entry, today)
    record = EducationRecord(trainer_id=trainer.id, created_at=now, updated_at=now)
    write(record, entry)
    session.add(record)
    session.flush()
    note(session, record, "education_added", by=by)
    return record


def add_photo_first(session: Session, trainer: Trainer, *, now: datetime, by: str) -> EducationRecord:
    """A record of which there is only a photo so far. It counts for nothing until the rest is filled in."""
    record = EducationRecord(trainer_id=trainer.id, created_at=now, updated_at=now)
    session.add(record)
    session.flush()
    note(session, record, "education_added", by=by)
    return record


def change(
    session: Session, record: EducationRecord, entry: Entry, *, now: datetime, today: date, by: str
) -> None:
    """Raises as `add` does."""
    demand_sensible(entry, today)
    write(record, entry)
    record.updated_at = now
    session.flush()
    note(session, record, "education_changed", by=by)


def remove(session: Session, files: Files, record: EducationRecord, *, by: str) -> None:
    """The record and its photos."""
    papers.erase_all(session, files, record.papers)
    note(session, record, "education_removed", by=by)
    session.delete(record)
    session.flush()


def write(record: EducationRecord, entry: Entry) -> None:
    record.title, record.provider = one_line(entry.title), one_line(entry.provider)
    record.course_number, record.completed_on = one_line(entry.course_number), entry.completed_on
    record.minutes, record.units, record.unit = entry.minutes, entry.units, entry.unit
    record.category, record.approved_by = entry.category, entry.approved_by


def note(session: Session, record: EducationRecord, action: str, *, by: str) -> None:
    about = f"trainer:{record.trainer_id}"
    audit.record(session, by=by, action=action, subject=f"education:{record.id}", about=about)


def count_of(session: Session, trainer: Trainer) -> int:
    return session.scalar(select(func.count()).where(EducationRecord.trainer_id == trainer.id)) or 0


def own_records(session: Session, trainer: Trainer, *, page: int = 1) -> list[EducationRecord]:
    """One page of the log: what is to be filled in first, then the newest."""
    query = (
        select(EducationRecord)
        .where(EducationRecord.trainer_id == trainer.id)
        .options(selectinload(EducationRecord.papers))
        .order_by(
            EducationRecord.completed_on.is_not(None),
            EducationRecord.completed_on.desc(),
            EducationRecord.id.desc(),
        )
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    return list(session.scalars(query))


def own_record(session: Session, trainer: Trainer, uuid: str) -> EducationRecord:
    """Raises NotFound, for somebody else's too."""
    query = select(EducationRecord).where(EducationRecord.trainer_id == trainer.id, EducationRecord.uuid == uuid)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such entry in your log.")
    return found


# What an entry must say


def demand_sensible(entry: Entry, today: date) -> None:
    for field, sentence in problems_of(entry, today):
        raise DomainError(sentence, field=field)


def problems_of(entry: Entry, today: date) -> Iterable[tuple[str, str]]:
    """(field, sentence) for each mistake; also for the rows of a file."""
    if not one_line(entry.title):
        yield "title", "Enter the title of the course."
    for field, text, longest in (
        ("title", entry.title, LONGEST_TITLE),
        ("provider", entry.provider, LONGEST_PROVIDER),
        ("course_number", entry.course_number, LONGEST_NUMBER),
    ):
        if len(one_line(text)) > longest:
            yield field, f"Shorten this to {longest} characters."
    yield from day_problems(entry.completed_on, today)
    yield from amount_problems(entry)


def day_problems(day: date | None, today: date) -> Iterable[tuple[str, str]]:
    if day is None:
        yield "completed_on", "Enter the day on which you finished it."
    elif day > today:
        yield "completed_on", "This day has not come yet. Enter the day on which you finished it."
    elif day < EARLIEST:
        yield "completed_on", "This is before 2000. Look at the year once more."


def amount_problems(entry: Entry) -> Iterable[tuple[str, str]]:
    if entry.minutes is not None and not 0 < entry.minutes <= LONGEST_COURSE:
        most = LONGEST_COURSE // 60
        yield "hours", f"Enter the hours of this one course, more than 0 and not more than {most}."
    if entry.units is not None and entry.unit is None:
        yield "unit", "Choose which units these are."
    yield from unit_problems(entry.units or 0, entry.unit)
    if entry.unit is not None and entry.units is None:
        yield "units", "Enter how many units, as printed on the certificate."
    if entry.minutes is None and entry.units is None:
        yield "hours", "Enter the hours, or the units printed on the certificate."
    if entry.category == "college" and entry.units is None and entry.minutes is not None:
        yield "units", "For a college course enter its credit hours: issuers count those, not the hours in class."
    if entry.category == "college" and entry.unit not in (None, "college_credit"):
        yield "unit", "For a college course choose college credit hours."


def unit_problems(units: int, unit: str | None) -> Iterable[tuple[str, str]]:
    """Units of more hours than a course has: mostly hours typed where units belong, or a point left out."""
    if unit == "college_credit" and units > MOST_CREDITS:
        yield "units", f"Enter the credit hours of this one course, not more than {MOST_CREDITS // 1000}."
    elif unit is not None and units * HOURS_PER_UNIT.get(unit, 0) > LONGEST_COURSE // 60 * 1000:
        most = LONGEST_COURSE // 60 // HOURS_PER_UNIT[unit]
        yield (
            "units",
            f"These are more than {LONGEST_COURSE // 60} hours. One course has {most} at most: look at the point.",
        )
