"""Pages of a directory that is too large to be sorted: read in the order of an index, as if the limit were ten."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import TODAY
from tests.factories import Factory
from trainers.core.errors import NotFound
from trainers.core.search import directory, matches, statements
from trainers.core.search.query import Query
from trainers.core.standing.status import CHECK_FRESH_DAYS

OLD = TODAY - timedelta(days=CHECK_FRESH_DAYS + 1)
LAPSED = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matches, "PAGE_SIZE", 3)
    monkeypatch.setattr(directory, "PAGE_SIZE", 3)
    monkeypatch.setattr(matches, "MOST_ROWS", 10)
    monkeypatch.setattr(directory, "MOST_ROWS", 10)


@pytest.fixture
def seventeen(session: Session, make: Factory) -> list[str]:
    """Eight current, five whose check is old, four that have ended."""
    for number in range(17):
        dates = {} if number < 8 else {"looked_on": OLD} if number < 13 else {"expires_on": LAPSED}
        make.listed(f"T{number:02} {'ABCDEFGHIJKLMNOPQ'[(7 * number) % 17]}", **dates)
    session.flush()
    return [f"T{number:02}" for number in range(17)]


def pages(session: Session, query: Query, count: int) -> list[list[str]]:
    found = [
        directory.search(session, replace(query, page=page), today=TODAY, take=3).rows
        for page in range(1, count + 1)
    ]
    return [[row.name.split()[0] for row in page] for page in found]


@pytest.mark.parametrize("start", [0, 2**29, 2**30, 2**31 - 2])
@pytest.mark.parametrize("status", ["current", "all"])
def test_pages_fit_together_wherever_the_day_begins(
    session: Session, seventeen: list[str], monkeypatch: pytest.MonkeyPatch, start: int, status: str
) -> None:
    monkeypatch.setattr(statements, "daily_start", lambda today: start)
    for cached in (statements.part_of_page, statements.length_of_part):
        cached.cache_clear()
    found = pages(session, Query(status=status), 4)
    assert [len(page) for page in found] == [3, 3, 3, 3]
    names = [name for page in found for name in page]
    assert len(set(names)) == 12
    assert set(names[:8]) == set(seventeen[:8]), "current ones first"
    assert set(names[8:]) <= set(seventeen[8:13])
    whole = directory.search(session, Query(status=status), today=TODAY, take=10)
    assert [row.name.split()[0] for row in whole.rows] == names[:10]
    for cached in (statements.part_of_page, statements.length_of_part):
        cached.cache_clear()


def test_by_name_each_rank_is_in_order(session: Session, seventeen: list[str]) -> None:
    found = pages(session, Query(status="all", sort="name"), 4)
    assert [name for page in found for name in page] == seventeen[:12]


def test_pages_end_with_a_sentence(session: Session, seventeen: list[str]) -> None:
    results = directory.search(session, Query(status="all", page=4), today=TODAY, take=3)
    assert (results.total, results.pages, results.is_cut) == (17, 4, True)
    with pytest.raises(
        NotFound, match=r"Results end after the first 10\. Add a place or a choice to see others\."
    ):
        directory.search(session, Query(status="all", page=5), today=TODAY, take=3)
