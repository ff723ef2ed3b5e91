"""What seven scores come to. The rules stand here once more, by hand; hypothesis tries them on any sheet."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.articles import get_article
from trainers.core.content import CONTENT, ContentError
from trainers.core.errors import DomainError
from trainers.core.screening import assess, compare, gaps, ideas_for, read_points
from trainers.core.screening_file import load_screens, the_screens
from trainers.core.screens import Scores, field_of

SCREENS = the_screens()
ONE = ("deep-squat", "push-up")
TWO = ("hurdle-step", "inline-lunge", "shoulder-mobility", "leg-raise", "rotary-stability")
CLEARS = {"shoulder": "shoulder-mobility", "back-bend": "push-up", "rock-back": "rotary-stability"}
PLACES = [*((slug, "both") for slug in ONE), *((slug, side) for slug in TWO for side in ("left", "right"))]
NO_PAIN = dict.fromkeys(CLEARS, False)

points = st.integers(0, 3)
whole = st.builds(
    Scores,
    points=st.fixed_dictionaries(dict.fromkeys(PLACES, points)),
    hurts=st.fixed_dictionaries(dict.fromkeys(CLEARS, st.booleans())),
)
partial = st.builds(
    Scores,
    points=st.dictionaries(st.sampled_from(PLACES), points),
    hurts=st.dictionaries(st.sampled_from([*CLEARS]), st.booleans()),
)


def all_at(score: int, hurts: dict[str, bool] | None = None, **other: int) -> Scores:
    """A whole sheet with the same score everywhere, but for the fields named."""
    found = {place: other.get(field_of(*place).replace("-", "_"), score) for place in PLACES}
    return Scores(found, NO_PAIN | (hurts or {}))


def expected(scores: Scores, slug: str) -> int:
    """The score of a screen by the rule, written anew."""
    seen = [value for (name, _side), value in scores.points.items() if name == slug]
    failed = [test for test, screen in CLEARS.items() if screen == slug and scores.hurts[test]]
    return 0 if failed else min(seen)


# Any sheet


@given(whole)
def test_the_total_is_the_sum_of_the_seven_and_never_above_21(scores: Scores) -> None:
    result = assess(SCREENS, scores)
    assert [each.score for each in result.findings] == [expected(scores, each.slug) for each in SCREENS.screens]
    assert result.total == sum(expected(scores, slug) for slug in (*ONE, *TWO))
    assert 0 <= (result.total or 0) <= 21 == result.highest


@given(whole)
def test_any_pain_makes_its_screen_0_and_refers(scores: Scores) -> None:
    result = assess(SCREENS, scores)
    hurts = {slug for (slug, _side), value in scores.points.items() if value == 0}
    hurts |= {CLEARS[test] for test, hurt in scores.hurts.items() if hurt}
    assert {each.screen.slug for each in result.painful} == hurts
    assert all(each.score == 0 for each in result.painful)
    assert result.refers is bool(hurts)
    assert not (result.refers and result.to_work_on)


@given(whole)
def test_a_difference_between_the_sides_is_a_finding_whatever_the_total(scores: Scores) -> None:
    found = {each.screen.slug: each.difference for each in assess(SCREENS, scores).asymmetries}
    apart = {slug: abs(scores.points[slug, "left"] - scores.points[slug, "right"]) for slug in TWO}
    assert found == {slug: by for slug, by in apart.items() if by}


@given(whole, st.sampled_from(PLACES))
def test_a_point_more_never_makes_a_sheet_worse(scores: Scores, place: tuple[str, str]) -> None:
    better = Scores({**scores.points, place: min(3, scores.points[place] + 1)}, scores.hurts)
    assert (assess(SCREENS, better).total or 0) >= (assess(SCREENS, scores).total or 0)


@given(partial)
def test_a_sheet_with_a_gap_has_no_total_and_each_gap_is_named(scores: Scores) -> None:
    result, missing = assess(SCREENS, scores), dict(gaps(SCREENS, scores))
    assert len(missing) == len(PLACES) - len(scores.points) + len(CLEARS) - len(scores.hurts)
    assert (result.total is None) is bool(missing) is not result.complete
    assert result.refers is (0 in scores.points.values() or True in scores.hurts.values())


@given(whole, whole)
def test_comparing_is_antisymmetric(first: Scores, last: Scores) -> None:
    there = compare(assess(SCREENS, first), assess(SCREENS, last))
    back = compare(there.after, there.before)
    assert there.by == -back.by == (there.after.total or 0) - (there.before.total or 0)
    for one, other in zip(there.changes, back.changes, strict=True):
        assert one.by == -other.by
        assert one.sides == {side: -by for side, by in other.sides.items()}
        assert (one.pain_began, one.sides_part) == (other.pain_ended, other.sides_meet)
        assert (one.notable, one.may_be_noise) == (other.notable, other.may_be_noise)


@given(whole)
def test_a_sheet_compared_with_itself_shows_nothing(scores: Scores) -> None:
    same = compare(assess(SCREENS, scores), assess(SCREENS, scores))
    assert (same.by, same.notable, same.noise) == (0, (), ())


# By hand


def test_the_lower_side_counts() -> None:
    result = assess(SCREENS, all_at(3, hurdle_step_left=1, hurdle_step_right=3))
    assert result.total == 19
    [apart] = result.asymmetries
    assert (apart.screen.title, apart.score, apart.difference, apart.lower_side) == ("Hurdle step", 1, 2, "left")


def test_a_clearing_test_that_hurts_makes_its_screen_0_whatever_was_scored() -> None:
    result = assess(SCREENS, all_at(3, {"back-bend": True}))
    assert result.total == 18
    assert [each.screen.slug for each in result.painful] == ["push-up"]


def test_pain_refers_before_the_sheet_is_whole() -> None:
    result = assess(SCREENS, Scores({("leg-raise", "left"): 0}, {}))
    assert result.refers
    assert result.total is None


@pytest.mark.parametrize("points", [4, -1, "two", True, 2.0, None])
def test_a_score_that_is_none_is_named(points: object) -> None:
    with pytest.raises(DomainError, match=r"Deep squat: “.*” is not a score\. Choose") as refused:
        assess(SCREENS, Scores({("deep-squat", "both"): points}, {}))  # type: ignore[dict-item]
    assert refused.value.field == "deep-squat"


@pytest.mark.parametrize("typed", ["4", "-1", "two", "", "03", "٢", "2.0", "9" * 40])
def test_what_was_typed_and_is_no_score_is_named(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a score") as refused:
        read_points(typed)
    assert len(str(refused.value)) < 70


@pytest.mark.parametrize("place", [("deep-squat", "left"), ("hurdle-step", "both"), ("ankle", "both")])
def test_a_place_that_is_not_on_the_sheet_is_refused(place: tuple[str, str]) -> None:
    with pytest.raises(DomainError, match="no screen"):
        assess(SCREENS, Scores({place: 2}, {}))


def test_a_side_alone_is_told_from_a_screen_that_nobody_scored() -> None:
    told = dict(gaps(SCREENS, Scores({("hurdle-step", "left"): 2}, {})))
    assert told["hurdle-step-right"] == "Hurdle step: the left side has a score, the right side has none."
    assert told["inline-lunge-left"] == "Inline lunge, left: choose a score."
    assert told["shoulder"] == "Shoulder reach: say whether it hurts."


def test_one_point_may_be_noise_and_two_are_not() -> None:
    before = assess(SCREENS, all_at(1))
    after = assess(SCREENS, all_at(1, deep_squat=2, leg_raise_left=3))
    changed = compare(before, after)
    assert [each.screen.slug for each in changed.noise] == ["deep-squat"]
    [notable] = changed.notable
    assert (notable.screen.slug, notable.by, notable.sides) == ("leg-raise", 0, {"left": 2, "right": 0})
    assert notable.sides_part


def test_pain_that_came_is_notable_be_it_one_point() -> None:
    changed = compare(assess(SCREENS, all_at(1)), assess(SCREENS, all_at(1, deep_squat=0)))
    assert [each.screen.slug for each in changed.notable] == ["deep-squat"]
    assert changed.notable[0].pain_began
    assert changed.noise == ()


def test_two_sheets_are_compared_only_when_whole() -> None:
    with pytest.raises(DomainError, match="Fill in what is missing"):
        compare(assess(SCREENS, all_at(2)), assess(SCREENS, Scores()))


def test_ideas_come_where_something_is_low_or_uneven_and_never_with_pain() -> None:
    def shown(scores: Scores) -> list[str]:
        return [screen.slug for screen, _ideas in ideas_for(assess(SCREENS, scores).to_work_on)]

    assert shown(all_at(3)) == []
    assert shown(all_at(3, push_up=2)) == ["push-up"]
    assert shown(all_at(2, push_up=1, leg_raise_left=3)) == ["leg-raise", "push-up"]
    assert shown(all_at(1, deep_squat=0)) == []


# The file


def test_the_seven_screens_are_those_of_the_rule_with_ideas_for_each() -> None:
    assert {each.slug for each in SCREENS.screens if not each.two_sided} == set(ONE)
    assert {each.slug for each in SCREENS.screens if each.two_sided} == set(TWO)
    assert {each.slug: each.screen for each in SCREENS.clearings} == CLEARS
    assert [each.slug for each in SCREENS.screens if not each.ideas] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('article = "choose-a-trainer"', 'article = "shoulders"', "shoulders is not an article"),
        ('heading = "when-not-yet"', 'heading = "no-such"', "has no heading no-such"),
        ('screen = "push-up"', 'screen = "plank"', "plank is not a screen"),
        ('screens = ["leg-raise"]', 'screens = ["leg"]', "leg is not a screen"),
        ("points = 3", "points = 4", "must be a whole number from 0 to 3"),
        ("two_sided = true", "", "side_is: is not a field that we know"),
        ('slug = "shoulder"', 'slug = "push-up"', "stands there already"),
        ('picture = "screen-push-up.svg"', 'picture = "none.svg"', "must be a file of static/img"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (CONTENT / "data" / "screens.toml").read_text()
    assert old in text
    path = tmp_path / "screens.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError, match=said):
        load_screens(path)


def test_each_source_is_one_of_the_article() -> None:
    known = {source.url for source in get_article("movement-screen").sources}
    assert {source.url for source in SCREENS.sources} <= known
