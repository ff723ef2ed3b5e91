"""The page and the drawing of how a claim becomes a card say what the code does."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.claim_desk import PRINTED, Desk
from tests.core.review_office import LOOKUP
from tests.factories import Factory
from tests.test_migrations import APPEND_ONLY
from trainers.config import ROOT
from trainers.core import accounts, cards, evidence, trainers
from trainers.core.mail import alerts, outbox
from trainers.core.mail.transport import Fate, Reply
from trainers.core.models import Base, Review
from trainers.core.review import decisions, queue
from trainers.core.review.looks import Look, Shown, Sitting

PAGE = (ROOT / "trainers" / "README.md").read_text()
DRAWING = ElementTree.parse(ROOT / "trainers" / "claim-to-card.svg").getroot()
SVG = "{http://www.w3.org/2000/svg}"
WRITES = re.compile(r'(?:^|\bAS\s*\()\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
THIRTY_DAYS_BEFORE = (PRINTED.expires_on or TODAY) - timedelta(days=30)

TEMPORARY = {"plan_step", "plan_due"}
"""Which are gone when planning has ended."""

Wrote = Callable[[], set[str]]


def told_tables(step: int) -> set[str]:
    """What stands in the last column of the page's table."""
    row = re.search(rf"^\| {step}\. .*\| ([^|]*) \|$", PAGE, re.MULTILINE)
    assert row, f"no step {step} on the page"
    return set(re.findall(r"`(\w+)`", row[1]))


def drawn(kind: str) -> list[str]:
    """The words of the drawing with this class."""
    groups = [each for each in DRAWING.iter() if each.get("class") == kind]
    return ["".join(each.itertext()).strip() for each in groups]


@pytest.fixture
def wrote(session: Session) -> Iterator[Wrote]:
    """Which tables were written since it was asked the last time."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def wrote() -> set[str]:
        session.flush()
        found = {table for each in statements for table in WRITES.findall(each)} - TEMPORARY
        statements.clear()
        return found

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield wrote
    event.remove(connection, "before_cursor_execute", note)


def test_each_step_writes_the_tables_that_the_page_names(
    session: Session, make: Factory, wrote: Wrote, tmp_path: Path
) -> None:
    desk = Desk(session, make, evidence.open_files(f"file://{tmp_path}"))
    trainer, rita = make.trainer("Dana Fitzgerald", state="draft"), str(make.reviewer().id)
    wrote()
    draft = desk.draft(trainer)
    assert wrote() == told_tables(1)
    for purpose in trainers.CONSENTS:
        accounts.give_consent(session, trainer.account, purpose, now=NOW)
    work = desk.submit(draft)
    assert wrote() == told_tables(2)
    queue.take(session, work, by=rita, now=NOW, today=TODAY)
    assert wrote() == told_tables(3)
    confirm(session, work, by=rita)
    assert wrote() == told_tables(4)
    cards.cards_for(session, trainer, today=TODAY, zone=ZONE)
    assert wrote() == set()
    later = NOW + (THIRTY_DAYS_BEFORE - TODAY)
    alerts.plan(session, today=THIRTY_DAYS_BEFORE, now=later, zone=ZONE)
    assert wrote() == told_tables(5)
    letters = outbox.claim(session, now=later)
    reply = Reply(Fate.DELIVERED, "250 Accepted")
    outbox.settle(session, [outbox.Outcome(each.id, each.attempts, reply) for each in letters], now=later)
    assert wrote() == told_tables(6)


def confirm(session: Session, work: Review, *, by: str) -> None:
    assert work.credential is not None
    shown = Shown("Dana Fitzgerald", PRINTED.number, PRINTED.expires_on, "Active")
    look = Look("issuer_lookup", LOOKUP, TODAY, shown)
    sitting = Sitting(by=by, now=NOW, today=TODAY, zone=ZONE)
    decisions.confirm(session, work, look, sitting, term_id=work.credential.terms[-1].id)


def test_every_function_that_the_page_or_the_drawing_names_is_there() -> None:
    named = set(re.findall(r"`(\w+(?:\.\w+)+)`", PAGE))
    assert len(named) > 20
    for each in named:
        module, function = each.rsplit(".", 1)
        assert callable(getattr(import_module(f"trainers.core.{module}"), function, None)), each
    without_folder = {".".join(each.split(".")[-2:]) for each in named}
    assert set(drawn("function")) <= without_folder


def test_every_table_that_the_page_or_the_drawing_names_is_there() -> None:
    named = {*re.findall(r"`([a-z_]+)`", PAGE), *drawn("table"), *drawn("added")} - {"table"}
    assert len(named) > 15
    assert named - Base.metadata.tables.keys() == set()


def test_page_and_drawing_tell_what_is_only_added_to() -> None:
    told = re.search(r"\*\*Only added to\*\*: ([^.]*)\.", PAGE)
    assert told
    assert set(re.findall(r"`(\w+)`", told[1])) == set(APPEND_ONLY)
    assert set(drawn("added")) - {"table"} == set(APPEND_ONLY)
    assert set(drawn("table")) & set(APPEND_ONLY) == set()


def test_the_drawing_can_be_read_out() -> None:
    names = (DRAWING.get("aria-labelledby") or "").split()
    told = {each.get("id"): each.text for each in DRAWING if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert DRAWING.get("role") == "img"
    assert len(names) == 2
    assert all(told[name] for name in names)


def test_the_readme_leads_to_the_page_and_the_page_to_the_drawing() -> None:
    assert "](trainers/README.md)" in (ROOT / "README.md").read_text()
    assert "](claim-to-card.svg)" in PAGE
