"""The hip check as people go through it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import settings_for
from tests.conftest import TODAY
from tests.core.test_hipcheck import CHECK, FINE, FLAGS, Given, with_flags
from tests.factories import Factory
from tests.page_client import words
from tests.web.hip_visitor import ADDRESS, Visitor
from trainers.config import ClinicalReview

TITLES = {outcome.slug: outcome.title for outcome in CHECK.outcomes}
REVIEW = ClinicalReview("Jane Roe", "PT 12345", CHECK.changed_on)
REVIEWED_BEFORE = ClinicalReview("Jane Roe", "PT 12345", CHECK.changed_on - timedelta(days=1))
PUBLIC = "https://trainers.example"


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def public_site(app: Flask, tmp_path: Path) -> Callable[..., FlaskClient]:
    """The site in production, with or without a clinician's review."""

    def open_as(review: ClinicalReview | None) -> FlaskClient:
        changes = {"site_url": PUBLIC, "database_url": app.extensions["settings"].database_url}
        app.extensions["settings"] = settings_for(tmp_path, clinical_review=review, **changes)
        return app.test_client()

    return open_as


# Going through


def test_the_start_says_what_it_is_and_911_first(visitor: Visitor) -> None:
    assert "About 2 minutes. It cannot tell you what is wrong. We keep no answers." in visitor.text
    assert visitor.text.index("911") < visitor.text.index("Start")


def test_somebody_without_a_sign_sees_six_screens_and_then_careful_self_care(visitor: Visitor) -> None:
    visitor.press("Start")
    for number, screen in enumerate(CHECK.screens, 1):
        assert (visitor.heading, f"Step {number} of 6" in visitor.text) == (screen.title, True)
        visitor.press("Continue", **{question.slug: FINE[question.slug] for question in screen.questions})
    assert visitor.heading == TITLES["careful"]
    assert "None of the warning signs we ask about. That does not rule out a problem." in visitor.text
    assert "Not better in two weeks, pain that comes back, or any of these before then: be seen." in visitor.text
    assert "This plan ends on 7 December 2026" in visitor.text  # TODAY is 23 November


@pytest.mark.by_day("sqlite")
@pytest.mark.parametrize(("flag", "outcome"), FLAGS.items())
def test_each_sign_is_answered_with_its_outcome_its_reason_and_no_trainer(
    visitor: Visitor, flag: tuple[str, str], outcome: str
) -> None:
    visitor.goes_through(with_flags(flag))
    assert visitor.heading == TITLES[outcome]
    question = CHECK.questions[flag[0]]
    choice = next(choice for choice in question.choices if choice.slug == flag[1])
    assert choice.text in visitor.text
    assert "You told us:" in visitor.text
    targets = [each.get("href") or each.get("action") or "" for each in visitor.main.iter()]
    assert not [target for target in targets if target.startswith(("/trainers", "/check", "/guidance/find"))]
    assert "Show trainers" not in visitor.text
    assert "certification" not in visitor.text


def test_all_signs_of_a_screen_are_ticked_together_and_all_are_told(visitor: Visitor) -> None:
    visitor.press("Start").press("Continue", now=["chest", "saddle", "fall"])
    assert visitor.heading == "Call 911 now"
    assert visitor.text.count("You told us:") == 3
    assert "Do not drive yourself. Show them this page." in visitor.text
    assert visitor.main.find(".//a[@href='tel:911']") is not None


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({}, "Tick what is true, or “None of these”."),
        ({"now": ["no-such-sign"]}, "Tick what is true, or “None of these”."),
    ],
)
def test_a_screen_without_an_answer_is_shown_again_with_a_sentence_at_the_field(
    visitor: Visitor, chosen: Given, sentence: str
) -> None:
    visitor.press("Start").press("Continue", **chosen)
    assert visitor.answer.status_code == 422
    field = visitor.main.find(".//fieldset[@id='now']")
    assert sentence in words(field)
    assert visitor.main.find(".//a[@href='#now-0']") is not None
    assert words(visitor.page.find(".//title")).startswith("Error: ")


def test_what_was_answered_is_not_lost_when_something_is_missing(visitor: Visitor) -> None:
    visitor.press("Start")
    for slug in ("now", "weeks", "you"):
        visitor.press("Continue", **{slug: ["none"]})
    visitor.press("Continue", where=["side"], how=["mild"])
    assert visitor.answer.status_code == 422
    said = "Has it lasted for more than two weeks, although you run less? Choose the answer that fits best."
    assert said in words(visitor.main.find(".//fieldset[@id='long']"))
    assert visitor.ticked() == {("where", "side"), ("how", "mild")}
    visitor.press("Continue", where=["side"], how=["mild"], long=["no"])
    assert visitor.heading == "Your health"


