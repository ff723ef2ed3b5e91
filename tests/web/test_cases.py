"""Reports in the hands of a reviewer: read, settled, a fresh look asked for, the listing taken down."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.web.review_desk import Desk
from trainers.core.models import (
    Report,
    Review,
)
from trainers.core.review import queue
from trainers.core.review.queue import TAKE


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


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
