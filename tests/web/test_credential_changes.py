"""What was sent in: corrected, renewed, taken off; and what somebody else may do with it."""

import re
from datetime import UTC, date, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.papers import PDF, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.registering import (
    BOXES,
    CLAIM,
    NEW,
    close,
    confirm,
    day,
    draft_path,
    read,
    send_in,
    signed_in,
    upload,
)
from trainers.core import trainers
from trainers.core.models import ClaimDraft, Consent, Credential, Evidence, Objection, Review, Slug, Term, Trainer


@pytest.fixture
def dana(client: PageClient, made: Factory) -> PageClient:
    """Has told about herself and nothing more."""
    return signed_in(client, made, made.trainer(state="draft").account)


@pytest.fixture
def bob(app: Flask, dana: PageClient, made: Factory) -> PageClient:
    app.test_client_class = PageClient
    return signed_in(app.test_client(), made, made.trainer("Bob", state="draft").account)  # type: ignore[arg-type]


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

    def test_a_return_for_a_reason_of_its_own_shows_the_note_alone(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        close(made, "returned", reason="other", note="The edge is cut off.")
        page = dana.get(path).text
        assert "A reviewer sent it back. The reviewer wrote: The edge is cut off." in page
        assert "Another reason" not in page

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

    def test_who_was_reinstated_may_give_the_new_start_and_the_reviewer_sees_it(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store, **day("issued_on", "12/1/2022"), **day("expires_on", "11/22/2025"))
        confirm(made)
        assert "New start date" in dana.get(f"{path}/renew").text
        told = day("issued_on", "11/24/2026") | day("expires_on", "11/30/2028")
        answer = upload(dana, f"{path}/renew", picture(), **told)
        assert (answer.status_code, 'href="#issued_on-month"' in answer.text) == (422, True)
        assert "The start date has not come yet." in answer.text
        told |= day("issued_on", "11/20/2026")
        assert upload(dana, f"{path}/renew", picture(), **told).status_code == 303
        assert read(store, select(Term).order_by(Term.id))[-1].issued_on == date(2026, 11, 20)
        [work] = read(store, select(Review).where(Review.closed_at.is_(None)))
        page = signed_in(dana, made, made.reviewer()).get(f"/review/{work.uuid}").text
        assert "<dt>Start date</dt><dd>20 November 2026</dd>" in page

    def test_within_the_late_window_no_start_is_asked_for(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store, **day("issued_on", "12/1/2022"), **day("expires_on", "11/23/2025"))
        confirm(made)
        assert "New start date" not in dana.get(f"{path}/renew").text

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

    def test_a_renewal_needs_both_and_says_so_at_once(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        confirm(made)
        answer = dana.post(f"{path}/renew", data={}, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Enter the new end date printed on the certificate." in answer.text
        assert "Choose a photo of the new certificate." in answer.text
        assert answer.text.index('href="#expires_on') < answer.text.index('href="#photo"'), "as on the page"

    def test_a_correction_that_changed_the_listing_does_not_say_that_it_did_not(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        term = made.session.scalars(select(Term)).one()
        work = made.session.scalars(select(Review)).one()
        work.not_before = work.due_on
        first = made.check(term, outcome="second_look", by="7")
        made.commit()
        made.session.rollback()
        assert "Your listing has not changed." in dana.get(path).text
        made.check(term, outcome="second_look", by="7", supersedes_id=first.id)
        made.commit()
        made.session.rollback()
        page = dana.get(path).text
        assert "Please look at this entry once more" in page
        assert "Your listing has not changed." not in page

    def test_the_list_says_whether_searches_show_it(self, dana: PageClient, store: Session, made: Factory) -> None:
        send_in(dana, store)
        assert "Yours shows none yet" in dana.get("/dashboard").text
        confirm(made)
        assert "Yours shows none yet" not in dana.get("/dashboard").text

    def test_acsms_new_dates_are_asked_for_from_1_october(
        self, app: Flask, bob: PageClient, made: Factory
    ) -> None:
        for key, ends_on in (("ACSM/ACSM-CPT", date(2026, 12, 31)), ("NASM/NASM-CPT", date(2026, 12, 31))):
            trainer = made.listed(key, key=key, expires_on=ends_on, looked_on=date(2026, 9, 1))
            browser = signed_in(bob, made, trainer.account)
            asked = []
            for now in (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 1, 22, tzinfo=UTC), NOW):
                app.config["NOW"] = partial(datetime.fromisoformat, now.isoformat())
                page = browser.get("/dashboard").text
                assert "I have renewed" in page
                asked.append("gives new dates at the end of the year" in page)
            assert asked == [False, key.startswith("ACSM"), key.startswith("ACSM")]

    def test_somebody_who_was_not_found_can_object(self, dana: PageClient, store: Session, made: Factory) -> None:
        path = send_in(dana, store)
        term = made.session.scalars(select(Term)).one()
        made.check(term, outcome="second_look", by="7")
        made.check(term, outcome="no_match", by="8")
        close(made, "refused")
        assert "We could not confirm this" in dana.get(path).text
        empty = dana.post(f"{path}/object", data={"reason": "other", "body": " "})
        assert (empty.status_code, "Write what is wrong" in empty.text) == (422, True)
        assert read(store, select(Objection)) == []
        dana.post(f"{path}/object", data={"reason": "not_me", "body": "I was Dana Reyes before."})
        page = dana.get(path).text
        assert "You told us that your entry is right" in page
        assert "answer due 7 December 2026" in page, "as everybody reads it, fourteen days later"
        assert "answer due 7 December 2026" in dana.get(f"/trainers/{read(store, select(Slug))[0].slug}").text
        assert "A person answers by 7 December 2026" in dana.get(f"{path}/object").text
        assert dana.post(f"{path}/object", data={"reason": "not_me"}).status_code == 303  # nothing happens twice

    def test_who_holds_a_number_that_another_listing_claims_is_asked_whether_it_is_theirs(
        self, dana: PageClient, store: Session, made: Factory
    ) -> None:
        path = send_in(dana, store)
        confirm(made)
        assert "has the number of this entry too" not in dana.get(path).text
        number = made.session.scalars(select(Term.number)).one()
        made.term(made.credential(made.trainer("Dana Rival")), number=number)
        made.commit()
        assert "Another listing has the number of this entry too." in dana.get(path).text
        refused = dana.post(f"{path}/object", data={"reason": "not_me"})
        assert (refused.status_code, "Choose that the number is yours" in refused.text) == (422, True)
        assert dana.post(f"{path}/object", data={"reason": "number"}).status_code == 303
        assert {work.kind for work in read(store, select(Review)) if work.closed_at is None} == {
            "contest",
            "dispute",
        }
        assert "has the number of this entry too" not in dana.get(path).text

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
    def test_is_done_by_posting_only(self, dana: PageClient, store: Session) -> None:
        assert dana.get(f"{send_in(dana, store)}/correct").status_code == 405

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
