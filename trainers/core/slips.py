"""Codes such as K7-429: written on a slip of paper and photographed beside the certificate. Pure.

They show that the photo was taken for this claim and not found somewhere. A code is worked out from something
that only we know of the claim (its uuid), so that it is the same each time the page is opened.
"""

import hashlib

LETTERS = "ACEFHJKMNPRTWXY"  # none that handwriting turns into a digit or into another letter
DIGITS = "23456789"


def slip_code(seed: str) -> str:
    """A letter, a digit, a dash and three digits."""
    mark = int.from_bytes(hashlib.sha256(f"slip:{seed}".encode()).digest()[:8])
    signs = []
    for alphabet in (LETTERS, DIGITS, DIGITS, DIGITS, DIGITS):
        mark, place = divmod(mark, len(alphabet))
        signs.append(alphabet[place])
    return "{}{}-{}{}{}".format(*signs)
