"""What somebody takes along: all that is kept of them, nothing of others, nothing that opens a door."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.core.test_erasure import ONLY_FOR_SOME, tables_about_a_person, with_everything
from tests.factories import Factory
from trainers.core import evidence, takeout
from trainers.core.models import Account, ContactMessage, Evidence, Trainer


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


def taken(session: Session, files: evidence.Files, account: Account) -> tuple[dict[str, Any], dict[str, bytes]]:
    target = io.BytesIO()
    takeout.write(takeout.gather(session, account, now=NOW), files, target)
    archive = zipfile.ZipFile(target)
    assert archive.testzip() is None
    inside = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(inside.pop("data.json")), inside


def sent_something(session: Session, trainer: Trainer, other: Trainer) -> None:
    """A message of this person to another trainer."""
    rows = update(ContactMessage).where(ContactMessage.trainer_id == other.id)
    session.execute(rows.values(sender_email=trainer.account.email))


def test_each_table_about_a_person_is_taken_or_left_out_for_a_reason(session: Session, make: Factory) -> None:
    there = {table.name for table, _ in takeout.steps(session, make.account())}
    about = tables_about_a_person() | ONLY_FOR_SOME | {"audit_event"}
    assert about - there == set(takeout.LEFT_OUT), "a new table: say in core/takeout.py which rows, or why not"
    assert all(reason.endswith(".") for reason in takeout.LEFT_OUT.values())


def test_all_of_one_person_is_in_it_and_nothing_of_another(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    dana, bob = (with_everything(session, make, files, f"{name} Fitzgerald") for name in ("Dana", "Bob"))
    sent_something(session, dana, bob)
    told, inside = taken(session, files, dana.account)
    assert {name for name, rows in told["tables"].items() if not rows} == set()
    assert told["left_out"] == takeout.LEFT_OUT
    text = json.dumps(told)
    assert dana.account.email in text
    assert "Dana Fitzgerald" in text
    for foreign in (bob.account.email, "Bob Fitzgerald", str(bob.uuid)):
        assert foreign not in text
    kept = session.query(Evidence).filter_by(trainer_id=dana.id).one()
    assert inside[f"files/evidence-{kept.uuid}.pdf"] == files.read(kept.storage_key)
    assert all(data.startswith((b"%PDF", b"\xff\xd8")) for data in inside.values())


def test_nothing_in_it_opens_a_door_or_names_who_of_us_did_something(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    dana = with_everything(session, make, files, "Dana Fitzgerald")
    account = dana.account
    account.password, account.tf_totp_secret = "the hash of a password", "the key of an app"
    account.mf_recovery_codes = ["a recovery code"]
    session.flush()
    told, _ = taken(session, files, account)
    text = json.dumps(told)
    for secret in ("the hash of a password", "the key of an app", "a recovery code", account.fs_uniquifier):
        assert secret not in text
    columns = {name for rows in told["tables"].values() for row in rows for name in row}
    assert columns & (takeout.OURS | {"storage_key", "context", "hash", "public_key", "key"}) == set()


def test_an_account_without_a_profile_and_a_file_that_is_gone(
    session: Session, make: Factory, files: evidence.Files
) -> None:
    dana = with_everything(session, make, files, "Dana Fitzgerald")
    for table in takeout.gather(session, dana.account, now=NOW).files:
        files.delete(table[1])
    assert taken(session, files, dana.account)[1] == {}
    told, inside = taken(session, files, make.account())
    assert inside == {}
    assert {name for name, rows in told["tables"].items() if rows} == {"account"}
