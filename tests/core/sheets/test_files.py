"""The file of sheets: what goes in comes out, and what is not ours is told apart in a sentence."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.application import TODAY
from tests.core.test_screening import all_at, partial, whole
from trainers.core.errors import DomainError
from trainers.core.sheets import files
from trainers.core.sheets.sheet import FIRST_DAY, Sheet, tidied

sheets = st.builds(
    lambda *parts: tidied(Sheet(*parts)),
    st.dates(FIRST_DAY, TODAY),
    st.one_of(whole, partial),
    st.text(max_size=40),
    st.text(max_size=300),
)
Change = Callable[[dict[str, Any]], object]
ONE = Sheet(date(2026, 3, 3), all_at(2), "before the season", "left hip stiff\n\nsecond try")


@given(st.lists(sheets, min_size=1, max_size=2))
def test_what_goes_in_comes_out_in_the_order_of_days(kept: list[Sheet]) -> None:
    data = files.write(kept)
    expected = sorted(kept, key=lambda each: each.screened_on)
    read = files.read(data, latest=TODAY)
    assert [each.scores for each in read] == [each.scores for each in expected]
    assert [each.screened_on for each in read] == [each.screened_on for each in expected]


def test_a_file_holds_words_as_they_were_written_and_is_small() -> None:
    [read] = files.read(files.write([ONE]), latest=TODAY)
    assert read == ONE
    assert len(files.write([ONE])) < 1500


def test_a_file_says_nothing_that_follows_from_the_scores() -> None:
    assert "total" not in files.write([ONE]).decode()


def sheet_of(content: dict[str, Any]) -> dict[str, Any]:
    return content["sheets"][0]  # type: ignore[no-any-return]


CHANGES: dict[str, tuple[Change, str]] = {
    "another score": (lambda all_: sheet_of(all_)["scores"].update({"push-up": 3}), "was changed or damaged"),
    "a score of 4": (lambda all_: sheet_of(all_)["scores"].update({"push-up": 4}), "“4” is not a score"),
    "a score below 0": (lambda all_: sheet_of(all_)["scores"].update({"push-up": -1}), "“-1” is not a score"),
    "a score in words": (lambda all_: sheet_of(all_)["scores"].update({"push-up": "two"}), "“two” is not a score"),
    "half of a pair": (lambda all_: sheet_of(all_)["scores"].update({"push-up": "\ud83c"}), "is not a score"),
    "an unknown screen": (lambda all_: sheet_of(all_)["scores"].update({"ankle": 2}), "names a screen"),
    "an unknown test": (lambda all_: sheet_of(all_)["hurts"].update({"ankle": True}), "names a screen"),
    "a test in words": (lambda all_: sheet_of(all_)["hurts"].update({"shoulder": "no"}), "was changed or damaged"),
    "a day to come": (lambda all_: sheet_of(all_).update({"day": "2026-11-24"}), "has not come yet"),
    "no day": (lambda all_: sheet_of(all_).update({"day": "yesterday"}), "day of a sheet cannot be read"),
    "a day as a number": (lambda all_: sheet_of(all_).update({"day": 7}), "day of a sheet cannot be read"),
    "a label as a list": (lambda all_: sheet_of(all_).update({"label": []}), "was changed or damaged"),
    "a long label": (lambda all_: sheet_of(all_).update({"label": "x" * 61}), "Shorten the label"),
    "long notes": (lambda all_: sheet_of(all_).update({"notes": "x" * 1003}), "3 are too many"),
    "a field more": (lambda all_: sheet_of(all_).update({"total": 21}), "was changed or damaged"),
    "scores as a list": (lambda all_: sheet_of(all_).update({"scores": [2]}), "was changed or damaged"),
    "no sheet": (lambda all_: all_["sheets"].clear(), "was changed or damaged"),
    "a sheet as text": (lambda all_: all_["sheets"].append("sheet"), "was changed or damaged"),
    "too many": (lambda all_: all_["sheets"].extend(all_["sheets"] * 60), "holds 61 sheets"),
    "another format": (lambda all_: all_.update({"format": "fit"}), "not a file of movement sheets"),
    "a later version": (lambda all_: all_.update({"version": 2}), "newer version"),
    "no mark": (lambda all_: all_.pop("mark"), "was changed or damaged"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_edited_file_is_refused_with_what_is_wrong(what: str) -> None:
    change, said = CHANGES[what]
    content = json.loads(files.write([ONE]))
    change(content)
    with pytest.raises(DomainError, match=said) as refused:
        files.read(json.dumps(content).encode(), latest=TODAY)
    assert refused.value.sentence.encode()


FOREIGN = {
    "nothing": b"",
    "a photo": b"\xff\xd8\xff\xe0 a photo",
    "a zip": b"PK\x03\x04",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"text"',
    "an empty object": b"{}",
    "brackets without end": b"[" * 100_000,
    "a number": b"9" * 9000,
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_told_apart(data: bytes) -> None:
    with pytest.raises(DomainError, match="not a file of movement sheets"):
        files.read(data, latest=TODAY)


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(DomainError, match="too large to be ours"):
        files.read(b" " * (files.LARGEST + 1), latest=TODAY)


def test_what_no_text_holds_is_left_out_of_a_label() -> None:
    told = [files.as_json(ONE) | {"label": "Sa\ud800m\uffff \u202eeht"}]
    content = {"format": files.FORMAT, "version": 1, "sheets": told, "mark": files.mark_of(told)}
    [read] = files.read(json.dumps(content).encode(), latest=TODAY)
    assert read.label == "Sam eht"
