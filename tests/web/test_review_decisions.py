"""Decisions through the pages, with what visitors and searches see of them afterwards."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.databases import allow_inserts, refuse_inserts
from tests.factories import Factory
from tests.web.review_desk import ENDS, LOOKUP, Desk
from trainers.core.models import (
    Message,
)
from trainers.core.review.queue import TAKE
from trainers.core.search import listing


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


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
