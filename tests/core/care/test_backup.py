"""A backup holds everything, tells when it does not, and comes back as it was."""

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.application import NOW, make_app
from tests.databases import Databases
from tests.factories import Factory
from tests.house import close_database
from trainers.core import evidence, heartbeats
from trainers.core.care import backup
from trainers.core.errors import DomainError
from trainers.core.models import Evidence, Trainer
from trainers.extensions import db

Run = Callable[..., tuple[int, str]]
PHOTO = b"what a camera saw" * 1000


def runner(app: Flask) -> Run:
    def run(*command: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["backup", *command])
        return done.exit_code, done.output

    return run


@pytest.fixture
def run(app: Flask) -> Run:
    return runner(app)


@pytest.fixture
def full(app: Flask, made: Factory) -> str:
    """The key of the one file of an instance with rows in it."""
    trainer = made.listed("Zoë Ångström")
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    key = evidence.store(files, evidence.CleanFile("image/jpeg", PHOTO))
    claim = made.term(made.credential(trainer, "NASM/NASM-CES"))
    row = {"trainer_id": trainer.id, "state": "attached", "sha256": "0" * 64, "storage_key": key}
    made.add(Evidence(**row, content_type="image/jpeg", size=len(PHOTO), term_id=claim.id, uploaded_at=NOW))
    made.commit()
    return key


@pytest.fixture
def archive(run: Run, full: str, tmp_path: Path) -> Path:
    status, output = run("create", str(tmp_path / "backups"))
    assert status == 0, output
    [made] = (tmp_path / "backups").iterdir()
    return made


@pytest.fixture
def empty_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    url = databases.empty()
    app = make_app(tmp_path / "other", database_url=url)
    yield app
    close_database(app)
    databases.drop(url)


def test_a_backup_comes_back_into_an_empty_instance_as_it_was(archive: Path, empty_app: Flask, full: str) -> None:
    status, output = runner(empty_app)("restore", str(archive))
    assert status == 0, output
    assert "1 file" in output
    assert evidence.open_files(empty_app.extensions["settings"].uploads_url).read(full) == PHOTO
    with empty_app.app_context():
        assert db.session.scalars(select(Trainer.name)).all() == ["Zoë Ångström"]
        with pytest.raises(Exception, match="append_only_term"):  # the triggers came back too
            db.session.execute(text("UPDATE term SET number = 'X'"))


def test_what_was_written_after_the_moment_of_the_backup_is_not_in_it(
    app: Flask, archive: Path, empty_app: Flask, made: Factory
) -> None:
    made.trainer("Later Comer")
    made.commit()
    assert runner(empty_app)("restore", str(archive))[0] == 0
    with empty_app.app_context():
        assert "Later Comer" not in db.session.scalars(select(Trainer.name)).all()


def test_it_is_for_nobody_else_and_leaves_nothing_beside_it(archive: Path, run: Run, store: Session) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    assert [each.name for each in archive.parent.iterdir()] == [archive.name]
    status, output = run("verify", str(archive))
    assert (status, "is whole" in output) == (0, True)
    assert heartbeats.last_beat(store, heartbeats.BACKUP) == NOW


def test_only_an_empty_instance_takes_one(archive: Path, run: Run, store: Session) -> None:
    store.execute(delete(Evidence))
    store.commit()
    status, output = run("restore", str(archive))
    assert status == 1
    assert "empty instance only" in output
    assert store.scalars(select(Evidence)).all() == []


def test_a_store_with_other_files_takes_none(archive: Path, empty_app: Flask) -> None:
    files = evidence.open_files(empty_app.extensions["settings"].uploads_url)
    files.write("ab/somebody-elses.jpeg", b"here before")
    status, output = runner(empty_app)("restore", str(archive))
    assert (status, "other files" in output) == (1, True)
    assert runner(empty_app)("restore", str(archive))[0] == 1


@pytest.mark.parametrize("where", [0.02, 0.4, 0.999])
def test_a_flipped_bit_is_found(archive: Path, run: Run, empty_app: Flask, where: float) -> None:
    with archive.open("r+b") as file:
        with tarfile.open(archive) as read:
            members = read.getmembers()
        spot = {0.02: members[0].offset_data + 70, 0.4: members[1].offset_data + 9}.get(where)
        file.seek(spot or members[-1].offset_data + 20)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 4]))
    status, output = run("verify", str(archive))
    assert (status, "no whole backup" in output) == (1, True)
    assert runner(empty_app)("restore", str(archive))[0] == 1


@pytest.mark.parametrize("left", [10, 5000, -14000])
def test_one_that_breaks_off_is_found(archive: Path, run: Run, left: int) -> None:
    os.truncate(archive, left if left > 0 else archive.stat().st_size + left)
    status, output = run("verify", str(archive))
    assert (status, "no whole backup" in output) == (1, True), output


def test_rows_that_differ_after_a_restore_are_named(archive: Path, empty_app: Flask) -> None:
    assert runner(empty_app)("restore", str(archive))[0] == 0
    with empty_app.app_context():
        manifest = backup.verify(archive, progress=lambda _n: None)
        db.session.execute(text("UPDATE trainer SET name = 'Somebody Else'"))
        db.session.execute(text("DELETE FROM short_link"))
        db.session.commit()
        files = evidence.open_files(empty_app.extensions["settings"].uploads_url)
        with pytest.raises(DomainError, match=r"short_link \(0 rows, not 1\), trainer \(1 rows, not 1\)"):
            backup.compare(db.engine, files, manifest, lambda _n: None)


def test_a_folder_that_cannot_be_written_fails_with_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    status, output = run("create", str(tmp_path / "a file" / "below"))
    assert (status, "cannot be read or written" in output) == (1, True)


def test_old_archives_go_and_nothing_else_does(run: Run, archive: Path) -> None:
    old, other = archive.with_name("sound-stride-2026-01-01-000000.tar"), archive.with_name("mine.tar")
    for each in (old, other):
        each.write_bytes(b"")
        os.utime(each, (0, 0))
    archive.rename(archive.with_name("sound-stride-2026-11-23-190000.tar"))
    assert run("create", str(archive.parent), "--forget-after", "30")[0] == 0
    assert sorted(each.name for each in archive.parent.iterdir()) == [
        "mine.tar",
        "sound-stride-2026-11-23-190000.tar",
        "sound-stride-2026-11-23-200000.tar",
    ]