def test_nobody_is_told_of_a_mistake_before_making_one(visitor: Visitor) -> None:
    visitor.press("Start")
    assert visitor.answer.status_code == 200
    assert "field--error" not in visitor.answer.text


def test_back_shows_the_screen_before_as_it_was_answered_and_changes_count(visitor: Visitor) -> None:
    visitor.press("Start").press("Continue", now=["none"]).press("Continue", weeks=["none"])
    assert visitor.press("Back").heading == "The last few weeks"
    assert visitor.ticked() == {("weeks", "none")}
    assert visitor.press("Continue", weeks=["limp"]).heading == TITLES["soon"]
    assert visitor.press("Change my answers").heading == "The last few weeks"
    assert visitor.ticked() == {("weeks", "limp")}
    assert visitor.press("Continue", weeks=["none"]).heading == "About you"


def test_who_is_never_asked_for_the_place_reads_what_to_leave_out_for_each(visitor: Visitor) -> None:
    visitor.goes_through(FINE | {"you": ["pregnant"]})
    assert "We did not ask where it hurts. Until somebody has looked, go by your place:" in visitor.text
    for told in ("Stretches that pull the leg across your body", "Deadlifts", "Running, hopping and jumping"):
        assert told in visitor.text


def test_what_no_source_carries_is_called_our_own_caution(visitor: Visitor) -> None:
    visitor.goes_through(FINE | {"long": ["yes"]})
    assert "Our own caution: No trial tells how long to wait. Two weeks is the time that we chose." in visitor.text


def test_a_reason_that_is_less_urgent_is_told_too(visitor: Visitor) -> None:
    visitor.goes_through(FINE | {"you": ["implant", "young"]})
    assert visitor.text.count("You told us:") == 2


def test_the_picture_of_the_hips_stands_beside_radio_buttons_and_is_told_in_words(visitor: Visitor) -> None:
    visitor.press("Start")
    for slug in ("now", "weeks", "you"):
        visitor.press("Continue", **{slug: ["none"]})
    picture = visitor.main.find(".//img")
    assert picture is not None
    assert len(str(picture.get("alt"))) > 100
    places = [box for box in visitor.main.iter("input") if box.get("name") == "where"]
    assert {box.get("type") for box in places} == {"radio"}
    assert len(places) == 5


@pytest.mark.parametrize("path", ["", "?now=chest&asked=now", "?back=you"])
def test_an_address_with_answers_is_only_the_start(client: FlaskClient, path: str) -> None:
    assert client.get(ADDRESS + path).text == client.get(ADDRESS).text


def test_a_form_of_rubbish_begins_at_the_start(client: FlaskClient) -> None:
    answer = client.post(ADDRESS, data={"now": ["", "\x00", "x" * 5000], "back": "nowhere", "place": "97005"})
    assert answer.status_code == 200
    assert "Is any of this true right now?" in answer.text


# Trainers, on the last outcome alone


@pytest.fixture
def town(made: Factory) -> None:
    made.listed("Dana Fitzgerald", zip="97005", specialties=("return-to-running",), expires_on=date(2027, 3, 12))
    made.listed("Piet Oldcheck", zip="97005", specialties=("running",), looked_on=TODAY - timedelta(days=200))
    made.listed("Robin Lapsed", zip="97005", specialties=("running",), expires_on=TODAY - timedelta(days=1))
    made.listed("Yoga Only", zip="97005", expires_on=date(2027, 3, 12))
    made.commit()


@pytest.mark.usefixtures("town")
def test_trainers_near_a_zip_are_current_and_it_says_why_each_is_there(visitor: Visitor) -> None:
    visitor.goes_through(FINE).press("Show trainers", place=["97005"])
    assert visitor.answer.status_code == 200
    assert [words(each) for each in visitor.main.iter("h3") if each.get("class") == "result__name"] == [
        "Dana Fitzgerald"
    ]
    assert "NASM Certified Personal Trainer Current until 12 March 2027 We looked on 23 November" in visitor.text
    assert "Says: experience with Running again after hip pain (cleared by a clinician)" in visitor.text
    assert "Within 25 miles of Beaverton, OR 97005" in visitor.text
    assert visitor.heading == TITLES["careful"]
    assert "A listing is no endorsement. Check the credential yourself. How results are ordered" in visitor.text


