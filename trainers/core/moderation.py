"""Words and pictures that a reviewer looks at: pictures and questioned words first, other words once public."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from . import audit
from .errors import DomainError, NotFound
from .evidence import ORPHAN_AGE, CleanFile, Erased, Files, clean
from .mail import outbox
from .models import Portrait, Review, Trainer
from .review import queue
from .review.looks import Sitting
from .search import listing
from .trainers import hide_words, show_words, written

CHANGED = "The trainer changed this while you looked. Look at what is there now, then decide."
FOLDER = "portraits"
SIDE = 320
"""Pixels: sharp on a phone, 15 KB or so."""
FINE = "Your words and picture are fine."
DECLINE = {
    "not_you": "The picture shows no face, or somebody else",
    "certificate": "It shows a certificate, a logo or text",
    "unfit": "It is not fit for a public page",
}
HIDE = {
    "medical": "It promises to treat, heal or diagnose",
    "proof": "It claims something that no card here shows",
    "contact": "It holds an address, a number or advertising for somebody else",
    "unfit": "It is not fit for a public page",
}


def ask_for_look(session: Session, trainer: Trainer, *, now: datetime, today: date) -> Review:
    return queue.open_review(session, kind="profile", trainer=trainer, now=now, today=today)


# Pictures


def square(data: bytes, name: str = "") -> CleanFile:
    """The middle of a picture, small and anew. Raises DomainError with a sentence."""
    found = clean(data, name)
    if found.content_type == "application/pdf":
        raise DomainError("Choose a picture: JPEG, PNG or WebP.", field="photo")
    with Image.open(io.BytesIO(found.data)) as picture:
        fitted = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE))
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=80, optimize=True)
    return CleanFile("image/jpeg", out.getvalue())


def store(files: Files, found: CleanFile) -> str:
    key = f"{FOLDER}/{uuid4()}.jpeg"
    files.write(key, found.data)
    return key


def send_in(
    session: Session, files: Files, trainer: Trainer, found: CleanFile, *, key: str, now: datetime, today: date
) -> Portrait:
    """A picture that waits for a look; an earlier one that waits is erased, one that is shown stays until then."""
    for earlier in in_state(session, trainer, "waiting"):
        erase(session, files, earlier)
    portrait = Portrait(
        trainer_id=trainer.id,
        state="waiting",
        sha256=hashlib.sha256(found.data).hexdigest(),
        storage_key=key,
        size=len(found.data),
        uploaded_at=now,
    )
    session.add(portrait)
    ask_for_look(session, trainer, now=now, today=today)
    session.flush()
    return portrait


def in_state(session: Session, trainer: Trainer, state: str) -> Sequence[Portrait]:
    query = select(Portrait).where(Portrait.trainer_id == trainer.id, Portrait.state == state)
    return session.scalars(query.order_by(Portrait.id.desc())).all()


def newest(session: Session, trainer: Trainer, state: str) -> Portrait | None:
    return next(iter(in_state(session, trainer, state)), None)


def read(session: Session, files: Files, trainer: Trainer, state: str) -> bytes:
    """Raises NotFound."""
    portrait = newest(session, trainer, state)
    if portrait is None:
        raise NotFound("There is no picture here.")
    try:
        return files.read(portrait.storage_key)
    except FileNotFoundError as error:
        raise NotFound("There is no picture here.") from error


def erase(session: Session, files: Files, portrait: Portrait) -> None:
    files.delete(portrait.storage_key)
    portrait.state = "erased"
    session.flush()


def take_away(session: Session, files: Files, trainer: Trainer, *, by: str) -> None:
    """The trainer wants none: those that wait and the one that is shown are erased."""
    for state in ("waiting", "shown"):
        for portrait in in_state(session, trainer, state):
            erase(session, files, portrait)
    about = f"trainer:{trainer.id}"
    audit.record(session, by=by, action="picture_removed", subject=about, about=about)


def sweep_orphans(session: Session, files: Files, *, now: datetime) -> Erased:
    """Delete files that no row knows: an upload that broke off between the file and its row."""
    known = set(session.scalars(select(Portrait.storage_key).where(Portrait.state != "erased")))
    old = files.keys_older_than(now - ORPHAN_AGE, under=FOLDER)
    orphans = [key for key in old if key not in known]
    gone = files.delete_each(orphans)
    return Erased(len(gone), len(orphans) - len(gone))


# What a reviewer decides


class Changed(DomainError):
    """What the reviewer decides on is not what was on the page."""


@dataclass(frozen=True)
class Seen:
    """What was on a reviewer's page: the uuid of the picture, empty without one, and a hash of the words."""

    picture: str
    words: str


