"""The doctor finds nothing where nothing is wrong, and names each thing that is."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core import evidence
from trainers.core.care import doctor
from trainers.core.credentials import visible_credentials
from trainers.core.evidence import CleanFile, Files
from trainers.core.mail import alerts, watches
from trainers.core.models import (
    Credential,
    CredentialType,
    Evidence,
    Listing,
    NameWord,
    Place,
    Review,
    Term,
    Trainer,
    Watch,
)
from trainers.core.sample_directory import samples

LONG_AGO = (0, 0)
Break = Callable[[Session, Files], object]


@pytest.fixture
def files(app: Flask) -> Files:
    return evidence.open_files(app.extensions["settings"].uploads_url)


@pytest.fixture
def doctor_says(app: Flask) -> Callable[..., tuple[int, str]]:
    def run(*options: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=["doctor", *options])
        return done.exit_code, done.output

    return run


@pytest.fixture
def site(store: Session, made: Factory, files: Files) -> Factory:
    """A listing as the site makes it: with a photo, a watch and its words."""
    trainer = made.listed("Zoë Ångström", expires_on=TODAY + timedelta(days=60))
    [credential] = visible_credentials(store, trainer)
    watches.watch_credential(store, credential, today=TODAY)
    key = evidence.store(files, CleanFile("image/jpeg", b"a photo"))
    row = {"trainer_id": trainer.id, "state": "attached", "sha256": "0" * 64, "storage_key": key, "size": 7}
    made.add(Evidence(**row, content_type="image/jpeg", term_id=credential.terms[0].id, uploaded_at=NOW))
    made.commit()
    return made


def without_guards(session: Session, statement: str) -> None:
    """As nobody can who goes through the engine's own checks."""
    if session.get_bind().dialect.name == "sqlite":
        session.rollback()
        connection = session.connection().connection.driver_connection
        session.rollback()
        connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        for trigger in ("term_no_delete", "term_no_update"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")  # type: ignore[union-attr]
        connection.execute(statement)  # type: ignore[union-attr]
        connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))


def lose_the_file(session: Session, files: Files) -> None:
    files.delete(session.scalars(select(Evidence.storage_key)).one())


def leave_a_file(_session: Session, files: Files) -> None:
    files.write("ab/left-behind.jpeg", b"nobody's")
    os.utime(Path(files.path("ab/left-behind.jpeg")), LONG_AGO)


def open_work_on_nothing(session: Session, _files: Files) -> None:
    credential = session.scalars(select(Credential)).unique().one()
    what = {"credential_id": credential.id, "trainer_id": credential.trainer_id}
    session.add(Review(kind="new", opened_at=NOW, due_on=TODAY, **what))
    session.execute(update(Credential).values(withdrawn_at=NOW))
    session.execute(delete(Watch))


def claim_without_a_term(session: Session, _files: Files) -> None:
    make = Factory(session, today=TODAY, now=NOW)
    make.credential(session.scalars(select(Trainer)).one(), "NASM/NASM-CES")


BROKEN: dict[str, Break] = {
    "Rows of evidence whose file is missing: 1": lose_the_file,
    "Files older than a day that no row knows: 1 (ab/left-behind.jpeg)": leave_a_file,
    "Credentials without a single term: 1": claim_without_a_term,
    "Open work on credentials that their holders have taken off: 1": open_work_on_nothing,
    "rows of term name in credential_id a credential that is not there": lambda session, _files: without_guards(
        session, "UPDATE term SET credential_id = 4711"
    ),
    "rows of trainer name in zip a place that is not there": lambda session, _files: without_guards(
        session, "UPDATE trainer SET zip = '00000'"
    ),
    "Credential types that nobody can claim, 1 (ACSM/ACSM-EP)": lambda session, _files: session.execute(
        delete(CredentialType).where(CredentialType.code == "ACSM-EP")
    ),
}
DERIVED: dict[str, tuple[str, Break]] = {
    "a row is missing": ("Listings that differ", lambda session, _files: session.execute(delete(Listing))),
    "a row too many": (
        "Listings that differ",
        lambda session, _files: session.execute(update(Trainer).values(state="paused")),
    ),
    "a row with an older name": (
        "Listings that differ",
        lambda session, _files: session.execute(update(Trainer).values(headline="New words")),
    ),
    "a listing that shows what nobody has checked": (
        "Listings that differ",
        lambda session, _files: session.execute(update(Listing).values(qualifying=2**29)),
    ),
    "words of a name are missing": (
        "Listings that differ",
        lambda session, _files: session.execute(delete(NameWord).where(NameWord.word == "zoe")),
    ),
    "a watch is missing": ("nobody would be reminded of", lambda session, _files: session.execute(delete(Watch))),
    "a watch for another date": (
        "Reminders of a wrong date or day",
        lambda session, _files: session.execute(update(Watch).values(expires_on=TODAY + timedelta(days=99))),
    ),
    "a watch that comes too late": (
        "Reminders of a wrong date or day",
        lambda session, _files: session.execute(update(Watch).values(next_on=TODAY + timedelta(days=59))),
    ),
}


def test_where_nothing_is_wrong_nothing_is_found(
    site: Factory, doctor_says: Callable[..., tuple[int, str]]
) -> None:
    assert doctor_says() == (0, "Everything fits together.\n")


@pytest.mark.parametrize("sentence", BROKEN)
def test_each_thing_that_is_broken_is_named(
    site: Factory, files: Files, doctor_says: Callable[..., tuple[int, str]], sentence: str
) -> None:
    BROKEN[sentence](site.session, files)
    site.commit()
    status, output = doctor_says()
    assert (status, sentence in output) == (1, True), output


@pytest.mark.parametrize("what", DERIVED)
def test_what_is_derived_is_named_and_mended_on_demand(
    site: Factory, files: Files, doctor_says: Callable[..., tuple[int, str]], what: str
) -> None:
    sentence, damage = DERIVED[what]
    damage(site.session, files)
    site.commit()
    for _ in range(2):  # looking changes nothing
        status, output = doctor_says()
        assert (status, sentence in output) == (1, True), output
    status, output = doctor_says("--mend")
    assert (status, "Mended." in output) == (0, True), output
    assert doctor_says() == (0, "Everything fits together.\n")


def test_an_upload_that_is_not_over_is_no_orphan(
    site: Factory, files: Files, app: Flask, doctor_says: Callable[..., tuple[int, str]]
) -> None:
    files.write("ab/just-now.jpeg", b"its row comes in a moment")
    assert doctor_says()[0] == 0


@pytest.mark.by_day("sqlite")
def test_the_invented_directory_fits_together_on_each_day_of_a_season(session: Session, tmp_path: Path) -> None:
    files = evidence.open_files(f"file://{tmp_path}")
    samples.load(session, files, now=NOW, today=TODAY, password_hash="-")
    assert session.scalars(select(Place.zip).limit(1)).all()
    for days in (0, 1, 40, 100):
        day, moment = TODAY + timedelta(days=days), NOW + timedelta(days=days)
        alerts.plan(session, today=day, now=moment, zone=ZONE)
        found = list(doctor.examine(session, files, today=day, now=NOW, mend=False, progress=lambda _n: None))
        assert [each.sentence for each in found] == [], day
    assert session.scalars(select(Term.id).limit(1)).all()
