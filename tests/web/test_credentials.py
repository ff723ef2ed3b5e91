"""From the empty form to "a person looks at it by", and what comes after."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.papers import PDF, bomb, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.registering import BOXES, CLAIM, NEW, day, draft_path, read, send_in, signed_in, upload
from trainers.core import accounts, evidence
from trainers.core.models import ClaimDraft, Consent, Evidence, Review, Term, Trainer


@pytest.fixture
def dana(client: PageClient, made: Factory) -> PageClient:
    """Has told about herself and nothing more."""
    return signed_in(client, made, made.trainer(state="draft").account)


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

    def test_a_term_longer_than_the_issuers_cycle_is_asked_about_and_may_be_sent_all_the_same(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        asked = "Longer than NASM’s two years; look at both dates once more."
        dana.post(NEW, data=CLAIM | day("expires_on", "11/30/2029"))
        path = draft_path(store)
        upload(dana, f"{path}/photo", picture())
        assert asked in dana.get(f"{path}/check").text
        dana.post(path, data=CLAIM | day("expires_on", "1/1/2028"))
        assert asked not in dana.get(f"{path}/check").text
        dana.post(path, data=CLAIM | day("expires_on", "1/2/2028"))
        assert asked in dana.get(f"{path}/check").text
        assert dana.post(f"{path}/check", data=BOXES).status_code == 303
        [work] = read(store, select(Review))
        assert asked in signed_in(dana, made, made.reviewer()).get(f"/review/{work.uuid}").text

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

    def test_all_that_is_missing_is_said_at_once(self, dana: PageClient, store: Session) -> None:
        answer = dana.post(NEW, data={"type": "NASM/NASM-CPT"})
        assert answer.status_code == 422
        for sentence in (
            "Enter the name printed on the certificate.",
            "Enter the certificate number: every letter and digit.",
            "Enter the start date printed on the certificate.",
            "Enter the end date printed on the certificate.",
        ):
            assert sentence in answer.text
        assert read(store, select(ClaimDraft)) == []

    def test_a_title_that_is_none_is_said_at_the_field(self, dana: PageClient) -> None:
        answer = dana.post(NEW, data={"type": "NASM/NO-SUCH"})
        assert answer.status_code == 422
        assert 'href="#type"' in answer.text

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
        assert upload(dana, photo, picture("PNG"), "certificate.jpg").status_code == 303
        assert upload(dana, photo, PDF, "certificate").status_code == 303
        found = {each.content_type for each in read(store, select(Evidence))}
        assert found == {"image/jpeg", "application/pdf"}

    @pytest.mark.parametrize(
        ("data", "name", "says"),
        [
            (picture("PNG"), "certificate.PDF", "named .pdf, but it is a picture"),
            (PDF, "certificate.jpg", "named .jpg, but it is a PDF"),
        ],
    )
    def test_a_name_that_says_something_else_is_refused_at_the_field(
        self, dana: PageClient, store: Session, photo: str, data: bytes, name: str, says: str
    ) -> None:
        answer = upload(dana, photo, data, name)
        assert answer.status_code == 422
        assert says in answer.text
        assert 'href="#photo"' in answer.text
        assert read(store, select(Evidence)) == []

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
        answer = upload(dana, photo, data, "certificate")
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
