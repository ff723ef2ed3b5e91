"""How long photos of courses and cards are kept."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.papers import PDF, cannot_be_deleted, stored
from tests.factories import Factory
from trainers.core import evidence
from trainers.core.credentials import visible_credentials
from trainers.core.education import dated_items, ledger, papers
from trainers.core.education.retention import erase_due
from trainers.core.evidence import Erased
from trainers.core.models import DatedItem, EducationRecord, Paper, Trainer

CYCLE_ENDS = date(2027, 11, 30)


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def dana(make: Factory) -> Trainer:
    trainer = make.trainer()
    make.check(make.term(make.credential(trainer), expires_on=CYCLE_ENDS))
    return trainer


def photo(session: Session, files: evidence.Files, holder: EducationRecord | DatedItem) -> Paper:
    found = evidence.clean(PDF)
    return papers.attach(session, files, holder, found, key=papers.store(files, found), now=NOW)


def course(session: Session, trainer: Trainer, completed_on: date | None) -> EducationRecord:
    entry = ledger.Entry(title="Hips", completed_on=completed_on, minutes=600, approved_by="nasm")
    return ledger.add(session, trainer, entry, now=NOW, today=TODAY, by="1")


def card(session: Session, trainer: Trainer, ends_on: date, kind: str = "cpr_aed") -> DatedItem:
    return dated_items.add(session, trainer, dated_items.ItemEntry(kind, ends_on), now=NOW, today=TODAY, by="1")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def goes_on(session: Session, files: evidence.Files, last: date, paper: Paper) -> None:
    """It is there through a day, and gone after the next."""
    assert erase_due(session, files, now=noon(last)) == Erased(0)
    assert papers.read(files, paper) == PDF
    assert erase_due(session, files, now=noon(last + timedelta(days=1))) == Erased(1)
    assert (paper.state, stored(files)) == ("erased", [])


@pytest.mark.parametrize("completed_on", [date(2026, 3, 12), None], ids=["of a day", "not described yet"])
def test_of_a_course_it_goes_a_year_after_the_cycle_it_counts_for(
    session: Session, files: evidence.Files, dana: Trainer, completed_on: date | None
) -> None:
    record = course(session, dana, date(2026, 3, 12))
    record.completed_on = completed_on
    goes_on(session, files, date(2028, 11, 30), photo(session, files, record))
    assert record in ledger.own_records(session, dana), "the entry stays"


def test_a_renewal_does_not_make_an_old_course_useful_again(
    session: Session, files: evidence.Files, dana: Trainer, make: Factory
) -> None:
    held = photo(session, files, course(session, dana, date(2026, 3, 12)))
    new = photo(session, files, card(session, dana, date(2028, 2, 1)))
    [credential] = visible_credentials(session, dana)
    make.term(credential, expires_on=date(2029, 11, 30))
    assert erase_due(session, files, now=noon(date(2028, 12, 1))) == Erased(1)
    assert (held.state, new.state) == ("erased", "attached")


def test_of_a_course_outside_every_cycle_it_goes_a_year_after_it_was_sent(
    session: Session, files: evidence.Files, dana: Trainer
) -> None:
    goes_on(session, files, date(2027, 11, 23), photo(session, files, course(session, dana, date(2019, 3, 12))))


@pytest.mark.parametrize(
    ("kind", "ends_on", "last"),
    [
        ("cpr_aed", date(2027, 3, 2), date(2028, 11, 30)),
        ("cpr_aed", date(2028, 5, 2), date(2029, 5, 2)),
        ("insurance", date(2027, 3, 2), date(2028, 3, 2)),
    ],
    ids=["that counts for a cycle", "that outlives the cycle", "that no issuer counts"],
)
def test_of_a_card_it_goes_a_year_after_its_end_or_that_of_the_cycle_it_counts_for(
    session: Session, files: evidence.Files, dana: Trainer, kind: str, ends_on: date, last: date
) -> None:
    goes_on(session, files, last, photo(session, files, card(session, dana, ends_on, kind)))


def test_all_go_at_once_with_the_listing(
    session: Session, files: evidence.Files, dana: Trainer, make: Factory
) -> None:
    photo(session, files, course(session, dana, date(2026, 3, 12)))
    photo(session, files, card(session, dana, date(2027, 3, 2)))
    other = photo(session, files, course(session, make.trainer("Olga Other"), date(2026, 3, 12)))
    assert erase_due(session, files, now=NOW) == Erased(0)
    dana.state = "withdrawn"
    session.flush()
    assert erase_due(session, files, now=NOW) == Erased(2)
    assert other.state == "attached"


def test_one_that_cannot_be_deleted_stays_due_and_keeps_back_no_other(
    session: Session, files: evidence.Files, dana: Trainer
) -> None:
    stuck = photo(session, files, course(session, dana, date(2026, 3, 12)))
    other = photo(session, files, card(session, dana, date(2027, 3, 2)))
    dana.state = "withdrawn"
    cannot_be_deleted(files, stuck.storage_key)
    for gone in (1, 0):
        assert erase_due(session, files, now=NOW) == Erased(gone, failed=1)
    assert (stuck.state, other.state) == ("attached", "erased")
