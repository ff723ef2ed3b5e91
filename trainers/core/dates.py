"""Calendar days: arithmetic that survives month ends, dates in words, dates as people type them. Pure."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EARLIEST_YEAR = 1950
LATEST_YEAR = 2100

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def days_in_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of a later month (or an earlier one); where that month is too short, its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, days_in_month(year, month)))


def add_years(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th where there is none."""
    return add_months(day, 12 * years)


def first_after(day: date, month: int, day_of_month: int) -> date:
    """The first such day of the year that comes after `day`: (31 December 2026, 6, 30) is 30 June 2027."""
    this_year = date(day.year, month, min(day_of_month, days_in_month(day.year, month)))
    if this_year > day:
        return this_year
    return date(day.year + 1, month, min(day_of_month, days_in_month(day.year + 1, month)))


def add_working_days(day: date, count: int) -> date:
    """The `count`-th day from Monday to Friday after `day`. Public holidays are counted as working days."""
    if count < 0:
        raise ValueError("Working days are counted forwards.")
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def long_date(day: date) -> str:
    """12 March 2027"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_of_year(month_and_day: tuple[int, int]) -> str:
    """31 December"""
    month, day = month_and_day
    return f"{day} {MONTHS[month - 1]}"


def weekday_date(day: date) -> str:
    """Thursday 3 December"""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def today_in(zone_name: str, now: datetime | None = None) -> date:
    """The calendar day in a named zone at `now`, which must know its own zone."""
    moment = now or datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError("A moment needs a zone; use datetime.now(UTC).")
    return moment.astimezone(ZoneInfo(zone_name)).date()


def parse_date_parts(month: str, day: str, year: str) -> date:
    """The date from three fields of a form; the month may be 3, 03, Mar or March.

    Raises ValueError with a sentence that tells the person what to do.
    """
    if not (month.strip() or day.strip() or year.strip()):
        raise ValueError("Enter a month, a day and a year, for example 3 / 12 / 2027")
    month_number, year_number = _month(month.strip()), _year(year.strip())
    return date(year_number, month_number, _day(day.strip(), month_number, year_number))


def parse_day(typed: str) -> date:
    """A day as spreadsheets write it: 2026-11-25 or 11/25/2026. Raises ValueError with a sentence."""
    iso, american = _ISO.fullmatch(typed), _AMERICAN.fullmatch(typed)
    parts = iso.group(1, 2, 3) if iso else american.group(3, 1, 2) if american else None
    try:
        if parts:
            return date(*(int(part) for part in parts))
    except ValueError as error:
        raise ValueError("There is no such day. Write it as 2026-11-25 or 11/25/2026.") from error
    raise ValueError("Write the date as 2026-11-25 or 11/25/2026.")


def _month(typed: str) -> int:
    if _is_number(typed) and 1 <= int(typed) <= 12:
        return int(typed)
    start = typed.rstrip(".").casefold()
    if len(start) >= 3:
        for number, name in enumerate(MONTHS, start=1):
            if name.casefold().startswith(start):
                return number
    raise ValueError("Enter the month as a number from 1 to 12, or as a word such as March")


def _year(typed: str) -> int:
    if not _is_number(typed) or len(typed) != 4:
        raise ValueError("Enter the year with all four digits, for example 2027")
    if not EARLIEST_YEAR <= int(typed) <= LATEST_YEAR:
        raise ValueError(f"Enter a year from {EARLIEST_YEAR} to {LATEST_YEAR}")
    return int(typed)


def _day(typed: str, month: int, year: int) -> int:
    last = days_in_month(year, month)
    if not _is_number(typed) or not 1 <= int(typed) <= last:
        raise ValueError(f"Enter a day from 1 to {last}: {MONTHS[month - 1]} {year} has {last} days")
    return int(typed)


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) <= 4
