"""My listing: about me, public or not, gone for good."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.registering import (
    read,
    signed_in,
)
from trainers.core import accounts, trainers
from trainers.core.models import Account, Consent, Credential, Slug, Trainer

ABOUT = {"name": "Dana Fitzgerald", "place": "97005", "mode": "both"}


@pytest.fixture
def member(client: PageClient, made: Factory) -> PageClient:
    """Signed in, and nothing told yet."""
    return signed_in(client, made, made.account("dana@example.org"))


@pytest.fixture
def dana(client: PageClient, made: Factory) -> PageClient:
    """A listed trainer with a current certification, signed in."""
    trainer = made.listed("Dana Fitzgerald", account=made.account("dana@example.org"))
    for purpose in trainers.CONSENTS:
        accounts.give_consent(made.session, trainer.account, purpose, now=NOW)
    return signed_in(client, made, trainer.account)


def only_trainer(store: Session) -> Trainer:
    [found] = read(store, select(Trainer))
    return found  # type: ignore[no-any-return]


class TestAboutYou:
    def test_comes_first_and_leads_on_to_the_certification(self, member: PageClient, store: Session) -> None:
        assert member.get("/dashboard").headers["Location"] == "/dashboard/about-you"
        assert member.get("/dashboard/certifications/new").headers["Location"] == "/dashboard/about-you"
        assert "Step 2 of 5" in member.get("/dashboard/about-you").text
        answer = member.post("/dashboard/about-you", data=ABOUT)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard/certifications/new")
        trainer = only_trainer(store)
        assert (trainer.name, trainer.zip, trainer.mode, trainer.state) == (
            "Dana Fitzgerald",
            "97005",
            "both",
            "draft",
        )

    def test_a_town_and_state_will_do(self, member: PageClient, store: Session) -> None:
        member.post("/dashboard/about-you", data=ABOUT | {"place": "Portland, OR"})
        assert only_trainer(store).zip.startswith("972")

    def test_a_town_of_many_states_is_asked_about(self, member: PageClient, store: Session) -> None:
        asked = member.post("/dashboard/about-you", data=ABOUT | {"place": "Springfield"})
        assert asked.status_code == 422
        assert "Which Springfield?" in asked.text
        assert "Springfield, MO" in asked.text
        assert "Not here? Type the state too" in asked.text
        assert read(store, select(Trainer)) == []
        member.post("/dashboard/about-you", data=ABOUT | {"place": "Springfield", "which": "Springfield, IL"})
        assert only_trainer(store).zip.startswith("627")

    def test_a_choice_left_from_another_place_does_not_count(self, member: PageClient, store: Session) -> None:
        member.post("/dashboard/about-you", data=ABOUT | {"place": "97005", "which": "Springfield, IL"})
        assert only_trainer(store).zip == "97005"

    def test_a_slip_in_a_town_is_asked_about(self, member: PageClient, store: Session) -> None:
        asked = member.post("/dashboard/about-you", data=ABOUT | {"place": "Portlnd, OR"})
        assert asked.status_code == 422
        assert "We do not know “Portlnd, OR”. Did you mean one of these?" in asked.text
        member.post("/dashboard/about-you", data=ABOUT | {"place": "Portlnd, OR", "which": "Portland, OR"})
        assert only_trainer(store).zip.startswith("972")

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"name": ""}, "Enter the name that clients know."),
            ({"name": "   "}, "Enter the name that clients know."),
            ({"name": "!!!"}, "Enter the name that clients know."),
            ({"name": "x" * 121}, "Shorten the name"),
            ({"name": "Dana\r\nBcc: x"}, "on one line"),
            ({"place": ""}, "Enter a ZIP code"),
            ({"place": "00000"}, "We do not know “00000”"),
            ({"place": "09012"}, "military mail code"),
            ({"place": "Oregon"}, "Clients look for you in a town."),
            ({"place": "Orange County"}, "Clients look for you in a town."),
            ({"place": "qqqqzzzz"}, "We do not know “qqqqzzzz”"),
            ({"mode": ""}, "Choose how you meet clients."),
            ({"mode": "by telepathy"}, "Not a valid choice"),
        ],
    )
    def test_what_cannot_be_is_said_at_the_field_and_kept(
        self, member: PageClient, store: Session, change: dict[str, str], says: str
    ) -> None:
        answer = member.post("/dashboard/about-you", data=ABOUT | change)
        assert answer.status_code == 422
        assert says in answer.text
        assert ("97005" if "place" not in change else "Dana Fitzgerald") in answer.text
        assert read(store, select(Trainer)) == []

    def test_sent_twice_makes_one_profile(self, member: PageClient, store: Session) -> None:
        member.post("/dashboard/about-you", data=ABOUT)
        member.post("/dashboard/about-you", data=ABOUT)
        assert only_trainer(store).name == "Dana Fitzgerald"

    def test_a_reviewer_without_a_listing_is_led_to_the_queue(self, client: PageClient, made: Factory) -> None:
        reviewer = signed_in(client, made, made.reviewer())
        assert reviewer.get("/dashboard").headers["Location"] == "/review"

    def test_is_for_people_who_are_signed_in(self, client: FlaskClient) -> None:
        for path in ("/dashboard", "/dashboard/about-you", "/dashboard/profile", "/dashboard/account/delete"):
            assert "/login" in client.get(path).headers["Location"]


class TestChangingTheName:
    def test_gives_a_new_address_and_the_old_one_leads_there(self, dana: PageClient, store: Session) -> None:
        old = read(store, select(Slug.slug))[0]
        page = dana.get("/dashboard/about-you").text
        assert "Your page gets a new address" in page
        assert "We do not look again by ourselves" in page
        assert 'value="Beaverton, OR 97005"' in page
        dana.post("/dashboard/about-you", data=ABOUT | {"name": "Dana Reyes"})
        moved = dana.get(f"/trainers/{old}")
        assert (moved.status_code, moved.headers["Location"]) == (301, "/trainers/dana-reyes")
        assert "Dana Reyes" in dana.get("/trainers/dana-reyes").text


class TestWords:
    def test_are_shown_on_the_page_and_take_nothing_off_it(self, dana: PageClient, store: Session) -> None:
        told = {
            "headline": "Strength for runners",
            "bio": "I lift.\n\nYou run.",
            "specialties": ["running", "trail"],
            "languages": ["es"],
            "accepting": "y",
        }
        assert dana.post("/dashboard/profile", data=told).headers["Location"] == "/dashboard"
        page = dana.get("/dashboard").text
        for words in ("Strength for runners", "Trail and ultra", "Spanish", "taking new clients", "Current until"):
            assert words in page
        slug = read(store, select(Slug.slug))[0]
        assert "Strength for runners" in dana.get(f"/trainers/{slug}").text

    def test_the_form_shows_what_was_told(self, dana: PageClient) -> None:
        dana.post("/dashboard/profile", data={"headline": "Hello", "specialties": ["trail"]})
        page = dana.get("/dashboard/profile").text
        assert 'value="Hello"' in page
        assert re.findall(r'value="([\w-]+)"[^>]* checked', page) == ["trail"]

    @pytest.mark.parametrize(
        "change",
        [{"headline": "x" * 121}, {"bio": "x" * 3001}, {"specialties": ["wizardry"]}, {"languages": ["xx"]}],
    )
    def test_what_cannot_be_is_refused_and_nothing_written(
        self, dana: PageClient, store: Session, change: dict[str, object]
    ) -> None:
        answer = dana.post("/dashboard/profile", data={"headline": "New"} | change)
        assert answer.status_code == 422
        assert only_trainer(store).headline == ""


class TestPublicOrNot:
    def test_pausing_and_going_on(self, dana: PageClient, store: Session) -> None:
        slug = read(store, select(Slug.slug))[0]
        assert dana.get(f"/trainers/{slug}").status_code == 200
        dana.post("/dashboard/pause")
        assert dana.get(f"/trainers/{slug}").status_code == 404
        assert "Your listing is paused" in dana.get("/dashboard").text
        dana.post("/dashboard/resume")
        assert dana.get(f"/trainers/{slug}").status_code == 200

    def test_withdrawing_asks_first_and_can_be_undone(self, dana: PageClient, store: Session) -> None:
        slug = read(store, select(Slug.slug))[0]
        assert "Withdraw your listing?" in dana.get("/dashboard/withdraw").text
        assert dana.get(f"/trainers/{slug}").status_code == 200
        dana.post("/dashboard/withdraw")
        assert dana.get(f"/trainers/{slug}").status_code == 410
        assert "List me again" in dana.get("/dashboard").text
        dana.post("/dashboard/list-again")
        assert dana.get(f"/trainers/{slug}").status_code == 200

    def test_listing_again_asks_for_a_consent_that_is_missing(
        self, client: PageClient, made: Factory, store: Session
    ) -> None:
        trainer = made.listed(state="listed")
        trainer.state = "withdrawn"
        signed_in(client, made, trainer.account)
        assert "List me publicly" in client.get("/dashboard/list-again").text
        assert client.post("/dashboard/list-again").status_code == 422
        assert only_trainer(store).state == "withdrawn"
        client.post("/dashboard/list-again", data={"listing": "y", "adult": "y"})
        assert only_trainer(store).state == "listed"
        assert sorted(each.purpose for each in read(store, select(Consent))) == ["adult", "listing"]

    @pytest.mark.parametrize("path", ["pause", "resume"])
    def test_is_changed_by_posting_only(self, dana: PageClient, path: str) -> None:
        assert dana.get(f"/dashboard/{path}").status_code == 405

    @pytest.mark.parametrize("path", ["pause", "resume", "withdraw", "list-again", "about-you", "profile"])
    def test_nothing_changes_without_a_token(
        self, app: Flask, dana: PageClient, store: Session, path: str
    ) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        assert dana.post(f"/dashboard/{path}", data=ABOUT).status_code == 400
        assert only_trainer(store).state == "listed"


class TestDeletingEverything:
    def test_asks_first_then_leaves_only_a_closed_address(
        self, dana: PageClient, store: Session, app: Flask
    ) -> None:
        slug = read(store, select(Slug.slug))[0]
        assert "This cannot be undone" in dana.get("/dashboard/account/delete").text
        assert dana.post("/dashboard/account/delete").status_code == 422
        assert only_trainer(store).name == "Dana Fitzgerald"
        answer = dana.post("/dashboard/account/delete", data={"sure": "y"})
        assert answer.headers["Location"] == "/login"
        assert "Everything we kept of you is deleted" in dana.get("/login").text
        for table in (Trainer, Account, Credential, Consent):
            assert read(store, select(table)) == []
        assert dana.get(f"/trainers/{slug}").status_code == 410
        assert "/login" in dana.get("/dashboard").headers["Location"]

    def test_is_there_for_people_without_a_profile_too(self, member: PageClient, store: Session) -> None:
        assert member.get("/dashboard/account/delete").status_code == 200
        member.post("/dashboard/account/delete", data={"sure": "y"})
        assert read(store, select(Account)) == []
