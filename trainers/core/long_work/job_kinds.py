"""Every kind of long work, in one table. A new kind is one line here, and its file."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from ..evidence import Files
from . import audit_export, bounces, education_import, roster_check
from .exports import ExportKind
from .imports import ImportKind
from .jobs import Work


class Kind(Protocol):
    """What the runner needs of a kind: one chunk in three steps, the caller commits after the first and the last.

    `look` asks the database, `carry` reads or writes files while no transaction is open, `settle` writes down what
    came of it and answers where the work stands, or None when it has ended.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    def look(self, session: Session, work: Work, /) -> Any: ...
    def carry(self, files: Files, work: Work, seen: Any, /, *, today: date) -> Any: ...
    def settle(self, session: Session, work: Work, carried: Any, /, *, now: datetime) -> Work | None: ...


def by_name(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


BOUNCES: ImportKind = bounces.KIND
AUDIT: ExportKind = audit_export.KIND
ROSTER: ImportKind = roster_check.KIND
EDUCATION: ImportKind = education_import.KIND
KINDS: dict[str, Kind] = by_name([BOUNCES, AUDIT, EDUCATION, ROSTER])
FOR_ADMINS = [BOUNCES.name, AUDIT.name, ROSTER.name]
"""What stands under /admin/jobs; the others belong to who started them."""
