"""A trainer's profile and the life of the listing: drafted, listed, paused, withdrawn; its addresses."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import accounts, audit, names, texts, wording
from .credentials import claim_kind, visible_credentials
from .errors import DomainError, Gone, NotFound, Refused
from .mail import alerts
from .models import Account, Slug, Trainer, TrainerLanguage, TrainerSpecialty
from .review import queue
from .search import listing
from .slugs import forget_slugs, give_short_link, give_slug, slug_of
from .violations import told_as

LONGEST_NAME = 120
LONGEST_HEADLINE = 120
LONGEST_BIO = 3000
NOTHING_TO_SHOW = "Add a certification first. A listing without one is not shown."
TOLD_ALREADY = "You have told us about you already. My listing shows it."
TAKEN_DOWN = "We have taken this listing down. Write to us, the address stands under Contact, if that is wrong."
CONSENTS = ("listing", "adult")
_SLUG = re.compile(r"[a-z0-9-]{1,140}")


def trainer_of(session: Session, account_id: int, *, hold: bool = False) -> Trainer | None:
    """The trainer behind an account, if the account has told about itself.

    With `hold` nobody else changes her or him before we commit. Whoever is about to write takes this row first, so
    that of two who write about one trainer the second waits, instead of each for the other.
    """
    query = select(Trainer).where(Trainer.account_id == account_id)
    return session.scalar(query.with_for_update(of=Trainer) if hold else query)


# Profile


def create_profile(
    session: Session, account: Account, *, name: str, zip: str, mode: str, by: str, now: datetime
) -> Trainer:
    """A draft: nobody sees it before a certification is sent in. Raises DomainError for a name without letters."""
    name = shown_name(name)
    if trainer_of(session, account.id):
        raise Refused(TOLD_ALREADY)
    trainer = Trainer(account_id=account.id, name=name, zip=zip, mode=mode, state="draft", created_at=now)
    with told_as(session, uq_trainer_account_id=Refused(TOLD_ALREADY)):
        session.add(trainer)
    give_slug(session, trainer, now=now)
    give_short_link(session, trainer)
    note(session, trainer, "profile_created", by=by)
    return trainer


def update_about(
    session: Session, trainer: Trainer, *, name: str, zip: str, mode: str, by: str, now: datetime, today: date
) -> None:
    """Name, place and ways to meet. A certification that was checked stays as it was checked."""
    trainer.zip, trainer.mode = zip, mode
    session.flush()
    session.expire(trainer, ["place"])
    note(session, trainer, "profile_changed", by=by)
    change_name(session, trainer, name, by=by, now=now, today=today)


def update_profile(
    session: Session,
    trainer: Trainer,
    *,
    headline: str,
    bio: str,
    proven: Collection[str],
    specialties: Iterable[str],
    languages: Iterable[str],
    accepting: bool,
    by: str,
    now: datetime,
    today: date,
) -> None:
    """What the trainer says about her or himself. New words are read by a reviewer: those that the site questions
    before they are public, the others after. `proven` is what may be said because a card shows it.
    """
    words = Words(texts.one_line(headline), texts.paragraphs(bio))
    if any(words) and words != written(trainer):
        queue.open_review(session, kind="profile", trainer=trainer, now=now, today=today)
    trainer.headline, trainer.waiting_headline = kept(trainer.headline, words.headline, proven)
    trainer.bio, trainer.waiting_bio = kept(trainer.bio, words.bio, proven)
    chosen, spoken = set(specialties), set(languages)
    trainer.specialties = [row for row in trainer.specialties if row.specialty in chosen]
    trainer.specialties += [TrainerSpecialty(specialty=slug) for slug in chosen - specialties_of(trainer)]
    trainer.languages = [row for row in trainer.languages if row.language in spoken]
    trainer.languages += [TrainerLanguage(language=code) for code in spoken - languages_of(trainer)]
    trainer.accepting, trainer.accepting_said_on = accepting, today
    note(session, trainer, "profile_changed", by=by)
    listing.refresh(session, trainer, today=today)


class Words(NamedTuple):
    headline: str
    bio: str


def written(trainer: Trainer) -> Words:
    """What the trainer wrote last: what waits for a reviewer, or else what is public."""
    headline, bio = trainer.waiting_headline, trainer.waiting_bio
    return Words(trainer.headline if headline is None else headline, trainer.bio if bio is None else bio)


def kept(public: str, new: str, proven: Collection[str]) -> tuple[str, str | None]:
    """What is public from now on, and what waits. What is public already was looked at, or asked for no look."""
    if new == public or not wording.questions(new, proven):
        return new, None
    return public, new


def show_words(trainer: Trainer) -> None:
    """A reviewer found them fine."""
    trainer.headline, trainer.bio = written(trainer)
    trainer.waiting_headline = trainer.waiting_bio = None


def hide_words(trainer: Trainer) -> Words:
    """A reviewer did not. What was public before something else was written stays; answers what is taken off."""
    words = written(trainer)
    trainer.headline = "" if trainer.waiting_headline is None else trainer.headline
    trainer.bio = "" if trainer.waiting_bio is None else trainer.bio
    trainer.waiting_headline = trainer.waiting_bio = None
    return words


def specialties_of(trainer: Trainer) -> set[str]:
    return {row.specialty for row in trainer.specialties}


def languages_of(trainer: Trainer) -> set[str]:
    return {row.language for row in trainer.languages}


def change_name(session: Session, trainer: Trainer, name: str, *, by: str, now: datetime, today: date) -> None:
    """A new name gets a new address, and the old address leads there. Nothing is checked again by itself.

    Raises DomainError for a name without letters.
    """
    name = shown_name(name)
    if name != trainer.name:
        trainer.name = name
        if trainer.listed_at is None:  # never seen by anybody: a slip of the pen leaves no trace
            forget_slugs(session, trainer)
        give_slug(session, trainer, now=now)
        note(session, trainer, "name_changed", by=by)
    listing.refresh(session, trainer, today=today)


def shown_name(name: str) -> str:
    name = texts.one_line(name)
    if not names.fold(name):
        raise DomainError("Enter the name that clients know.", field="name")
    if len(name) > LONGEST_NAME:
        raise DomainError(f"Shorten the name to {LONGEST_NAME} characters.", field="name")
    return name


# Addresses


def find_by_slug(session: Session, slug: str) -> tuple[Trainer, str]:
    """The listed trainer and her or his own address, which may be a newer one.

    Raises Gone for a listing that was withdrawn or erased, NotFound for one that is paused or never was.
    """
    row = session.get(Slug, slug) if _SLUG.fullmatch(slug) else None
    if row is None:
        raise NotFound("No listing has this address. It may have a slip in it.")
    trainer = session.get(Trainer, row.trainer_id) if row.trainer_id is not None else None
    if trainer is None or trainer.state == "withdrawn":
        raise Gone("The trainer has taken this listing down.")
    if trainer.state == "paused":
        sentence = "The trainer has paused this listing. It may come back later."
        raise NotFound(sentence, heading="This listing is not shown now")
    if trainer.state != "listed":
        raise NotFound("No listing is shown at this address now.")
    return trainer, slug_of(session, trainer)


# Listed, paused, withdrawn


def list_publicly(session: Session, trainer: Trainer, *, by: str, now: datetime, today: date) -> None:
    """Show the listing, for the first time or again. Claims that nobody has answered go back into the queue.

    Raises Refused without consent or without a certification to show.
    """
    if missing_consents(session, trainer):
        raise Refused("Tick both boxes first: we list nobody without them.")
    held = visible_credentials(session, trainer)
    if not held:
        raise Refused(NOTHING_TO_SHOW)
    for credential in held:
        if kind := claim_kind(credential):
            queue.open_review(session, kind=kind, trainer=trainer, credential=credential, now=now, today=today)
    trainer.listed_at = trainer.listed_at or now
    move(session, trainer, "listed", by=by, today=today)
    watch_all(session, trainer, today=today)


def missing_consents(session: Session, trainer: Trainer) -> list[str]:
    """What the trainer has not agreed to yet, or not in the words of today."""
    return [each for each in CONSENTS if not accounts.has_consented(session, trainer.account_id, each)]


def pause(session: Session, trainer: Trainer, *, by: str, today: date) -> None:
    """Out of the search and off the page until resumed; checks and reminders go on."""
    if trainer.state not in ("listed", "paused"):
        raise Refused("Only a public listing can be paused.")
    move(session, trainer, "paused", by=by, today=today)


def resume(session: Session, trainer: Trainer, *, by: str, today: date) -> None:
    if trainer.state not in ("listed", "paused"):
        raise Refused("Only a paused listing can go on.")
    if not visible_credentials(session, trainer):
        raise Refused(NOTHING_TO_SHOW)
    move(session, trainer, "listed", by=by, today=today)


def withdraw(session: Session, trainer: Trainer, *, by: str, now: datetime, today: date) -> None:
    """Take the listing down: its address says so, and what waits to be checked leaves the queue."""
    if trainer.state == "draft":
        raise Refused("Your listing is not public yet.")
    queue.close_withdrawn(session, trainer=trainer, by=by, now=now)
    move(session, trainer, "withdrawn", by=by, today=today)
    watch_all(session, trainer, today=today)


def watch_all(session: Session, trainer: Trainer, *, today: date) -> None:
    """Reminders end with the listing and begin again with it."""
    for credential in visible_credentials(session, trainer):
        alerts.watch_credential(session, credential, today=today)


def move(session: Session, trainer: Trainer, state: str, *, by: str, today: date) -> None:
    if state == "listed" and trainer.taken_down_at is not None:
        raise Refused(TAKEN_DOWN)
    if trainer.state != state:
        trainer.state = state
        note(session, trainer, f"listing_{state}", by=by)
    listing.refresh(session, trainer, today=today)


def note(session: Session, trainer: Trainer, action: str, *, by: str) -> None:
    subject = f"trainer:{trainer.id}"
    audit.record(session, by=by, action=action, subject=subject, about=subject)
