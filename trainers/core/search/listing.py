"""The rows that the public search reads, made anew from the tables of record."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from secrets import randbelow
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, selectinload

from .. import credentials
from ..models import Credential, Listing, ListingCredential, NameWord, Slug, Term, Trainer
from ..names import fold, words

SHUFFLE_PRIME = 2_147_483_647
"""Shuffle numbers lie between 0 and this prime: multiplied by a day's number, modulo it, they stay apart."""
BATCH = 500
NAME_KEY_LENGTH = 140  # folding may make a name longer than its column
WORD_LENGTH = 120

Row = dict[str, Any]


class Held(NamedTuple):
    """Until when one credential counts; `qualifies`: a current one puts its holder into the default search."""

    type_id: int
    qualifies: bool
    current_until: date | None
    in_date_until: date | None


def refresh(session: Session, trainer: Trainer, *, today: date) -> None:
    """Make the trainer's rows anew; call it after any change to trainer, credential, term or check.

    Who is not listed has none.
    """
    _renew(session, [trainer.id], today)


def rebuild(session: Session, *, today: date) -> int:
    """Make all rows anew, for those who are listed and for nobody else; answers how many are listed."""
    ids = session.scalars(select(Trainer.id).order_by(Trainer.id)).all()
    for start in range(0, len(ids), BATCH):
        _renew(session, ids[start : start + BATCH], today)
    return session.scalar(select(func.count()).select_from(Listing)) or 0


def _renew(session: Session, ids: Sequence[int], today: date) -> None:
    session.flush()
    trainers = [trainer for trainer in _hold(session, ids) if trainer.state == "listed"]
    held = _held(session, [trainer.id for trainer in trainers], today)
    shuffles, slugs = _shuffles(session, ids), _slugs(session, ids)
    for table in (NameWord, ListingCredential, Listing):
        session.execute(delete(table).where(table.trainer_id.in_(ids)))
    _insert(
        session,
        Listing,
        (
            _listing_row(each, slugs[each.id], shuffles.get(each.id) or _random(), held[each.id])
            for each in trainers
        ),
    )
    _insert(session, ListingCredential, (row for id, kept in held.items() for row in _credential_rows(id, kept)))
    _insert(session, NameWord, (row for each in trainers for row in _word_rows(each)))


def _hold(session: Session, ids: Sequence[int]) -> Sequence[Trainer]:
    """Read afresh, and changed by nobody else before we commit: what is written must be what is true then."""
    query = select(Trainer).where(Trainer.id.in_(ids)).order_by(Trainer.id).with_for_update(of=Trainer)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _insert(session: Session, table: type, rows: Iterable[Row]) -> None:
    found = list(rows)
    if found:
        session.execute(insert(table), found)


def _random() -> int:
    return 1 + randbelow(SHUFFLE_PRIME - 1)


def _held(session: Session, ids: Sequence[int], today: date) -> dict[int, list[Held]]:
    """What each trainer holds, read afresh: terms and checks may have been added beside the loaded ones."""
    query = (
        select(Credential)
        .where(Credential.trainer_id.in_(ids), Credential.withdrawn_at.is_(None))
        .options(selectinload(Credential.terms).selectinload(Term.checks))
        .execution_options(populate_existing=True)
    )
    held: dict[int, list[Held]] = defaultdict(list)
    for credential in session.scalars(query):
        standing = credentials.standing_of(credential, today=today)
        qualifies = credentials.rule_for(credential.type, today).qualifies
        ends = (standing.current_until, standing.in_date_until)
        held[credential.trainer_id].append(Held(credential.type_id, qualifies, *ends))
    return held


def _shuffles(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(Listing.trainer_id, Listing.shuffle).where(Listing.trainer_id.in_(ids))
    return dict(session.execute(query).all())


def _slugs(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Each trainer's own address: the newest."""
    query = select(Slug.trainer_id, Slug.slug).where(Slug.trainer_id.in_(ids)).order_by(Slug.since, Slug.slug)
    return {trainer_id: slug for trainer_id, slug in session.execute(query) if trainer_id is not None}


def _listing_row(trainer: Trainer, slug: str, shuffle: int, held: Iterable[Held]) -> Row:
    counting = [each for each in held if each.qualifies]
    return {
        "trainer_id": trainer.id,
        "slug": slug,
        "zip": trainer.zip,
        "name": trainer.name,
        "name_key": fold(trainer.name)[:NAME_KEY_LENGTH],
        "headline": trainer.headline,
        "in_person": trainer.in_person,
        "online": trainer.online,
        "accepting": trainer.accepting,
        "current_until": _latest(each.current_until for each in counting),
        "in_date_until": _latest(each.in_date_until for each in counting),
        "shuffle": shuffle,
    }


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _credential_rows(trainer_id: int, held: Iterable[Held]) -> list[Row]:
    return [
        {
            "trainer_id": trainer_id,
            "type_id": each.type_id,
            "current_until": each.current_until,
            "in_date_until": each.in_date_until,
        }
        for each in held
    ]


def _word_rows(trainer: Trainer) -> list[Row]:
    distinct = sorted({word[:WORD_LENGTH] for word in words(trainer.name)})
    return [{"word": word, "trainer_id": trainer.id} for word in distinct]
