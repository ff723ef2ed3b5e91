"""Cards and policies that end on a day: CPR/AED, first aid, insurance. A lapsed one warns its holder alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from .. import audit
from ..dates import add_years, long_date
from ..errors import DomainError, NotFound
from ..evidence import Files
from ..models import DatedItem, Trainer
from ..texts import one_line
from . import papers

LONGEST_PROVIDER = 120
FURTHEST_END = 6  # years
NAMES = {"cpr_aed": "CPR/AED card", "first_aid": "first aid card", "insurance": "insurance"}


@dataclass(frozen=True)
class ItemEntry:
    kind: str
    expires_on: date | None
    issued_on: date | None = None
    provider: str = ""


def add(session: Session, trainer: Trainer, entry: ItemEntry, *, now: datetime, today: date, by: str) -> DatedItem:
    """Raises DomainError with a sentence for one field."""
    ends_on = demand_sensible(entry, today)
    item = DatedItem(trainer_id=trainer.id, kind=entry.kind, expires_on=ends_on, created_at=now, updated_at=now)
    item.issued_on, item.provider = entry.issued_on, one_line(entry.provider)
    session.add(item)
    session.flush()
    note(session, item, "card_added", by=by)
    return item


def change(session: Session, item: DatedItem, entry: ItemEntry, *, now: datetime, today: date, by: str) -> None:
    item.expires_on = demand_sensible(entry, today)
    item.kind, item.issued_on, item.provider = entry.kind, entry.issued_on, one_line(entry.provider)
    item.updated_at = now
    session.flush()
    note(session, item, "card_changed", by=by)


def remove(session: Session, files: Files, item: DatedItem, *, by: str) -> None:
    papers.erase_all(session, files, item.papers)
    note(session, item, "card_removed", by=by)
    session.delete(item)
    session.flush()


def note(session: Session, item: DatedItem, action: str, *, by: str) -> None:
    about = f"trainer:{item.trainer_id}"
    audit.record(session, by=by, action=action, subject=f"dated_item:{item.id}", about=about, detail=item.kind)


def demand_sensible(entry: ItemEntry, today: date) -> date:
    """The end date. One that has passed may be told: then the card is lapsed."""
    end = entry.expires_on
    if end is None:
        raise DomainError("Enter the day on which it ends.", field="expires_on")
    if end > add_years(today, FURTHEST_END):
        raise DomainError(
            f"The end date is more than {FURTHEST_END} years away. Look at the year once more.", field="expires_on"
        )
    if entry.issued_on is not None and entry.issued_on > today:
        raise DomainError("The start date has not come yet. Enter the one on the card.", field="issued_on")
    if entry.issued_on is not None and end < entry.issued_on:
        raise DomainError("The end date is before the start date. Look at both once more.", field="expires_on")
    if len(one_line(entry.provider)) > LONGEST_PROVIDER:
        raise DomainError(f"Shorten this to {LONGEST_PROVIDER} characters.", field="provider")
    return end


def own_items(session: Session, trainer: Trainer) -> list[DatedItem]:
    """By kind, the one that ends last first."""
    query = (
        select(DatedItem)
        .where(DatedItem.trainer_id == trainer.id)
        .options(selectinload(DatedItem.papers))
        .order_by(DatedItem.kind, DatedItem.expires_on.desc(), DatedItem.id.desc())
    )
    return list(session.scalars(query))


def own_item(session: Session, trainer: Trainer, uuid: str) -> DatedItem:
    """Raises NotFound, for somebody else's too."""
    found = session.scalar(select(DatedItem).where(DatedItem.trainer_id == trainer.id, DatedItem.uuid == uuid))
    if found is None:
        raise NotFound("There is no such card here.")
    return found


def newest_ends(items: Iterable[DatedItem]) -> dict[str, date]:
    """The last day of each kind's card that ends last."""
    ends: dict[str, date] = {}
    for item in items:
        ends[item.kind] = max(ends.get(item.kind, date.min), item.expires_on)
    return ends


def governing_line(ends: dict[str, date], label: str, ends_on: date | None, today: date) -> str:
    """Which card ends first before the certification does, and which have ended; empty where none does."""
    in_order = sorted((end, kind) for kind, end in ends.items())
    lapsed = [f"Your {NAMES[kind]} ended on {long_date(end)}." for end, kind in in_order if end < today]
    said = [*lapsed, "This changes nothing that the public reads."] if lapsed else []
    day, kind = next(((end, kind) for end, kind in in_order if end >= today), (date.max, ""))
    if kind and ends_on is not None and day < ends_on:
        said.insert(0, f"Your {NAMES[kind]} ends on {long_date(day)}, before your {label}.")
    return " ".join(said)
