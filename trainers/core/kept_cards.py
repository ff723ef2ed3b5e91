"""Cards and insurance as their holder keeps them: whatever is written down changes what there is to remind of."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from .education import dated_items
from .education.dated_items import ItemEntry
from .evidence import Files
from .mail import watches
from .models import DatedItem, Trainer


def add(session: Session, trainer: Trainer, entry: ItemEntry, *, now: datetime, today: date, by: str) -> DatedItem:
    """Raises DomainError with a sentence for one field."""
    item = dated_items.add(session, trainer, entry, now=now, today=today, by=by)
    watches.watch_cards(session, trainer, today=today)
    return item


def change(
    session: Session, trainer: Trainer, item: DatedItem, entry: ItemEntry, *, now: datetime, today: date, by: str
) -> None:
    dated_items.change(session, item, entry, now=now, today=today, by=by)
    watches.watch_cards(session, trainer, today=today)


def remove(session: Session, files: Files, trainer: Trainer, item: DatedItem, *, today: date, by: str) -> None:
    watches.forget_card(session, item.id)
    dated_items.remove(session, files, item, by=by)
    watches.watch_cards(session, trainer, today=today)
