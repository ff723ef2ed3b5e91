"""Importing a log of continuing education from a spreadsheet: all rows, or none and each mistake by its line."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Date, delete, func, insert, literal, select, type_coerce, update
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from ..dates import parse_day
from ..education.ledger import Entry, problems_of
from ..models import EducationRecord, Job, JobRow, Trainer
from ..models.education import CATEGORIES
from ..names import fold
from ..texts import one_line
from ..units import parse_hours, parse_units
from .imports import ImportKind, Problem, Staged
from .jobs import Work
from .spreadsheets import Column

T = TypeVar("T")
MOST_ROWS = 10_000
UNITS = {
    "nasm ceu": "nasm_ceu",
    "acsm cec": "acsm_cec",
    "ace cec": "ace_cec",
    "afaa ceu": "afaa_ceu",
    "cme": "cme",
    "college credit": "college_credit",
    "college credits": "college_credit",
    "college credit hours": "college_credit",
}
APPROVALS = {
    "nasm": "nasm",
    "acsm": "acsm",
    "both": "both",
    "nasm and acsm": "both",
    "neither": "neither",
    "": "unknown",
}
COLUMNS = (
    Column("title"),
    Column("date"),
    Column("provider", needed=False),
    Column("course number", needed=False),
    Column("hours", needed=False),
    Column("units", needed=False),
    Column("unit", needed=False),
    Column("category", needed=False),
    Column("approved by", needed=False),
)
TEMPLATE = (
    tuple(column.name for column in COLUMNS),
    ("Hips of runners", "2026-03-12", "Northwest College", "N-104", "15", "1.5", "NASM CEU", "course", "NASM"),
    ("CPR and AED", "11/25/2025", "Red Cross", "", "4:30", "", "", "cpr", ""),
)
"""What the page offers as a beginning."""


class Unreadable(Exception):
    """A cell that means nothing; the text is a sentence."""

    def __init__(self, sentence: str, value: str) -> None:
        super().__init__(sentence)
        self.value = value


def read_record(cells: dict[str, str], today: date) -> Staged | Problem:
    try:
        entry = entry_of(cells)
    except Unreadable as problem:
        return Problem(str(problem), problem.value)
    for field, sentence in problems_of(entry, today):
        return Problem(sentence, cells.get(COLUMN_OF.get(field, field), ""))
    return Staged(key_of(entry), asdict(entry) | {"completed_on": str(entry.completed_on), "uuid": str(uuid4())})


COLUMN_OF = {"completed_on": "date", "course_number": "course number"}


def entry_of(cells: dict[str, str]) -> Entry:
    """Raises Unreadable."""
    unit = cells.get("unit", "")
    return Entry(
        title=one_line(cells["title"]),
        provider=one_line(cells.get("provider", "")),
        course_number=one_line(cells.get("course number", "")),
        completed_on=understood(cells["date"], parse_day) if cells["date"] else None,
        minutes=number(cells.get("hours", ""), parse_hours),
        units=number(cells.get("units", ""), parse_units),
        unit=chosen(unit, UNITS, "Write the unit as NASM CEU, ACSM CEC, ACE CEC, AFAA CEU, CME or college credit.")
        if unit
        else None,
        category=chosen(
            cells.get("category", "") or "course",
            {each: each for each in CATEGORIES},
            f"Write the category as one of {', '.join(CATEGORIES)}.",
        ),
        approved_by=chosen(
            cells.get("approved by", ""), APPROVALS, "Write NASM, ACSM, both or neither, or leave the cell empty."
        ),
    )


def number(typed: str, parse: Callable[[str], int]) -> int | None:
    return understood(typed, parse) if typed else None


def understood(typed: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(typed)
    except ValueError as error:
        raise Unreadable(str(error), typed) from error


def chosen(typed: str, known: dict[str, str], sentence: str) -> str:
    found = known.get(" ".join(typed.casefold().split()))
    if found is None:
        raise Unreadable(sentence, typed)
    return found


class Alike(Protocol):
    """By what two entries are told to be the same."""

    @property
    def title(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def course_number(self) -> str: ...
    @property
    def completed_on(self) -> date | None: ...


def key_of(entry: Alike) -> str:
    parts = fold(entry.title), fold(entry.provider), fold(entry.course_number), str(entry.completed_on)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


# All rows side by side


def refuse_twins(session: Session, work: Work) -> int:
    """Reject each row that says the same as one above it; answers how many."""
    staged = JobRow.job_id == work.id, JobRow.problem.is_(None)
    firsts = select(func.min(JobRow.line)).where(*staged).group_by(JobRow.key)
    twins = update(JobRow).where(*staged, JobRow.line.not_in(firsts.scalar_subquery()))
    told = {"data": None, "problem": "A row above says the same. Take one of them out.", "key": ""}
    found = session.execute(
        twins.values(**told).returning(JobRow.line).execution_options(synchronize_session=False)
    )
    return len(found.all())


def merge(session: Session, job_id: int) -> str:
    """Add what is not in the log already, in one statement."""
    owner = select(Trainer.id).join(Job, Job.account_id == Trainer.account_id).where(Job.id == job_id)
    trainer_id = session.scalars(owner).one()
    known = leave_out_known(session, job_id, trainer_id)
    added = session.execute(insert_staged(session, job_id, trainer_id)).all()
    entries = "1 entry is" if len(added) == 1 else f"{len(added):,} entries are"
    return f"{entries} new in your log." + (f" {known:,} were in it already." if known else "")


def leave_out_known(session: Session, job_id: int, trainer_id: int) -> int:
    columns = (
        EducationRecord.title,
        EducationRecord.provider,
        EducationRecord.course_number,
        EducationRecord.completed_on,
    )
    log = session.execute(select(*columns).where(EducationRecord.trainer_id == trainer_id))
    keys = {key_of(row) for row in log}
    staged = select(JobRow.key).where(JobRow.job_id == job_id, JobRow.problem.is_(None))
    known = sorted(keys.intersection(session.scalars(staged)))
    for start in range(0, len(known), 500):
        some = JobRow.key.in_(known[start : start + 500])
        session.execute(delete(JobRow).where(JobRow.job_id == job_id, some))
    return len(known)


def insert_staged(session: Session, job_id: int, trainer_id: int) -> Any:
    now = select(Job.claimed_at).where(Job.id == job_id).scalar_subquery()
    batch = select(Job.uuid).where(Job.id == job_id).scalar_subquery()
    texts = ("uuid", "title", "provider", "course_number", "unit", "category", "approved_by")
    values = {name: JobRow.data[name].as_string() for name in texts}
    values |= {name: JobRow.data[name].as_integer() for name in ("minutes", "units")}
    values["completed_on"] = as_date(session, JobRow.data["completed_on"].as_string())
    values |= {"trainer_id": literal(trainer_id), "batch": batch, "created_at": now, "updated_at": now}
    rows = select(*values.values()).where(JobRow.job_id == job_id, JobRow.problem.is_(None)).order_by(JobRow.line)
    statement = insert(EducationRecord).from_select(list(values), rows, include_defaults=False)
    return statement.returning(EducationRecord.id)


def as_date(session: Session, text: Any) -> Any:
    """SQLite keeps days as the text that they are; its CAST would make a number of it."""
    return type_coerce(text, Date) if session.get_bind().dialect.name == "sqlite" else as_type(text, Date)


KIND = ImportKind(
    name="education",
    title="Import of continuing education",
    columns=COLUMNS,
    most_rows=MOST_ROWS,
    read=read_record,
    merge=merge,
    look_over=refuse_twins,
)
