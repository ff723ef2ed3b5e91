"""The reviewers' pages, through the client: Rita and Sam review, Dana is the trainer, Mona a member."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.page_client import PageClient
from trainers.core import evidence, listing, review
from trainers.core.models import (
    Account,
    AuditEvent,
    Check,
    Credential,
    Evidence,
    Message,
    Report,
    Review,
    Slug,
    Term,
    Trainer,
)
from trainers.core.review import TAKE

ENDS = date(2027, 11, 30)
LOOKUP = "https://www.nasm.org/resources/validate-credentials"
JPEG = b"\xff\xd8\xff\xe0 not really a picture"


class Desk:
    """A claim in the queue of a running application."""

    def __init__(self, app: Flask, store: Session, made: Factory) -> None:
        self.app, self.store, self.made = app, store, made
        store.expire_on_commit = False  # what was made can be read without holding the database
        self.rita, self.sam = made.reviewer("rita@example.org"), made.reviewer("sam@example.org")
        self.dana: Trainer = made.trainer("Dana Fitzgerald", specialties=())
        self.credential, self.term = self.claim(self.dana)
        self.work = self.open("new", self.credential)
        listing.refresh(store, self.dana, today=TODAY)
        self.photo = self.file("image/jpeg")
        made.commit()

    def claim(self, trainer: Trainer) -> tuple[Credential, Term]:
        credential = self.made.credential(trainer)
        return credential, self.made.term(credential, number="NC-123456", expires_on=ENDS, recorded_at=NOW)

    def open(self, kind: str, credential: Credential, day: date = TODAY) -> Review:
        trainer = credential.trainer
        return review.open_review(
            self.store, kind=kind, trainer=trainer, credential=credential, now=NOW, today=day
        )

    def file(self, content_type: str) -> Evidence:
        files = evidence.open_files(self.app.extensions["settings"].uploads_url)
        key = f"ab/file{content_type[-3:]}"
        files.write(key, JPEG)
        return self.made.add(
            Evidence(
                trainer_id=self.dana.id,
                term_id=self.term.id,
                state="attached",
                sha256="0" * 64,
                storage_key=key,
                content_type=content_type,
                size=len(JPEG),
                slip_code="K7-429",
                uploaded_at=NOW,
            )
        )

    @property
    def url(self) -> str:
        return f"/review/{self.work.uuid}"

    def browser(self, account: Account) -> PageClient:
        self.app.test_client_class = PageClient
        client: Any = self.app.test_client()
        return client.sign_in(account)

    def take(self, account: Account) -> PageClient:
        client = self.browser(account)
        assert client.post(f"{self.url}/take").status_code == 303
        return client

    def at(self, days: int) -> None:
        """From now on it is so many days later."""
        self.app.config["NOW"] = lambda: NOW + timedelta(days=days)

    def typed(self, **changes: str) -> dict[str, str]:
        """What the decision form sends when the lookup shows just what was claimed."""
        day = self.app.config["NOW"]().date()
        filled = {
            "term_id": str(inspect(self.term).identity[0]),
            "method": "issuer_lookup",
            "found": "record",
            "shown_name": "Dana Fitzgerald",
            "shown_number": "NC-123456",
            "shown_expires_on-month": "11",
            "shown_expires_on-day": "30",
            "shown_expires_on-year": "2027",
            "shown_status": "Active",
            "source_url": LOOKUP,
            "looked_on-month": str(day.month),
            "looked_on-day": str(day.day),
            "looked_on-year": str(day.year),
        }
        return {name: value for name, value in (filled | changes).items() if value}

    def nothing(self, **changes: str) -> dict[str, str]:
        """The same when the lookup shows no record."""
        empty = dict.fromkeys(("shown_name", "shown_number", "shown_status"), "")
        empty |= dict.fromkeys((f"shown_expires_on-{part}" for part in ("month", "day", "year")), "")
        return self.typed(found="nothing", **empty, **changes)

    def decide(self, client: PageClient, decision: str, data: dict[str, str]) -> TestResponse:
        return client.post(f"{self.url}/decide", data={"decision": decision, **data})

    def read(self, query: Select[Any]) -> list[Any]:
        """What the application has written by now."""
        with Session(self.store.get_bind()) as session:
            return list(session.scalars(query))

    def counts(self) -> list[int]:
        return [self.read(select(func.count()).select_from(table))[0] for table in (Check, AuditEvent, Message)]

    def checks(self) -> list[str]:
        return self.read(select(Check.outcome).order_by(Check.id))

    def messages(self) -> list[str]:
        return self.read(select(Message.template).order_by(Message.id))

    def found(self) -> bool:
        """Whether a visitor's search for current trainers nearby shows Dana."""
        page = self.app.test_client().get("/trainers?place=97005").text
        return "Dana Fitzgerald" in page

    def profile(self) -> str:
        slug = self.read(select(Slug.slug).where(Slug.trainer_id == self.dana.id))[0]
        return self.app.test_client().get(f"/trainers/{slug}").text


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


