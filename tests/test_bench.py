"""What `make bench` measures on is what the site would have written, and its table says what falls short."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.bench import people
from tests.bench.directory import fill
from tests.bench.service import SQL, Bare, Service, measured, plans, slipped_names
from tests.bench.table import Line
from tests.databases import connect
from trainers.core.models import Listing, NameWord, Word, WordDelete
from trainers.core.search import listing
from trainers.core.search.query import Query

HOW_MANY = 400


@pytest.fixture
def directory(database_url: str) -> str:
    fill(database_url, HOW_MANY)
    return database_url


def everything(session: Session) -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(tuple, session.execute(select(*table.__table__.columns))), key=str)
        for table in (Listing, NameWord, Word, WordDelete)
    ]


def test_rebuilding_changes_none_of_its_rows(directory: str) -> None:
    engine = connect(directory)
    with Session(engine) as session:
        before = everything(session)
        assert listing.rebuild(session, today=people.TODAY) == HOW_MANY
        assert everything(session) == before
    engine.dispose()


def test_ours_and_bare_sql_find_the_same(directory: str) -> None:
    """`measured` ends the run where total or rows differ."""
    bare, ours = Bare(directory), Service(directory)
    slips = slipped_names(HOW_MANY)
    assert slips
    measured("names", [ours.ask(Query(name=each)) for each in slips], [bare.name(each) for each in slips], 2, 3)
    for zip_code, miles in (("10001", 25), ("60601", 250)):
        found = measured("places", [ours.radius(zip_code, miles)], [bare.radius(zip_code, miles)], 2, None)
        assert found.p50 > 0
    bare.close()
    ours.close()


def test_an_answer_that_differs_ends_the_run(directory: str) -> None:
    ours = Service(directory)
    with pytest.raises(SystemExit, match="is not what the anchor finds"):
        measured("names", [ours.ask(Query(name="smith"))], [lambda: (1, ["nobody"])], 2, None)
    ours.close()


def test_plans_of_all_anchors_are_told(directory: str) -> None:
    told = list(plans(directory))
    assert {line for line in told if not line.startswith(" ")} == {file.stem for file in SQL.glob("*.sql")}


@pytest.mark.parametrize(
    ("line", "short"),
    [
        (Line("", "", "", 2.004, most=2), False),
        (Line("", "", "", 2.01, most=2), True),
        (Line("", "", "", 0.4, least=0.4), False),
        (Line("", "", "", 0.39, least=0.4), True),
        (Line("", "", "", 99), False),
    ],
)
def test_a_line_falls_short_by_what_it_shows(line: Line, short: bool) -> None:
    assert line.is_short is short
