"""Who should look at a hip. What each answer must lead to is written down here once more, by hand."""

import re
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from tests.reading import grade
from trainers.core.articles import articles
from trainers.core.content import CONTENT, ContentError
from trainers.core.hipcheck import Answers, Ask, Question, Result, holds, next_step, read_answers
from trainers.core.hipcheck_file import hip_check, load_hip_check, mark_of

CHECK = hip_check()
URGENCY = ("emergency", "soon", "clinician", "heart", "careful")
TICKED = {
    "emergency": "now: chest no-weight fall sudden numb-leg saddle hot-joint",
    "soon": "weeks: deep-groin limp rest-pain fever-after weak-leg effort",
    "clinician": "you: young pregnant cancer implant steroids immune weight-loss bones",
}
CHOSEN = {
    ("where", "groin"): "clinician",
    ("where", "unsure"): "clinician",
    ("how", "worse"): "clinician",
    ("long", "yes"): "clinician",
    ("disease", "yes"): "heart",
    ("disease", "unsure"): "heart",
}
FLAGS: dict[tuple[str, str], str] = {
    (text.split(":")[0], slug): outcome for outcome, text in TICKED.items() for slug in text.split(":")[1].split()
} | CHOSEN
"""Each answer that is a sign, and the mildest outcome that it allows."""
FINE: dict[str, list[str]] = {
    "now": ["none"],
    "weeks": ["none"],
    "you": ["none"],
    "where": ["side"],
    "how": ["mild"],
    "long": ["no"],
    "disease": ["no"],
    "active": ["yes"],
}
"""Somebody with no sign at all."""
Given = dict[str, list[str]]


def answered(given: Given) -> Answers:
    return read_answers(CHECK, given)


def with_flags(*flags: tuple[str, str]) -> Given:
    """Somebody with these signs and no other; of two places the more urgent one."""
    given = {question: list(answers) for question, answers in FINE.items()}
    for question, answer in flags:
        many = CHECK.questions[question].many
        given[question] = [*given[question], answer] if many else [answer]
    return given


def result_of(given: Given) -> Result:
    step = next_step(CHECK, answered(given))
    assert isinstance(step, Result), f"still asks {step}"
    return step


def rank(given: Given) -> int:
    return result_of(given).outcome.rank


def most_urgent(*flags: tuple[str, str]) -> str:
    return min((FLAGS[flag] for flag in flags), key=URGENCY.index)


# What stands in the file


def test_five_outcomes_stand_in_the_order_of_their_urgency() -> None:
    assert tuple(outcome.slug for outcome in CHECK.outcomes) == URGENCY
    assert [outcome.rank for outcome in CHECK.outcomes] == [0, 1, 2, 3, 4]


def test_there_are_six_screens_and_one_for_each_urgency_that_is_ticked() -> None:
    assert [screen.slug for screen in CHECK.screens] == ["now", "weeks", "you", "place", "heart", "active"]
    ticked = [screen for screen in CHECK.screens if any(question.many for question in screen.questions)]
    for screen, outcome in zip(ticked, URGENCY, strict=False):
        rules = [rule for rule in CHECK.rules if CHECK.last_screen(rule) == screen.number]
        assert {rule.outcome.slug for rule in rules} == {outcome}
        assert [question.none for question in screen.questions] == ["None of these"]


def test_every_answer_that_is_a_sign_is_known_to_these_tests() -> None:
    """A sign that is added to the file has to be added here, with where it leads."""
    conditions = {(q, answer) for rule in CHECK.rules for q, answers in rule.when for answer in answers}
    assert conditions - {("active", "yes"), ("active", "no")} == set(FLAGS)


def test_every_rule_and_every_advice_has_a_source_with_year_and_kind() -> None:
    for each in (*CHECK.rules, *CHECK.advice):
        assert all(source.dated and source.kind and source.url for source in each.sources)
        assert each.sources or each.ours


