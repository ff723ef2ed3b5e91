"""A claimed term that lasts longer than its issuer's cycle: most often a slip in one of its two dates. Pure."""

from datetime import date

from ..dates import add_months
from ..rule_rows import Rule

TOLERANCE = 1  # months: some certificates run from the exam, and end with a month
COUNTS = ("no", "one", "two", "three", "four", "five")


def longer_than_cycle(rule: Rule, issued_on: date | None, expires_on: date | None) -> str:
    """The sentence that asks to look again. Empty where there is nothing to ask, or nobody knows the cycle."""
    if issued_on is None or expires_on is None or rule.cycle_months is None:
        return ""
    if expires_on <= add_months(issued_on, rule.cycle_months + TOLERANCE):
        return ""
    return f"Longer than {rule.issuer}’s {in_words(rule.cycle_months)}; look at both dates once more."


def in_words(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest or years >= len(COUNTS):
        return f"{months} months"
    return f"{COUNTS[years]} year{'' if years == 1 else 's'}"
