"""The file in which sheets travel: small, readable, and of nobody's account. Pure.

It holds what was scored and nothing that follows from it. A mark of its content tells a file that was changed by
hand or damaged on the way from one that is whole; it is no signature.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from ..errors import DomainError
from ..screening_file import the_screens
from ..screens import Scores, field_of
from .sheet import Sheet, problems_of, tidied

FORMAT = "sound-stride-movement-sheets"
VERSION = 1
LARGEST = 500_000
MOST_SHEETS = 60
NOT_OURS = "This is not a file of movement sheets from here. Choose one that you downloaded as a file."
CHANGED = "This file was changed or damaged since it was downloaded. Its scores may not be those that were seen."
NEWER = "This file comes from a newer version of the site. It cannot be read here."
TOO_LARGE = "This file is too large to be ours. A file of sheets has less than 500 KB."
NO_TEXT = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""JSON can spell what no text holds."""
FIELDS = {"day", "label", "notes", "scores", "hurts"}


def write(sheets: Iterable[Sheet]) -> bytes:
    """All of them in one file, the oldest first."""
    told = [as_json(sheet) for sheet in sorted(sheets, key=lambda each: each.screened_on)]
    content = {"format": FORMAT, "version": VERSION, "sheets": told, "mark": mark_of(told)}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read(data: bytes, *, latest: date) -> list[Sheet]:
    """The sheets of a file. Raises DomainError with a sentence that says what is wrong with it."""
    content = parsed(data)
    if content.get("format") != FORMAT:
        raise DomainError(NOT_OURS)
    if content.get("version") != VERSION:
        raise DomainError(NEWER)
    told = content.get("sheets")
    if not isinstance(told, list) or not told or content.keys() != {"format", "version", "sheets", "mark"}:
        raise DomainError(CHANGED)
    if len(told) > MOST_SHEETS:
        raise DomainError(f"This file holds {len(told)} sheets. Up to {MOST_SHEETS} can be opened.")
    sheets = [from_json(each, latest=latest) for each in told]
    if content["mark"] != mark_of(told):
        raise DomainError(CHANGED)
    return sheets


def parsed(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise DomainError(TOO_LARGE)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not text, no JSON, or brackets without end
        raise DomainError(NOT_OURS) from error
    if not isinstance(content, dict):
        raise DomainError(NOT_OURS)
    return content


def mark_of(told: Sequence[Any]) -> str:
    whole = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(f"{FORMAT}:{whole}".encode()).hexdigest()[:16]


def as_json(sheet: Sheet) -> dict[str, Any]:
    places = [place for screen in the_screens().screens for place in screen.places]
    points = sheet.scores.points
    return {
        "day": sheet.screened_on.isoformat(),
        "label": sheet.label,
        "notes": sheet.notes,
        "scores": {field_of(*place): points[place] for place in places if place in points},
        "hurts": dict(sheet.scores.hurts),
    }


def from_json(told: Any, *, latest: date) -> Sheet:
    """Raises DomainError that names the sheet's day and what is wrong with it."""
    if not isinstance(told, dict) or told.keys() != FIELDS:
        raise DomainError(CHANGED)
    try:
        day = date.fromisoformat(told["day"])
    except (TypeError, ValueError) as error:
        raise DomainError(f"The day of a sheet cannot be read. {CHANGED}") from error
    texts = told["label"], told["notes"]
    if not all(isinstance(each, str) for each in texts):
        raise DomainError(CHANGED)
    sheet = tidied(Sheet(day, scores_of(told), *(NO_TEXT.sub("", each) for each in texts)))
    for _field, sentence in problems_of(sheet, latest=latest):
        raise DomainError(f"Its sheet of {day.isoformat()} has a mistake. {sentence}")
    return sheet


def scores_of(told: dict[str, Any]) -> Scores:
    scores, hurts = told["scores"], told["hurts"]
    if not isinstance(scores, dict) or not isinstance(hurts, dict):
        raise DomainError(CHANGED)
    if not all(type(hurt) is bool for hurt in hurts.values()):
        raise DomainError(CHANGED)
    fields = {field_of(*place): place for place in the_screens().places}
    if scores.keys() - fields.keys() or hurts.keys() - {each.slug for each in the_screens().clearings}:
        raise DomainError("This file names a screen that is not on our sheet. " + CHANGED)
    return Scores({fields[name]: points for name, points in scores.items()}, hurts)
