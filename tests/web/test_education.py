"""The log of continuing education: a trainer's own, filled in on a phone, added up by the issuers' rules."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.papers import PDF, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.statements import counted_statements
from trainers.core import evidence
from trainers.core.credentials import visible_credentials
from trainers.core.education import dated_items, ledger
from trainers.core.models import AuditEvent, DatedItem, EducationRecord, Paper, Trainer

HOME = "/dashboard/education"
COURSE = {
    "title": "Hips of runners",
    "provider": "Northwest College",
    "completed_on-month": "3",
    "completed_on-day": "12",
    "completed_on-year": "2026",
    "hours": "15",
    "units": "1.5",
    "unit": "nasm_ceu",
    "category": "course",
    "approved_by": "nasm",
    "course_number": "N-104",
}
CARD = {
    "kind": "cpr_aed",
    "expires_on-month": "3",
    "expires_on-day": "2",
    "expires_on-year": "2027",
    "provider": "Red Cross",
}


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed("Dana Fitzgerald")
    made.commit()
    return trainer


@pytest.fixture
def browser(app: Flask, made: Factory, dana: Trainer) -> PageClient:
    return signed_in(app, made, dana)


def signed_in(app: Flask, made: Factory, trainer: Trainer) -> PageClient:
    browser = PageClient(app, app.response_class)
    browser.sign_in(trainer.account)
    made.session.rollback()
    return browser


def kept(store: Session, table: Any) -> list[Any]:
    rows = list(store.scalars(select(table).order_by(table.id)))
    store.expunge_all()
    store.rollback()
    return rows


def test_what_is_written_counts_on_my_listing_at_once(browser: PageClient, store: Session, dana: Trainer) -> None:
    assert "Nothing here yet" in browser.get(HOME).text
    answer = browser.post(f"{HOME}/new", data=COURSE)
    assert answer.headers["Location"].endswith(HOME)
    [record] = kept(store, EducationRecord)
    assert (record.title, record.minutes, record.units, record.unit) == ("Hips of runners", 900, 1500, "nasm_ceu")
    for page in ("/dashboard", HOME):
        said = browser.get(page).text
        assert "1.5 of 2.0 CEU, 372 days left." in said
        assert "By the rule we read on 15 August 2026, your log shows 1.5 of 2.0 CEU. Only NASM decides." in said
    browser.post(f"{HOME}/cards/new", data=CARD)
    page = browser.get(HOME).text
    assert "1.6 of 2.0 CEU" in page
    assert "Your CPR/AED card ends on 2 March 2027, before your NASM-CPT." in page


def test_the_page_of_a_certification_says_what_counts_why_not_and_what_a_course_would_make(
    browser: PageClient, store: Session, made: Factory, dana: Trainer
) -> None:
    entry = ledger.Entry(title="Hips", completed_on=TODAY, minutes=600, approved_by="nasm")
    other = ledger.Entry(title="Knees", completed_on=TODAY, minutes=600)
    for each in (entry, other):
        ledger.add(store, dana, each, now=NOW, today=TODAY, by="1")
    path = f"{HOME}/for/{visible_credentials(store, dana)[0].uuid}"
    made.commit()
    page = browser.get(path).text
    assert "By the rule we read on 15 August 2026, your log shows 1.0 of 2.0 CEU. Only NASM decides." in page
    assert "Its provider may not be approved by NASM, so it counts after a petition." in page
    assert "0.1 CEU comes from a current CPR/AED card" in page
    assert "The cycle began on 1 December 2025" in page
    assert "Today, 23 November 2026" in page
    would = browser.get(f"{path}?hours=9").text
    assert "A course of 9 hours that counts in full would make 1.9 of 2.0 CEU." in would
    for typed in ("1,5", "0", "400", "many"):
        assert browser.get(f"{path}?hours={typed}").status_code == 422


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"units": "40"}, "These are more than 200 hours. One course has 20 at most: look at the point."),
        (
            {"category": "college", "units": "", "unit": ""},
            "For a college course enter its credit hours: issuers count those, not the hours in class.",
        ),
        (
            {"category": "college", "units": "30", "unit": "college_credit"},
            "Enter the credit hours of this one course, not more than 20.",
        ),
        ({"units": "1,5"}, "Write the units with a point: 1.5, not 1,5."),
        ({"hours": "400"}, "Enter the hours of this one course, more than 0 and not more than 200."),
        ({"hours": "-3"}, "Write the hours as a number, such as 15 or 1.5, or as 1:30."),
        ({"hours": "", "units": "", "unit": ""}, "Enter the hours, or the units printed on the certificate."),
        ({"completed_on-year": "2027"}, "This day has not come yet."),
        ({"completed_on-day": "31", "completed_on-month": "2"}, "Enter a day from 1 to 28"),
        ({"title": " "}, "Enter the title of the course."),
        ({"title": "x" * 201}, "Shorten this to 200 characters."),
        ({"unit": ""}, "Choose which units these are."),
        ({"units": "1.00005"}, "Units have three decimal places at most."),
        ({"category": "party"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(
    browser: PageClient, store: Session, change: dict[str, str], sentence: str
) -> None:
    answer = browser.post(f"{HOME}/new", data=COURSE | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="N-104"' in answer.text
    assert kept(store, EducationRecord) == []


def test_a_photo_first_and_the_rest_later(browser: PageClient, store: Session, app: Flask) -> None:
    assert browser.post(f"{HOME}/snap", data={}).status_code == 422
    browser.post(f"{HOME}/snap", data={"photo": (BytesIO(picture()), "IMG_1.jpg")})
    [record] = kept(store, EducationRecord)
    [paper] = kept(store, Paper)
    page = browser.get(HOME).text
    assert "To be filled in" in page
    photo = browser.get(f"{HOME}/papers/{paper.uuid}")
    assert (photo.mimetype, photo.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    browser.post(f"{HOME}/records/{record.uuid}", data=COURSE | {"photo": (BytesIO(PDF), "proof.pdf")})
    [record] = kept(store, EducationRecord)
    assert record.title == "Hips of runners"
    pdf = browser.get(f"{HOME}/papers/{kept(store, Paper)[1].uuid}")
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    assert pdf.headers.get_all("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    wrong = browser.post(f"{HOME}/records/{record.uuid}", data=COURSE | {"photo": (BytesIO(b"GIF89a"), "a.gif")})
    assert (wrong.status_code, "Choose a photo" in wrong.text) == (422, True)
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    assert len(files.system.find(f"{files.root}/papers")) == 2
    assert "Erase Hips of runners?" in browser.get(f"{HOME}/records/{record.uuid}/remove").text
    browser.post(f"{HOME}/records/{record.uuid}/remove")
    assert kept(store, EducationRecord) == kept(store, Paper) == files.system.find(f"{files.root}/papers") == []
    assert "education_removed" in [event.action for event in kept(store, AuditEvent)]


def test_a_card_is_added_changed_and_erased_and_its_end_changes_nothing_public(
    browser: PageClient, store: Session, made: Factory, dana: Trainer
) -> None:
    profile = f"/trainers/{made.slug(dana)}"
    made.session.rollback()
    before = browser.get(profile).data
    assert "Enter the day on which it ends." in browser.post(f"{HOME}/cards/new", data={"kind": "cpr_aed"}).text
    assert browser.post(f"{HOME}/cards/new", data=CARD | {"expires_on-year": "2099"}).status_code == 422
    browser.post(f"{HOME}/cards/new", data=CARD | {"expires_on-year": "2025"})
    assert (
        "Your CPR/AED card ended on 2 March 2025. This changes nothing that the public reads."
        in browser.get(HOME).text
    )
    assert browser.get(profile).data == before
    [item] = kept(store, DatedItem)
    browser.post(f"{HOME}/cards/{item.uuid}", data=CARD)
    assert kept(store, DatedItem)[0].expires_on.year == 2027
    browser.post(f"{HOME}/cards/{item.uuid}/remove")
    assert kept(store, DatedItem) == []


def test_a_page_asks_as_much_for_a_long_log_as_for_a_short_one(
    app: Flask, made: Factory, store: Session, dana: Trainer, browser: PageClient
) -> None:
    fill(made, dana, records=2, keys=())
    few = counted_statements(app, lambda: browser.get("/dashboard"))
    fill(made, dana, records=60, keys=("ACSM/ACSM-CPT", "ACSM/ACSM-EP"))
    assert counted_statements(app, lambda: browser.get("/dashboard")) == few
    one = f"{HOME}/for/{visible_credentials(made.session, dana)[0].uuid}"
    made.session.rollback()
    pages = (HOME, one)
    many = [counted_statements(app, lambda page=page: browser.get(page)) for page in pages]
    fill(made, dana, records=60, keys=("NASM/NASM-CSNC",))
    browser.get(HOME)  # after a write, the first page asks anew whether samples are loaded
    assert [counted_statements(app, lambda page=page: browser.get(page)) for page in pages] == many


def fill(made: Factory, trainer: Trainer, *, records: int, keys: tuple[str, ...]) -> None:
    for key in keys:
        made.check(made.term(made.credential(trainer, key)))
    for number in range(records):
        entry = ledger.Entry(title=f"Course {number}", completed_on=TODAY, minutes=60, approved_by="both")
        ledger.add(made.session, trainer, entry, now=NOW, today=TODAY, by="1")
    card = dated_items.ItemEntry("cpr_aed", TODAY)
    dated_items.add(made.session, trainer, card, now=NOW, today=TODAY, by="1")
    made.commit()


def test_of_a_long_log_the_page_of_a_certification_comes_in_parts(
    browser: PageClient, store: Session, made: Factory, dana: Trainer
) -> None:
    for number in range(61):
        entry = ledger.Entry(title=f"Course {number}", completed_on=TODAY, minutes=60, approved_by="nasm")
        ledger.add(store, dana, entry, now=NOW, today=TODAY, by="1")
    path = f"{HOME}/for/{visible_credentials(store, dana)[0].uuid}"
    store.commit()
    made.session.rollback()
    first, second = browser.get(path).text, browser.get(f"{path}?page=2").text
    for page, shown in ((first, 60), (second, 1)):
        assert page.count('data-label="Entry"') == shown
        assert "your log shows 1.9 of 2.0 CEU" in page
        assert "61 entries on 23 November 2026" in page
    assert f'href="{path}?page=2#counts"' in first
    assert browser.get(f"{path}?page=3").status_code == 404
