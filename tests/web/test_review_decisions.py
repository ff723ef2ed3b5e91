"""Decisions through the pages, with what visitors and searches see of them afterwards."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.databases import allow_inserts, refuse_inserts
from tests.factories import Factory
from tests.web.review_desk import ENDS, JPEG, LOOKUP, Desk
from trainers.core.models import (
    Check,
    Message,
    Report,
    Review,
    Term,
)
from trainers.core.review import queue
from trainers.core.review.queue import TAKE
from trainers.core.search import listing


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


# Deciding


def test_a_confirmed_trainer_is_found(desk: Desk) -> None:
    assert not desk.found()
    rita = desk.take(desk.rita)
    answer = desk.decide(rita, "confirm", desk.typed())
    assert (answer.status_code, answer.location) == (303, "/review")
    assert "Confirmed. The trainer is told" in rita.get("/review").text
    assert desk.found()
    assert "Current until 30 November 2027" in desk.profile()
    assert desk.checks() == ["matched"]
    assert desk.messages() == ["claim_confirmed"]


@pytest.mark.parametrize(
    "changes",
    [{"shown_number": "NC-1"}, {"shown_name": "Donna Fitzgerald"}, {"shown_status": "Expired"}, {"found": "down"}],
)
def test_a_confirmation_that_is_not_carried_is_refused_and_what_was_typed_is_kept(
    desk: Desk, changes: dict[str, str]
) -> None:
    rita = desk.take(desk.rita)
    data = desk.typed(**changes) if "found" not in changes else desk.nothing() | changes
    before = desk.counts()
    answer = desk.decide(rita, "confirm", data)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert f'value="{LOOKUP}"' in answer.text
    assert desk.counts() == before
    assert not desk.found()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shown_name": ""}, "Type the name as the source shows it."),
        ({"shown_number": ""}, "Type the number, or tick the box below it."),
        ({"shown_number": "1", "number_none": "y"}, "Either type the number or tick the box, not both."),
        ({"shown_expires_on-month": "13"}, "Enter the month as a number"),
        ({"shown_status": ""}, "Type the status word, or tick the box below it."),
        ({"source_url": "http://www.nasm.org/"}, "starting with https://"),
        ({"looked_on-year": "2027"}, "cannot lie in the future"),
        ({"looked_on-month": "10"}, "This was sent in on 23 November 2026."),
        ({"looked_on-day": ""}, "Enter a day from 1 to 30"),
        ({"found": ""}, "Say whether the source showed a record."),
        ({"found": "nothing"}, "You typed a record."),
        ({"method": "document_seen"}, "Not a valid choice"),
        ({"shown_name": "x" * 121}, "120 characters"),
        ({"term_id": "0"}, "The trainer changed this entry"),
        ({"term_id": "-1' OR 1"}, "The trainer changed this entry"),
    ],
)
def test_a_slip_in_the_form_is_said_and_nothing_is_written(
    desk: Desk, changes: dict[str, str], sentence: str
) -> None:
    rita = desk.take(desk.rita)
    before = desk.counts()
    answer = desk.decide(rita, "confirm", desk.typed(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.counts() == before


def test_an_unknown_decision_is_refused(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    assert desk.decide(rita, "approve", desk.typed()).status_code == 400


def test_a_decision_without_the_work_in_hand_is_409_and_keeps_what_was_typed(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    desk.app.config["NOW"] = lambda: NOW + TAKE
    before = desk.counts()
    answer = desk.decide(rita, "confirm", desk.typed())
    assert answer.status_code == 409
    assert "Your half hour is over" in answer.text
    assert 'value="NC-123456"' in answer.text
    assert "Take it again and keep what I typed" in answer.text
    assert desk.counts() == before
    again = rita.post(f"{desk.url}/take", data=desk.typed())
    assert (again.status_code, 'value="NC-123456"' in again.text) == (200, True)
    assert desk.decide(rita, "confirm", desk.typed()).status_code == 303


def test_another_who_took_the_work_over_decides_alone(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    desk.app.config["NOW"] = lambda: NOW + TAKE
    sam = desk.take(desk.sam)
    assert desk.decide(rita, "confirm", desk.typed()).status_code == 409
    assert desk.decide(sam, "confirm", desk.typed()).status_code == 303
    late = desk.decide(rita, "confirm", desk.typed())
    assert (late.status_code, "was closed in the meantime" in late.text) == (409, True)
    assert desk.checks() == ["matched"]


def test_what_was_typed_stays_when_another_has_taken_the_work_meanwhile(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    desk.app.config["NOW"] = lambda: NOW + TAKE
    desk.take(desk.sam)
    again = rita.post(f"{desk.url}/take", data=desk.typed())
    assert again.status_code == 409
    assert "another reviewer has taken this" in again.text
    assert 'value="NC-123456"' in again.text


def test_who_made_the_first_look_is_not_offered_the_second(desk: Desk) -> None:
    rita, sam = desk.take(desk.rita), desk.browser(desk.sam)
    desk.decide(rita, "second_look", desk.nothing())
    desk.at(7)
    for page in (rita.get("/review").text, rita.get(desk.url).text):
        assert "ou made the first look" in page
        assert f'action="{desk.url}/take"' not in page
    for page in (sam.get("/review").text, sam.get(desk.url).text):
        assert "ou made the first look" not in page
        assert f'action="{desk.url}/take"' in page


def test_two_misses_by_two_people_a_week_apart_are_public(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    assert desk.decide(rita, "refuse", desk.nothing()).status_code == 422
    assert desk.decide(rita, "second_look", desk.nothing()).status_code == 303
    assert "Not checked yet" in desk.profile()
    assert desk.messages() == ["second_look"]
    sam = desk.browser(desk.sam)
    early = sam.post(f"{desk.url}/take")
    assert (early.status_code, "not before 30 November 2026" in early.text) == (403, True)
    desk.at(7)
    assert rita.post(f"{desk.url}/take").status_code == 403
    sam = desk.take(desk.sam)
    assert "Could not be confirmed" in sam.get(desk.url).text
    assert desk.decide(sam, "refuse", desk.nothing()).status_code == 303
    assert "We could not confirm this" in desk.profile()
    assert desk.checks() == ["second_look", "no_match"]
    assert desk.messages() == ["second_look", "claim_refused"]


def test_a_refused_trainer_is_found_no_longer_among_the_current(desk: Desk, made: Factory) -> None:
    made.check(desk.term, by=str(desk.rita.id))
    made.check(desk.term, outcome="second_look", by=str(desk.rita.id))
    desk.work.kind = "recheck"
    listing.refresh(made.session, desk.dana, today=TODAY)
    made.commit()
    assert desk.found()
    desk.at(7)
    assert desk.decide(desk.take(desk.sam), "refuse", desk.nothing()).status_code == 303
    assert not desk.found()


def test_a_page_that_was_down_is_noted_and_the_work_goes_back(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    assert desk.decide(rita, "unavailable", desk.typed()).status_code == 422
    assert desk.decide(rita, "unavailable", desk.nothing() | {"found": "down"}).status_code == 303
    assert desk.checks() == ["unavailable"]
    assert desk.messages() == []
    assert "page was not available" in desk.profile()
    desk.take(desk.sam)


def test_a_claim_goes_back_with_a_reason(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    address, term_id = f"{desk.url}/return", {"back-term_id": str(desk.term.id)}
    missing = rita.post(address, data=term_id)
    assert (missing.status_code, "Choose why it goes back." in missing.text) == (422, True)
    silent = rita.post(address, data={"back-reason": "other", **term_id})
    assert (silent.status_code, "Write what the trainer should put right." in silent.text) == (422, True)
    data = {"back-reason": "photo_unreadable", "back-note": "It is too dark.", **term_id}
    assert rita.post(address, data=data).status_code == 303
    assert desk.checks() == []
    [message] = desk.read(select(Message))
    assert message.template == "claim_returned"
    assert message.context["note"] == "It is too dark."


def test_a_confirmed_renewal_shows_the_new_end(desk: Desk, made: Factory) -> None:
    made.check(desk.term)
    desk.term = made.term(desk.credential, number="NC-123456", issued_on=None, expires_on=ENDS.replace(year=2029))
    desk.open("renewal", desk.credential)
    made.commit()
    rita = desk.take(desk.rita)
    assert desk.decide(rita, "confirm", desk.typed(**{"shown_expires_on-year": "2029"})).status_code == 303
    assert "Current until 30 November 2029" in desk.profile()


def test_nothing_stays_when_the_message_cannot_be_written(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    before = desk.counts()
    refuse_inserts(desk.store, "message", "no mail")
    desk.store.commit()
    with pytest.raises(IntegrityError, match="no mail"):
        desk.decide(rita, "confirm", desk.typed())
    assert desk.counts() == before
    assert not desk.found()
    allow_inserts(desk.store, "message")
    desk.store.commit()
    assert desk.decide(rita, "confirm", desk.typed()).status_code == 303


# Reports


@pytest.fixture
def reported(desk: Desk, made: Factory) -> Desk:
    desk.work = queue.open_review(made.session, kind="report", trainer=desk.dana, now=NOW, today=TODAY)
    made.add(
        Report(
            review_id=desk.work.id,
            reason="credential",
            body="It says CPT.\nHer card says otherwise.",
            email="robin@example.org",
            created_at=NOW,
        )
    )
    made.commit()
    return desk


def test_a_report_is_read_and_settled_with_a_note(reported: Desk) -> None:
    rita = reported.take(reported.rita)
    page = rita.get(reported.url).text
    assert "A certification looks wrong" in page
    assert "Her card says otherwise." in page
    assert "robin@example.org" in page
    empty = rita.post(f"{reported.url}/resolve", data={"note": "Looked.", "answer": " "})
    assert (empty.status_code, "Write the answer" in empty.text) == (422, True)
    answered = {"note": "Looked; all is right.", "answer": "We looked, and NASM shows it."}
    assert rita.post(f"{reported.url}/resolve", data=answered).status_code == 303
    assert "robin@example.org" not in reported.profile()
    assert "Settled" in rita.get("/review/done").text
    assert reported.messages() == ["report_about_you", "report_answered"]


def test_a_note_written_after_the_half_hour_is_kept(reported: Desk) -> None:
    rita = reported.take(reported.rita)
    reported.app.config["NOW"] = lambda: NOW + TAKE
    late = rita.post(f"{reported.url}/resolve", data={"note": "All is right."})
    assert (late.status_code, "All is right." in late.text) == (409, True)
    again = rita.post(f"{reported.url}/take", data={"note": "All is right."})
    assert (again.status_code, "All is right." in again.text) == (200, True)


def test_a_report_can_ask_for_a_fresh_look(reported: Desk, made: Factory) -> None:
    queue.close(
        made.session.scalars(select(Review).where(Review.kind == "new")).one(), outcome="returned", by="1", now=NOW
    )
    made.commit()
    address = f"{reported.url}/look-again/{reported.credential.uuid}"
    assert reported.browser(reported.rita).post(address).status_code == 409
    rita = reported.take(reported.rita)
    assert rita.post(address).status_code == 303
    assert rita.post(f"{reported.url}/look-again/{reported.photo.uuid}").status_code == 404
    assert "Fresh look: NASM-CPT" in rita.get("/review").text


# Corrections


def test_a_wrong_confirmation_is_corrected(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    desk.decide(rita, "confirm", desk.typed())
    done = rita.get("/review/done").text
    address = re.findall(r"/review/checks/\d+/correct", done)[0]
    page = rita.get(address).text
    assert "Correct a decision: Dana Fitzgerald, NASM-CPT" in page
    photo = re.findall(r'<img src="([^"]+)"', page)[0]
    assert rita.get(photo).data == JPEG
    assert rita.get(photo.replace(desk.photo.uuid, desk.work.uuid)).status_code == 404
    assert desk.found()
    assert rita.post(address, data=desk.nothing()).location == "/review/done"
    assert desk.checks() == ["matched", "second_look"]
    assert not desk.found()
    assert "Not checked yet" in desk.profile()
    assert desk.messages() == ["claim_confirmed", "decision_corrected"]
    after = rita.get("/review/done").text
    assert "Corrected since" in after
    assert address not in after
    twice = rita.post(address, data=desk.nothing())
    assert (twice.status_code, "corrected already" in twice.text) == (422, True)
    assert desk.checks() == ["matched", "second_look"]


def test_a_later_end_date_is_said_to_be_a_renewal_and_confirm_records_it(desk: Desk, made: Factory) -> None:
    made.check(desk.term)
    made.commit()
    rita, typed = desk.take(desk.rita), desk.typed(**{"shown_expires_on-year": "2029"})
    fragment = rita.post(f"{desk.url}/compare", data=typed, headers={"HX-Request": "true"}).text
    assert "The source shows a later end date: confirming records the renewal." in fragment
    desk.decide(rita, "confirm", typed)
    assert desk.read(select(Term.source).order_by(Term.id)) == ["holder", "source"]


def test_a_correction_compares_too(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    desk.decide(rita, "confirm", desk.typed())
    [check_id] = desk.read(select(Check.id))
    address = f"/review/checks/{check_id}/compare"
    assert "This carries a confirmation." in rita.post(address, data=desk.typed()).text
    fragment = rita.post(address, data=desk.nothing(), headers={"HX-Request": "true"}).text
    assert "This is a miss" in fragment
    assert "<html" not in fragment


def test_nobody_corrects_a_look_at_the_own_listing(desk: Desk, made: Factory) -> None:
    check = made.check(desk.term)
    desk.dana.account.roles = [made.role("reviewer")]
    made.give_phone(desk.dana.account)
    made.commit()
    dana = desk.browser(desk.dana.account)
    assert dana.get(f"/review/checks/{check.id}/correct").status_code == 403
    assert dana.post(f"/review/checks/{check.id}/correct", data=desk.nothing()).status_code == 403
    assert "Nothing was decided yet" in dana.get("/review/done").text


def test_a_report_that_is_right_takes_the_listing_down(reported: Desk) -> None:
    rita, visitor = reported.browser(reported.rita), reported.app.test_client()
    rita.post(f"{reported.url}/take")
    profile = f"/trainers/{reported.made.slug(reported.dana)}"
    reported.made.commit()
    assert visitor.get(profile).status_code == 200

    empty = rita.post(f"{reported.url}/take-down", data={"down-why": " "})
    assert empty.status_code == 422
    assert "Write why it goes" in empty.text
    assert visitor.get(profile).status_code == 200

    why = "The person named here did not make it."
    assert rita.post(f"{reported.url}/take-down", data={"down-why": why}).status_code == 303
    assert visitor.get(profile).status_code == 410
    assert why in rita.get(reported.url).text
    again = rita.post(f"{reported.url}/take-down", data={"down-why": why})
    assert again.status_code == 409
    assert reported.messages() == ["taken_down", "report_answered"]
    assert why in reported.browser(reported.dana.account).get("/dashboard/decisions").text


def test_nobody_takes_a_listing_down_without_the_report_in_hand(reported: Desk) -> None:
    sam, visitor = reported.browser(reported.sam), reported.app.test_client()
    profile = f"/trainers/{reported.made.slug(reported.dana)}"
    reported.made.commit()
    kept = sam.post(f"{reported.url}/take-down", data={"down-why": "I think it is wrong."})
    assert kept.status_code == 409
    assert "I think it is wrong." in kept.text
    assert visitor.get(profile).status_code == 200
