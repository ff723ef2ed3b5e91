"""Importing a file as a job: each line is read and staged or rejected, chunk by chunk; at the end all that was
staged is merged in one transaction. Unless the kind wants it otherwise, one rejected line keeps all others out.

A kind of import is data: columns, a pure function from a row to what is kept of it, and one function that merges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from .. import audit
from ..errors import DomainError
from ..evidence import Files
from ..models import Job, JobRow
from . import jobs
from .jobs import Work
from .spreadsheets import Column, Row, read_table

CHUNK = 500
LONGEST_NAME = 100
FILE_GONE = "The file that was sent in is not there any more. Send it in again."


class BrokenAt(Exception):
    """Reading a row failed by a fault of ours."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Staged:
    """What is kept of one row until the merge: the key that it is found by, and the rest."""

    key: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why a row is rejected, and what stood in the cell that is to blame."""

    sentence: str
    value: str = ""


Reader = Callable[[dict[str, str], date], Staged | Problem]
"""(cells by column, today) -> what is kept, or why not. Pure."""
Merger = Callable[[Session, int], str]
"""(session, job id) -> one sentence on what was changed. In one transaction with the end of the job."""


@dataclass(frozen=True)
class Read:
    """One row after reading."""

    line: int
    found: Staged | Problem


@dataclass(frozen=True)
class ImportKind:
    """`look_over` sees all rows side by side before the merge; it rejects more of them and answers how many."""

    name: str
    title: str
    columns: Sequence[Column]
    most_rows: int
    read: Reader
    merge: Merger
    all_or_nothing: bool = True
    look_over: Callable[[Session, Work], int] | None = None
    unit: str = "row"

    def start(self, files: Files, data: bytes) -> tuple[int, tuple[str, int]]:
        """Look the file over and store it; needs no database. Answers what `enqueue` wants: rows, and (key, size).

        Raises DomainError for a file that cannot be a table of this kind.
        """
        total = len(read_table(data, self.columns, most=self.most_rows))
        key = jobs.new_key()
        files.write(key, data)
        return total, (key, len(data))

    # One chunk: `look` asks the database, `carry` the files, `settle` writes. The caller commits in between.

    def look(self, _session: Session, _work: Work) -> None:
        return None

    def carry(self, files: Files, work: Work, _seen: None, *, today: date) -> list[Read]:
        """The next rows, read. None are left: an empty list."""
        rows = self.rows_of(files, work)[work.done : work.done + CHUNK]
        return [Read(row.line, self.understood(row, today)) for row in rows]

    def rows_of(self, files: Files, work: Work) -> list[Row]:
        try:
            data = files.read(work.input_key or "")
        except FileNotFoundError as error:
            raise DomainError(FILE_GONE) from error
        return read_table(data, self.columns, most=self.most_rows)

    def understood(self, row: Row, today: date) -> Staged | Problem:
        try:
            return Problem(row.problem) if row.problem else self.read(row.cells, today)
        except Exception as error:
            raise BrokenAt(row.line) from error

    def settle(self, session: Session, work: Work, carried: list[Read], *, now: datetime) -> Work | None:
        """Stage a chunk, or conclude when there is none. Answers where it stands, None after the end."""
        if carried:
            return stage(session, work, carried, now=now)
        self.conclude(session, work, now=now)
        return None

    def conclude(self, session: Session, work: Work, *, now: datetime) -> None:
        if self.look_over is not None:
            jobs.hold(session, work, now=now)
            more = self.look_over(session, work)
            work = jobs.advance(session, work, now=now, rejected=work.rejected + more) if more else work
        if work.rejected and self.all_or_nothing:
            jobs.fail(session, work, nothing_imported(work.rejected), now=now)
            return
        jobs.hold(session, work, now=now)
        sentence = self.merge(session, work.id)
        if work.rejected:
            sentence += f" {work.rejected:,} of {work.done:,} rows were rejected."
        subject = f"job:{work.uuid}"
        about = work.about or subject
        audit.record(
            session, by=work.by, action=f"import_{self.name}", subject=subject, about=about, detail=sentence
        )
        jobs.finish(session, work, sentence, now=now)


def stage(session: Session, work: Work, chunk: list[Read], *, now: datetime) -> Work:
    """The fence first: a holder that lost the job stages nothing."""
    rows = [row_of(work.id, each) for each in chunk]
    rejected = sum(row["problem"] is not None for row in rows)
    ahead = jobs.advance(session, work, now=now, done=work.done + len(rows), rejected=work.rejected + rejected)
    session.execute(insert(JobRow), rows)
    return ahead


def row_of(job_id: int, each: Read) -> dict[str, Any]:
    found = each.found
    if isinstance(found, Problem):
        rejected = {"key": "", "data": None, "problem": found.sentence, "value": found.value[:200]}
        return {"job_id": job_id, "line": each.line, **rejected}
    staged = {"key": found.key, "data": found.data, "problem": None, "value": ""}
    return {"job_id": job_id, "line": each.line, **staged}


def nothing_imported(rejected: int) -> str:
    rows, them = ("1 row was", "it") if rejected == 1 else (f"{rejected:,} rows were", "them")
    return f"{rows} rejected, so nothing was imported. Put {them} right in the file and send it in again."


def enqueue(
    session: Session,
    kind: ImportKind,
    stored: tuple[int, tuple[str, int]],
    *,
    account_id: int | None,
    now: datetime,
    name: str = "",
    params: Mapping[str, Any] | None = None,
) -> Job:
    """Put a stored file into the queue. `name` is what its sender calls it, `params` what else the kind wants."""
    total, file = stored
    params = {"name": plain_name(name), **(params or {})}
    return jobs.enqueue(
        session, kind.name, account_id=account_id, now=now, params=params, total=total, input_file=file
    )


def plain_name(name: str) -> str:
    """Without folders, which some browsers send along, and without what no text holds; not longer than a line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:LONGEST_NAME]
