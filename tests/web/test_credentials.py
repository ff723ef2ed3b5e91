"""From the empty form to "a person looks at it by", and what comes after."""

import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.conftest import NOW, TODAY
from tests.core.test_evidence import PDF, bomb, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.test_accounts import read
from tests.web.test_profile import signed_in
from trainers.core import accounts, evidence, trainers
from trainers.core.models import ClaimDraft, Consent, Credential, Evidence, Review, Term, Trainer

NEW = "/dashboard/certifications/new"
CLAIM = {
    "type": "NASM/NASM-CPT",
    "name": "Dana Fitzgerald",
    "number": "NC-0042",
    "issued_on-month": "12",
    "issued_on-day": "1",
    "issued_on-year": "2025",
    "expires_on-month": "11",
    "expires_on-day": "30",
    "expires_on-year": "2027",
}
BOXES = {"listing": "y", "adult": "y"}


def day(field: str, typed: str) -> dict[str, str]:
    """Three boxes from "12/1/2025"."""
    month, number, year = typed.split("/")
    return {f"{field}-month": month, f"{field}-day": number, f"{field}-year": year}


@pytest.fixture
def dana(client: PageClient, made: Factory) -> PageClient:
    """Has told about herself and nothing more."""
    return signed_in(client, made, made.trainer(state="draft").account)


@pytest.fixture
def bob(app: Flask, dana: PageClient, made: Factory) -> PageClient:
    app.test_client_class = PageClient
    return signed_in(app.test_client(), made, made.trainer("Bob", state="draft").account)  # type: ignore[arg-type]


def draft_path(store: Session) -> str:
    [draft] = read(store, select(ClaimDraft))
    return f"/dashboard/certifications/drafts/{draft.uuid}"


def upload(client: PageClient, path: str, data: bytes, name: str = "photo.jpg", **more: Any) -> TestResponse:
    """Sends a form with a file. Encoded here, because the test client would leave large bodies in open files."""
    boundary, body = encode_multipart({"photo": FileStorage(io.BytesIO(data), filename=name)} | more)
    return client.post(
        path,
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        content_length=len(body),
    )


def send_in(client: PageClient, store: Session, **changes: str) -> str:
    """The whole way; answers the path of the certification."""
    client.post(NEW, data=CLAIM | changes)
    path = draft_path(store)
    upload(client, f"{path}/photo", picture())
    answer = client.post(f"{path}/check", data=BOXES)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/sent")


def confirm(made: Factory) -> None:
    """As a reviewer would: a matching check, and the work closed."""
    term = made.session.scalars(select(Term).order_by(Term.id.desc())).first()
    assert term is not None
    made.check(term)
    close(made, "confirmed")


def close(made: Factory, outcome: str, **more: Any) -> None:
    for work in made.session.scalars(select(Review).where(Review.closed_at.is_(None))):
        work.closed_at, work.closed_by, work.outcome = NOW, "9", outcome
        work.reason, work.note = more.get("reason"), more.get("note", "")
    made.commit()
    made.session.rollback()


