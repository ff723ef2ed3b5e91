"""A list of education is imported as a whole or not at all; an issuer who asks gets the file of a cycle."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.papers import picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.test_education import HOME, browser, dana, kept, signed_in
from trainers.commands import worker, working
from trainers.core import evidence
from trainers.core.credentials import visible_credentials
from trainers.core.education import dated_items, ledger, papers
from trainers.core.models import EducationRecord, Job, Paper, Trainer
from trainers.extensions import db
from trainers.web import site

__all__ = ["browser", "dana"]

GOOD = """title,provider,date,hours,units,unit,category,approved by
Hips of runners,Northwest College,2026-03-12,15,1.5,NASM CEU,course,NASM
"CPR, AED",Red Cross,11/20/2026,4:30,,,cpr,
"""


def imported(app: Flask, browser: PageClient, data: bytes) -> str:
    """The page of the import after the worker has been at it."""
    sent = browser.post(f"{HOME}/import", data={"file": (BytesIO(data), "my list.csv")})
    assert sent.status_code == 303, sent.text
    with app.app_context():
        held = working.claim(db.session(), clock=site.now)
        while held:
            held = working.one_chunk(db.session(), site.files(), held, clock=site.now, today=TODAY)
    return browser.get(sent.headers["Location"]).text


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.replace(",Northwest College,", ",Northwest Coll\xe8ge,").encode(),
        GOOD.replace(",Northwest College,", ",Northwest Coll\xe8ge,").encode("cp1252"),
        GOOD.replace('"CPR, AED"', "CPR").replace(",", ";").encode(),
    ],
    ids=["plain", "with a BOM", "Latin-1", "semicolons"],
)
def test_a_list_is_added_to_the_log_once(app: Flask, browser: PageClient, store: Session, data: bytes) -> None:
    assert "2 entries are new in your log." in imported(app, browser, data)
    first, second = kept(store, EducationRecord)
    assert (first.completed_on, first.minutes, first.units, first.unit) == (
        date(2026, 3, 12),
        900,
        1500,
        "nasm_ceu",
    )
    assert (second.completed_on, second.minutes, second.category) == (date(2026, 11, 20), 270, "cpr")
    assert first.batch
    assert first.batch == kept(store, Job)[0].uuid
    assert "0 entries are new in your log. 2 were in it already." in imported(app, browser, data)
    assert len(kept(store, EducationRecord)) == 2


def test_each_row_that_is_wrong_is_told_by_its_line_and_nothing_is_imported(
    app: Flask, browser: PageClient, store: Session
) -> None:
    rows = [
        "Fine,P,2026-03-12,2,,",
        'Comma,P,2026-03-12,,"1,5",NASM CEU',
        "Long,P,2026-03-12,400,,",
        "Tomorrow,P,2026-11-24,2,,",
        "No day,P,soon,2,,",
        "Odd unit,P,2026-03-12,,1.5,points",
        "Fine,p,2026-03-12,3,,",
        ",P,2026-03-12,2,,",
        "=HYPERLINK(1),P,2026-03-12,,,",
        "Many units,P,2026-03-12,,400,NASM CEU",
    ]
    page = imported(app, browser, "\n".join(["title,provider,date,hours,units,unit", *rows]).encode())
    for sentence in (
        "9 rows were rejected, so nothing was imported.",
        "Write the units with a point: 1.5, not 1,5.",
        "not more than 200",
        "These are more than 200 hours.",
        "This day has not come yet.",
        "Write the date as 2026-11-25 or 11/25/2026.",
        "Write the unit as NASM CEU",
        "A row above says the same.",
        "Enter the title of the course.",
        "Enter the hours, or the units printed on the certificate.",
    ):
        assert sentence in page
    assert kept(store, EducationRecord) == []
    rejected = browser.get(f"{HOME}/import/{kept(store, Job)[0].uuid}/rejected").text
    assert rejected.splitlines()[1].startswith('3,"1,5",')


def test_a_file_that_is_none_is_told_at_the_field(browser: PageClient, store: Session) -> None:
    for data, sentence in (
        (b"", "The file is empty."),
        (b"name,day\nA,B\n", "The column “title” is missing."),
        (b"PK\x03\x04", "This is a workbook."),
    ):
        answer = browser.post(f"{HOME}/import", data={"file": (BytesIO(data), "list.csv")})
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert kept(store, Job) == []


def test_the_file_to_begin_with_can_be_sent_in_as_it_is(app: Flask, browser: PageClient) -> None:
    template = browser.get(f"{HOME}/import/template.csv")
    assert template.headers["Content-Disposition"].startswith("attachment")
    assert "2 entries are new" in imported(app, browser, template.data)


def test_a_title_is_kept_on_one_line_however_it_was_written(
    app: Flask, browser: PageClient, store: Session
) -> None:
    wide = "a" + " " * 300 + "b"
    data = f'title,date,hours\n{wide},2026-03-12,2\n"Hips\nof runners",2026-03-12,2\n'
    assert "2 entries are new in your log." in imported(app, browser, data.encode())
    assert [each.title for each in kept(store, EducationRecord)] == ["a b", "Hips of runners"]


# --- the file of a cycle


@pytest.fixture
def cycle(app: Flask, made: Factory, dana: Trainer) -> str:
    """The address of a cycle: one record with a photo and a Polish name, one whose title is a formula."""
    session = made.session
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    first = ledger.Entry("Hips", "Wałęsa Institute", "N-1", date(2026, 3, 12), 900, approved_by="nasm")
    second = ledger.Entry("=1+1", "Ωmega", "", date(2026, 4, 1), 60, approved_by="neither")
    before = ledger.Entry("Before", "", "", date(2024, 4, 1), 60, approved_by="nasm")
    kept = [ledger.add(session, dana, each, now=NOW, today=TODAY, by="1") for each in (first, second, before)]
    card = dated_items.ItemEntry("cpr_aed", date(2027, 1, 1))
    holders = [kept[0], dated_items.add(session, dana, card, now=NOW, today=TODAY, by="1")]
    for holder, color in zip(holders, ("red", "blue"), strict=True):
        found = evidence.clean(picture(size=(1600, 1200), color=color))
        papers.attach(session, files, holder, found, key=papers.store(files, found), now=NOW)
    uuid = visible_credentials(session, dana)[0].uuid
    made.commit()
    return f"{HOME}/for/{uuid}"


def test_as_a_table_it_holds_the_records_of_the_cycle_and_the_sum(browser: PageClient, cycle: str) -> None:
    answer = browser.get(f"{cycle}/audit.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nasm-cpt-2027-11-30.csv"'
    rows = list(csv.reader(StringIO(answer.text.lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["title", "Hips", "'=1+1", "CPR/AED card", "Together"]
    assert [row[8] for row in rows[1:]] == ["1.5", "0", "0.1", "1.6"]
    assert "petition" in rows[2][9]
    assert rows[-1][9].endswith("Only NASM decides.")


def test_as_a_pdf_it_holds_the_photos_too(browser: PageClient, cycle: str) -> None:
    answer = browser.get(f"{cycle}/audit.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nasm-cpt-2027-11-30.pdf"'
    assert answer.data.count(b"/Type /Page\n") == 3
    assert answer.data.count(b"/Subtype /Image") == 2
    assert len(answer.data) < 200_000


def test_a_certification_without_a_cycle_has_no_such_file(
    browser: PageClient, made: Factory, dana: Trainer
) -> None:
    made.check(made.term(made.credential(dana, "FMS/FMS-L1"), expires_on=None))
    uuid = visible_credentials(made.session, dana)[-1].uuid
    made.commit()
    assert browser.get(f"{HOME}/for/{uuid}/audit.csv").status_code == 404
    assert "We do not know how many units are asked for. Check with FMS." in browser.get(f"{HOME}/for/{uuid}").text


def test_somebody_elses_is_not_there(app: Flask, made: Factory, cycle: str) -> None:
    olga = made.listed("Olga Other")
    made.commit()
    other = signed_in(app, made, olga)
    for address in (cycle, f"{cycle}/audit.csv", f"{cycle}/audit.pdf"):
        assert other.get(address).status_code == 404


def test_after_a_renewal_the_file_of_the_cycle_before_is_still_there(
    browser: PageClient, made: Factory, dana: Trainer, cycle: str
) -> None:
    credential = visible_credentials(made.session, dana)[0]
    made.check(made.term(credential, number="NC-7", expires_on=date(2029, 11, 30), issued_on=None))
    unchecked = made.term(credential, number="NC-8", expires_on=date(2031, 11, 30), issued_on=None)
    made.commit()
    page = browser.get(cycle).text
    assert "1 December 2025 to 30 November 2027" in page
    assert str(unchecked.expires_on.year if unchecked.expires_on else "") not in page
    former = browser.get(f"{cycle}/audit.csv?cycle=2027-11-30")
    assert former.headers["Content-Disposition"] == 'attachment; filename="nasm-cpt-2027-11-30.csv"'
    rows = list(csv.reader(StringIO(former.text.lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["title", "Hips", "'=1+1", "CPR/AED card", "Together"]
    assert browser.get(f"{cycle}/audit.pdf?cycle=2027-11-30").data[:5] == b"%PDF-"
    newer = browser.get(f"{cycle}/audit.csv").text
    assert "Hips" not in newer
    for other in ("2031-11-30", "2020-01-01", "soon", "9" * 40):
        assert browser.get(f"{cycle}/audit.csv?cycle={other}").status_code == 404


def test_the_worker_erases_the_photos_of_a_listing_that_was_withdrawn(
    app: Flask, made: Factory, store: Session, dana: Trainer, cycle: str
) -> None:
    dana.state = "withdrawn"
    made.commit()
    with app.app_context():
        assert worker.clear_up() == 0
    assert [each.state for each in kept(store, Paper)] == ["erased", "erased"]
