"""Numbers of units: whole thousandths inside, exact decimals outside. Pure."""

import re
from decimal import Decimal

MOST = 1_000_000
"""Thousandths; nobody earns a thousand units at once."""
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")


def units_text(thousandths: int, *, places: int = 0) -> str:
    """ "1.9", "45"; never more places than it takes, or than these."""
    whole, rest = divmod(abs(thousandths), 1000)
    sign = "-" if thousandths < 0 else ""
    decimals = f"{rest:03d}".rstrip("0").ljust(places, "0")
    return f"{sign}{whole}.{decimals}".rstrip(".")


def parse_units(typed: str) -> int:
    """Thousandths. Raises ValueError with a sentence."""
    if not _NUMBER.fullmatch(typed):
        if "," in typed:
            raise ValueError(f"Write the units with a point: {typed.replace(',', '.')[:12]}, not {typed[:12]}.")
        raise ValueError("Write the units as a number, such as 1.5.")
    exact = Decimal(typed) * 1000
    if exact != int(exact):
        raise ValueError("Units have three decimal places at most.")
    if not 0 < exact <= MOST:
        raise ValueError("Write a number of units above 0 and up to 1000, as printed on the certificate.")
    return int(exact)


def parse_hours(typed: str) -> int:
    """Minutes, of hours written as 15, 1.5 or 1:30. Raises ValueError with a sentence."""
    clock = _CLOCK.fullmatch(typed)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    if not _NUMBER.fullmatch(typed):
        if "," in typed:
            raise ValueError(f"Write the hours with a point: {typed.replace(',', '.')[:12]}, or as 1:30.")
        raise ValueError("Write the hours as a number, such as 15 or 1.5, or as 1:30.")
    minutes = Decimal(typed) * 60
    if minutes != int(minutes):
        raise ValueError("Write the hours to the minute, such as 1.5 or 1:30.")
    return int(minutes)


def hours_text(minutes: int) -> str:
    """ "15 hours", "1 hour", "1 hour 30 minutes", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    parts += [f"{rest} minute{'' if rest == 1 else 's'}"] if rest or not parts else []
    return " ".join(parts)