class TestTheWholeWay:
    def test_from_the_form_to_the_sent_page(self, dana: PageClient, store: Session) -> None:
        form = dana.get(NEW).text
        assert "Step 3 of 5" in form
        assert '<optgroup label="American College of Sports Medicine">' in form
        assert "NASM Personal Trainer Certificate" in form

        answer = dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}/photo")
        assert "Begun, not sent in yet." in dana.get("/dashboard").text

        photo = dana.get(f"{path}/photo").text
        assert re.search(r'<strong class="code">[A-Z]\d-\d{3}</strong>', photo)
        assert "Check your answers" not in photo
        assert upload(dana, f"{path}/photo", picture()).headers["Location"] == f"{path}/photo"
        photo = dana.get(f"{path}/photo").text
        shown = re.search(r'src="(/dashboard/evidence/[^"]+)"', photo)
        assert shown
        assert dana.get(shown[1]).mimetype == "image/jpeg"

        check = dana.get(f"{path}/check").text
        for words in ("NC-0042", "1 December 2025", "30 November 2027", "1 file", "Beaverton, OR", "2 December"):
            assert words in check
        sent = dana.post(f"{path}/check", data=BOXES)
        assert sent.status_code == 303
        assert "A person looks at it by Wednesday 2 December." in dana.get(sent.headers["Location"]).text
        assert read(store, select(ClaimDraft)) == []
        assert read(store, select(Evidence))[0].state == "attached"
        [trainer] = read(store, select(Trainer))
        assert trainer.state == "listed"
        assert sorted((each.purpose, each.text_version) for each in read(store, select(Consent))) == [
            ("adult", accounts.CONSENT_TEXT_VERSION),
            ("listing", accounts.CONSENT_TEXT_VERSION),
        ]
        dashboard = dana.get("/dashboard").text
        assert "Not checked yet" in dashboard
        assert "A person looks at it by <strong>Wednesday 2 December</strong>" in dashboard
        assert dana.get("/trainers/dana-fitzgerald-1").status_code == 200

    def test_answers_can_be_changed_before_sending(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        assert 'value="NC-0042"' in dana.get(path).text
        dana.post(path, data=CLAIM | {"number": "NC-0099", "type": "ACSM/ACSM-CPT"})
        check = dana.get(f"{path}/check").text
        assert "NC-0099" in check
        assert "ACSM Certified Personal Trainer" in check

    def test_the_boxes_must_be_ticked_once(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        answer = dana.post(f"{path}/check", data={"adult": "y"})
        assert answer.status_code == 422
        assert "Tick this box to be listed" in answer.text
        assert read(store, select(Consent)) == []
        assert read(store, select(Term)) == []
        dana.post(f"{path}/check", data=BOXES)
        dana.post(NEW, data=CLAIM | {"type": "FMS/FMS-L1"})
        second = draft_path(store)
        upload(dana, f"{second}/photo", PDF)
        assert "I am 18 or over" not in dana.get(f"{second}/check").text
        assert dana.post(f"{second}/check").status_code == 303

    def test_nothing_is_sent_without_a_photo(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        answer = dana.post(f"{path}/check", data=BOXES)
        assert answer.status_code == 422
        assert "Add a photo of the certificate first." in answer.text
        assert read(store, select(Term)) == []
        assert read(store, select(Consent)) == []
        assert read(store, select(Trainer))[0].state == "draft"

    def test_sent_twice_makes_one_claim(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        dana.post(f"{path}/check", data=BOXES)
        again = dana.post(f"{path}/check", data=BOXES)
        assert again.status_code == 404
        assert "Perhaps you have sent it in already" in again.text
        assert len(read(store, select(Term))) == 1

    def test_a_draft_can_be_thrown_away(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        dana.post(f"{path}/discard")
        assert read(store, select(ClaimDraft)) == []
        assert read(store, select(Evidence))[0].state == "erased"

    def test_a_certificate_without_an_end_date_is_fine_where_there_is_none(
        self, dana: PageClient, store: Session
    ) -> None:
        send_in(dana, store, type="FMS/FMS-L1", **day("expires_on", "//"))
        assert read(store, select(Term))[0].expires_on is None

    def test_one_that_ended_long_ago_is_shown_as_what_it_is(self, dana: PageClient, store: Session) -> None:
        send_in(dana, store, **day("issued_on", "1/1/2010"), **day("expires_on", "1/1/2012"))
        assert read(store, select(Term))[0].expires_on == date(2012, 1, 1)


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"type": ""}, "Choose the exact title"),
            ({"type": "NASM/MADE-UP"}, "Not a valid choice"),
            ({"name": "   "}, "Enter the name printed on the certificate."),
            ({"name": "x" * 121}, "Shorten the name"),
            ({"number": "    "}, "Enter the certificate number"),
            ({"number": "----"}, "Enter the certificate number"),
            ({"number": "9" * 61}, "Shorten the number"),
            ({"number": "NC\r\n42"}, "on one line"),
            ({"number": "NC\x0042"}, "on one line"),
            (day("expires_on", "//"), "Enter the end date printed on the certificate."),
            (day("issued_on", "//"), "Enter the start date printed on the certificate."),
            (day("expires_on", "11/30/2024"), "before the start date"),
            (day("expires_on", "11/30/2200"), "Enter a year from 1950 to 2100"),
            (day("expires_on", "11/30/2099"), "more than 10 years away"),
            (day("issued_on", "1/1/1900"), "Enter a year from 1950 to 2100"),
            (day("issued_on", "11/24/2026"), "has not come yet"),
            (day("expires_on", "2/30/2027"), "February 2027 has 28 days"),
            (day("expires_on", "13/1/2027"), "Enter the month as a number from 1 to 12"),
            (day("expires_on", "3/1/27"), "all four digits"),
            (day("expires_on", "<b>/1/2027"), "Enter the month"),
        ],
    )
    def test_is_said_at_the_field_and_nothing_is_written(
        self, dana: PageClient, store: Session, change: dict[str, str], says: str
    ) -> None:
        answer = dana.post(NEW, data=CLAIM | change)
        assert answer.status_code == 422
        assert says in answer.text
        assert 'class="error-summary"' in answer.text
        if "number" not in change:
            assert 'value="NC-0042"' in answer.text
        assert read(store, select(ClaimDraft)) == []

    def test_the_same_claim_twice(self, dana: PageClient, store: Session) -> None:
        path = send_in(dana, store)
        answer = dana.post(NEW, data=CLAIM)
        assert answer.status_code == 422
        assert "You have NASM Certified Personal Trainer here already" in answer.text
        assert f'href="{path}"' in answer.text
        assert read(store, select(ClaimDraft)) == []

    def test_a_change_that_cannot_be_leaves_the_draft_as_it_was(self, dana: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        assert dana.post(path, data=CLAIM | {"number": "NEW"} | day("expires_on", "1/1/2020")).status_code == 422
        assert read(store, select(ClaimDraft))[0].number == "NC-0042"


class TestPhotos:
    @pytest.fixture
    def photo(self, dana: PageClient, store: Session) -> str:
        dana.post(NEW, data=CLAIM)
        return f"{draft_path(store)}/photo"

    def test_are_judged_by_what_is_in_them(self, dana: PageClient, store: Session, photo: str) -> None:
        assert upload(dana, photo, picture("PNG"), "certificate.pdf").status_code == 303
        assert upload(dana, photo, PDF, "certificate.jpg").status_code == 303
        found = {each.content_type for each in read(store, select(Evidence))}
        assert found == {"image/jpeg", "application/pdf"}

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "The file is empty"),
            (b"not a picture", "Choose a photo (JPEG, PNG or WebP) or a PDF."),
            (b"%PDF-1.4 not really", "not a PDF"),
            (picture()[:300], "damaged"),
            (bomb(), "40 million pixels"),
            (b"\xff\xd8\xff" + b"x" * evidence.LARGEST, "larger than 10 MB"),
        ],
    )
    def test_others_are_refused_at_the_field_and_the_draft_is_untouched(
        self, dana: PageClient, store: Session, photo: str, data: bytes, says: str
    ) -> None:
        before = read(store, select(ClaimDraft))[0].updated_at
        answer = upload(dana, photo, data, "certificate.pdf")
        assert answer.status_code == 422
        assert says in answer.text
        assert 'href="#photo"' in answer.text
        assert read(store, select(Evidence)) == []
        assert read(store, select(ClaimDraft))[0].updated_at == before

    def test_no_file_at_all(self, dana: PageClient, photo: str) -> None:
        answer = dana.post(photo, data={}, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Choose a photo or a PDF first." in answer.text

    def test_more_than_twelve_megabytes_are_413_with_the_way_back(
        self, dana: PageClient, store: Session, photo: str
    ) -> None:
        answer = upload(dana, photo, b"x" * (13 * 1024 * 1024))
        assert answer.status_code == 413
        assert "That file is too large" in answer.text
        assert f'href="{photo}"' in answer.text
        assert read(store, select(Evidence)) == []
        assert dana.get(photo).status_code == 200

    def test_can_be_removed(self, dana: PageClient, store: Session, photo: str) -> None:
        upload(dana, photo, picture())
        kept = read(store, select(Evidence))[0]
        dana.post(f"{photo}/{kept.uuid}/remove")
        assert read(store, select(Evidence))[0].state == "erased"
        assert dana.get(f"/dashboard/evidence/{kept.uuid}").status_code == 404
        assert "What you have sent" not in dana.get(photo).text


class TestAfterwards:
    def test_a_waiting_claim_can_be_corrected(self, dana: PageClient, store: Session) -> None:
        path = send_in(dana, store)
        begun = dana.post(f"{path}/correct")
        draft = begun.headers["Location"]
        page = dana.get(draft).text
        assert 'value="NC-0042"' in page
        assert "<select" not in page
        dana.post(draft, data=CLAIM | {"number": "NC-0043"})
        assert "We still have the photo you sent before" in dana.get(f"{draft}/photo").text
        assert dana.post(f"{draft}/check").status_code == 303
        assert [term.number for term in read(store, select(Term).order_by(Term.id))] == ["NC-0042", "NC-0043"]
        assert len(read(store, select(Review))) == 1

    def test_a_returned_claim_says_why_and_what_to_do(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        close(made, "returned", reason="slip_missing", note="Lower left corner")
        for page in (dana.get("/dashboard").text, dana.get(path).text):
            assert "The slip of paper with the code is missing" in page
            assert "Lower left corner" in page
            assert "Correct it" in page

    def test_what_was_confirmed_is_read_only_and_renewed_with_two_fields(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        confirm(made)
        page = dana.get(path).text
        assert "Current until 30 November 2027" in page
        assert "Correct it" not in page
        assert dana.post(f"{path}/correct").status_code == 403
        form = dana.get(f"{path}/renew").text
        assert "we hold the end date 30 November 2027" in form
        code = re.search(r'<strong class="code">([^<]+)', form)
        answer = upload(dana, f"{path}/renew", picture(size=(70, 70)), **day("expires_on", "11/30/2029"))
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}/sent")
        newest = read(store, select(Term).order_by(Term.id))[-1]
        assert (newest.expires_on, newest.number, newest.issued_on) == (date(2029, 11, 30), "NC-0042", None)
        assert read(store, select(Review).where(Review.closed_at.is_(None)))[0].kind == "renewal"
        assert code
        assert read(store, select(Evidence).order_by(Evidence.id))[-1].slip_code == code[1]
        assert "The trainer reports a renewal on 23 November 2026; not checked yet" in dana.get("/dashboard").text
        assert "There is nothing to renew here now." in dana.get(f"{path}/renew").text

    @pytest.mark.parametrize(
        ("typed", "data", "says"),
        [
            ("//", picture(), "Enter the new end date printed on the certificate."),
            ("11/30/2027", picture(), "Enter an end date after 30 November 2027"),
            ("2/30/2029", picture(), "February 2029 has 28 days"),
            ("11/30/2200", picture(), "Enter a year from 1950 to 2100"),
        ],
    )
    def test_a_renewal_that_cannot_be_writes_nothing(
        self, dana: PageClient, store: Session, made: Factory, typed: str, data: bytes, says: str
    ) -> None:
        path = send_in(dana, store)
        confirm(made)
        answer = upload(dana, f"{path}/renew", data, **day("expires_on", typed))
        assert answer.status_code == 422
        assert says in answer.text
        assert len(read(store, select(Term))) == 1
        assert read(store, select(ClaimDraft)) == []

    def test_a_renewal_with_a_bad_photo_keeps_the_date(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        confirm(made)
        answer = upload(dana, f"{path}/renew", b"nothing", **day("expires_on", "11/30/2029"))
        assert answer.status_code == 422
        assert 'value="2029"' in answer.text
        assert len(read(store, select(Term))) == 1
        assert 'value="2029"' in dana.get(f"{path}/renew").text
        assert f'href="{path}/renew"' in dana.get("/dashboard").text
        assert upload(dana, f"{path}/renew", PDF, **day("expires_on", "11/30/2029")).status_code == 303

    def test_somebody_who_was_not_found_can_object(self, dana: PageClient, store: Session, made: Factory) -> None:
        path = send_in(dana, store)
        term = made.session.scalars(select(Term)).one()
        made.check(term, outcome="second_look", by="7")
        made.check(term, outcome="no_match", by="8")
        close(made, "refused")
        assert "We could not confirm this" in dana.get(path).text
        dana.post(f"{path}/object")
        assert "You told us that your entry is right" in dana.get(path).text
        assert dana.post(f"{path}/object").status_code == 303

    def test_taking_one_off_asks_first_and_pauses_an_empty_listing(self, dana: PageClient, store: Session) -> None:
        path = send_in(dana, store)
        assert "your only certification" in dana.get(f"{path}/withdraw").text
        dana.post(f"{path}/withdraw")
        assert dana.get(path).status_code == 404
        assert read(store, select(Trainer))[0].state == "paused"
        assert read(store, select(Credential))[0].withdrawn_at is not None
        assert "Your listing is paused" in dana.get("/dashboard").text


class TestSomebodyElse:
    def test_sees_neither_draft_nor_photo(self, dana: PageClient, bob: PageClient, store: Session) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        kept = read(store, select(Evidence))[0]
        for page in (path, f"{path}/photo", f"{path}/check", f"/dashboard/evidence/{kept.uuid}"):
            assert bob.get(page).status_code == 404
        for action in ("", "/check", "/discard", f"/photo/{kept.uuid}/remove"):
            assert bob.post(f"{path}{action}", data=CLAIM | BOXES).status_code == 404
        assert upload(bob, f"{path}/photo", picture(size=(9, 9))).status_code == 404
        assert [each.state for each in read(store, select(Evidence))] == ["pending"]

    def test_cannot_touch_what_was_sent_in(self, dana: PageClient, bob: PageClient, store: Session) -> None:
        path = send_in(dana, store)
        for page in ("", "/sent", "/renew", "/withdraw"):
            assert bob.get(f"{path}{page}").status_code == 404
        for action in ("/correct", "/object", "/withdraw", "/renew"):
            assert bob.post(f"{path}{action}").status_code == 404
        assert read(store, select(Credential))[0].withdrawn_at is None

    def test_does_not_remove_a_photo_through_a_draft_of_ones_own(
        self, dana: PageClient, bob: PageClient, store: Session
    ) -> None:
        dana.post(NEW, data=CLAIM)
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        kept = read(store, select(Evidence))[0]
        bob.post(NEW, data=CLAIM)
        own = next(draft.uuid for draft in read(store, select(ClaimDraft)) if not path.endswith(draft.uuid))
        bob.post(f"/dashboard/certifications/drafts/{own}/photo/{kept.uuid}/remove")
        assert read(store, select(Evidence))[0].state == "pending"

    @pytest.mark.parametrize("path", ["nonsense", "%00", "00000000-0000-0000-0000-000000000000"])
    def test_an_address_that_is_none_is_not_found(self, dana: PageClient, path: str) -> None:
        assert dana.get(f"/dashboard/certifications/{path}").status_code == 404
        assert dana.get(f"/dashboard/certifications/drafts/{path}").status_code == 404


class TestWriting:
    @pytest.mark.parametrize("action", ["correct", "object"])
    def test_is_done_by_posting_only(self, dana: PageClient, store: Session, action: str) -> None:
        assert dana.get(f"{send_in(dana, store)}/{action}").status_code == 405

    def test_needs_a_token(self, app: Flask, dana: PageClient, store: Session) -> None:
        path = send_in(dana, store)
        app.config["WTF_CSRF_ENABLED"] = True
        for action in ("correct", "withdraw", "object", "renew"):
            assert dana.post(f"{path}/{action}").status_code == 400
        assert dana.post(NEW, data=CLAIM).status_code == 400

    def test_consents_and_today_come_from_the_site(self, dana: PageClient, store: Session) -> None:
        send_in(dana, store)
        assert {each.given_at for each in read(store, select(Consent))} == {NOW}
        assert read(store, select(Review))[0].opened_at == NOW
        assert read(store, select(Review))[0].due_on > TODAY
        assert trainers.CONSENTS == ("listing", "adult")
