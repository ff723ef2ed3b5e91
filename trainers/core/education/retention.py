"""When photos of courses and cards go: with the listing, or a year after the last cycle they could count for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from ..credentials import credentials_of, rule_for
from ..dates import add_months
from ..evidence import MONTHS_AFTER_END, Erased, Files
from ..models import Credential, DatedItem, EducationRecord, Paper, Trainer
from .cycles import Cycle, cycle_of


def erase_due(session: Session, files: Files, *, now: datetime) -> Erased:
    """Delete the files; the entries of the log and the cards stay."""
    due = [*of_withdrawn(session), *out_of_use(session, add_months(now.date(), -MONTHS_AFTER_END))]
    gone = files.delete_each(each.storage_key for each in due)
    for each in due:
        if each.storage_key in gone:
            each.state, each.erased_at = "erased", now
    session.flush()
    return Erased(len(gone), len(due) - len(gone))


def of_withdrawn(session: Session) -> Sequence[Paper]:
    query = select(Paper).join(Trainer, Paper.trainer_id == Trainer.id)
    return session.scalars(query.where(Paper.state == "attached", Trainer.state == "withdrawn")).all()


def out_of_use(session: Session, before: date) -> list[Paper]:
    """Those of listings that go on, whose last use lies before a day."""
    query = (
        select(Paper)
        .join(Trainer, Paper.trainer_id == Trainer.id)
        .outerjoin(EducationRecord, Paper.record_id == EducationRecord.id)
        .outerjoin(DatedItem, Paper.item_id == DatedItem.id)
        .where(Paper.state == "attached", Trainer.state != "withdrawn")
        .where(or_(EducationRecord.completed_on.is_(None), EducationRecord.completed_on < before))
        .where(or_(DatedItem.expires_on.is_(None), DatedItem.expires_on < before))
        .options(joinedload(Paper.record), joinedload(Paper.item))
    )
    old = [each for each in session.scalars(query) if each.uploaded_at.date() < before]
    cycles = cycles_of(session, {each.trainer_id for each in old})
    return [each for each in old if last_use(each, cycles[each.trainer_id]) < before]


def cycles_of(session: Session, trainer_ids: Iterable[int]) -> dict[int, list[Cycle]]:
    """All that these trainers have told us of, whether it was confirmed or not."""
    found: dict[int, list[Cycle]] = defaultdict(list)
    for credential in credentials_of(session, list(trainer_ids)):
        found[credential.trainer_id] += cycles_in(credential)
    return found


def cycles_in(credential: Credential) -> list[Cycle]:
    told = (
        cycle_of(rule_for(credential.type, term.expires_on), None, term.expires_on) for term in credential.terms
    )
    return [cycle for cycle in told if cycle is not None]


def last_use(paper: Paper, cycles: Iterable[Cycle]) -> date:
    """The end of the last cycle that holds its day; without one, the day itself or that on which it was sent.

    A photo whose course nobody has described yet is taken for one of the day on which it was sent.
    """
    sent_on = paper.uploaded_at.date()
    if paper.item is not None:
        day, counts = paper.item.expires_on, paper.item.kind == "cpr_aed"
    else:
        day, counts = (paper.record.completed_on if paper.record else None) or sent_on, True
    ends = [cycle.ends_on for cycle in cycles if counts and cycle.holds(day)]
    return max(sent_on, day, *ends)