# Who may


PAGES = ("/review", "/review/done", "/review/{uuid}", "/review/{uuid}/evidence/{file}", "/review/checks/1/correct")
DEEDS = ("take", "release", "compare", "decide", "return", "resolve", "look-again/{file}")


def addresses(desk: Desk) -> list[tuple[str, str]]:
    names = {"uuid": desk.work.uuid, "file": desk.photo.uuid}
    pages = [("GET", page.format(**names)) for page in PAGES]
    deeds = [("POST", f"/review/{{uuid}}/{deed}".format(**names)) for deed in DEEDS]
    return [*pages, *deeds, ("POST", "/review/checks/1/correct"), ("POST", "/review/checks/1/compare")]


def test_members_and_trainers_are_turned_away_and_visitors_asked_to_sign_in(desk: Desk, made: Factory) -> None:
    member, trainer = made.account(), desk.dana.account
    made.commit()
    visitor = desk.app.test_client()
    before = desk.counts()
    for method, address in addresses(desk):
        for account in (member, trainer):
            assert desk.browser(account).open(address, method=method).status_code == 403, address
        answer = visitor.open(address, method=method)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), address
    assert desk.counts() == before


def test_what_changes_something_is_not_done_by_opening_an_address(desk: Desk) -> None:
    rita = desk.browser(desk.rita)
    for deed in DEEDS:
        address = f"{desk.url}/{deed}".format(file=desk.photo.uuid)
        assert rita.get(address).status_code in (404, 405)


@pytest.mark.parametrize(
    "address",
    [
        "/review/7f0e7f1c-6a42-4a0e-9c32-0e6c1f9d0000",
        "/review/nonsense",
        "/review/checks/99/correct",
        "/review/checks/99999999999/correct",
    ],
)
def test_unknown_work_is_404(desk: Desk, address: str) -> None:
    assert desk.browser(desk.rita).get(address).status_code == 404


# The queue


def test_the_queue_says_what_waits_since_when_and_in_whose_hands(desk: Desk, made: Factory) -> None:
    late = made.trainer("Lena Late")
    desk.open("renewal", desk.claim(late)[0], TODAY - timedelta(days=20))
    later = made.trainer("Otto Later")
    desk.open("new", desk.claim(later)[0]).not_before = TODAY + timedelta(days=3)
    made.commit()
    desk.take(desk.sam)
    page = desk.browser(desk.rita).get("/review").text
    assert page.index("Lena Late") < page.index("Dana Fitzgerald") < page.index("Otto Later")
    assert "2 claims and reports wait" in page
    assert "1 overdue" in page
    assert "1 second look comes later" in page
    assert "New certification: NASM-CPT" in page
    assert "Taken by another reviewer until" in page
    assert "10:30 HST" in page
    assert "in 9 days, on Wednesday 2 December" in page
    assert "26 November 2026" in page
    assert "Taken by you" in desk.browser(desk.sam).get("/review").text


