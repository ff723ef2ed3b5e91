"""How a listing row keeps days and choices as whole numbers, so that thousands are counted in one go. Pure.

Days are counted from 2000 on and fit into 15 bits. Until when something counts is two of them in one number: the
last day on which it is in date above, the last day on which our check is recent enough as well below. A choice is
a bit, counted from 1 on; to be added up over rows it is a lane of 21 bits, three of them in one number.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from ..standing.status import NO_END

DAY_ZERO = date(2000, 1, 1)
DAY_BITS = 15
LAST_DAY = (1 << DAY_BITS) - 1  # in 2089; stands for "no end", too
LANES = 3
LANE_BITS = 21  # two million rows can be added up
HELD_UNCONFIRMED = 1


def day_number(day: date) -> int:
    """From 1 to LAST_DAY; what lies before or after is the first or last of them."""
    return max(1, min(LAST_DAY, (day - DAY_ZERO).days))


def day_of(number: int) -> date:
    """The day of a number that `day_number` gave, NO_END for the last."""
    return NO_END if number == LAST_DAY else date.fromordinal(DAY_ZERO.toordinal() + number)


def packed(in_date_until: date | None, current_until: date | None) -> int:
    """0 without a day until which it is in date, whatever stands beside it."""
    if in_date_until is None:
        return 0
    return day_number(in_date_until) << DAY_BITS | (day_number(current_until) if current_until else 0)


def in_date_from(today: date) -> int:
    """What is packed and no less than this is in date."""
    return day_number(today) << DAY_BITS


def bit_set(bits: Iterable[int]) -> int:
    return sum(1 << (bit - 1) for bit in set(bits))


def tallies(bits: Iterable[int], columns: int) -> list[int]:
    """The same bits as lanes in so many numbers."""
    found = [0] * columns
    for bit in set(bits):
        column, lane = divmod(bit - 1, LANES)
        found[column] |= 1 << (lane * LANE_BITS)
    return found


def added_up(sums: Sequence[int]) -> list[int]:
    """How many rows have bit 1, 2, 3 …, from the sums of the columns."""
    mask = (1 << LANE_BITS) - 1
    return [each >> (lane * LANE_BITS) & mask for each in sums for lane in range(LANES)]
