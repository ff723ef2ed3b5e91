"""A backup: one archive (tar) with the database, every uploaded file, and a manifest that all of it is checked by.

The database is copied first, so that each of its rows finds its file; the manifest is written last, so that an
archive which breaks off has none.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, inspect

from ..errors import DomainError, Refused
from ..evidence import Files
from . import engines
from .engines import Progress, Sums, TableSum

FORMAT = 1
NAME = "sound-stride-"
DATABASE, MANIFEST, FILES = "database", "manifest.json", "files/"
CHUNK = 1 << 20
NOT_WHOLE = "This is no whole backup: {}."
NOT_EMPTY = "A backup is restored into an empty instance only, and this one holds {}. Nothing was changed."


@dataclass(frozen=True)
class Content:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `skipped` counts files that were erased while it was made."""

    made_at: str
    engine: str
    database: Content
    tables: Sums
    files: dict[str, Content]
    skipped: int = 0
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def create(
    engine: Engine, files: Files, folder: Path, *, now: datetime, progress: Progress
) -> tuple[Path, Manifest]:
    """Write an archive into the folder; under its name it is there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{NAME}{now:%Y-%m-%d-%H%M%S}.tar"
    if target.exists():
        raise Refused(f"{target} is there already.")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as name:
        dumped, part = Path(name) / DATABASE, Path(name) / "archive.tar"
        sums = engines.dump(engine, dumped, progress)
        with open_new(part) as out, tarfile.open(fileobj=out, mode="w|") as archive:
            database = add_file(archive, dumped)
            kept, skipped = add_uploads(archive, files, progress)
            manifest = Manifest(now.isoformat(), engine.dialect.name, database, sums, kept, skipped)
            add(archive, MANIFEST, written(manifest))
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        part.replace(target)
    return target, manifest


def open_new(file: Path) -> IO[bytes]:
    """For nobody else on this machine."""
    return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def add_file(archive: tarfile.TarFile, file: Path) -> Content:
    with file.open("rb") as data:
        content = Content(file.stat().st_size, hashlib.file_digest(data, "sha256").hexdigest())
    archive.add(file, DATABASE, filter=nameless)
    return content


def nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uname = member.gname = ""
    return member


def add_uploads(archive: tarfile.TarFile, files: Files, progress: Progress) -> tuple[dict[str, Content], int]:
    kept, keys = {}, [key for key in files.all_keys() if not key.endswith(".part")]
    for key in keys:
        try:
            data = files.read(key)
        except FileNotFoundError:
            continue
        add(archive, FILES + key, data)
        kept[key] = Content(len(data), hashlib.sha256(data).hexdigest())
        progress(1)
    return kept, len(keys) - len(kept)


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    archive.addfile(member, io.BytesIO(data))


def written(manifest: Manifest) -> bytes:
    """With a checksum of its own as its last line."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    return text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n"


