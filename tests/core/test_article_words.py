"""What the ten articles may say, to whom, and how plainly."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.core.test_articles import links, of_slug, plain
from tests.reading import grade, sentences_of
from trainers.core.articles import (
    MEDICAL_NOTICE,
    SOURCE_KINDS,
    Article,
    get_article,
    list_articles,
    list_ways,
    related_to,
)
from trainers.core.hipcheck_file import hip_check
from trainers.core.rules import load_specialties

A_YEAR = timedelta(days=366)


def test_ten_articles_are_offered_in_three_ways_and_pain_comes_first() -> None:
    assert [(words, [one.slug for one in found]) for _way, words, found in list_ways()] == [
        ("It hurts now", ["hip-pain-from-running", "see-a-doctor-first", "can-i-run-it-off"]),
        (
            "I want to stay well",
            ["flexibility-and-mobility", "strength-for-runners", "hinge-and-deadlift", "movement-screen"],
        ),
        ("I am choosing a trainer", ["choose-a-trainer", "social-media-coaches", "first-session"]),
    ]


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_an_article_has_key_points_sources_with_year_and_kind_and_a_medical_notice(one: Article) -> None:
    assert len(one.sources) >= 3
    assert {source.kind for source in one.sources} <= set(SOURCE_KINDS)
    assert all(2000 < (source.year or source.read_in or 0) <= 2026 for source in one.sources)
    assert [source.number for source in one.sources] == list(range(1, len(one.sources) + 1))
    assert one.medical_notice
    assert "911" in MEDICAL_NOTICE
    assert 3 <= len(one.in_short) <= 6


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_nobody_has_gone_through_an_article_for_more_than_a_year(one: Article) -> None:
    """Fails by itself when time has passed: read the sources again, then set reviewed_on."""
    today = datetime.now(UTC).date()
    assert one.reviewed_on <= today, f"{one.slug} cannot have been reviewed on {one.reviewed_on}: that is to come"
    assert one.reviewed_on > today - A_YEAR, f"{one.slug} was last reviewed on {one.reviewed_on}"


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_an_article_is_easy_to_read_for_somebody_of_twelve_to_fourteen(one: Article) -> None:
    sentences = sentences_of(one.html)
    assert len(sentences) > 20
    assert grade(sentences) <= 7
    assert grade(re.split(r"[.!?:] |[.]$", " ".join((*one.in_short, one.summary)))[:-1]) <= 7


@pytest.mark.parametrize(
    ("text", "school_year"),
    [
        ("The cat sat on the mat.", -1.4),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 11.3),
    ],
)
def test_the_grade_of_known_sentences_is_as_published(text: str, school_year: float) -> None:
    assert round(grade([text]), 1) == school_year


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_an_article_takes_a_few_minutes(one: Article) -> None:
    assert 400 <= one.words <= 1_500
    assert one.minutes == max(1, round(one.words / 200))


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_each_leads_to_others_and_never_to_itself(one: Article) -> None:
    assert len(related_to(one)) == len(set(one.related)) == 3
    assert one not in related_to(one)


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_only_who_is_well_or_cleared_is_led_to_trainers(one: Article) -> None:
    """Where it hurts now, no trainer is advertised."""
    slugs = {specialty.slug for specialty in load_specialties()}
    assert (one.search_for in slugs) is (one.way != "hurts")
    if one.way == "hurts":
        assert not [target for target, _ in links(one) if target.startswith("/trainers")]
        assert one.search_for is None
        assert "/hip-check" in {target for target, _ in links(one)} or one.slug == "can-i-run-it-off"


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_who_reads_about_training_is_led_back_to_the_warning_signs(one: Article) -> None:
    targets = [target for target, _ in links(one)]
    assert one.slug == "see-a-doctor-first" or "/guidance/see-a-doctor-first" in targets


def test_the_most_urgent_signs_come_first_and_the_heart_before_any_plan() -> None:
    headings = [heading.text for heading in get_article("see-a-doctor-first").contents]
    assert headings[:4] == [
        "Call 911 now",
        "Be seen today or tomorrow",
        "Book a doctor or a physical therapist",
        "Your heart comes first",
    ]


def test_groin_pain_is_never_left_to_the_reader() -> None:
    run_it_off = get_article("can-i-run-it-off")
    before, after = run_it_off.html.split('id="what-to-change-for-two-weeks"')
    assert "never one to run off" in before
    self_care = after.split("<h2", 1)[0]
    assert "groin" not in self_care
    assert "Be seen." in self_care
    assert "Any pain in the groin" in get_article("see-a-doctor-first").html


def test_no_picture_of_a_deadlift_comes_before_when_not_yet() -> None:
    one = get_article("hinge-and-deadlift")
    assert one.contents[0].text == "When not yet"
    pictures = [match.start() for match in re.finditer("<img", one.html)]
    assert pictures
    assert min(pictures) > one.html.index(f'id="{one.contents[1].id}"')
    assert [each.slug for each in list_articles() if "hinge.svg" in each.html] == [one.slug]


def test_each_of_the_seven_screens_has_a_picture_with_words_of_its_own() -> None:
    html = get_article("movement-screen").html
    assert len(set(re.findall(r'<img src="(/static/img/screen-[a-z-]+\.svg)" alt="[^"]{40,}"', html))) == 7
    assert html.count("<h3") == 7


def test_the_page_on_the_screen_is_for_people_without_pain_and_never_reads_the_total_as_a_verdict() -> None:
    one = get_article("movement-screen")
    assert "Does something hurt? Then this is not for you now." in plain(one).split("\n")[0]
    assert "no verdict" in plain(one)


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_nothing_is_said_to_prevent_or_predict_an_injury(one: Article) -> None:
    said = [*one.in_short, *sentences_of(one.html)]
    bold = [
        each for each in said if re.search(r"\b(prevent|predict)", each) and not re.search(r"\b(not|no)\b", each)
    ]
    assert bold == []


def test_trials_that_disagree_stand_side_by_side() -> None:
    text = plain(get_article("strength-for-runners"))
    for told in (
        "325 new runners",
        "as often as the others",
        "no clear effect",
        "physical therapists led all this",
    ):
        assert told in text
    keys = {source.key for source in get_article("strength-for-runners").sources if source.kind == "trial"}
    assert keys == {"novices", "marathon"}


@pytest.mark.parametrize("one", list_articles(), ids=of_slug)
def test_no_reviews_are_said_to_agree_where_trials_do_not(one: Article) -> None:
    said = [*one.in_short, *sentences_of(one.html)]
    agree = re.compile(r"\b(reviews|studies|trials|experts|evidence)\b[^.]*\bagrees?\b", re.I)
    assert [each for each in said if agree.search(each) and not re.search(r"\bnot agree\b", each)] == []


def test_what_reviews_found_on_the_total_stands_on_both_sides_and_between() -> None:
    text = plain(get_article("movement-screen"))
    assert text.index("For it.") < text.index("Against it.") < text.index("In between.") < text.index("Runners.")
    assert "The odds of an injury at 14 or less were 1.9 times as high" in text
    assert "a link showed in 5 of the 12. Its authors call the question unclear." in text


def test_chest_discomfort_with_effort_has_one_urgency_wherever_it_is_told() -> None:
    """As the hip check has it: today or tomorrow with effort, 911 right now."""
    html = get_article("see-a-doctor-first").html
    told = [each for each in sentences_of(html) if "Chest discomfort" in each]
    assert len(told) == 2
    soon = html.split('id="be-seen-today-or-tomorrow"')[1].split("<h2")[0]
    heart = html.split('id="your-heart-comes-first"')[1].split("<h2")[0]
    assert "Chest discomfort" in soon
    assert "Be seen today or tomorrow" in heart.split("Chest discomfort")[1].split("</li>")[0]
    [rule] = [rule for rule in hip_check().rules if rule.when == (("weeks", frozenset({"effort"})),)]
    assert rule.outcome.title == "Be seen today or tomorrow"


def test_the_sheet_for_six_weeks_is_said_to_hold_what_it_has_columns_for() -> None:
    for one in list_articles():
        for each in sentences_of(one.html):
            assert not ("sheet" in each.lower() and "lift" in each.lower()), each
    assert "The sheet for six weeks has room for morning pain, limp and runs." in plain(
        get_article("strength-for-runners")
    )
