"""What a log comes to by an issuer's rule: what counts, how much, and the reason when not."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.education.counting import Count, Item, Record, count, what_if
from trainers.core.education.cycles import Cycle, cycle_of
from trainers.core.education.progress import Logged
from trainers.core.models.education import APPROVALS, CATEGORIES, UNITS
from trainers.core.rules import Rule, rule_book

TODAY = date(2026, 11, 26)
NASM = rule_book().rule("NASM", "NASM-CPT")
ACSM = rule_book().rule("ACSM", "ACSM-EP")
NASM_CYCLE = Cycle(date(2025, 3, 13), date(2027, 3, 12), date(2027, 6, 10))
ACSM_CYCLE = Cycle(date(2024, 1, 1), date(2026, 12, 31), date(2026, 12, 31))
GOOD_CARD = date(2027, 1, 1)


@dataclass(frozen=True)
class Entry:
    id: int = 1
    title: str = "Hips of runners"
    provider: str = "Northwest College"
    course_number: str = ""
    completed_on: date | None = date(2026, 5, 1)
    minutes: int | None = 15 * 60
    units: int | None = None
    unit: str | None = None
    category: str = "course"
    approved_by: str = "both"


def by_nasm(*records: Record, card: date | None = GOOD_CARD, today: date = TODAY) -> Count:
    found = count(records, NASM, NASM_CYCLE, card_ends_on=card, today=today)
    assert found
    return found


def by_acsm(*records: Record, today: date = TODAY) -> Count:
    found = count(records, ACSM, ACSM_CYCLE, card_ends_on=None, today=today)
    assert found
    return found


def one(found: Count) -> Item:
    [item] = found.items
    return item


# --- the sum


def test_nasm_takes_1_9_from_education_and_a_tenth_from_the_card_alone() -> None:
    thirty_hours = Entry(minutes=30 * 60)
    assert by_nasm(thirty_hours).text == "2.0 of 2.0 CEU"
    without = by_nasm(thirty_hours, card=None)
    assert (without.text, without.missing, without.missing_card) == ("1.9 of 2.0 CEU", 100, 100)
    assert without.surplus == 1_100
    assert by_nasm(thirty_hours, card=TODAY).card == 100  # to the end of its last day
    assert by_nasm(thirty_hours, card=TODAY - timedelta(days=1)).card == 0


def test_fifteen_hours_are_one_and_a_half_ceu_and_fifteen_cec() -> None:
    assert by_nasm(Entry(), card=None).text == "1.5 of 2.0 CEU"
    assert by_acsm(Entry()).text == "15 of 60 CEC"


def test_the_sentence_leaves_the_last_word_to_the_issuer() -> None:
    said = by_acsm(Entry()).sentence
    assert said == "By the rule we read on 15 August 2026, your log shows 15 of 60 CEC. Only ACSM decides."


def test_one_more_course_is_added_up_beforehand() -> None:
    assert what_if(by_nasm(card=None), 15 * 60).text == "1.5 of 2.0 CEU"
    assert what_if(by_nasm(Entry()), 15 * 60).text == "2.0 of 2.0 CEU"


def test_who_asks_for_no_units_is_not_counted() -> None:
    for key in ("RRCA/RRCA-L1", "NASM/NASM-CES", "UESCA/UESCA-RUN"):
        assert count([Entry()], rule_book().by_key(key), NASM_CYCLE, card_ends_on=None, today=TODAY) is None


# --- hours and units


@pytest.mark.parametrize(
    ("unit", "units", "nasm", "acsm"),
    [
        ("nasm_ceu", 1_500, 1_500, 15_000),
        ("acsm_cec", 15_000, 1_500, 15_000),
        ("ace_cec", 1_500, 1_500, 15_000),
        ("afaa_ceu", 15_000, 1_500, 15_000),
        ("cme", 15_000, 1_500, 15_000),
        ("ace_cec", 100, 100, 1_000),
    ],
)
def test_another_issuers_unit_is_converted_by_its_hours(unit: str, units: int, nasm: int, acsm: int) -> None:
    entry = Entry(minutes=None, unit=unit, units=units)
    assert one(by_nasm(entry)).counted == nasm
    assert one(by_acsm(entry)).counted == acsm


def test_hours_decide_over_printed_units_and_that_is_said() -> None:
    item = one(by_nasm(Entry(unit="nasm_ceu", units=2_000)))
    assert item.counted == 1_500
    assert "Its 15 hours decide, not the 2 NASM CEU printed on it." in item.notes
    assert one(by_nasm(Entry(unit="nasm_ceu", units=1_500))).notes == ()


def test_an_hour_that_does_not_divide_is_rounded_down() -> None:
    assert one(by_nasm(Entry(minutes=50))).counted == 83
    assert one(by_acsm(Entry(minutes=50))).counted == 833


@pytest.mark.parametrize(("days", "shared"), [(0, True), (89, True), (90, False)])
def test_days_that_the_cycle_before_could_use_are_named(days: int, shared: bool) -> None:
    item = one(by_nasm(Entry(completed_on=NASM_CYCLE.begins_on + timedelta(days=days))))
    assert item.counted == 1_500
    assert ("If you used it for the cycle before, it does not count again." in item.notes) is shared


def test_a_college_credit_hour_is_ten_cec_and_unknown_to_nasm() -> None:
    course = Entry(category="college", minutes=None, unit="college_credit", units=3_000)
    assert one(by_acsm(course)).counted == 30_000
    unknown = one(by_nasm(course))
    assert (unknown.counted, "We do not know how NASM counts it" in unknown.reason) == (0, True)
    assert one(by_nasm(replace(course, minutes=600))).counted == 1_000


# --- what does not count, and why


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2025, 3, 12), "It was before this cycle, which began on 13 March 2025."),
        (date(2025, 3, 13), ""),
        (TODAY, ""),
        (TODAY + timedelta(days=1), "Its day has not come yet."),
    ],
)
def test_only_days_of_the_cycle_count(day: date, reason: str) -> None:
    assert one(by_nasm(Entry(completed_on=day))).reason == reason


def test_nasm_takes_units_of_90_days_more_and_acsm_none() -> None:
    later = date(2028, 1, 1)
    assert one(by_nasm(Entry(completed_on=date(2027, 6, 10)), today=later)).counted == 1_500
    assert "after the last day" in one(by_nasm(Entry(completed_on=date(2027, 6, 11)), today=later)).reason
    assert "31 December 2026" in one(by_acsm(Entry(completed_on=date(2027, 1, 1)), today=later)).reason


@pytest.mark.parametrize("approved_by", ["acsm", "neither", "unknown"])
def test_for_nasm_a_provider_that_is_not_approved_needs_a_petition(approved_by: str) -> None:
    item = one(by_nasm(Entry(approved_by=approved_by)))
    assert (item.worth, item.counted, "petition" in item.reason) == (1_500, 0, True)
    assert one(by_nasm(Entry(approved_by=approved_by, unit="nasm_ceu", units=1_500))).counted == 1_500
    assert one(by_acsm(Entry(approved_by=approved_by))).counted == 15_000


def test_a_cpr_course_is_the_card_for_nasm_and_five_cec_a_year_for_acsm() -> None:
    course = Entry(category="cpr", minutes=8 * 60)
    assert "the card itself gives 0.1" in one(by_nasm(course)).reason
    first, again = course, replace(course, id=2, title="CPR again", completed_on=date(2026, 6, 1))
    before, other = (
        replace(course, id=3, completed_on=date(2024, 6, 1)),
        replace(course, id=4, completed_on=date(2025, 6, 1)),
    )
    found = {item.record.id: item for item in by_acsm(first, again, before, other).items}
    assert (found[1].counted, found[2].counted, found[4].counted) == (5_000, 0, 5_000)
    assert found[1].reason == "ACSM counts at most 5 CEC for CPR courses in 2026."
    assert "from 2025 on" in found[3].reason


def test_committee_work_is_eight_a_year_and_24_a_cycle() -> None:
    years = [
        Entry(id=n, title=f"Committee {n}", category="committee", completed_on=date(2024 + n % 3, 3, n + 1))
        for n in range(6)
    ]
    found = by_acsm(*years)
    assert sum(item.counted for item in found.items) == 24_000
    assert sum(item.counted for item in found.items if item.record.completed_on.year == 2025) == 8_000  # type: ignore[union-attr]


def test_the_same_course_twice_counts_once() -> None:
    again = Entry(id=2, title="HIPS of Runners!")
    by_number = (
        Entry(id=3, title="Another title", course_number="N-1"),
        Entry(id=4, title="A third", course_number="n 1"),
    )
    assert [item.counted for item in by_nasm(Entry(), again).items] == [1_500, 0]
    assert by_nasm(Entry(), again).items[1].reason == "It is in your log twice. One of the two counts."
    assert [item.counted for item in by_acsm(*by_number).items] == [15_000, 0]
    other = by_acsm(by_number[0], replace(by_number[1], course_number="N-2"))
    assert [item.counted for item in other.items] == [15_000, 15_000]


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ({"title": " "}, "Fill in the title first."),
        ({"completed_on": None, "minutes": None}, "Fill in the day and its hours or units first."),
        (
            {"title": "", "completed_on": None, "minutes": None},
            "Fill in the title, the day and its hours or units first.",
        ),
    ],
)
def test_what_is_not_filled_in_counts_for_nothing(left_out: dict[str, Any], reason: str) -> None:
    item = one(by_nasm(replace(Entry(), **left_out)))
    assert (item.counted, item.reason) == (0, reason)


@pytest.mark.parametrize("category", ["reading", "teaching", "writing"])
def test_a_limit_that_we_could_not_read_warns_and_does_not_block(category: str) -> None:
    item = one(by_nasm(Entry(category=category)))
    assert (item.counted, item.notes) == (1_500, ("There may be a limit for this kind. Check with NASM.",))


# --- whatever the log holds

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))
ENTRIES = st.builds(
    Entry,
    id=st.integers(1, 10_000),
    title=st.sampled_from(["A", "B", "C", "D", ""]),
    provider=st.sampled_from(["P", "Q"]),
    course_number=st.sampled_from(["", "1", "2"]),
    completed_on=st.none() | DAYS,
    minutes=st.none() | st.integers(1, 3_000),
    units=st.none() | st.integers(1, 20_000),
    unit=st.sampled_from(UNITS),
    category=st.sampled_from(CATEGORIES),
    approved_by=st.sampled_from(APPROVALS),
).map(lambda each: each if each.units else replace(each, unit=None))
LOGS = st.lists(ENTRIES, max_size=8, unique_by=lambda each: each.id)
RULES = st.sampled_from([(NASM, NASM_CYCLE), (ACSM, ACSM_CYCLE)])


def counted(records: list[Entry], rule: Rule, cycle: Cycle, today: date) -> Count:
    found = count(records, rule, cycle, card_ends_on=GOOD_CARD, today=today)
    assert found
    return found


@pytest.mark.parametrize("category", ["cpr", "course"])
def test_what_is_kept_of_a_record_holds_for_every_day_cycle_and_rule(category: str) -> None:
    """Records that are values are looked at once: the answer must not be another's."""
    entry = Entry(completed_on=date(2025, 4, 1), category=category)
    logged = Logged(trainer_id=1, uuid="u", **asdict(entry))
    early, late = date(2025, 3, 31), TODAY
    sister, coach = (rule_book().rule("NASM", f"NASM-{code}") for code in ("PTC", "CWC"))
    next_cycle = Cycle(date(2027, 3, 13), date(2029, 3, 12), late)
    for _ in range(2):
        for rule in (NASM, sister, coach, ACSM):
            for cycle in (NASM_CYCLE, ACSM_CYCLE, next_cycle):
                for today in (early, late):
                    found = [
                        count([each], rule, cycle, card_ends_on=None, today=today) for each in (entry, logged)
                    ]
                    told = [(one(each).counted, one(each).reason, one(each).notes) for each in found if each]
                    assert told[0] == told[1]
    without_card = count([logged], coach, NASM_CYCLE, card_ends_on=None, today=late)
    assert without_card
    assert (one(without_card).counted, one(by_nasm(logged)).counted) == (1500, 0 if category == "cpr" else 1500)
    assert one(by_nasm(logged, today=early)).reason == "Its day has not come yet."
    shared = () if category == "cpr" else ("If you used it for the cycle before, it does not count again.",)
    assert (one(by_nasm(logged)).notes, one(by_acsm(logged)).notes) == (shared, ())