def seen_of(trainer: Trainer, picture: Portrait | None) -> Seen:
    """Goes with the decision, so that nothing passes that nobody has looked at."""
    words = "\0".join(written(trainer))
    return Seen(picture.uuid if picture else "", hashlib.sha256(words.encode()).hexdigest())


def to_judge(session: Session, trainer: Trainer) -> Portrait | None:
    """The picture that waits, or else the one that is shown."""
    return newest(session, trainer, "waiting") or newest(session, trainer, "shown")


def decide(
    session: Session,
    files: Files,
    work: Review,
    sitting: Sitting,
    *,
    picture: str,
    words: str,
    answer: str,
    seen: Seen,
) -> None:
    """`picture` and `words` are "fine" or a reason of DECLINE and HIDE; `answer` is what the trainer reads.

    A picture that is declined is erased; words that are hidden are taken off the page, or never get there, and
    their trainer gets them back by mail. Raises Changed where what is stored is not what the reviewer has `seen`.
    """
    queue.demand_hold(session, work, by=sitting.by, now=sitting.now)
    if work.kind != "profile":
        raise DomainError("There are no words or pictures to decide on here.")
    demand_known(picture, DECLINE, "picture")
    demand_known(words, HIDE, "words")
    trainer, hidden = work.trainer, ""
    portrait = demand_seen(session, trainer, seen)
    if portrait:
        judge_picture(session, files, trainer, portrait, sitting, fine=picture == "fine")
    if words == "fine":
        show_words(trainer)
    else:
        hidden = "\n".join(filter(None, hide_words(trainer)))
    said = [DECLINE[picture]] if picture != "fine" else []
    said += [HIDE[words]] if words != "fine" else []
    queue.close(work, outcome="resolved", by=sitting.by, now=sitting.now)
    work.answer = " ".join(filter(None, (*(f"{each}." for each in said), answer))) or FINE
    about = f"trainer:{trainer.id}"
    audit.record(
        session, by=sitting.by, action="profile_reviewed", subject=f"review:{work.id}", about=about, detail=words
    )
    listing.refresh(session, trainer, today=sitting.today)
    if said:
        tell(session, work, hidden, sitting)
    session.flush()


def demand_known(chosen: str, known: dict[str, str], field: str) -> None:
    if chosen != "fine" and chosen not in known:
        raise DomainError("Choose whether it is fine, or why not.", field=field)


def demand_seen(session: Session, trainer: Trainer, seen: Seen) -> Portrait | None:
    """The picture to decide on, read afresh as the words are. Raises Changed."""
    session.refresh(trainer)
    portrait = to_judge(session, trainer)
    if seen_of(trainer, portrait) != seen:
        raise Changed(CHANGED)
    return portrait


def judge_picture(
    session: Session, files: Files, trainer: Trainer, portrait: Portrait, sitting: Sitting, *, fine: bool
) -> None:
    """A picture that is fine takes the place of the one shown; one that is not leaves that one alone."""
    if not fine:
        files.delete(portrait.storage_key)
        portrait.state, portrait.decided_at, portrait.decided_by = "declined", sitting.now, sitting.by
    elif portrait.state == "waiting":
        for earlier in in_state(session, trainer, "shown"):
            erase(session, files, earlier)
        portrait.state, portrait.decided_at, portrait.decided_by = "shown", sitting.now, sitting.by


def tell(session: Session, work: Review, hidden: str, sitting: Sitting) -> None:
    account = work.trainer.account
    outbox.queue(
        session,
        to=outbox.recipient_for(session, account.email, account_id=account.id),
        template="profile_reviewed",
        context={"name": work.trainer.name.split()[0], "answer": work.answer, "hidden": hidden},
        dedupe_key=f"review:{work.id}:profile",
        now=sitting.now,
    )
