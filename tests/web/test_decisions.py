"""A trainer's own record as a file: all of it, from the beginning, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import timedelta

from flask import Flask

from tests.application import NOW, TODAY
from tests.factories import Factory
from tests.web.test_education import signed_in
from trainers.core import takedown
from trainers.core.long_work.spreadsheets import BOM
from trainers.core.review import told

LONG_AGO = timedelta(days=900)
"""More than the 24 months that the public history reaches back."""


def test_the_whole_record_is_downloaded_with_what_was_corrected_long_ago(app: Flask, made: Factory) -> None:
    dana = made.listed("Dana Fitzgerald")
    then, day = NOW - LONG_AGO, TODAY - LONG_AGO
    credential = made.credential(dana, "ACSM/ACSM-CPT")
    first = made.term(credential, number="NC-1", name="=1+1", expires_on=None, recorded_at=then)
    second = made.term(
        credential, number="NC-2", corrects=first, expires_on=None, recorded_at=then + timedelta(days=1)
    )
    wrong = made.check(second, looked_on=day + timedelta(days=2), recorded_at=then + timedelta(days=2))
    made.check(
        second,
        outcome="unavailable",
        looked_on=day + timedelta(days=3),
        recorded_at=then + timedelta(days=3),
        supersedes_id=wrong.id,
    )
    credential.withdrawn_at = NOW
    made.listed("Bob Stone")
    made.commit()
    answer = signed_in(app, made, dana).get("/dashboard/decisions.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-record.csv"'
    assert answer.data.startswith(BOM)
    header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert tuple(header) == told.HEADER
    next_day, endless = str(day + timedelta(days=1)), "without an end date"
    assert rows[:2] == [
        [str(day), "sent in", "ACSM-CPT", f"'=1+1, number NC-1, {endless}"],
        [next_day, "corrected", "ACSM-CPT", f"Dana Fitzgerald, number NC-2, {endless}"],
    ]
    assert [row[:3] for row in rows[2:4]] == [
        [str(day + timedelta(days=2)), "confirmed (corrected since)", "ACSM-CPT"],
        [str(day + timedelta(days=3)), "A correction: not looked at", "ACSM-CPT"],
    ]
    assert [row[1:3] for row in rows[4:]] == [["sent in", "NASM-CPT"], ["confirmed", "NASM-CPT"]]
    assert "Bob Stone" not in answer.text


def test_before_anything_was_sent_in_the_record_names_its_columns(app: Flask, made: Factory) -> None:
    dana = made.trainer(state="draft")
    made.commit()
    answer = signed_in(app, made, dana).get("/dashboard/decisions.csv")
    assert answer.data == BOM + b"day,what,about,details\r\n"


def test_a_listing_that_we_took_down_and_let_back_is_among_the_decisions(app: Flask, made: Factory) -> None:
    dana = made.listed("Dana Fitzgerald")
    takedown.take_down(made.session, dana, why="It shows another's number.", by="9", now=NOW, today=TODAY)
    takedown.lift(made.session, dana, why="A slip of reviewer 9", by="9")
    made.commit()
    page = signed_in(app, made, dana).get("/dashboard/decisions").text
    for part in ("Your listing: taken down by us", "It shows another", "Your listing: not taken down any more"):
        assert part in page
    assert "A slip of reviewer 9" not in page
