"""Photos of certificates: what a file may be, where it is kept, who may read it, when it goes.

Images are drawn anew, so that nothing of the file that was sent is kept but what can be seen. PDFs are kept as
they are and only ever handed out for download.
"""

import hashlib
import io
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid4

import fsspec
import puremagic
from PIL import Image, ImageOps
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from .dates import add_months
from .errors import DomainError, NotFound
from .models import Account, ClaimDraft, Credential, Evidence, Review, Term, Trainer

log = logging.getLogger("trainers.files")

LARGEST = 10 * 1024 * 1024
LARGEST_PICTURE = 40_000_000  # pixels: a small file can unpack into an enormous picture
SIDE = 2400  # pixels: enough to read a certificate number from a photo of the whole page
MOST_FILES = 5
KEPT_AFTER_DECISION = timedelta(days=30)
MONTHS_AFTER_END = 12
DRAFT_KEPT = timedelta(days=90)
ORPHAN_AGE = timedelta(days=1)
FIELD = "photo"

PICTURES = ("jpeg", "png", "webp")
PICTURE_ENDINGS = ("jpg", *PICTURES)

_OWN_KEY = re.compile(r"[0-9a-f]{2}/")
"""Other folders of the store are not evidence, and swept by those who fill them."""
_PDF_START = re.compile(rb"%PDF-[12]\.\d")
_PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


@dataclass(frozen=True)
class Erased:
    """How many files were deleted, and how many could not be: those stay due."""

    files: int = 0
    failed: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.files + other.files, self.failed + other.failed)


class StoreTrouble(OSError):
    """The private store does not take or give a file: its disk is full, its bucket cannot be reached."""


@contextmanager
def telling_of_trouble() -> Iterator[None]:
    """Each kind of store has errors of its own; a file that is not there is no trouble of the store."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        raise StoreTrouble(f"The store of files cannot be used: {type(error).__name__}") from error


@dataclass(frozen=True)
class Files:
    """The private store: a folder or a bucket. Raises StoreTrouble."""

    system: Any
    root: str

    def path(self, key: str) -> str:
        return f"{self.root}/{key}"

    def write(self, key: str, data: bytes) -> None:
        """Under its name the file is there whole or not at all."""
        path = self.path(key)
        part = f"{path}.part"
        with telling_of_trouble():
            self.system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            self.system.pipe_file(part, data)
            self.system.mv(part, path)

    def read(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        with telling_of_trouble():
            data: bytes = self.system.cat_file(self.path(key))
        return data

    def delete(self, key: str) -> None:
        """A file that is gone already is no error."""
        with suppress(FileNotFoundError), telling_of_trouble():
            self.system.rm_file(self.path(key))

    def demand_reachable(self) -> None:
        """Ask the store whether it is there at all."""
        with telling_of_trouble():
            self.system.invalidate_cache()
            self.system.exists(self.root)

    def delete_each(self, keys: Iterable[str]) -> set[str]:
        """Delete what can be deleted, so that one file keeps back no other; the keys of what is gone."""
        gone = set()
        for key in keys:
            try:
                self.delete(key)
            except Exception:  # each kind of store has errors of its own
                log.exception("The file %s could not be deleted", key)
            else:
                gone.add(key)
        return gone

    def all_keys(self, *, under: str = "") -> list[str]:
        """Of every file that is there; in a folder of the store, or all."""
        folder = f"{self.root}/{under}".rstrip("/")
        found = self.system.find(folder) if self.system.exists(folder) else []
        return [path.removeprefix(f"{self.root}/") for path in found]

    def keys_older_than(self, moment: datetime, *, under: str = "") -> list[str]:
        return [key for key in self.all_keys(under=under) if self.system.modified(self.path(key)) < moment]


@lru_cache(maxsize=8)
def open_files(url: str) -> Files:
    """The store behind UPLOADS_URL, such as file:///srv/uploads or s3://bucket/uploads."""
    system, root = fsspec.core.url_to_fs(url)
    return Files(system, root.rstrip("/"))


# What a file may be


@dataclass(frozen=True)
class CleanFile:
    content_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def clean(data: bytes, name: str = "") -> CleanFile:
    """What is kept of a file. What is in it decides; a name that says something else is a mistake or a trick.

    Raises DomainError with a sentence.
    """
    if not data:
        raise refused("The file is empty. Choose the photo again.")
    if len(data) > LARGEST:
        raise refused("The file is larger than 10 MB. A photo from a phone at normal size is enough.")
    kind = kind_of(data)
    demand_true_name(name, kind)
    if kind == "pdf":
        return clean_pdf(data)
    if kind in PICTURES:
        return CleanFile("image/jpeg", redraw(data))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise refused("This is a HEIC photo, which we cannot read. Save it as JPEG, or take a screenshot of it.")
    raise refused("Choose a photo (JPEG, PNG or WebP) or a PDF.")


