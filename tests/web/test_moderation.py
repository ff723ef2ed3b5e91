"""Words and pictures: questioned while they are written, looked at by a reviewer, taken off with a reason."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.papers import PDF, picture
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.test_education import kept, signed_in
from trainers.core import evidence
from trainers.core.models import Message, Portrait, Review, Trainer
from trainers.core.review import queue

WORDS = {"headline": "Strength for runners", "bio": "I coach.", "accepting": "y"}


@pytest.fixture
def dana(made: Factory) -> Trainer:
    trainer = made.listed("Dana Fitzgerald")
    made.commit()
    return trainer


@pytest.fixture
def browser(app: Flask, made: Factory, dana: Trainer) -> PageClient:
    return signed_in(app, made, dana)


@pytest.fixture
def rita(app: Flask, made: Factory) -> PageClient:
    """A reviewer's browser."""
    account = made.reviewer()
    made.commit()
    browser = PageClient(app, app.response_class)
    browser.sign_in(account)
    made.session.rollback()
    return browser


def take(rita: PageClient, store: Session) -> str:
    [work] = [each for each in kept(store, Review) if each.kind == "profile" and each.closed_at is None]
    assert rita.get(f"/review/{work.uuid}").headers["Location"] == f"/review/{work.uuid}/profile"
    waiting = rita.get(f"/review/{work.uuid}/profile").text
    assert 'data-key="take"' in waiting  # what the key t presses
    assert 'id="review-keys"' in waiting
    rita.post(f"/review/{work.uuid}/take")
    return f"/review/{work.uuid}/profile"


def seen(rita: PageClient, decision: str) -> dict[str, str]:
    """What the form says was on the page."""
    page = rita.get(decision).text
    return dict(re.findall(r'name="(seen_\w+)" type="hidden" value="(\w*[\w-]*)"', page))


def profile(client: FlaskClient, made: Factory, dana: Trainer) -> str:
    path = f"/trainers/{made.slug(dana)}"
    made.session.rollback()
    return path


def test_words_that_trainers_should_not_use_are_questioned_and_may_be_kept(
    browser: PageClient, store: Session
) -> None:
    risky = WORDS | {"bio": "I treat and heal runners. FMS trained."}
    answer = browser.post("/dashboard/profile", data=risky)
    assert answer.status_code == 422
    for part in (
        "“treat”: Trainers do not treat",
        "“FMS trained”: This is said only",
        "I treat and heal runners.",
    ):
        assert part in answer.text
    assert kept(store, Trainer)[0].bio == ""
    spaced = browser.post("/dashboard/profile", data=WORDS | {"headline": "Approved  by\u00ad  NASM"})
    assert (spaced.status_code, "“Approved by NASM”: NASM and ACSM approve" in spaced.text) == (422, True)
    assert browser.post("/dashboard/profile", data=risky | {"keep_words": "y"}).status_code == 303
    assert kept(store, Trainer)[0].bio == "", "not public yet"
    assert "I treat and heal runners." in browser.get("/dashboard/profile").text
    assert [work.kind for work in kept(store, Review)] == ["profile"]


def test_questioned_words_are_public_once_a_reviewer_has_looked_and_what_was_public_stays_until_then(
    browser: PageClient, client: FlaskClient, rita: PageClient, made: Factory, store: Session, dana: Trainer
) -> None:
    path = profile(client, made, dana)
    browser.post("/dashboard/profile", data=WORDS)
    assert "Strength for runners" in client.get(path).text, "nobody has to look at those first"
    changed = {"headline": "I treat runners", "bio": "I coach people.", "accepting": "y", "keep_words": "y"}
    saved = browser.post("/dashboard/profile", data=changed, follow_redirects=True).text
    assert "Saved. A reviewer looks at your words first." in saved
    assert "I treat runners (waiting for a look)" in saved
    assert "Waiting for a look" in browser.get("/dashboard/profile").text
    for page in (client.get(path).text, client.get("/trainers?name=Dana").text):
        assert ("I treat runners" in page, "Strength for runners" in page) == (False, True)
    assert "I coach people." in client.get(path).text, "each text waits by itself"
    decision = take(rita, store)
    assert "(not public yet)" in rita.get(decision).text
    fine = {"words": "fine", "picture": "fine"}
    assert rita.post(decision, data=fine | seen(rita, decision)).status_code == 303
    for page in (client.get(path).text, client.get("/trainers?name=Dana").text):
        assert "I treat runners" in page
    assert "waiting for a look" not in browser.get("/dashboard").text


