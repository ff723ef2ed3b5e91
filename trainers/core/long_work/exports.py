"""Exporting rows as a job: chunk by chunk into files that are handed out one after the other as one CSV.

A kind of export is data: the names of the columns, a function that says how many rows there are and where they
begin, and one that gives the next rows after a place. So any number of rows fits in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import audit
from ..evidence import Files
from ..models import JobFile
from . import jobs
from .jobs import Work
from .spreadsheets import BOM, write_rows

CHUNK = 2000
Cursor = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows, and the place after them."""

    rows: Sequence[Sequence[object]]
    cursor: Cursor


@dataclass(frozen=True)
class Start:
    """How many rows there are, and where the first ones are found."""

    total: int
    cursor: Cursor


@dataclass(frozen=True)
class Part:
    """A chunk whose file is written."""

    page: Page
    key: str
    size: int


@dataclass(frozen=True)
class ExportKind:
    name: str
    title: str
    header: Sequence[str]
    begin: Callable[[Session, Mapping[str, Any]], Start]
    rows: Callable[[Session, Mapping[str, Any], Cursor, int], Page]
    unit: str = "row"

    def look(self, session: Session, work: Work) -> Start | Page:
        """What the next chunk is. The first time, how much there is at all."""
        if work.total is None:
            return self.begin(session, work.params)
        return self.rows(session, work.params, work.cursor, CHUNK)

    def carry(
        self,
        files: Files,
        work: Work,
        seen: Start | Page,
        *,
        today: date,  # noqa: ARG002 - imports want it
    ) -> Start | Page | Part:
        """Write the rows into a file of their own. Nobody's transaction waits for the store."""
        if isinstance(seen, Start) or (work.done and not seen.rows):
            return seen
        data = write_rows(seen.rows) if work.done else BOM + write_rows([self.header, *seen.rows])
        key = jobs.new_key()
        files.write(key, data)
        return Part(seen, key, len(data))

    def settle(self, session: Session, work: Work, carried: Start | Page | Part, *, now: datetime) -> Work | None:
        if isinstance(carried, Start):
            return jobs.advance(session, work, now=now, total=carried.total, cursor=dict(carried.cursor))
        if isinstance(carried, Part):
            work = keep_part(session, work, carried, now=now)
            if carried.page.rows:
                return work
        self.conclude(session, work, now=now)
        return None

    def conclude(self, session: Session, work: Work, *, now: datetime) -> None:
        """What was erased meanwhile is not missing: the total is what was found."""
        sentence = f"{work.done:,} {self.unit if work.done == 1 else self.unit + 's'} exported."
        jobs.finish(session, work, sentence, now=now, total=work.done)
        subject = f"job:{work.uuid}"
        about = work.about or subject
        audit.record(
            session, by=work.by, action=f"export_{self.name}", subject=subject, about=about, detail=sentence
        )


def keep_part(session: Session, work: Work, part: Part, *, now: datetime) -> Work:
    """The fence first: a holder that lost the job adds no part. Its file is an orphan and is swept."""
    done = work.done + len(part.page.rows)
    total = max(done, work.total or 0)
    ahead = jobs.advance(session, work, now=now, done=done, total=total, cursor=dict(part.page.cursor))
    newest = (
        select(JobFile.n).where(JobFile.job_id == work.id, JobFile.kind == "result").order_by(JobFile.n.desc())
    )
    n = (session.scalars(newest.limit(1)).first() or 0) + 1
    session.add(JobFile(job_id=work.id, kind="result", n=n, storage_key=part.key, size=part.size))
    session.flush()
    return ahead


def read_parts(files: Files, keys: Sequence[str]) -> Iterator[bytes]:
    """The result, one part after the other."""
    for key in keys:
        yield files.read(key)
