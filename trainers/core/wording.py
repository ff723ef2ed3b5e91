"""Words of a trainer that the site questions: what trainers do not do, and what only proof may say. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

FMS, THERAPIST = "fms", "therapist"
"""What somebody may say whose card shows it."""


@dataclass(frozen=True)
class Question:
    """`found` stands in the text; `why` says what to think of, and what to write instead."""

    found: str
    why: str


MEDICAL = "Trainers do not treat, heal or diagnose. Say what you train, such as “strength for runners”."
CERTAIN = "Nobody can promise that. Say how you work instead."
APPROVED = "NASM and ACSM approve no single trainer. Your card shows your certification and when it was checked."
THERAPY = "This is said only beside a checked state licence. Add the licence as a certification first."
SCREEN = "This is said only beside a checked FMS credential. Add it as a certification first."
_ISSUER_NAMES = "national academy of sports medicine|american college of sports medicine"
ISSUER = rf"(?:nasm|acsm|n\.a\.s\.m\.|a\.c\.s\.m\.|{_ISSUER_NAMES})"
FMS_NAME = "(?:fms|functional movement (?:screen|systems))"
FMS_LEVEL = "(?:level[ -]?|l)[12]"
NOT_THEIRS = " (?:clinic|practice|office|center)s?"
"""Whoever writes of those does not say to be a therapist."""
PATTERNS: tuple[tuple[str, str, str | None], ...] = (
    (r"treat(?:s|ed|ing|able|ments?)?", MEDICAL, None),
    (r"cur(?:e|es|ed|ing|able|ative)", MEDICAL, None),
    (r"heal(?:s|ed|er|ers|ing)?", MEDICAL, None),
    (r"rehab(?:s|bed|bing|ber|bers|ilitat(?:e|es|ed|ing|ion|ive|or|ors))?", MEDICAL, None),
    (r"diagnos(?:e|es|ed|ing|is|tic|tics|tician|ticians)", MEDICAL, None),
    (r"(?:injury|pain)[ -]?free", CERTAIN, None),
    (r"free (?:of|from) (?:injury|injuries|pain)", CERTAIN, None),
    (r"guarantee(?:s|d)?", CERTAIN, None),
    (rf"(?:approved|endorsed|recommended) by (?:the )?{ISSUER}", APPROVED, None),
    (rf"{ISSUER}[ -](?:approved|endorsed|recommended)", APPROVED, None),
    (r"physical therapists?|physiotherapists?|physios?|dpt", THERAPY, THERAPIST),
    (rf"(?:physical |physio)therapy(?!{NOT_THEIRS}\b)", THERAPY, THERAPIST),
    (rf"{FMS_NAME}[ -](?:{FMS_LEVEL}|trained|certified|qualified)", SCREEN, FMS),
    (rf"(?:trained|certified|qualified) (?:in|by|on) (?:the )?{FMS_NAME}", SCREEN, FMS),
)
_COMPILED = [(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I), why, needs) for pattern, why, needs in PATTERNS]
_DASHES = (*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D)
_SPACES = (0x09, 0x0A, 0x0D, 0xA0, *range(0x2000, 0x200B), 0x202F)
_PLAIN = dict.fromkeys(_DASHES, "-") | dict.fromkeys(_SPACES, " ")
"""One sign for one, so that a place in the plain text is the place in what was typed."""


def questions(text: str, proven: Collection[str] = ()) -> list[Question]:
    """What stands in a text that should not, each reason once, in the order of the text."""
    found = sorted(matches(text, proven))
    seen: set[str] = set()
    asked = []
    for _place, words, why in found:
        if why not in seen:
            seen.add(why)
            asked.append(Question(words, why))
    return asked


def matches(text: str, proven: Collection[str]) -> Iterator[tuple[int, str, str]]:
    plain = text.translate(_PLAIN)
    for pattern, why, needs in _COMPILED:
        if needs in proven:
            continue
        for match in pattern.finditer(plain):
            yield match.start(), text[match.start() : match.end()], why


def sentence(asked: list[Question]) -> str:
    """For the field: “treat”: Trainers do not …"""
    return " ".join(f"“{each.found}”: {each.why}" for each in asked)
