"""What people type for a place, read: spellings that fall together, the state at the end, counties. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from .. import names
from .states import STATE_WORDS

KINDS_OF_COUNTY = (
    "county",
    "parish",
    "borough",
    "census area",
    "city and borough",
    "municipality",
    "municipio",
    "city",
    "island",
    "district",
)
"""How the Census ends the names of counties and of what stands for them, commonest first."""

_COUNTRY = (("usa",), ("u", "s", "a"), ("united", "states"), ("united", "states", "of", "america"))
_SHORT = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_JOINED = {"mc", "o", "d"}
_COUNTY_WORDS = {"county", "parish", "borough", "municipality", "municipio", "area"}
_COUNTY_SHORT = {"co", "cty", "cnty"}


@dataclass(frozen=True)
class Reading:
    """The search key of a town or county; the state is None when it was not given."""

    key: str
    state: str | None


@lru_cache(maxsize=40_000)
def fold_place(text: str) -> str:
    """A town's search key: "St. Louis" is "saint louis", "O'Fallon" and "O Fallon" are "ofallon"."""
    if text.replace(" ", "").isascii() and text.replace(" ", "").isalpha():
        return key_of(tuple(text.lower().split()))  # most towns, and twice as fast
    return key_of(names.words(text))


def key_of(words: tuple[str, ...]) -> str:
    key: list[str] = []
    for place, word in enumerate(words, 1):
        full = word if place == len(words) else _SHORT.get(word, word)  # "mt" at the end is Montana
        if key and key[-1] in _JOINED:
            key[-1] += full
        else:
            key.append(full)
    return " ".join(key)


def unfinished_keys(words: tuple[str, ...]) -> list[str]:
    """The starts that the key of a name may have while it is typed: "st" may become "saint" or "stockton"."""
    key = key_of(words)
    head, space, last = key.rpartition(" ")
    return [key, head + space + _SHORT[last]] if last in _SHORT else [key]


def squeezed(key: str) -> str:
    return key.replace(" ", "")


def words_of(text: str) -> tuple[str, ...]:
    """The folded words without the country at the end."""
    words = names.words(text)
    for country in _COUNTRY:
        words = words[: -len(country)] if words[-len(country) :] == country else words
    return words


def readings(text: str) -> list[Reading]:
    """The ways to read a name and perhaps a state, in the order in which they are tried."""
    words = words_of(text)
    with_state = [
        Reading(key_of(words[:-size]), STATE_WORDS[" ".join(words[-size:])])
        for size in (4, 3, 2, 1)
        if len(words) > size and " ".join(words[-size:]) in STATE_WORDS
    ]
    whole = [Reading(key_of(words), None)] if words else []
    return with_state if with_state and "," in text else whole + with_state


def state_of(text: str) -> str | None:
    """The two letters where a state was typed and nothing else: "Oregon", "OR", "state of Oregon"."""
    return STATE_WORDS.get(" ".join(words_of(text))) or said_as_state(text)


def said_as_state(text: str) -> str | None:
    """... where the word "state" leaves no doubt: "Washington state"."""
    words = words_of(text)
    if words[:1] == ("the",):
        words = words[1:]
    if words[:2] in (("state", "of"), ("commonwealth", "of")):
        return STATE_WORDS.get(" ".join(words[2:]))
    return STATE_WORDS.get(" ".join(words[:-1])) if words[-1:] == ("state",) else None


def county_reading(reading: Reading) -> Reading | None:
    """The county that is meant where the word says so: "county of Cook", "Cook Co"; None where it does not."""
    words = reading.key.split()
    if words[:2] == ["county", "of"] and len(words) > 2:
        return Reading(" ".join([*words[2:], "county"]), reading.state)
    if len(words) > 1 and words[-1] in _COUNTY_SHORT:
        return Reading(" ".join([*words[:-1], "county"]), reading.state)
    return reading if len(words) > 1 and words[-1] in _COUNTY_WORDS else None
