"""What somebody types on a sheet."""

import io
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

from tests.page_client import words
from trainers.core.screening_file import the_screens
from trainers.core.screens import BOTH
from trainers.core.sheets import files
from trainers.core.sheets.sheet import Sheet

FIELDS = [
    slug if side == BOTH else f"{slug}-{side}" for screen in the_screens().screens for slug, side in screen.places
]
CLEARINGS = [each.slug for each in the_screens().clearings]
DAY = {"screened_on-month": "11", "screened_on-day": "23", "screened_on-year": "2026"}


def typed(score: str = "2", **other: str | None) -> dict[str, str]:
    """A whole sheet of today with the same score everywhere, but for the fields named (with _ for -)."""
    told = DAY | dict.fromkeys(FIELDS, score) | dict.fromkeys(CLEARINGS, "no") | {"label": "", "notes": ""}
    for name, value in other.items():
        field = name.replace("_", "-").replace("screened-on", "screened_on")
        if value is None:
            told.pop(field)
        else:
            told[field] = value
    return told


def main_of(answer: TestResponse) -> Element:
    main = html5lib.parse(answer.text, namespaceHTMLElements=False).find(".//main")
    assert main is not None
    return main


def text_of(answer: TestResponse) -> str:
    return words(main_of(answer))


def values_in(answer: TestResponse) -> dict[str, str]:
    """What the form on the page holds: what was typed, chosen, or is sent along."""
    found: dict[str, str] = {}
    for field in main_of(answer).iter():
        name, kind = field.get("name"), field.get("type")
        if field.tag == "textarea" and name:
            found[name] = (field.text or "").strip()
        if (
            field.tag == "input"
            and name
            and (kind not in ("radio", "checkbox") or field.get("checked") is not None)
        ):
            found[name] = field.get("value") or ""
    return found


def errors_in(answer: TestResponse) -> list[str]:
    """The sentences at the fields."""
    return [
        words(each).removeprefix("Error: ")
        for each in main_of(answer).iter("p")
        if each.get("class") == "field__error"
    ]


def sent(*sheets: Sheet | bytes, name: str = "sheet.json") -> dict[str, Any]:
    """Files of these, as a browser sends them."""
    data = [each if isinstance(each, bytes) else files.write([each]) for each in sheets]
    return {"file": [(io.BytesIO(each), name) for each in data]}