def test_questioned_words_that_are_not_fine_never_get_onto_the_page(
    browser: PageClient, client: FlaskClient, rita: PageClient, made: Factory, store: Session, dana: Trainer
) -> None:
    path = profile(client, made, dana)
    browser.post("/dashboard/profile", data=WORDS)
    browser.post("/dashboard/profile", data=WORDS | {"headline": "I heal hips", "keep_words": "y"})
    decision = take(rita, store)
    told = {"words": "medical", "picture": "fine"}
    assert rita.post(decision, data=told | seen(rita, decision)).status_code == 303
    page = client.get(path).text
    assert ("I heal hips" in page, "Strength for runners" in page) == (False, True)
    [mail] = [each for each in kept(store, Message) if each.template == "profile_reviewed"]
    assert (mail.context or {})["hidden"] == "I heal hips\nI coach."


def test_who_goes_back_to_the_words_that_are_public_waits_for_nobody(browser: PageClient, store: Session) -> None:
    browser.post("/dashboard/profile", data=WORDS)
    for words in ({"bio": "I heal hips.", "keep_words": "y"}, {}):
        browser.post("/dashboard/profile", data=WORDS | words)
    [trainer] = kept(store, Trainer)
    assert (trainer.bio, trainer.waiting_bio) == ("I coach.", None)


def test_what_a_checked_credential_shows_may_be_said_and_stands_on_the_page(
    browser: PageClient, client: FlaskClient, made: Factory, dana: Trainer
) -> None:
    path = profile(client, made, dana)
    assert "FMS trained" not in client.get(path).text
    made.check(
        made.term(made.credential(dana, "FMS/FMS-L1"), expires_on=None), method="document_seen", source_url=""
    )
    licence = made.term(made.credential(dana, "STATE/PT-LICENCE"), expires_on=None)
    state = "https://licences.example.gov/pt/123"
    made.check(licence, source_url=state)
    made.commit()
    said = WORDS | {"bio": "Physical therapist, FMS trained."}
    assert browser.post("/dashboard/profile", data=said).status_code == 303
    page = client.get(path).text
    assert "<strong>FMS trained</strong>, <a href=" in page
    assert "<strong>Physical therapist</strong>, licence looked up on" in page
    assert f'href="{state}"' in page


def test_a_picture_is_public_once_it_was_looked_at_and_gone_when_taken_away(
    browser: PageClient, client: FlaskClient, rita: PageClient, made: Factory, store: Session, dana: Trainer
) -> None:
    path = profile(client, made, dana)
    photo = picture(size=(900, 600))
    browser.post("/dashboard/portrait", data={"photo": (BytesIO(photo), "me.jpg")})
    assert client.get(f"{path}/portrait").status_code == 404
    own = browser.get("/dashboard/portrait/waiting")
    assert Image.open(BytesIO(own.data)).size == (320, 320)
    assert len(own.data) < 20_000
    decision = take(rita, store)
    assert rita.get(f"{decision.removesuffix('/profile')}/portrait").data == own.data
    fine = {"words": "fine", "picture": "fine"}
    assert rita.post(decision, data=fine | seen(rita, decision)).status_code == 303
    shown = client.get(f"{path}/portrait")
    assert (shown.data, shown.headers["Cache-Control"]) == (own.data, "public, no-cache")
    assert 'alt="Dana Fitzgerald"' in client.get(path).text
    assert "Your words and picture are fine." in browser.get("/dashboard/decisions").text
    browser.post("/dashboard/portrait/remove")
    assert client.get(f"{path}/portrait").status_code == 404
    assert [each.state for each in kept(store, Portrait)] == ["erased"]


def test_what_is_no_picture_is_told_at_the_field(browser: PageClient, store: Session) -> None:
    for data, name, sentence in (
        (PDF, "me.pdf", "Choose a picture: JPEG, PNG or WebP."),
        (b"", "me.jpg", "The file is empty."),
        (b"GIF89a", "me.gif", "Choose a photo"),
    ):
        answer = browser.post("/dashboard/portrait", data={"photo": (BytesIO(data), name)})
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert kept(store, Portrait) == []