def test_an_empty_queue_says_so(client: FlaskClient, made: Factory) -> None:
    rita = made.reviewer()
    made.commit()
    assert "Nothing to look at now" in client.sign_in(rita).get("/review").text  # type: ignore[attr-defined]


def test_a_reviewer_neither_sees_nor_takes_work_about_the_own_listing(desk: Desk, made: Factory) -> None:
    desk.dana.account.roles = [made.role("reviewer")]
    made.commit()
    dana = desk.browser(desk.dana.account)
    assert "Nothing to look at now" in dana.get("/review").text
    assert dana.get(desk.url).status_code == 403
    assert dana.post(f"{desk.url}/take").status_code == 403
    assert desk.decide(dana, "confirm", desk.typed()).status_code == 403
    assert desk.checks() == []


# Taking


def test_the_form_and_the_photo_are_for_who_has_taken_the_work(desk: Desk) -> None:
    photo = f"{desk.url}/evidence/{desk.photo.uuid}"
    rita = desk.browser(desk.rita)
    before = rita.get(desk.url).text
    assert "Take this" in before
    assert "NC-123456" in before
    assert 'name="shown_name"' not in before
    assert photo not in before
    assert rita.get(photo).status_code == 403
    rita = desk.take(desk.rita)
    page = rita.get(desk.url).text
    assert 'name="shown_name"' in page
    assert f'<img src="{photo}"' in page
    assert "K7-429" in page
    assert f'href="{LOOKUP}" target="_blank" rel="noopener external"' in page
    assert "Yours until" in page
    assert desk.browser(desk.sam).get(photo).status_code == 403


def test_of_two_reviewers_one_gets_the_work(desk: Desk) -> None:
    desk.take(desk.rita)
    sam = desk.browser(desk.sam)
    answer = sam.post(f"{desk.url}/take")
    assert answer.status_code == 409
    assert "another reviewer has taken this" in answer.text
    assert "Another reviewer has this" in sam.get(desk.url).text


