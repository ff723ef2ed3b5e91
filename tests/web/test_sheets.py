"""Sheets without an account: filled in, shown, handed out as a file, opened again; nothing is kept."""

import io
import json
import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import TODAY
from tests.core.test_screening import all_at
from tests.page_client import words
from tests.web.sheet_visitor import DAY, errors_in, main_of, sent, text_of, typed, values_in
from tests.web.test_hip_check_forgets import everything_in, files_of
from trainers.core.screens import Scores
from trainers.core.sheets import files
from trainers.core.sheets.sheet import Sheet

FILL_IN, OPEN = "/sheets/fill-in", "/sheets/open"
SVG = "{http://www.w3.org/2000/svg}"
MARCH = Sheet(date(2026, 3, 3), all_at(1), "before the season")
MAY = Sheet(date(2026, 5, 5), all_at(2, leg_raise_left=3))


# One sheet


def test_a_whole_sheet_shows_its_total_with_its_parts_and_what_it_does_not_show(client: FlaskClient) -> None:
    page = client.post(FILL_IN, data=typed("2", leg_raise_left="3", deep_squat="1", label="spring"))
    assert page.status_code == 200
    told = text_of(page)
    assert "Sheet of 23 November 2026, spring" in told
    assert "Total: 1 + 2 + 2 + 2 + 2 + 2 + 2" in told
    assert "13 of 21" in told
    assert "What the total does not show: who will get hurt." in told
    assert "Active straight-leg raise: left 3, right 2" in told
    assert "clinician before" not in told


def test_pain_is_told_before_anything_else_and_brings_no_idea(client: FlaskClient) -> None:
    page = client.post(FILL_IN, data=typed("3", push_up="1", rock_back="yes", leg_raise_right="0"))
    told = text_of(page)
    assert told.index("See a clinician before anything else") < told.index("The seven screens")
    assert "Something hurt: active straight-leg raise, rotary stability (clearing test)." in told
    assert "The clearing test hurt, so it is 0" in told
    assert "Ideas" not in told
    assert "Total: 3 + 3 + 3 + 3 + 0 + 1 + 0" in told


def test_ideas_lead_to_headings_that_are_there(client: FlaskClient) -> None:
    page = client.post(FILL_IN, data=typed("1"))
    links = {str(link.get("href")) for link in main_of(page).iter("a") if "/guidance/" in str(link.get("href"))}
    assert len([each for each in links if "#" in each]) == 3
    for link in links:
        path, _, heading = link.partition("#")
        answer = client.get(path)
        assert answer.status_code == 200
        assert not heading or f'id="{heading}"' in answer.text


WRONG = {
    "a score of 4": ({"deep_squat": "4"}, "Deep squat: “4” is not a score. Choose 0, 1, 2 or 3."),
    "a score below 0": ({"push_up": "-1"}, "Trunk stability push-up: “-1” is not a score. Choose 0, 1, 2 or 3."),
    "a word": ({"leg_raise_left": "two"}, "Active straight-leg raise: “two” is not a score. Choose 0, 1, 2 or 3."),
    "left alone": (
        {"hurdle_step_right": None},
        "Hurdle step: the left side has a score, the right side has none.",
    ),
    "no clearing test": ({"shoulder": None}, "Shoulder reach: say whether it hurts."),
    "a clearing test in other words": ({"shoulder": "a bit"}, "Shoulder reach: say whether it hurts."),
    "tomorrow": ({"screened_on_day": "24"}, "That day has not come yet. Enter the day on which you screened."),
    "no such day": ({"screened_on_day": "31"}, "Enter a day from 1 to 30: November 2026 has 30 days"),
    "a day of long ago": ({"screened_on_year": "1980"}, "Enter a day from 1995 on."),
    "a long label": ({"label": "x" * 61}, "Shorten the label to 60 characters."),
    "long notes": ({"notes": "x" * 1003}, "Shorten the notes to 1,000 characters: 3 are too many."),
}


GAPS = ("left alone", "no clearing test")
"""A result needs them filled; a file may be taken out before."""


@pytest.mark.parametrize(
    ("address", "what"),
    [(FILL_IN, what) for what in WRONG] + [("/sheets/file", what) for what in WRONG if what not in GAPS],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    client: FlaskClient, address: str, what: str
) -> None:
    changes, said = WRONG[what]
    given = typed("2", **({"notes": "left hip stiff"} | changes))
    page = client.post(address, data=given)
    assert page.status_code == 422
    assert errors_in(page) == [said]
    assert page.text.count("<title>Error: ") == 1
    kept = values_in(page)
    wrong = {name for name, value in given.items() if value not in (kept.get(name), "")}
    assert len(wrong) == (
        1 if what in ("a score of 4", "a score below 0", "a word", "a clearing test in other words") else 0
    )


def test_an_empty_form_names_each_gap_once(client: FlaskClient) -> None:
    page = client.post(FILL_IN, data={})
    assert page.status_code == 422
    assert len(errors_in(page)) == 1 + 12 + 3


