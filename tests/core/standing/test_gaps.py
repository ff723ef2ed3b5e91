"""A certification that was taken up again after it had lapsed shows the time between; a renewal shows none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.standing.test_status import Check, Term
from trainers.core.standing.answers import Confirmation
from trainers.core.standing.gaps import gaps

DECEMBER = date(2025, 12, 31)
A_DAY = timedelta(days=1)


def confirmed(*terms: tuple[date | None, date | None]) -> list[Confirmation[Term, Check]]:
    return [
        Confirmation(Term(id=n, issued_on=begins, expires_on=ends), Check(id=n, term_id=n, shown_expires_on=None))
        for n, (begins, ends) in enumerate(terms, 1)
    ]


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        (None, []),  # a renewal goes on where the one before ended
        (DECEMBER + A_DAY, []),
        (DECEMBER - 30 * A_DAY, []),  # terms that overlap
        (DECEMBER + 2 * A_DAY, [(date(2026, 1, 1), date(2026, 1, 1))]),
        (date(2026, 9, 15), [(date(2026, 1, 1), date(2026, 9, 14))]),
    ],
)
def test_only_a_term_that_says_it_began_later_shows_a_gap(
    begins: date | None, found: list[tuple[date, date]]
) -> None:
    """As ACSM's record does after a reinstatement, whose schedule stays the old one."""
    assert list(gaps(confirmed((date(2023, 1, 1), DECEMBER), (begins, date(2028, 12, 31))))) == found


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=5))
def test_no_day_of_a_gap_lies_within_a_term(terms: list[tuple[date | None, date | None]]) -> None:
    whole = [(begins, ends) for begins, ends in terms if begins is None or ends is None or begins <= ends]
    for first, last in gaps(confirmed(*whole)):
        assert first <= last
        for begins, ends in whole:
            if begins is not None and ends is not None:
                assert not (begins <= first <= ends)
