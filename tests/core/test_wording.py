"""The site questions what trainers do not do, and what only proof may say; and leaves other words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.wording import FMS, THERAPIST, questions, sentence


@pytest.mark.parametrize(
    "text",
    [
        "I treat hip pain",
        "Treatment plans",
        "We CURE runners",
        "healing hands",
        "rehab",
        "Rehabilitation after surgery",
        "I diagnose gait",
        "diagnosis",
        "rehabilitated runners",
        "Your rehabber",
        "a diagnostician of gait",
        "every hip is treatable",
        "free from injuries",
        "free of pain",
        "Approved by N.A.S.M.",
        "FMS Level 1",
        "FMS-L2",
        "Run injury-free!",
        "injury free",
        "pain-free in two weeks",
        "approved by NASM",
        "ACSM endorsed",
        "recommended by the ACSM",
        "Physical therapist",
        "physio",
        "FMS certified",
        "results guaranteed",
        "injury\u2011free",
        "injury\u2013free",
        "pain\u00a0free",
        "NASM\u2011approved",
        "ACSM\u2013endorsed",
        "approved by the National Academy of Sports Medicine",
        "Endorsed by the American College of Sports\nMedicine",
        "FMS\u2011trained",
        "FMS\u2013certified",
        "trained in FMS",
        "certified in the Functional Movement Screen",
        "self-healing",
        "self\u2011treatment",
        "physical therapy",
        "Physiotherapy for runners",
        "my physical\u00a0therapy\u2014on the beach",
    ],
)
def test_words_that_are_questioned(text: str) -> None:
    assert len(questions(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Strength for runners over 40",
        "Health and healthy habits",
        "A treatise on running",
        "secure, accurate, curious",
        "I hold the NASM-CPT, and I worked with physical therapy clinics",
        "I use the FMS as a baseline",
        "Retreat in the hills",
        "treadmill, insecure, cureless",
        "healthcare, wholehearted, a manicure, a heel",
        "prehab, undiagnosed",
        "free parking, injuries welcome",
        "I use the FMS on level ground",
        "I studied at the American College of Sports Medicine",
        "trained in Beaverton, and I use FMS scores",
        "injuries \u2013 free advice",
        "",
    ],
)
def test_words_that_are_not(text: str) -> None:
    assert questions(text) == []


def test_what_a_card_shows_may_be_said() -> None:
    for text in ("Physical therapist, FMS trained", "Physical therapy. Trained in the FMS"):
        assert len(questions(text)) == 2
        assert questions(text, {FMS, THERAPIST}) == []


def test_each_reason_is_told_once_with_the_word_that_stands_there() -> None:
    asked = questions("I treat, heal and cure. Injury-free!")
    assert [each.found for each in asked] == ["treat", "Injury-free"]
    assert sentence(asked).startswith("“treat”: Trainers do not treat")
    [as_typed] = questions("NASM\u2011approved")
    assert as_typed.found == "NASM\u2011approved"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    for each in questions(text):
        assert each.found in text
