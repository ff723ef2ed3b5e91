from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.dates import (
    MONTHS,
    add_months,
    add_working_days,
    add_years,
    days_in_month,
    first_after,
    long_date,
    parse_date_parts,
    today_in,
    weekday_date,
)

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 12), 24, date(2028, 3, 12)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 12, 31), 14, date(2029, 2, 28)),
        (date(2027, 8, 31), 1, date(2027, 9, 30)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 1), -1, date(2026, 12, 1)),
        (date(2027, 5, 5), 0, date(2027, 5, 5)),
    ],
)
def test_months_are_added_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(days, st.integers(-240, 240))
def test_added_months_move_the_month_by_exactly_that_many_and_the_day_only_down(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, days_in_month(moved.year, moved.month))


@given(days, days, st.integers(0, 60))
def test_added_months_keep_the_order_of_days(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


def test_leap_day_meets_the_28th_in_short_years_and_itself_after_four() -> None:
    leap_day = date(2024, 2, 29)
    assert [add_years(leap_day, years) for years in (1, 2, 3, 4)] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize(
    ("day", "month_and_day", "expected"),
    [
        (date(2026, 12, 31), (6, 30), date(2027, 6, 30)),
        (date(2026, 6, 29), (6, 30), date(2026, 6, 30)),
        (date(2026, 6, 30), (6, 30), date(2027, 6, 30)),
        (date(2026, 12, 31), (2, 29), date(2027, 2, 28)),
        (date(2027, 12, 31), (2, 29), date(2028, 2, 29)),
        (date(2027, 2, 28), (2, 29), date(2028, 2, 29)),
    ],
)
def test_first_after_is_strictly_after(day: date, month_and_day: tuple[int, int], expected: date) -> None:
    assert first_after(day, *month_and_day) == expected


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 11, 27), 0, date(2026, 11, 27)),  # a Friday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 29), 1, date(2026, 11, 30)),
        (date(2026, 11, 26), 5, date(2026, 12, 3)),
        (date(2026, 12, 30), 3, date(2027, 1, 4)),
    ],
)
def test_working_days_leave_out_saturday_and_sunday(start: date, count: int, expected: date) -> None:
    assert add_working_days(start, count) == expected


@given(days.filter(lambda day: day.year < 2100), st.integers(1, 60))
def test_working_days_are_exactly_that_many_weekdays(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(day.isoweekday() <= 5 for day in between) == count
    assert end.isoweekday() <= 5


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 11, 23), -1)


def test_dates_in_words_have_no_zero_in_front() -> None:
    assert long_date(date(2027, 3, 12)) == "12 March 2027"
    assert long_date(date(2028, 2, 9)) == "9 February 2028"
    assert weekday_date(date(2026, 12, 3)) == "Thursday 3 December"


@given(days)
def test_dates_in_words_agree_with_the_calendar(day: date) -> None:
    assert datetime.strptime(f"{long_date(day)} +0000", "%d %B %Y %z").date() == day
    assert weekday_date(day).split()[0] == f"{day:%A}"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("3", "12", "2027"), date(2027, 3, 12)),
        (("03", "02", "2027"), date(2027, 3, 2)),
        ((" Mar ", " 12 ", " 2027 "), date(2027, 3, 12)),
        (("march", "12", "2027"), date(2027, 3, 12)),
        (("SEPT.", "30", "2026"), date(2026, 9, 30)),
        (("Feb", "29", "2028"), date(2028, 2, 29)),
        (("1", "1", "1950"), date(1950, 1, 1)),
        (("12", "31", "2100"), date(2100, 12, 31)),
    ],
)
def test_a_typed_date_is_read(typed: tuple[str, str, str], expected: date) -> None:
    assert parse_date_parts(*typed) == expected


@given(days, st.integers(3, 9), st.sampled_from((str, str.upper, str.lower)))
def test_every_day_can_be_typed_with_a_number_or_a_month_name(day: date, letters: int, cased: type[str]) -> None:
    assert parse_date_parts(f"{day:%m}", f"{day:%d}", str(day.year)) == day
    assert parse_date_parts(cased(MONTHS[day.month - 1][:letters]), str(day.day), str(day.year)) == day


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("", "", ""), "Enter a month, a day and a year, for example 3 / 12 / 2027"),
        (("  ", "\t", " "), "Enter a month, a day and a year, for example 3 / 12 / 2027"),
        (("", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("0", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("13", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("Ma", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("Marchy", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("...", "12", "2027"), "Enter the month as a number from 1 to 12, or as a word such as March"),
        (("3", "", "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("3", "32", "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("2", "29", "2027"), "Enter a day from 1 to 28: February 2027 has 28 days"),
        (("2", "30", "2028"), "Enter a day from 1 to 29: February 2028 has 29 days"),
        (("4", "31", "2027"), "Enter a day from 1 to 30: April 2027 has 30 days"),
        (("3", "-1", "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("3", "1_0", "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("3", "²", "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("3", "9" * 5000, "2027"), "Enter a day from 1 to 31: March 2027 has 31 days"),
        (("3", "12", ""), "Enter the year with all four digits, for example 2027"),
        (("3", "12", "27"), "Enter the year with all four digits, for example 2027"),
        (("3", "12", "02027"), "Enter the year with all four digits, for example 2027"),
        (("3", "12", "20x7"), "Enter the year with all four digits, for example 2027"),
        (("3", "12", "1900"), "Enter a year from 1950 to 2100"),
        (("3", "12", "2200"), "Enter a year from 1950 to 2100"),
    ],
)
def test_a_date_that_cannot_be_read_is_answered_with_what_to_do(
    typed: tuple[str, str, str], sentence: str
) -> None:
    with pytest.raises(ValueError, match="Enter") as caught:
        parse_date_parts(*typed)
    assert str(caught.value) == sentence


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_whatever_is_typed_is_a_date_or_a_sentence(month: str, day: str, year: str) -> None:
    try:
        answer = str(parse_date_parts(month, day, year).year)
    except ValueError as problem:
        answer = str(problem)
    assert answer.startswith("Enter ") or 1950 <= int(answer) <= 2100


def test_today_is_the_day_of_the_named_zone() -> None:
    evening = datetime(2027, 3, 13, 5, 30, tzinfo=UTC)
    assert today_in("Pacific/Honolulu", evening) == date(2027, 3, 12)
    assert today_in("America/New_York", evening) == date(2027, 3, 13)
    assert today_in("Pacific/Honolulu", evening.astimezone(ZoneInfo("Asia/Tokyo"))) == date(2027, 3, 12)


def test_today_without_a_moment_is_now() -> None:
    before = datetime.now(UTC).date()
    assert before <= today_in("UTC") <= datetime.now(UTC).date()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        today_in("UTC", datetime(2027, 3, 12, 5, 30))  # noqa: DTZ001 - that is the point
