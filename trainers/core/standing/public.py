"""Which looks the public reads of. Pure."""

from collections.abc import Sequence

from .answers import Check
from .comparing import Outcome


def is_public(check: Check, checks: Sequence[Check], refusal: Check | None) -> bool:
    """Of a credential's checks: a first miss is nobody's business unless it led to the `refusal` that stands."""
    if check.outcome in (Outcome.MATCHED, Outcome.UNAVAILABLE):
        return True
    if check.outcome == Outcome.SECOND_LOOK:
        return refusal is not None and _led_to(check, refusal, checks)
    return any(first.outcome == Outcome.SECOND_LOOK and _led_to(first, check, checks) for first in checks)


def _led_to(first: Check, refusal: Check, checks: Sequence[Check]) -> bool:
    """Whether a first miss is the one that another person's refusal bore out: nothing confirmed in between."""
    between = (each for each in checks if first.id < each.id < refusal.id)
    found_again = any(each.outcome == Outcome.MATCHED for each in between)
    return first.by != refusal.by and first.id < refusal.id and not found_again
