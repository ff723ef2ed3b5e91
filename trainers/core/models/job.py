from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import Account
from .base import Base, UtcDateTime, one_of, together

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
ENDED_STATES = ("done", "failed", "cancelled")
JOB_FILE_KINDS = ("input", "result")


class Job(Base):
    """A piece of long work, done in chunks by whoever holds it.

    `attempt` counts who has held it and fences off those who held it before; `lost` counts holders that died
    since the last progress. `done` of `total` tells how far it is, `cursor` where the next chunk begins.
    `claimed_at` and `claimed_done` are when and where the present holder began. `sentence` is what came of it.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JOB_STATES),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(attempt = 0) = (started_at IS NULL)", name="started"),
        together("claimed_at", "claimed_done", name="claimed"),
        CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name="progress"),
        CheckConstraint("state <> 'failed' OR sentence <> ''", name="failed_says_why"),
        Index("ix_job_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    kind: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    about: Mapped[str] = mapped_column(String(60), default="")
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    lost: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int | None] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON)
    sentence: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_done: Mapped[int | None] = mapped_column(Integer)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    account: Mapped[Account | None] = relationship()


class JobRow(Base):
    """One line of an imported file: staged until all are read (`key` and `data`), or rejected for a `problem`.

    `key` is what the kind of import finds its rows by, `value` what stood in the cell that is the problem,
    `verdict` what came of a row where its sender wants to know that of each.
    """

    __tablename__ = "job_row"
    __table_args__ = (CheckConstraint("(problem IS NULL) <> (data IS NULL)", name="staged_or_rejected"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(254), default="")
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str] = mapped_column(String(200), default="")
    verdict: Mapped[str | None] = mapped_column(Text)


class JobFile(Base):
    """A file of a job in the private store: what was sent in, or the n-th part of the result."""

    __tablename__ = "job_file"
    __table_args__ = (one_of("kind", JOB_FILE_KINDS), UniqueConstraint("job_id", "kind", "n"))

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    n: Mapped[int] = mapped_column(Integer)
    storage_key: Mapped[str] = mapped_column(String(200), unique=True)
    size: Mapped[int] = mapped_column(Integer)