def test_words_and_picture_are_taken_off_with_a_reason_and_given_back_by_mail(
    app: Flask,
    browser: PageClient,
    client: FlaskClient,
    rita: PageClient,
    made: Factory,
    store: Session,
    dana: Trainer,
) -> None:
    path = profile(client, made, dana)
    browser.post("/dashboard/profile", data=WORDS | {"bio": "I heal hips.", "keep_words": "y"})
    browser.post("/dashboard/portrait", data={"photo": (BytesIO(picture()), "me.jpg")})
    assert WORDS["headline"] in client.get(path).text
    decision = take(rita, store)
    assert "“heal”: Trainers do not treat" in rita.get(decision).text
    assert rita.post(decision, data={"words": "medical"}).status_code == 422
    told = {"words": "medical", "picture": "certificate", "answer": "Say what you train."}
    assert rita.post(decision, data=told | seen(rita, decision)).status_code == 303
    assert WORDS["headline"] not in client.get(path).text, "words that were public are taken off"
    [mail] = [each for each in kept(store, Message) if each.template == "profile_reviewed"]
    assert "I heal hips." in (mail.context or {})["hidden"]
    assert (
        "It promises to treat, heal or diagnose. Say what you train." in browser.get("/dashboard/decisions").text
    )
    files = evidence.open_files(app.extensions["settings"].uploads_url)
    assert files.system.find(f"{files.root}/portraits") == []
    assert rita.post(decision, data={"words": "fine", "picture": "fine"}).status_code == 422  # closed meanwhile


@pytest.mark.parametrize("change", ["words", "picture", "no picture"])
def test_what_changed_while_the_reviewer_looked_is_shown_anew_and_nothing_is_decided(
    browser: PageClient, rita: PageClient, store: Session, change: str
) -> None:
    browser.post("/dashboard/profile", data=WORDS)
    browser.post("/dashboard/portrait", data={"photo": (BytesIO(picture()), "me.jpg")})
    decision = take(rita, store)
    looked_at = seen(rita, decision)
    if change == "words":
        browser.post("/dashboard/profile", data=WORDS | {"bio": "I heal hips.", "keep_words": "y"})
    elif change == "picture":
        browser.post("/dashboard/portrait", data={"photo": (BytesIO(picture("PNG")), "new.png")})
    else:
        browser.post("/dashboard/portrait/remove")
    fine = {"words": "fine", "picture": "fine"}
    answer = rita.post(decision, data=fine | looked_at)
    assert (answer.status_code, "changed this while you looked" in answer.text) == (409, True)
    assert not re.search(r"<input[^>]* checked", answer.text)
    if change == "words":
        assert "I heal hips." in answer.text
    assert [work.closed_at for work in kept(store, Review)] == [None]
    assert "shown" not in [each.state for each in kept(store, Portrait)]
    assert rita.post(decision, data=fine).status_code == 409, "without a word of what was seen"
    assert rita.post(decision, data=fine | seen(rita, decision)).status_code == 303


def test_a_new_picture_that_is_declined_leaves_the_one_that_was_found_fine(
    browser: PageClient, client: FlaskClient, rita: PageClient, made: Factory, store: Session, dana: Trainer
) -> None:
    path = profile(client, made, dana)
    for name, decided in (("first", "fine"), ("second", "certificate")):
        browser.post("/dashboard/portrait", data={"photo": (BytesIO(picture()), f"{name}.jpg")})
        decision = take(rita, store)
        told = {"words": "fine", "picture": decided}
        assert rita.post(decision, data=told | seen(rita, decision)).status_code == 303
    assert [each.state for each in kept(store, Portrait)] == ["shown", "declined"]
    assert client.get(f"{path}/portrait").status_code == 200


def test_new_words_join_the_work_that_waits_and_old_words_make_none(browser: PageClient, store: Session) -> None:
    for _ in range(2):
        browser.post("/dashboard/profile", data=WORDS)
    browser.post("/dashboard/profile", data=WORDS | {"bio": "I coach runners."})
    assert len(kept(store, Review)) == 1


def test_a_licence_needs_the_page_on_which_it_can_be_looked_up(
    app: Flask, browser: PageClient, store: Session
) -> None:
    claim = {
        "type": "STATE/PT-LICENCE",
        "name": "Dana Fitzgerald",
        "number": "PT-123",
        "issued_on-month": "1",
        "issued_on-day": "2",
        "issued_on-year": "2020",
    }
    new = "/dashboard/certifications/new"
    answer = browser.post(new, data=claim)
    assert (answer.status_code, "Enter the address of the state" in answer.text) == (422, True)
    for link in ("http://a.example.gov/1", "https://nowhere", "javascript:alert(1)", "https://a.gov/" + "x" * 600):
        assert browser.post(new, data=claim | {"link": link}).status_code == 422
    assert browser.post(new, data=claim | {"link": "https://a.example.gov/1"}).status_code == 303


def test_the_queue_of_profiles_is_seen_by_reviewers_like_all_other_work(store: Session, made: Factory) -> None:
    trainer = made.trainer()
    queue.open_review(made.session, kind="profile", trainer=trainer, now=NOW, today=TODAY)
    made.commit()
    reviewer = str(made.reviewer().id)
    assert [work.kind for work in queue.read_queue(made.session, by=reviewer, today=TODAY).waiting] == ["profile"]
    made.session.rollback()
    assert store.scalars(select(Review)).all()
    store.rollback()