@given(LOGS, RULES, DAYS, st.integers(0, 99))
def test_the_order_of_the_log_does_not_matter(
    log: list[Entry], rule: tuple[Rule, Cycle], today: date, seed: int
) -> None:
    shuffled = Random(seed).sample(log, len(log))
    assert counted(log, *rule, today) == counted(shuffled, *rule, today)


def test_committee_work_without_a_date_takes_nothing_from_what_has_one() -> None:
    log = [
        Entry(id=1, completed_on=date(2024, 1, 1), units=8_000, unit="acsm_cec", category="committee"),
        Entry(id=2, completed_on=date(2025, 1, 1), units=8_000, unit="acsm_cec", category="committee"),
        Entry(id=3, completed_on=None, units=8_000, unit="acsm_cec", category="committee"),
    ]
    found = counted(log, ACSM, ACSM_CYCLE, date(2026, 1, 1))
    assert {item.record.id: item.counted for item in found.items} == {1: 8_000, 2: 8_000, 3: 0}


@given(LOGS, RULES, DAYS)
def test_nothing_counts_beyond_what_is_asked_for_or_worth(
    log: list[Entry], rule: tuple[Rule, Cycle], today: date
) -> None:
    found = counted(log, *rule, today)
    assert 0 <= found.counted <= found.required
    assert found.counted + found.missing == found.required
    for item in found.items:
        assert 0 <= item.counted <= item.worth
        assert (item.counted < item.worth or not item.worth) == bool(item.reason)


