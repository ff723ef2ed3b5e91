"""The addresses of profiles: one of their own, never given to anybody else."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from . import names
from .errors import DomainError, Gone, NotFound
from .models import ShortLink, Slug, Trainer
from .violations import told_as

CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that a print makes look like another
CODE_LENGTH = 6
LONGEST_CODE = 8
RESERVED = ("map", "compare")
"""Pages of the site that stand where profiles do."""


class SlugTaken(DomainError):
    """Somebody else was given this address a moment ago."""


def give_slug(session: Session, trainer: Trainer, *, now: datetime) -> None:
    """An address for the trainer's name: one that was theirs before, else the first that nobody ever had."""
    try:
        claim_slug(session, trainer, now=now)
    except SlugTaken:  # by a namesake at this very moment: now it is seen
        give_slug(session, trainer, now=now)


def claim_slug(session: Session, trainer: Trainer, *, now: datetime) -> None:
    base = names.slugify(trainer.name)
    query = select(Slug).where(or_(Slug.slug == base, Slug.slug.like(f"{base}-%")))
    taken = {row.slug: row for row in session.scalars(query)}
    wanted, count = base, 1
    while wanted in RESERVED or (wanted in taken and taken[wanted].trainer_id != trainer.id):
        count += 1
        wanted = f"{base}-{count}"
    newest = session.scalar(select(func.max(Slug.since)).where(Slug.trainer_id == trainer.id))
    since = now if newest is None else max(now, newest + timedelta(microseconds=1))
    if wanted in taken:
        taken[wanted].since = since
        session.flush()
    else:
        with told_as(session, pk_slug=SlugTaken(wanted)):
            session.add(Slug(slug=wanted, trainer_id=trainer.id, since=since))


def forget_slugs(session: Session, trainer: Trainer) -> None:
    for row in session.scalars(select(Slug).where(Slug.trainer_id == trainer.id)):
        session.delete(row)
    session.flush()


def slug_of(session: Session, trainer: Trainer) -> str:
    """The trainer's own address: the newest."""
    query = select(Slug.slug).where(Slug.trainer_id == trainer.id).order_by(Slug.since.desc(), Slug.slug)
    return session.scalars(query.limit(1)).one()


def short_code(session: Session, trainer: Trainer) -> str:
    """The code of the trainer's short link, /t/<code>."""
    return session.scalars(select(ShortLink.code).where(ShortLink.trainer_id == trainer.id)).one()


def find_by_code(session: Session, code: str) -> Trainer:
    """Who a short link leads to. Raises NotFound, and Gone where its trainer was erased."""
    row = session.get(ShortLink, code.lower()) if len(code) <= LONGEST_CODE else None
    if row is None:
        raise NotFound("There is no such link. Look at each sign once more.")
    if row.trainer_id is None:
        raise Gone("This listing was deleted.")
    return session.get_one(Trainer, row.trainer_id)


def give_short_link(session: Session, trainer: Trainer) -> None:
    """A code that nobody ever had: 31 signs in 6 places are 888 million, so the first draw is free as a rule."""
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    try:
        with told_as(session, pk_short_link=SlugTaken(code)):
            session.add(ShortLink(code=code, trainer_id=trainer.id))
    except SlugTaken:
        give_short_link(session, trainer)