def demand_true_name(name: str, kind: str) -> None:
    """A picture may be named as any picture: phones mix those up by themselves. Raises DomainError."""
    ending = name.lower().rpartition(".")[2]
    if ending == "pdf" and kind in PICTURES:
        raise refused("This file is named .pdf, but it is a picture. Choose the photo itself, or a real PDF.")
    if ending in PICTURE_ENDINGS and kind == "pdf":
        raise refused(f"This file is named .{ending}, but it is a PDF. Name it .pdf, or choose a photo.")


def kind_of(data: bytes) -> str:
    """A first look at the beginning of the file; what follows is proved by reading it whole."""
    try:
        extension: str = puremagic.from_string(data)
    except (puremagic.PureError, ValueError):
        return ""
    word = extension.lstrip(".")
    return {"jpg": "jpeg", "jfif": "jpeg", "jpe": "jpeg"}.get(word, word)


def clean_pdf(data: bytes) -> CleanFile:
    whole = _PDF_START.match(data) and b" obj" in data and _PDF_END.search(data[-2048:])
    if not whole:
        raise refused("This PDF is damaged, or it is not a PDF. Choose the file again, or send a photo.")
    return CleanFile("application/pdf", data)


def redraw(data: bytes) -> bytes:
    """The picture alone, upright, as JPEG: no place, no camera, nothing hidden behind it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > LARGEST_PICTURE:
                    raise refused("The picture has more than 40 million pixels. Send a smaller one.")
                return as_jpeg(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refused("The picture has more than 40 million pixels. Send a smaller one.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise refused("The picture is damaged. Choose the photo again, or take it again.") from error


def as_jpeg(picture: Image.Image) -> bytes:
    flat = on_white(picture)
    flat.thumbnail((SIDE, SIDE))
    fresh = Image.new("RGB", flat.size)
    fresh.paste(flat)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=85)
    return out.getvalue()


def on_white(picture: Image.Image) -> Image.Image:
    """See-through parts become paper, not black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def refused(sentence: str) -> DomainError:
    return DomainError(sentence, field=FIELD)


# Keeping


def keep_upload(session: Session, files: Files, draft: ClaimDraft, data: bytes, *, now: datetime) -> Evidence:
    """Clean, store and record in one, for callers that may keep their transaction open meanwhile.

    Raises DomainError for a file that cannot be kept.
    """
    found = clean(data)
    return record(session, files, draft, found, key=store(files, found), now=now)


def store(files: Files, found: CleanFile) -> str:
    """Write the file under a name that nobody can guess; needs no database."""
    uuid = str(uuid4())
    key = f"{uuid[:2]}/{uuid}.{found.content_type.rsplit('/', 1)[1]}"
    files.write(key, found.data)
    return key


