"""When the two dates of a claim lie further apart than its issuer's cycle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.dates import add_months
from trainers.core.rules import Rule, rule_book
from trainers.core.standing.lengths import in_words, longer_than_cycle

CPT, EP = rule_book().by_key("NASM/NASM-CPT"), rule_book().by_key("ACSM/ACSM-EP")
CES = rule_book().by_key("NASM/NASM-CES")
START = date(2025, 12, 1)


@pytest.mark.parametrize(
    ("rule", "start", "end", "says"),
    [
        (CPT, START, date(2027, 11, 30), ""),
        (CPT, START, date(2028, 1, 1), ""),
        (CPT, START, date(2028, 1, 2), "Longer than NASM’s two years; look at both dates once more."),
        (EP, START, date(2028, 12, 31), ""),
        (EP, START, date(2029, 12, 31), "Longer than ACSM’s three years; look at both dates once more."),
        (CPT, date(2024, 2, 29), date(2026, 3, 29), ""),
        (CPT, None, date(2099, 1, 1), ""),
        (CPT, START, None, ""),
        (CES, START, date(2035, 1, 1), ""),
    ],
    ids=["whole", "a month", "a day more", "three years", "a slip", "leap day", "no start", "no end", "no cycle"],
)
def test_more_than_a_month_beyond_the_cycle_is_asked_about(
    rule: Rule, start: date | None, end: date | None, says: str
) -> None:
    assert longer_than_cycle(rule, start, end) == says


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(-2000, 2000))
def test_a_longer_term_is_never_asked_about_less(start: date, days: int) -> None:
    end = add_months(start, 24) + timedelta(days=days)
    asked, a_day_later = (bool(longer_than_cycle(CPT, start, each)) for each in (end, end + timedelta(days=1)))
    assert a_day_later >= asked
    assert asked == (end > add_months(start, 25))


def test_what_is_no_whole_number_of_years_is_said_in_months() -> None:
    said = [in_words(months) for months in (12, 24, 18, 120)]
    assert said == ["one year", "two years", "18 months", "120 months"]