def test_what_no_source_of_ours_carries_is_said_to_be_our_own_caution() -> None:
    """By hand: what was read and does not say it. Who finds a source that does changes file and list."""
    assert [rule.when for rule in CHECK.rules if not rule.sources] == [
        (("now", frozenset({"saddle"})),),
        (("you", frozenset({"steroids"})),),
        (("where", frozenset({"unsure"})),),
        (("long", frozenset({"yes"})),),
    ]
    in_part = {(slug, answer) for rule in CHECK.rules if rule.sources and rule.ours
               for slug, answers in rule.when for answer in answers}  # fmt: skip
    assert in_part == {
        ("now", "chest"),
        ("weeks", "limp"),
        ("weeks", "effort"),
        ("disease", "yes"),
        ("disease", "unsure"),
        ("active", "yes"),
        ("active", "no"),
    }


def test_who_changes_the_questions_sets_the_day_too() -> None:
    """Or a clinician's review of other questions would still count."""
    path = CONTENT / "data" / "hip_check.toml"
    assert CHECK.mark == mark_of(path), (
        f"{path.name} has changed: set changed_on to today, so that a clinician's review from before no longer"
        f' counts, and then mark = "{mark_of(path)}" (if that is another one now, take that)'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('text = "I limp"', 'text = "I limp a lot"'),
        ('outcome = "clinician"', 'outcome = "heart"'),
        ("changed_on = 2026", "changed_on = 2027"),
        ('"Deadlifts, deep', '"Deep'),
    ],
)
def test_the_mark_of_the_questions_follows_what_is_asked_and_told(tmp_path: Path, old: str, new: str) -> None:
    text = (CONTENT / "data" / "hip_check.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hip_check.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert mark_of(path) != CHECK.mark
    path.write_text(text.replace("# Screens", "# The screens"), encoding="utf-8")
    assert mark_of(path) == CHECK.mark


def test_the_articles_that_fit_are_there_and_the_first_four_lead_to_none_that_ends_with_trainers() -> None:
    for outcome in CHECK.outcomes:
        assert set(outcome.articles) <= articles().keys()
        assert outcome.articles
    hurts = {slug for slug, article in articles().items() if article.way == "hurts"}
    for outcome in CHECK.outcomes[:4]:
        assert set(outcome.articles) <= hurts


def test_it_is_easy_to_read_and_names_no_illness_as_found() -> None:
    said = [question.text for question in CHECK.questions.values()]
    said += [choice.text for question in CHECK.questions.values() for choice in question.choices]
    said += [rule.says for rule in CHECK.rules]
    said += [text for outcome in CHECK.outcomes for text in (outcome.lead, *outcome.do)]
    said += [point for advice in CHECK.advice for point in advice.points]
    assert grade([part for text in said for part in re.split(r"[.?!]\s", text)]) <= 7
    assert not re.search(r"you (probably|likely|certainly) have|you are fine|diagnos", " ".join(said), re.I)


# The way through


def test_it_begins_with_what_cannot_wait() -> None:
    step = next_step(CHECK, {})
    assert isinstance(step, Ask)
    assert (step.screen.slug, step.problems.keys()) == ("now", {"now"})


def test_somebody_without_a_sign_is_asked_six_screens_in_turn() -> None:
    given: Given = {}
    asked = []
    while isinstance(step := next_step(CHECK, answered(given)), Ask):
        asked.append(step.screen.slug)
        given |= {question.slug: FINE[question.slug] for question in step.screen.questions}
    assert asked == ["now", "weeks", "you", "place", "heart", "active"]
    assert step.outcome.slug == "careful"
    assert step.reasons == ()


@pytest.mark.parametrize("flag", [flag for flag, outcome in FLAGS.items() if outcome != "heart"])
def test_a_sign_ends_it_at_its_own_screen(flag: tuple[str, str]) -> None:
    """Who has to be seen is asked nothing that cannot change it."""
    number = CHECK.screen_of[flag[0]].number
    asked = {question.slug for screen in CHECK.screens[:number] for question in screen.questions}
    given = {question: answers for question, answers in with_flags(flag).items() if question in asked}
    assert result_of(given).outcome.slug == FLAGS[flag]


def test_a_lesser_sign_never_ends_it_before_a_greater_one_was_asked() -> None:
    """Whatever comes later in the form, a screen that could be more urgent and lacks its answer is asked first."""
    for missing, outcome in (
        ("now", "emergency"),
        ("weeks", "soon"),
        ("you", "clinician"),
        ("where", "clinician"),
    ):
        for flag in FLAGS:
            if URGENCY.index(FLAGS[flag]) > URGENCY.index(outcome):
                later = {slug: answers for slug, answers in with_flags(flag).items() if slug != missing}
                step = next_step(CHECK, answered(later))
                assert isinstance(step, Ask), (missing, flag)
                assert step.screen is CHECK.screen_of[missing]


def test_the_behaviour_of_a_pain_is_asked_only_where_there_is_pain() -> None:
    given = {question: FINE[question] for question in ("now", "weeks", "you")}
    step = next_step(CHECK, answered(given | {"where": ["side"]}))
    assert isinstance(step, Ask)
    assert step.problems.keys() == {"how", "long"}
    step = next_step(CHECK, answered(given | {"where": ["no-pain"]}))
    assert isinstance(step, Ask)
    assert step.screen.slug == "heart"


# Each sign, each pair, each path


@pytest.mark.parametrize(("flag", "outcome"), FLAGS.items())
def test_each_sign_alone_leads_where_it_must_and_says_why(flag: tuple[str, str], outcome: str) -> None:
    found = result_of(with_flags(flag))
    assert found.outcome.slug == outcome
    [reason] = found.reasons
    question = CHECK.questions[flag[0]]
    text = next(choice.text for choice in question.choices if choice.slug == flag[1])
    assert reason.told[0] == (text if question.many else f"{question.text} {text}")
    assert reason.rule.says


def pairs() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """All pairs of signs that one person can answer."""
    for one, other in combinations(FLAGS, 2):
        if one[0] != other[0] or CHECK.questions[one[0]].many:
            yield one, other


def test_of_each_pair_of_signs_the_more_urgent_one_decides_and_both_are_told() -> None:
    tried = 0
    for pair in pairs():
        found = result_of(with_flags(*pair))
        assert found.outcome.slug == most_urgent(*pair), pair
        assert len(found.reasons) == 2, pair
        ranks = [reason.rule.outcome.rank for reason in found.reasons]
        assert ranks == sorted(ranks), pair
        tried += 1
    assert tried == 27 * 26 // 2 - 2  # groin with unsure, yes with unsure, are one answer each


def answers_to(question: Question) -> list[list[str]]:
    """Each way to answer it: one choice, or any set of ticks."""
    slugs = [choice.slug for choice in question.choices]
    if not question.many:
        return [[slug] for slug in slugs]
    return [["none"], *(list(ticks) for n in range(1, len(slugs) + 1) for ticks in combinations(slugs, n))]


def paths(given: Given) -> Iterator[tuple[Given, Result]]:
    """Each way from here to a result, as somebody goes who answers what is asked."""
    step = next_step(CHECK, answered(given))
    if isinstance(step, Result):
        yield given, step
        return
    for chosen in product(*map(answers_to, step.screen.questions)):
        asked = [question.slug for question in step.screen.questions]
        yield from paths(given | dict(zip(asked, chosen, strict=True)))


def test_every_path_leads_to_the_most_urgent_of_its_signs() -> None:
    reached, fired, advised, ways = set(), set(), set(), 0
    for way, found in paths({}):
        flags = [(slug, answer) for slug, answers in way.items() for answer in answers if (slug, answer) in FLAGS]
        assert found.outcome.slug == (most_urgent(*flags) if flags else "careful"), way
        reached.add(found.outcome.slug)
        fired |= {reason.rule for reason in found.reasons}
        advised |= set(found.advice)
        ways += 1
    assert ways > 2**7 + 2**6 + 2**8
    assert reached == set(URGENCY)
    assert fired == set(CHECK.rules), "a rule that can never hold"
    assert advised == set(CHECK.advice), "advice that nobody is given"


def test_who_hurts_only_when_running_names_the_place() -> None:
    """Who has no pain need not name it: that must not fit a groin that hurts on each run and not at rest."""
    asked = CHECK.questions["where"]
    free = next(each for each in asked.choices if each.slug == "no-pain")
    assert "or when you run" in asked.text
    assert "none on my last runs" in free.text


def test_mild_is_under_three_as_in_the_article() -> None:
    (mild,) = (each for question in CHECK.questions.values() for each in question.choices if each.slug == "mild")
    assert mild.hint.startswith("Under 3,")


def test_groin_pain_is_never_left_to_self_care() -> None:
    for how, long, disease, active in product(
        ("mild", "worse"), ("no", "yes"), ("no", "yes", "unsure"), ("yes", "no")
    ):
        for where in ("groin", "unsure"):
            given = FINE | {
                "where": [where],
                "how": [how],
                "long": [long],
                "disease": [disease],
                "active": [active],
            }
            assert rank(given) <= URGENCY.index("clinician")


@pytest.mark.parametrize(
    ("where", "leaves_out"),
    [
        ("side", "across your body"),
        ("buttock", "Deadlifts"),
        ("buttock", "hamstring stretches"),
        ("groin", "Running, hopping"),
        ("unsure", "Running, hopping"),
    ],
)
@pytest.mark.parametrize("long", ["no", "yes"])
def test_what_to_leave_out_is_told_for_its_place(where: str, leaves_out: str, long: str) -> None:
    found = result_of(FINE | {"where": [where], "long": [long]})
    assert leaves_out in " ".join(point for advice in found.advice for point in advice.points)
    elsewhere = result_of(FINE | {"where": ["no-pain"], "long": [long]})
    assert leaves_out not in " ".join(point for advice in elsewhere.advice for point in advice.points)


def test_who_was_not_asked_for_the_place_is_told_what_to_leave_out_for_each() -> None:
    """Pregnancy ends it before the place is asked."""
    found = result_of({"now": ["none"], "weeks": ["none"], "you": ["pregnant"]})
    assert (found.outcome.slug, found.unplaced) == ("clinician", True)
    assert [advice.title for advice in found.advice] == [
        "Pain at the outer side: leave out",
        "Pain at the buttock or sit bone: leave out",
        "Pain in the groin, or hard to place: leave out",
    ]
    placed = result_of(FINE | {"you": ["pregnant"]})
    assert [advice.title for advice in placed.advice] == ["Pain at the outer side: leave out"]
    assert not placed.unplaced


def test_not_sure_about_a_disease_is_treated_as_yes() -> None:
    for active in ("yes", "no"):
        yes, unsure = (result_of(FINE | {"disease": [said], "active": [active]}) for said in ("yes", "unsure"))
        assert [reason.rule for reason in yes.reasons] == [reason.rule for reason in unsure.reasons]
        assert yes.outcome.slug == "heart"


def test_a_sign_ticked_beside_none_of_these_counts() -> None:
    assert result_of({"now": ["none", "saddle"]}).outcome.slug == "emergency"
    assert answered({"now": ["none", "saddle"]}) == {"now": frozenset({"saddle"})}


# Whatever is sent

ANY_ANSWERS = st.fixed_dictionaries(
    {slug: st.lists(st.sampled_from(sorted(question.known)), min_size=1, max_size=4)
     for slug, question in CHECK.questions.items()}
)  # fmt: skip
ANY_FLAG = st.sampled_from(sorted(FLAGS))
RUBBISH = st.dictionaries(
    st.sampled_from([*CHECK.questions, "zip", "back", ""]), st.lists(st.text(max_size=12), max_size=4)
)


@whatever(given=ANY_ANSWERS, flags=st.lists(ANY_FLAG, max_size=4))
def test_more_signs_never_lead_to_a_milder_outcome(given: Given, flags: list[tuple[str, str]]) -> None:
    more = {slug: [*answers, *(answer for q, answer in flags if q == slug)] for slug, answers in given.items()}
    assert rank(more) <= rank(given)


@whatever(given=ANY_ANSWERS, flag=ANY_FLAG)
def test_no_sign_ever_ends_in_self_care(given: Given, flag: tuple[str, str]) -> None:
    found = result_of(given | {flag[0]: [*given[flag[0]], flag[1]]})
    assert found.outcome.rank <= URGENCY.index(FLAGS[flag])
    assert found.outcome.slug != "careful"
    assert found.reasons


@whatever(given=ANY_ANSWERS, left_out=st.sets(st.sampled_from(sorted(FINE))))
def test_an_answer_less_never_makes_a_result_milder_than_what_was_said(given: Given, left_out: set[str]) -> None:
    kept = answered({slug: answers for slug, answers in given.items() if slug not in left_out})
    step = next_step(CHECK, kept)
    said = [rule.outcome.rank for rule in CHECK.rules if holds(rule.when, kept)]
    if isinstance(step, Result):
        assert step.outcome.rank == min(said, default=4)
    else:
        assert left_out & step.problems.keys()


@whatever(given=RUBBISH)
def test_rubbish_is_no_answer(given: Given) -> None:
    found = answered(given)
    assert all(answers <= CHECK.questions[slug].known and answers for slug, answers in found.items())
    assert isinstance(next_step(CHECK, found), Ask | Result)


# Mistakes in the file


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("changed_on = 2026-11-27", "", "changed_on: must be a date"),
        ('outcome = "heart"', 'outcome = "sofa"', "outcome: must be one of emergency"),
        ('outcome = "heart"', 'outcome = "careful"', "a rule leads to the mildest outcome"),
        ('when = ["now=chest"]', 'when = ["now=toe"]', "when: no question takes now=toe"),
        ('when = ["now=chest"]', 'when = ["now=none"]', "when: no question takes now=none"),
        ('when = ["now=chest"]', 'when = ["now=fall"]', "question now: no rule knows chest"),
        ('when = ["now=chest"]', 'when = ["now"]', "when: must hold conditions"),
        ('when = ["now=chest"]', "", "when: is missing"),
        ('when = ["where=unsure"]', 'when = ["toe=yes"]', "when: no question takes toe=yes"),
        ('sources = ["fracture"]', "sources = []", "sources: must name sources"),
        ('ours = "Fast', 'says_who = "Fast', "sources: must name sources"),
        ('sources = ["distance"]', 'sources = ["rumour"]', "sources: must name sources"),
        ('sources = ["distance"]', 'sources = ["aafp"]', "sources: distance is not used"),
        ('screen = "weeks"', 'screen = "months"', "screen 2 (weeks), slug: no question stands on this screen"),
        ('screen = "active"', 'screen = "moon"', "screen 6 (active), slug: no question stands on this screen"),
        ('slug = "long"\nscreen = "place"', 'slug = "long"\nscreen = "moon"', "screen: must be one of active"),
        ('slug = "long"\nscreen', 'slug = "how"\nscreen', "question 6 (how), slug: stands there"),
        ('{ slug = "yes", text = "Yes" },\n', "", "choices: must be two or more"),
        ('slug = "saddle"', 'slug = "none"', "choices: must be two or more with slugs of their own"),
        ('outcomes = ["careful"]', 'outcomes = ["sofa"]', "outcomes: must be some of emergency"),
        ('outcome = "heart"', 'outcome = "emergency"', "a later one leads to a more urgent outcome"),
        ("many = true", "many = 1", "many: must be true or false"),
        ("[[advice]]", "[[advise]]", "[advise] is not a table that we know"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = (CONTENT / "data" / "hip_check.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hip_check.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(problem)):
        load_hip_check(path)