def test_released_work_can_be_taken_by_another(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    assert rita.post(f"{desk.url}/release").location == "/review"
    desk.take(desk.sam)


def test_the_photo_is_served_whole_and_kept_by_no_cache(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    answer = rita.get(f"{desk.url}/evidence/{desk.photo.uuid}")
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_is_only_handed_out(desk: Desk, made: Factory) -> None:
    pdf = desk.file("application/pdf")
    made.commit()
    rita = desk.take(desk.rita)
    assert "Download the PDF" in rita.get(desk.url).text
    answer = rita.get(f"{desk.url}/evidence/{pdf.uuid}")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_claim_is_not_found(desk: Desk, made: Factory) -> None:
    other, _ = desk.claim(made.trainer("Otto Other"))
    work = desk.open("new", other)
    review.take(made.session, work, by=str(desk.rita.id), now=NOW, today=TODAY)
    made.commit()
    rita = desk.browser(desk.rita)
    assert rita.get(f"/review/{work.uuid}/evidence/{desk.photo.uuid}").status_code == 404


def test_others_with_the_same_number_or_name_are_pointed_out(desk: Desk, made: Factory) -> None:
    twin = made.trainer("Otto Other")
    made.term(made.credential(twin), number="nc 123456")
    made.listed("Dana Fitzgerald", zip="10001")
    made.commit()
    page = desk.browser(desk.rita).get(desk.url).text
    assert "Others claim this number" in page
    assert "Otto Other" in page
    assert "Others are listed under this name" in page
    assert "New York" in page


# Comparing


def test_the_form_compares_without_a_script(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    data = desk.typed(shown_name="FITZGERALD, DANA", shown_number="NC-654321")
    answer = rita.post(f"{desk.url}/compare", data=data)
    assert answer.status_code == 200
    results = re.findall(r'class="result-(\w+)"', answer.text)
    assert results == ["folded", "different", "same", "same"]
    assert "This does not carry a confirmation" in answer.text
    assert 'value="FITZGERALD, DANA"' in answer.text
    assert desk.checks() == []


def test_htmx_gets_the_comparison_alone(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    headers = {"HX-Request": "true"}
    answer = rita.post(f"{desk.url}/compare", data=desk.typed(), headers=headers)
    assert "<html" not in answer.text
    assert answer.text.lstrip().startswith('<div id="comparison"')
    assert "This carries a confirmation." in answer.text
    assert 'id="status" hx-swap-oob="innerHTML"' in answer.text
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shown_number": ""}, "Not everything is typed yet."),
        ({"shown_number": "", "number_none": "y"}, "This carries a confirmation."),
        ({"shown_expires_on-day": "31"}, "Not everything is typed yet."),
        ({"shown_status": "Suspended"}, "the status word is not Active"),
        ({"found": "nothing"}, "This is a miss"),
        ({"found": "down"}, "The source was not there"),
    ],
)
def test_the_comparison_says_what_it_comes_to(desk: Desk, changes: dict[str, str], says: str) -> None:
    rita = desk.take(desk.rita)
    answer = rita.post(f"{desk.url}/compare", data=desk.typed(**changes), headers={"HX-Request": "true"})
    assert says in answer.text


def test_a_source_without_a_date_is_said_in_the_comparison_and_on_the_card(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    no_date = dict.fromkeys((f"shown_expires_on-{part}" for part in ("month", "day", "year")), "")
    data = desk.typed(**no_date, expiry_none="y")
    assert "date stands and the card says so" in rita.post(f"{desk.url}/compare", data=data).text
    assert desk.decide(rita, "confirm", data).status_code == 303
    assert "showed no end date; the date is the trainer" in desk.profile()


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
        ({"shown_number": ""}, "Type it, or tick the box below."),
        ({"shown_number": "1", "number_none": "y"}, "Either type it or tick the box, not both."),
        ({"shown_expires_on-month": "13"}, "Enter the month as a number"),
        ({"shown_status": ""}, "Type it, or tick the box below."),
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
    refusal = "CREATE TRIGGER no_mail BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'no mail'); END"
    desk.store.execute(text(refusal))
    desk.store.commit()
    with pytest.raises(IntegrityError, match="no mail"):
        desk.decide(rita, "confirm", desk.typed())
    assert desk.counts() == before
    assert not desk.found()
    desk.store.execute(text("DROP TRIGGER no_mail"))
    desk.store.commit()
    assert desk.decide(rita, "confirm", desk.typed()).status_code == 303


# Reports


@pytest.fixture
def reported(desk: Desk, made: Factory) -> Desk:
    desk.work = review.open_review(made.session, kind="report", trainer=desk.dana, now=NOW, today=TODAY)
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
    empty = rita.post(f"{reported.url}/resolve", data={"note": " "})
    assert (empty.status_code, "Write what you found and did." in empty.text) == (422, True)
    assert rita.post(f"{reported.url}/resolve", data={"note": "Looked; all is right."}).status_code == 303
    assert "robin@example.org" not in reported.profile()
    assert "Settled" in rita.get("/review/done").text
    assert reported.messages() == []


def test_a_note_written_after_the_half_hour_is_kept(reported: Desk) -> None:
    rita = reported.take(reported.rita)
    reported.app.config["NOW"] = lambda: NOW + TAKE
    late = rita.post(f"{reported.url}/resolve", data={"note": "All is right."})
    assert (late.status_code, "All is right." in late.text) == (409, True)
    again = rita.post(f"{reported.url}/take", data={"note": "All is right."})
    assert (again.status_code, "All is right." in again.text) == (200, True)


def test_a_report_can_ask_for_a_fresh_look(reported: Desk, made: Factory) -> None:
    review.close(
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
    made.commit()
    dana = desk.browser(desk.dana.account)
    assert dana.get(f"/review/checks/{check.id}/correct").status_code == 403
    assert dana.post(f"/review/checks/{check.id}/correct", data=desk.nothing()).status_code == 403
    assert "Nothing was decided yet" in dana.get("/review/done").text
