"""What may be said of a trainer in a word, because a card shows it. Reads cards only. Pure."""

from collections.abc import Iterable

from .cards import Card
from .wording import FMS, THERAPIST

KEYS = {"FMS-L1": FMS, "FMS-L2": FMS, "PT-LICENCE": THERAPIST}
WORDS = {FMS: "FMS trained", THERAPIST: "Physical therapist"}


def proven(cards: Iterable[Card]) -> dict[str, Card]:
    """By what may be said, the card that shows it."""
    return {KEYS[card.code]: card for card in cards if card.code in KEYS and card.in_date}


def labels(cards: Iterable[Card]) -> list[tuple[str, Card]]:
    return [(WORDS[key], card) for key, card in proven(cards).items()]
