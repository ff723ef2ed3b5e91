"""A wrong look is corrected by another one, and both stay on record."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import Factory
from tests.web.review_desk import JPEG, Desk
from trainers.core.models import (
    Check,
    Term,
)


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


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