@given(LOGS, ENTRIES, RULES, DAYS)
def test_one_more_record_never_takes_anything_away_that_it_does_not_replace(
    log: list[Entry], more: Entry, rule: tuple[Rule, Cycle], today: date
) -> None:
    """A duplicate may take the place of a longer one; anything else only adds."""
    more = replace(more, id=10_001, title="unlike all others", course_number="unlike")
    assert counted([*log, more], *rule, today).earned >= counted(log, *rule, today).earned


# --- cycles


def test_a_renewal_before_the_end_gives_away_no_day() -> None:
    cycle = cycle_of(NASM, None, date(2029, 3, 12))
    assert cycle == Cycle(date(2027, 3, 13), date(2029, 3, 12), date(2029, 6, 10))


def test_acsm_cycles_begin_with_the_year_and_a_first_one_with_its_certificate() -> None:
    assert cycle_of(ACSM, date(2023, 12, 31), date(2026, 12, 31)) == ACSM_CYCLE
    first = cycle_of(ACSM, date(2024, 8, 2), date(2026, 12, 31))
    assert first
    assert first.begins_on == date(2024, 8, 2)


def test_without_an_end_or_a_cycle_there_is_none() -> None:
    assert cycle_of(NASM, date(2025, 1, 1), None) is None
    assert cycle_of(rule_book().rule("NASM", "NASM-CES"), None, date(2027, 1, 1)) is None


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.sampled_from([NASM, ACSM]))
def test_cycles_of_one_schedule_follow_each_other_without_a_gap(ends_on: date, rule: Rule) -> None:
    cycle = cycle_of(rule, None, ends_on)
    assert cycle
    before = cycle_of(rule, None, cycle.begins_on - timedelta(days=1))
    assert before
    assert before.ends_on + timedelta(days=1) == cycle.begins_on
    assert abs((cycle.ends_on - cycle.begins_on).days - (rule.cycle_months or 0) * 30.44) < 4