def test_where_nobody_names_fitting_experience_others_are_shown_and_it_is_said(
    visitor: Visitor, made: Factory
) -> None:
    made.listed("Yoga Only", zip="97005", expires_on=date(2027, 3, 12))
    made.commit()
    visitor.goes_through(FINE).press("Show trainers", place=["97005"])
    assert "Nobody near Beaverton, OR 97005 names experience with runners or hips." in visitor.text
    assert "Yoga Only" in visitor.text


@pytest.mark.usefixtures("town")
def test_where_nobody_is_current_a_wider_search_is_offered(visitor: Visitor) -> None:
    visitor.goes_through(FINE).press("Show trainers", place=["99950"])
    assert "Nobody near" in visitor.text
    assert visitor.main.find(".//a[@href='/trainers']") is not None


@pytest.mark.parametrize("typed", ["", "Portlnd, OR", "Springfield", "09012", "00000", "x" * 200])
def test_a_place_that_is_none_gets_a_sentence_and_loses_no_answer(visitor: Visitor, typed: str) -> None:
    visitor.goes_through(FINE).press("Show trainers", place=[typed])
    assert visitor.answer.status_code == 422
    assert visitor.main.find(".//p[@id='place-error']") is not None
    assert visitor.heading == TITLES["careful"]
    assert {slug: visitor.hidden("Show trainers")[slug] for slug in FINE} == FINE


@pytest.mark.usefixtures("town")
def test_a_place_sent_with_a_sign_brings_no_trainer(client: FlaskClient) -> None:
    """By a form made by hand too."""
    for flag, outcome in FLAGS.items():
        page = client.post(ADDRESS, data=with_flags(flag) | {"place": ["97005"]}).text
        assert TITLES[outcome] in page
        assert "Dana Fitzgerald" not in page


# Without a clinician's review


def test_elsewhere_than_in_production_a_banner_says_that_nobody_has_reviewed_it(visitor: Visitor) -> None:
    banner = "No clinician has reviewed these questions."
    assert banner in visitor.text
    assert banner in visitor.press("Start").text
    assert banner in visitor.press("Continue", now=["chest"]).text


@pytest.mark.parametrize(
    "review", [None, ClinicalReview("Jane Roe", "PT 1", CHECK.changed_on - timedelta(days=1))]
)
def test_in_production_nothing_is_asked_that_no_clinician_has_read(
    public_site: Callable[..., FlaskClient], review: ClinicalReview | None
) -> None:
    """Nor when the questions were changed since."""
    client = public_site(review)
    page = html5lib.parse(client.get(ADDRESS, base_url=PUBLIC).text, namespaceHTMLElements=False)
    main = page.find(".//main")
    assert [field.tag for field in main.iter() if field.tag in ("form", "input", "button")] == []
    for outcome in CHECK.outcomes[:4]:
        assert outcome.title in words(main)
        for sign in CHECK.signs_of(outcome):
            assert sign in words(main)
    assert main.find(".//a[@href='/guidance/see-a-doctor-first']") is not None
    sent = client.post(ADDRESS, data=with_flags(("now", "chest")), base_url=PUBLIC)
    assert (sent.status_code, sent.location) == (303, ADDRESS)


@pytest.mark.parametrize(
    "path",
    [
        "/guidance",
        "/guidance/see-a-doctor-first",
        "/guidance/hip-pain-from-running",
        "/sheets",
    ],
)
def test_where_nothing_is_asked_no_page_promises_questions(
    public_site: Callable[..., FlaskClient], path: str
) -> None:
    page = html5lib.parse(public_site(None).get(path, base_url=PUBLIC).text, namespaceHTMLElements=False)
    told = words(page.find(".//main"))
    assert not re.search(r"take the hip check|six screens|answer the questions", told, re.IGNORECASE)
    assert re.search(r"read the warning signs", told, re.IGNORECASE)
    page = html5lib.parse(public_site(REVIEW).get(path, base_url=PUBLIC).text, namespaceHTMLElements=False)
    assert "take the hip check" in words(page.find(".//main")).lower()


def test_in_production_a_review_opens_it_and_is_named(public_site: Callable[..., FlaskClient]) -> None:
    client = public_site(REVIEW)
    page = client.get(ADDRESS, base_url=PUBLIC).text
    assert "These questions were read by Jane Roe, PT 12345, on 27 November 2026." in page
    assert "No clinician" not in page
    assert "Is any of this true right now?" in client.post(ADDRESS, base_url=PUBLIC).text