def test_a_label_with_script_in_it_is_text_wherever_it_is_shown(client: FlaskClient) -> None:
    label = "<script>alert(1)</script>"
    shown = client.post(FILL_IN, data=typed("2", label=label, notes="<img src=x onerror=alert(1)>"))
    handed = client.post("/sheets/file", data=typed("2", label=label))
    opened = client.post(OPEN, data=sent(handed.data, files.write([MARCH])), content_type="multipart/form-data")
    for page in (shown, opened):
        assert page.status_code == 200
        assert label not in page.text
        assert "<img src=x" not in page.text
        assert label in text_of(page)


def test_changing_brings_the_form_back_as_it_was(client: FlaskClient) -> None:
    given = typed("1", label="spring", notes="one\n\ntwo", rock_back="yes")
    result = client.post(FILL_IN, data=given)
    carried = values_in(result)
    again = client.post(FILL_IN, data=carried | {"change": "yes"})
    assert again.status_code == 200
    assert {name: value.replace("\r\n", "\n") for name, value in values_in(again).items()} == given


# Files


def test_a_downloaded_file_holds_the_sheet_and_its_day(client: FlaskClient) -> None:
    answer = client.post("/sheets/file", data=typed("2", label="spring"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="movement-sheet-2026-11-23.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    [read] = files.read(answer.data, latest=TODAY)
    assert read == Sheet(TODAY, all_at(2), "spring")


def test_two_files_show_progress_in_pictures_and_in_a_table(client: FlaskClient) -> None:
    page = client.post(OPEN, data=sent(MAY, MARCH))
    assert page.status_code == 200
    told = text_of(page)
    assert "Since 3 March 2026" in told
    assert "Active straight-leg raise: left 1 → 3, right 1 → 2. More than one point: worth a talk." in told
    assert "Deep squat: 1 → 2. One point may be chance." in told
    assert "The total went from 1 + 1 + 1 + 1 + 1 + 1 + 1 = 7 to 2 + 2 + 2 + 2 + 2 + 2 + 2 = 14, of 21." in told
    drawings = [each for each in main_of(page).iter(SVG + "svg") if each.get("role") == "img"]
    assert len(drawings) == 9
    assert "left 1, 3; right 1, 2" in str(drawings[4].get("aria-label"))
    assert len(list(main_of(page).iter(SVG + "polyline"))) == 2 + 2 * 5 + 2
    assert ["Total of 21", "7", "14"] in [[words(cell) for cell in row] for row in main_of(page).iter("tr")]


def test_sheets_go_on_as_csv_and_as_one_file_that_opens_by_itself(client: FlaskClient) -> None:
    carried = {"sheet": [files.write([each]).decode() for each in (MARCH, MAY)]}
    table = client.post(OPEN + "/sheets.csv", data=carried)
    assert table.mimetype == "text/csv"
    assert table.text.count("\r\n") == 3
    whole = client.post(OPEN + "/file", data=carried)
    assert client.post(OPEN, data=sent(whole.data)).status_code == 200


def test_pain_on_the_newest_sheet_is_told_first(client: FlaskClient) -> None:
    painful = Sheet(date(2026, 6, 1), all_at(2, {"shoulder": True}))
    told = text_of(client.post(OPEN, data=sent(MARCH, MAY, painful)))
    assert told.index("See a clinician before anything else") < told.index("Since 5 May 2026")


def test_a_sheet_that_was_stopped_at_pain_says_so_first_and_gives_no_idea(client: FlaskClient) -> None:
    stopped = Sheet(date(2026, 11, 1), Scores({("leg-raise", "left"): 0}))
    told = text_of(client.post(OPEN, data=sent(MARCH, MAY, stopped)))
    assert told.index("See a clinician before anything else") < told.index("is not whole and is left out")
    assert "On 1 November 2026 something hurt: active straight-leg raise." in told
    assert "Ideas" not in told


def test_who_stops_at_pain_has_the_result_and_the_file_without_the_rest(client: FlaskClient) -> None:
    """Nobody has to go on screening to be told, or to take it to a clinician."""
    data = DAY | {"deep-squat": "0"}
    page = client.post(FILL_IN, data=data)
    assert page.status_code == 200
    assert "See a clinician before anything else" in text_of(page)
    [sheet] = files.read(client.post("/sheets/file", data=data).data, latest=date(2026, 11, 23))
    assert sheet.scores == Scores({("deep-squat", "both"): 0})
    without_pain = client.post(FILL_IN, data=DAY | {"deep-squat": "1"})
    assert without_pain.status_code == 422
    assert "Something hurts" not in text_of(without_pain)


def test_pain_is_told_before_a_mistake_in_the_sheet(client: FlaskClient) -> None:
    page = client.post(FILL_IN, data=DAY | {"deep-squat": "0", "label": "x" * 61})
    assert page.status_code == 422
    told = text_of(page)
    assert told.index("Something hurts: stop here") < told.index("Shorten the label")


def test_today_in_guam_is_a_day_that_has_come_and_tomorrow_is_not(app: Flask, client: FlaskClient) -> None:
    app.config["NOW"] = lambda: datetime(2026, 11, 23, 22, tzinfo=UTC)  # 8 in the morning of the 24th in Guam
    for day, ahead, status in (("24", "600", 200), ("25", "600", 422), ("24", "", 422), ("24", "99999999", 422)):
        data = typed("2") | {"screened_on-day": day, "minutes_ahead": ahead}
        assert client.post(FILL_IN, data=data).status_code == status, (day, ahead)


OURS = [("march.json", files.write([MARCH])), ("may.json", files.write([MAY]))]
EDITED = files.write([MARCH]).replace(b'"push-up": 1', b'"push-up": 3')
TWIN = files.write([Sheet(MARCH.screened_on, all_at(3))])
REFUSED: dict[str, tuple[list[tuple[str, bytes]], int, str]] = {
    "no file": ([], 0, "Choose two files of sheets or more."),
    "one file": (OURS[:1], 1, "One sheet shows no progress. Add another day's."),
    "the same file twice": (OURS[:1] * 2, 1, "One sheet shows no progress. Add another day's."),
    "two sheets of one day": (
        [*OURS[:1], ("twin.json", TWIN)],
        2,
        "Two different sheets are from 3 March 2026. Leave one of them out.",
    ),
    "a photo": ([*OURS, ("hip.jpg", b"\xff\xd8\xff\xe0")], 2, f"hip.jpg: {files.NOT_OURS}"),
    "an edited file": ([*OURS, ("better.json", EDITED)], 2, f"better.json: {files.CHANGED}"),
    "a large file": ([*OURS, ("film.json", b" " * (files.LARGEST + 1))], 2, f"film.json: {files.TOO_LARGE}"),
    "a name with script": ([*OURS, ("<script>.json", b"x")], 2, f"<script>.json: {files.NOT_OURS}"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_files_that_cannot_be_read_are_named_and_the_others_stay(client: FlaskClient, what: str) -> None:
    chosen, read, said = REFUSED[what]
    page = client.post(OPEN, data={"file": [(io.BytesIO(data), name) for name, data in chosen]})
    assert page.status_code == 422
    assert errors_in(page) == [said]
    kept = [box for box in main_of(page).iter("input") if box.get("name") == "sheet"]
    assert len(kept) == read
    assert {box.get("type") for box in kept} <= {"checkbox"}


def test_50_megabytes_are_not_read_and_the_form_says_so(client: FlaskClient) -> None:
    body = io.BytesIO(b"--x\r\n" + b" " * 50_000_000)
    page = client.post(OPEN, data=body, content_type="multipart/form-data; boundary=x")
    assert page.status_code == 422
    [said] = errors_in(page)
    assert "too large to be sheets, so nothing of what you sent was read" in said
    assert "Go back in your browser: they are still there." in said


# Nothing is kept


def test_neither_database_nor_log_nor_instance_holds_anything_of_a_sheet(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Path(app.instance_path)
    before, files_before = everything_in(app), set(files_of(folder))
    marked = typed("2", label="Wiedehopf", notes="Kiebitz")
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.get("/sheets"),
            client.post(FILL_IN, data=marked),
            client.post(FILL_IN, data=typed("2", label="Wiedehopf", notes="Kiebitz", push_up="7")),
            client.post("/sheets/file", data=marked),
            client.post(OPEN, data=sent(MARCH, client.post("/sheets/file", data=marked).data)),
        ]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.request.query_string == b""
        if answer.request.method == "POST":
            assert answer.headers["Cache-Control"] == "private, no-store"
    assert everything_in(app) == before
    assert set(files_of(folder)) == files_before
    logged = caplog.text + "".join(capfd.readouterr())
    for word in ("Wiedehopf", "Kiebitz", "push-up"):
        assert word not in logged


def test_the_title_tells_the_browsers_history_nothing(client: FlaskClient) -> None:
    titles = {client.post(FILL_IN, data=typed(score)).text.split("<title>")[1].split("<")[0] for score in "0123"}
    assert titles == {"Movement sheet: what it comes to · Sound Stride"}


@pytest.mark.parametrize("query", ["?deep-squat=2", "?sheet=%7B%7D", "?label=x"])
def test_an_address_with_scores_is_only_the_blank_page(client: FlaskClient, query: str) -> None:
    for path in (FILL_IN, OPEN):
        assert client.get(path + query).text == client.get(path).text


def test_a_file_that_names_no_screen_of_ours_is_told_apart(client: FlaskClient) -> None:
    content = json.loads(files.write([MARCH]))
    content["sheets"][0]["scores"]["ankle"] = 2
    page = client.post(OPEN, data=sent(MAY, json.dumps(content).encode()))
    assert "names a screen that is not on our sheet" in errors_in(page)[0]
