"""Photos of course certificates and cards: kept for the trainer alone, and handed out when an issuer asks."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import DomainError, NotFound
from ..evidence import FIELD, ORPHAN_AGE, CleanFile, Erased, Files
from ..models import DatedItem, EducationRecord, Paper, Trainer

FOLDER = "papers"
MOST_FILES = 5
_OWN_KEY = re.compile(rf"{FOLDER}/")


def store(files: Files, found: CleanFile) -> str:
    """Write a cleaned file under a name that nobody can guess; needs no database."""
    key = f"{FOLDER}/{uuid4()}.{found.content_type.rsplit('/', 1)[1]}"
    files.write(key, found.data)
    return key


def attach(
    session: Session,
    files: Files,
    holder: EducationRecord | DatedItem,
    found: CleanFile,
    *,
    key: str,
    now: datetime,
) -> Paper:
    """Note a stored file. The same file sent twice is there once; raises DomainError for too many."""
    kept = kept_papers(holder.papers)
    for each in kept:
        if each.sha256 == found.sha256:
            files.delete(key)
            return each
    if len(kept) >= MOST_FILES:
        files.delete(key)
        raise DomainError(f"There are {MOST_FILES} files already. Remove one first.", field=FIELD)
    paper = Paper(
        trainer_id=holder.trainer_id,
        record_id=holder.id if isinstance(holder, EducationRecord) else None,
        item_id=holder.id if isinstance(holder, DatedItem) else None,
        state="attached",
        sha256=found.sha256,
        storage_key=key,
        content_type=found.content_type,
        size=len(found.data),
        uploaded_at=now,
    )
    session.add(paper)
    session.flush()
    session.expire(holder, ["papers"])
    return paper


def kept_papers(papers: Iterable[Paper]) -> list[Paper]:
    """Those whose file is still there, oldest first."""
    return [each for each in papers if each.state == "attached"]


def own_paper(session: Session, trainer: Trainer, uuid: str) -> Paper:
    """Raises NotFound, for somebody else's and for an erased one too."""
    query = select(Paper).where(Paper.trainer_id == trainer.id, Paper.uuid == uuid, Paper.state == "attached")
    found = session.scalar(query)
    if found is None:
        raise NotFound("This file is not here, or no longer.")
    return found


def read(files: Files, paper: Paper) -> bytes:
    """Raises NotFound when the file is not there any more."""
    try:
        return files.read(paper.storage_key)
    except FileNotFoundError as error:
        raise NotFound("This file is not here, or no longer.") from error


def erase(session: Session, files: Files, paper: Paper, *, now: datetime) -> None:
    files.delete(paper.storage_key)
    paper.state, paper.erased_at = "erased", now
    session.flush()


def erase_all(session: Session, files: Files, papers: Iterable[Paper]) -> None:
    """Files and rows: what they belonged to goes too."""
    for each in list(papers):
        files.delete(each.storage_key)
        session.delete(each)
    session.flush()


def sweep_orphans(session: Session, files: Files, *, now: datetime) -> Erased:
    """Delete files that no row knows: an upload that broke off between the file and its row."""
    known = set(session.scalars(select(Paper.storage_key).where(Paper.state == "attached")))
    old = files.keys_older_than(now - ORPHAN_AGE, under=FOLDER)
    orphans = [key for key in old if _OWN_KEY.match(key) and key not in known]
    gone = files.delete_each(orphans)
    return Erased(len(gone), len(orphans) - len(gone))