def record(
    session: Session, files: Files, draft: ClaimDraft, found: CleanFile, *, key: str, now: datetime
) -> Evidence:
    """Note a stored file on the draft. The same file sent twice is there once; raises DomainError for too many."""
    pending = pending_on(draft)
    for each in pending:
        if each.sha256 == found.sha256:
            files.delete(key)
            return each
    if len(pending) >= MOST_FILES:
        files.delete(key)
        raise refused(f"You have sent {MOST_FILES} files. Remove one before you add another.")
    kept = Evidence(
        trainer_id=draft.trainer_id,
        draft=draft,
        state="pending",
        sha256=found.sha256,
        storage_key=key,
        content_type=found.content_type,
        size=len(found.data),
        slip_code=draft.slip_code,
        uploaded_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def pending_on(draft: ClaimDraft) -> list[Evidence]:
    """The files of a draft that are still there, oldest first."""
    return [each for each in draft.evidence if each.state == "pending"]


def attach(draft: ClaimDraft, term: Term) -> None:
    """The draft's files now belong to the claim that was sent in."""
    for each in list(draft.evidence):
        if each.state == "pending":
            each.state, each.term_id = "attached", term.id
        each.draft = None


# Reading


def find_evidence(session: Session, uuid: str) -> Evidence:
    """Raises NotFound, for an erased file too."""
    found = session.scalar(select(Evidence).where(Evidence.uuid == uuid, Evidence.state != "erased"))
    if found is None:
        raise NotFound("This file is not here, or no longer.")
    return found


def evidence_for(session: Session, credential: Credential) -> list[Evidence]:
    """What was sent in for a credential, all its terms together, oldest first."""
    query = select(Evidence).join(Term, Evidence.term_id == Term.id)
    query = query.where(Term.credential_id == credential.id, Evidence.state == "attached")
    return list(session.scalars(query.order_by(Evidence.id)))


def may_read(session: Session, account: Account, evidence: Evidence) -> bool:
    """Its owner always; a reviewer once it was sent in."""
    owner = session.scalar(select(Trainer.account_id).where(Trainer.id == evidence.trainer_id))
    return owner == account.id or (evidence.state == "attached" and account.has_role("reviewer"))


def read_file(files: Files, evidence: Evidence) -> bytes:
    """Raises NotFound when the file is not there any more."""
    try:
        return files.read(evidence.storage_key)
    except FileNotFoundError as error:
        raise NotFound("This file is not here, or no longer.") from error


# Erasing


def erase(session: Session, files: Files, evidence: Evidence, now: datetime) -> None:
    """The file first: should the transaction fail afterwards, the next try finds nothing to delete and goes on."""
    files.delete(evidence.storage_key)
    evidence.state, evidence.erased_at = "erased", now
    session.flush()


def erase_due(session: Session, files: Files, *, now: datetime) -> Erased:
    """Erase what was decided 30 days ago, what was withdrawn, what ended a year ago, and old drafts."""
    found = [
        *decided(session, now - KEPT_AFTER_DECISION),
        *withdrawn(session),
        *long_ended(session, add_months(now.date(), -MONTHS_AFTER_END)),
        *left_alone(session, now - DRAFT_KEPT),
    ]
    due = list({each.id: each for each in found}.values())
    gone = files.delete_each(each.storage_key for each in due)
    for each in due:
        if each.storage_key in gone:
            each.state, each.erased_at = "erased", now
    session.flush()
    return Erased(len(gone), len(due) - len(gone))


def decided(session: Session, before: datetime) -> Iterable[Evidence]:
    """Files of credentials that wait for nobody, and whose last piece of work was closed before a moment."""
    work = (
        select(
            Review.credential_id,
            func.count().filter(Review.closed_at.is_(None)).label("waiting"),
            func.max(Review.closed_at).label("last_closed"),
        )
        .group_by(Review.credential_id)
        .subquery()
    )
    query = select(Evidence).join(Term, Evidence.term_id == Term.id)
    query = query.join(work, work.c.credential_id == Term.credential_id)
    done = and_(work.c.waiting == 0, work.c.last_closed <= before)
    return session.scalars(query.where(Evidence.state == "attached", done)).all()


def withdrawn(session: Session) -> Iterable[Evidence]:
    """Files of credentials that their holder has taken off, or whose listing is withdrawn."""
    query = select(Evidence).join(Term, Evidence.term_id == Term.id)
    query = query.join(Credential, Term.credential_id == Credential.id)
    query = query.join(Trainer, Credential.trainer_id == Trainer.id)
    off = or_(Credential.withdrawn_at.is_not(None), Trainer.state == "withdrawn")
    return session.scalars(query.where(Evidence.state == "attached", off)).all()


def long_ended(session: Session, before: date) -> Iterable[Evidence]:
    """Files of credentials whose last end date lies before a day, whoever still waits for what."""
    last_end = func.max(Term.expires_on)
    ended = select(Term.credential_id).group_by(Term.credential_id).having(last_end < before)
    query = select(Evidence).join(Term, Evidence.term_id == Term.id)
    return session.scalars(query.where(Evidence.state == "attached", Term.credential_id.in_(ended))).all()


def left_alone(session: Session, before: datetime) -> Iterable[Evidence]:
    """Files of drafts that nobody has touched for long, or whose credential or listing was withdrawn."""
    query = select(Evidence).join(ClaimDraft, Evidence.draft_id == ClaimDraft.id)
    query = query.outerjoin(Credential, ClaimDraft.credential_id == Credential.id)
    query = query.join(Trainer, ClaimDraft.trainer_id == Trainer.id)
    off = or_(Credential.withdrawn_at.is_not(None), Trainer.state == "withdrawn")
    forgotten = or_(ClaimDraft.updated_at <= before, off)
    return session.scalars(query.where(Evidence.state == "pending", forgotten)).all()


def sweep_orphans(session: Session, files: Files, *, now: datetime) -> Erased:
    """Delete files that no row knows: an upload that broke off between the file and its row."""
    known = set(session.scalars(select(Evidence.storage_key).where(Evidence.state != "erased")))
    old = (key for key in files.keys_older_than(now - ORPHAN_AGE) if _OWN_KEY.match(key))
    orphans = [key for key in old if key not in known]
    gone = files.delete_each(orphans)
    return Erased(len(gone), len(orphans) - len(gone))