def read_manifest(data: bytes) -> Manifest:
    text, _, checksum = data.rstrip(b"\n").rpartition(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != checksum:
        raise DomainError(NOT_WHOLE.format("its manifest is damaged"))
    told: dict[str, Any] = json.loads(text)
    if told["format"] != FORMAT:
        raise DomainError(f"This backup has the format {told['format']}, and this version reads {FORMAT}.")
    told["database"] = Content(**told["database"])
    told["tables"] = {name: TableSum(**each) for name, each in told["tables"].items()}
    told["files"] = {key: Content(**each) for key, each in told["files"].items()}
    return Manifest(**told)


def forget_old(folder: Path, *, now: datetime, days: int) -> list[Path]:
    """Delete the archives of ours that are older: what people had erased is still in them."""
    before = (now - timedelta(days=days)).timestamp()
    old = [each for each in folder.glob(f"{NAME}*.tar") if each.stat().st_mtime < before]
    for each in old:
        each.unlink()
    return old


# Reading one


def verify(archive: Path, *, progress: Progress) -> Manifest:
    """Read all of it: each checksum, and whether the database can be read. Raises DomainError."""
    with unpacked_database(archive, progress) as (manifest, database):
        engines.demand_readable(manifest.engine, database, manifest.tables, progress)
    return manifest


@contextmanager
def unpacked_database(archive: Path, progress: Progress) -> Iterator[tuple[Manifest, Path]]:
    """The database as a file beside the archive, once everything in that has its checksum."""
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as name:
        database = Path(name) / DATABASE
        with tells_of_damage():
            manifest, found = read_all(archive, database, progress)
        if manifest is None:
            raise DomainError(NOT_WHOLE.format("it breaks off"))
        demand_contents(manifest, found)
        yield manifest, database


def read_all(archive: Path, database: Path, progress: Progress) -> tuple[Manifest | None, dict[str, Content]]:
    manifest, found = None, {}
    for member, data in members(archive):
        if member == MANIFEST:
            manifest = read_manifest(data.read())
        elif member == DATABASE:
            found[member] = unpack(data, database)
        else:
            found[member] = content_of(data)
            progress(1)
    return manifest, found


def members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(archive, "r|") as opened:
        for member in opened:
            data = opened.extractfile(member)
            if data is not None:
                yield member.name, data


@contextmanager
def tells_of_damage() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as error:
        raise DomainError(NOT_WHOLE.format(f"it breaks off or is damaged ({error})")) from error


def unpack(data: IO[bytes], target: Path) -> Content:
    size, sha = 0, hashlib.sha256()
    with open_new(target) as out:
        while chunk := data.read(CHUNK):
            out.write(chunk)
            sha.update(chunk)
            size += len(chunk)
    return Content(size, sha.hexdigest())


def content_of(data: IO[bytes]) -> Content:
    whole = data.read()
    return Content(len(whole), hashlib.sha256(whole).hexdigest())


def demand_contents(manifest: Manifest, found: dict[str, Content]) -> None:
    meant = {DATABASE: manifest.database} | {FILES + key: each for key, each in manifest.files.items()}
    wrong = sorted(name for name in meant.keys() | found.keys() if meant.get(name) != found.get(name))
    if wrong:
        raise DomainError(NOT_WHOLE.format(f"these parts are missing or damaged: {', '.join(wrong[:5])}"))


# Restoring


def restore(archive: Path, engine: Engine, files: Files, *, progress: Progress) -> Manifest:
    """Put an archive into an empty instance, then compare rows and files with what the manifest says.

    Files that an attempt which broke off has written are no obstacle. Raises DomainError.
    """
    demand_no_tables(engine)
    with unpacked_database(archive, progress) as (manifest, database):
        if manifest.engine != engine.dialect.name:
            raise Refused(f"This backup is of {manifest.engine}, and DATABASE_URL names {engine.dialect.name}.")
        demand_no_other_files(files, manifest)
        for member, data in members(archive):
            if member.startswith(FILES):
                files.write(member.removeprefix(FILES), data.read())
                progress(1)
        engines.load(engine, database)
    compare(engine, files, manifest, progress)
    return manifest


def demand_no_tables(engine: Engine) -> None:
    there = inspect(engine).get_table_names()
    if there:
        raise Refused(NOT_EMPTY.format(f"tables ({', '.join(sorted(there)[:3])} …)"))


def demand_no_other_files(files: Files, manifest: Manifest) -> None:
    others = [key for key in files.all_keys() if key not in manifest.files]
    if others:
        raise Refused(NOT_EMPTY.format(f"other files ({others[0]} …)"))


def compare(engine: Engine, files: Files, manifest: Manifest, progress: Progress) -> None:
    """What is there now with what the manifest says. Raises DomainError."""
    with engine.connect() as connection:
        engines.demand_same(engines.sums_of(connection, progress), manifest.tables)
    for key, meant in manifest.files.items():
        if hashlib.sha256(files.read(key)).hexdigest() != meant.sha256:
            raise DomainError(f"The file {key} was not written as it is in the backup.")
        progress(1)
