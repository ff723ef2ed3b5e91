"""The rows that the public search reads, made anew from the tables of record."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from secrets import randbelow
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, union, update
from sqlalchemy.orm import Session, selectinload

from .. import credentials
from ..models import Credential, Listing, NameWord, Slug, Term, Trainer
from . import vocabulary
from .listing_rows import Held, Row, held, row_of
from .packing import day_of

SHUFFLE_PRIME = 2_147_483_647
"""Shuffle numbers lie between 0 and this prime: multiplied by a day's number, modulo it, they stay apart."""
BATCH = 500


def refresh(session: Session, trainer: Trainer, *, today: date) -> None:
    """Make the trainer's rows anew; call it after any change to trainer, credential, term or check.

    Who is not listed has none.
    """
    listed = _renew(session, [trainer.id], today)
    if listed:
        vocabulary.replace_words(session, listed)
        vocabulary.put_in_order(session, [*listed])
    else:
        remove(session, trainer.id)


def remove(session: Session, trainer_id: int) -> None:
    """Take the trainer's rows away."""
    vocabulary.replace_words(session, {trainer_id: ""})
    session.execute(delete(Listing).where(Listing.trainer_id == trainer_id))


def rebuild(session: Session, *, today: date, progress: Callable[[int], object] | None = None) -> int:
    """Make all rows anew, for those who are listed and for nobody else; answers how many are listed.

    `progress` is told after every few hundred how many of `count_trainers` are done.
    """
    ids = session.scalars(select(Trainer.id).order_by(Trainer.id)).all()
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        listed = _renew(session, some, today)
        session.execute(delete(NameWord).where(NameWord.trainer_id.in_(some)))
        session.execute(delete(Listing).where(Listing.trainer_id.in_(set(some) - listed.keys())))
        vocabulary.insert_words(session, {id: vocabulary.words_of(name) for id, name in listed.items()})
        vocabulary.put_in_order(session, [*listed])
        if progress:
            progress(start + len(some))
    vocabulary.recount(session)
    return session.scalar(select(func.count()).select_from(Listing)) or 0


def is_behind(session: Session) -> bool:
    """Whether somebody who is listed has no row, or somebody who is not has one."""
    meant = session.scalar(select(func.count()).select_from(Trainer).where(Trainer.state == "listed"))
    return meant != session.scalar(select(func.count()).select_from(Listing))


def ids_in_portions(session: Session) -> Iterator[Sequence[int]]:
    """Of all trainers and of whoever else has a row."""
    there = union(select(Trainer.id), select(Listing.trainer_id), select(NameWord.trainer_id)).subquery()
    ids = session.scalars(select(there.c[0]).order_by(there.c[0])).all()
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def differing(session: Session, ids: Sequence[int], *, today: date) -> list[int]:
    """Whose rows are not what the tables of record say: missing, too many, or other.

    Each is compared as of the day on which it was made, since a row says by itself what comes later.
    """
    kept = {row["trainer_id"]: dict(row) for row in session.execute(_stored(ids)).mappings()}
    trainers = [trainer for trainer in _hold(session, ids) if trainer.state == "listed"]
    shuffles = {id: row["shuffle"] for id, row in kept.items()}
    days = {trainer.id: _made_on(kept.get(trainer.id), today) for trainer in trainers}
    meant: dict[int, Row] = {}
    for day in sorted(set(days.values())):
        of_day = [trainer for trainer in trainers if days[trainer.id] == day]
        meant |= {row["trainer_id"]: row for row in _rows(session, of_day, shuffles, day)}
    names = {trainer.id: trainer.name for trainer in trainers}
    return [
        id
        for id in ids
        if kept.get(id) != meant.get(id) or not vocabulary.has_words(session, id, names.get(id, ""))
    ]


def _stored(ids: Sequence[int]) -> Select[Any]:
    return select(Listing.__table__).where(Listing.trainer_id.in_(ids))


def _made_on(row: Row | None, today: date) -> date:
    held = row["shown"].get("held") if row else None
    return min(day_of(held[0][1][0]), today) if held and len(held[0]) > 1 else today


def count_trainers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Trainer)) or 0


def _renew(session: Session, ids: Sequence[int], today: date) -> dict[int, str]:
    """Write the rows of those who are listed, without their words; answers their names."""
    session.flush()
    trainers = [trainer for trainer in _hold(session, ids) if trainer.state == "listed"]
    before = _shuffles(session, ids)
    rows = _rows(session, trainers, before, today)
    if known := [row for row in rows if row["trainer_id"] in before]:
        session.execute(update(Listing), known)
    if new := [row for row in rows if row["trainer_id"] not in before]:
        session.execute(insert(Listing), new)
    return {each.id: each.name for each in trainers}


def _rows(session: Session, trainers: Sequence[Trainer], shuffles: Mapping[int, int], today: date) -> list[Row]:
    ids = [trainer.id for trainer in trainers]
    held_by, slugs = _held(session, ids, today), _slugs(session, ids)
    return [
        row_of(each, slugs[each.id], shuffles.get(each.id) or _random(), held_by[each.id]) for each in trainers
    ]


def _hold(session: Session, ids: Sequence[int]) -> Sequence[Trainer]:
    """Read afresh, and changed by nobody else before we commit: what is written must be what is true then."""
    query = select(Trainer).where(Trainer.id.in_(ids)).order_by(Trainer.id).with_for_update(of=Trainer)
    said = (selectinload(Trainer.specialties), selectinload(Trainer.languages))
    return session.scalars(query.options(*said).execution_options(populate_existing=True)).all()


def _held(session: Session, ids: Sequence[int], today: date) -> dict[int, list[Held]]:
    """What each trainer holds, read afresh: terms and checks may have been added beside the loaded ones."""
    query = (
        select(Credential)
        .where(Credential.trainer_id.in_(ids), Credential.withdrawn_at.is_(None))
        .options(selectinload(Credential.terms).selectinload(Term.checks))
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for credential in credentials.in_rule_order(session.scalars(query).all()):
        found[credential.trainer_id].append(held(credential, today))
    return found


def _shuffles(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(Listing.trainer_id, Listing.shuffle).where(Listing.trainer_id.in_(ids))
    return dict(session.execute(query).all())


def _random() -> int:
    return 1 + randbelow(SHUFFLE_PRIME - 1)


def _slugs(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Each trainer's own address: the newest."""
    query = select(Slug.trainer_id, Slug.slug).where(Slug.trainer_id.in_(ids)).order_by(Slug.since, Slug.slug)
    return {trainer_id: slug for trainer_id, slug in session.execute(query) if trainer_id is not None}
