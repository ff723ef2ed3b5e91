"""What was claimed against what a source showed: one result a field, and what they may carry. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from ..names import APOSTROPHES, fold, number_key, words

NONE_SHOWN = "none shown"

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "2nd", "3rd", "4th"})
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


class NameResult(StrEnum):
    EXACT = "exact"
    FOLDED = "folded"
    DIFFERENT = "different"


class NumberResult(StrEnum):
    EXACT = "exact"
    FOLDED = "folded"
    DIFFERENT = "different"
    NOT_SHOWN = "not_shown"


class ExpiryResult(StrEnum):
    EXACT = "exact"
    DIFFERENT = "different"
    NOT_SHOWN = "not_shown"


class Outcome(StrEnum):
    """What one look came to. `second_look` (a first miss) and `unavailable` answer nothing."""

    MATCHED = "matched"
    MISMATCH = "mismatch"
    NO_MATCH = "no_match"
    INACTIVE = "inactive"
    UNAVAILABLE = "unavailable"
    SECOND_LOOK = "second_look"


def compare_name(claimed: str, shown: str) -> NameResult:
    """Exact is the same spelling. Folded is the same name written otherwise.

    That is: case, accents, hyphens, "Last, First", a middle name on one side that is its initial on the other,
    or a middle initial or suffix that the source adds. What the claim adds is not borne out by the source. A
    nickname, a former name and one letter more or less are different.
    """
    if not fold(claimed) or not fold(shown):
        return NameResult.DIFFERENT
    if _tidy(claimed) == _tidy(shown):
        return NameResult.EXACT
    alike = any(_same_person(ours, theirs) for ours in _readings(claimed) for theirs in _readings(shown))
    return NameResult.FOLDED if alike else NameResult.DIFFERENT


def compare_number(claimed: str, shown: str | None) -> NumberResult:
    """Folded: the same letters and digits, whatever the case, spaces or hyphens. A zero in front counts."""
    if shown is None or _is_blank(shown):
        return NumberResult.NOT_SHOWN
    if not number_key(claimed) or number_key(claimed) != number_key(shown):
        return NumberResult.DIFFERENT
    return NumberResult.EXACT if _tidy(claimed) == _tidy(shown) else NumberResult.FOLDED


def compare_expiry(claimed: date | None, shown: date | None) -> ExpiryResult:
    """To the day. An end date that the claim lacks and the source shows is a different one."""
    if shown is None:
        return ExpiryResult.NOT_SHOWN
    return ExpiryResult.EXACT if claimed == shown else ExpiryResult.DIFFERENT


def status_word_is_active(word: str | None) -> bool:
    """Whether the issuer's status word leaves a confirmation open: "active" or no word at all, nothing else."""
    return word is None or _is_blank(word) or _tidy(word).rstrip(".").casefold() == "active"


def carries(name_result: str, number_result: str, expiry_result: str, shown_status: str | None) -> bool:
    """Whether these results may carry a confirmation.

    Name and number must match. A source that shows no number must show the very end date instead; one that
    shows no end date leaves the claimed date standing, but then it must have shown the number.
    """
    if not status_word_is_active(shown_status) or not _name_matches(name_result):
        return False
    if number_result == NumberResult.NOT_SHOWN:
        return expiry_result == ExpiryResult.EXACT
    return _number_matches(number_result) and expiry_result in (ExpiryResult.EXACT, ExpiryResult.NOT_SHOWN)


def shows_same_record(name_result: str, number_result: str, shown_status: str | None) -> bool:
    """Whether name and number both match, and the status word is active; whatever the end date."""
    same = _name_matches(name_result) and _number_matches(number_result)
    return same and status_word_is_active(shown_status)


def outcome_of(
    name_result: str | None, number_result: str | None, expiry_result: str | None, shown_status: str | None
) -> Outcome:
    """The outcome that the results suggest; no results at all mean that no record was found.

    A record that agrees in neither name nor number is somebody else's, so nothing was found either.
    """
    if name_result is None or number_result is None or expiry_result is None:
        return Outcome.NO_MATCH
    if not _name_matches(name_result) and not _number_matches(number_result):
        return Outcome.NO_MATCH
    if carries(name_result, number_result, expiry_result, shown_status):
        return Outcome.MATCHED
    same_record = _name_matches(name_result) and number_result != NumberResult.DIFFERENT
    if same_record and not status_word_is_active(shown_status):
        return Outcome.INACTIVE
    return Outcome.MISMATCH


def _name_matches(result: str) -> bool:
    return result in (NameResult.EXACT, NameResult.FOLDED)


def _number_matches(result: str) -> bool:
    return result in (NumberResult.EXACT, NumberResult.FOLDED)


def _is_blank(shown: str) -> bool:
    return _tidy(shown).casefold() in ("", NONE_SHOWN)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _readings(name: str) -> Iterator[tuple[str, ...]]:
    """The folded words of a name, first name first, in the ways in which a register may write it.

    O'Brien is also written O BRIEN, and Müller also Mueller.
    """
    ordered = _first_name_first(name)
    yield words(ordered)
    yield words(_APOSTROPHE.sub(" ", ordered))
    yield words(unicodedata.normalize("NFC", ordered).casefold().translate(_GERMAN))


def _first_name_first(name: str) -> str:
    """Turns "Last, First" round; a comma before a suffix ("First Last, Jr.") is no reason to."""
    parts = [part.split() for part in name.split(",") if fold(part)]
    suffixes = [part for part in parts if _is_suffix(part)]
    names = [part for part in parts if not _is_suffix(part)]
    if len(names) == 2:
        for part in names:
            if _is_suffix(part[-1:]):
                suffixes.append([part.pop()])
        names.reverse()
    return " ".join(word for part in names + suffixes for word in part)


def _is_suffix(part: list[str]) -> bool:
    return fold(" ".join(part)) in _SUFFIXES


def _same_person(claimed: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    claimed, claimed_suffix = _split_suffix(claimed)
    shown, shown_suffix = _split_suffix(shown)
    if claimed_suffix and claimed_suffix != shown_suffix:
        return False
    if claimed == shown:
        return True
    if len(claimed) < 2 or len(shown) < 2 or (claimed[0], claimed[-1]) != (shown[0], shown[-1]):
        return False
    return _middles_agree(claimed[1:-1], shown[1:-1])


def _split_suffix(name: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ends_in_suffix = len(name) > 1 and name[-1] in _SUFFIXES
    return (name[:-1], name[-1:]) if ends_in_suffix else (name, ())


def _middles_agree(claimed: tuple[str, ...], shown: tuple[str, ...]) -> bool:
    """Each claimed middle name is shown, in order, whole or as its initial; the source may add initials."""
    met = {0}  # how many of the claimed names may have been met so far
    for word in shown:
        onward = {count + 1 for count in met if count < len(claimed) and _agree(claimed[count], word)}
        met = onward | met if len(word) == 1 else onward
    return len(claimed) in met


def _agree(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))
