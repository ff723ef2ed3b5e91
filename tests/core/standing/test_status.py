"""The story of a credential, told in terms, checks and days. Nothing here needs an app or a database."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.standing.status import (
    CHECK_FRESH_DAYS,
    NO_END,
    STATUS_WORDS,
    Standing,
    Status,
    begins_anew,
    late_renewal_line,
    late_renewal_until,
    notes,
    source_name,
    standing,
)

END = date(2027, 3, 12)
LOOKED = date(2026, 11, 12)
HONOLULU = ZoneInfo("Pacific/Honolulu")


@dataclass(frozen=True)
class Term:
    id: int
    expires_on: date | None = END
    source: str = "holder"
    corrects_id: int | None = None
    issued_on: date | None = None
    recorded_at: datetime = datetime(2026, 11, 1, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Check:
    id: int
    term_id: int = 1
    outcome: str = "matched"
    by: str = "7"
    looked_on: date = LOOKED
    shown_expires_on: date | None = None
    shown_status: str | None = "Active"
    name_result: str | None = "exact"
    number_result: str | None = "exact"
    expiry_result: str | None = "exact"
    method: str = "issuer_lookup"
    supersedes_id: int | None = None


@dataclass(frozen=True)
class Rule:
    issuer: str
    has_cycle: bool = True
    late_window_days: int | None = None
    units_by_day: int | None = None
    late_until: tuple[int, int] | None = None
    reinstatement_years: int | None = None


NASM = Rule("NASM", late_window_days=365, units_by_day=90)
ACSM = Rule("ACSM", late_until=(6, 30), reinstatement_years=3)
UESCA = Rule("UESCA")
FMS = Rule("FMS", has_cycle=False)


def seen(check_id: int, term: Term, looked_on: date = LOOKED) -> Check:
    return Check(check_id, term.id, looked_on=looked_on, shown_expires_on=term.expires_on)


def missed_twice(first_id: int, term_id: int, looked_on: date, outcome: str = "no_match") -> list[Check]:
    first = Check(first_id, term_id, "second_look", "7", looked_on)
    return [first, Check(first_id + 1, term_id, outcome, "8", looked_on + timedelta(days=7))]


def confirmed(
    today: date, *, end: date | None = END, looked: date = LOOKED, rule: Rule = NASM
) -> Standing[Term, Check]:
    term = Term(1, end)
    return standing([term], [seen(1, term, looked)], rule, today)


def beside(terms: list[Term], checks: list[Check], today: date = LOOKED) -> tuple[str, ...]:
    return notes(terms, checks, NASM, today, zone=HONOLULU)


# The table, row by row


@pytest.mark.parametrize(
    ("today", "status", "word"),
    [
        (date(2026, 12, 11), "current", "Current until 12 March 2027"),
        (date(2026, 12, 12), "expires_soon", "Current, ends 12 March 2027"),
        (date(2027, 3, 12), "expires_soon", "Current, ends 12 March 2027"),
        (date(2027, 3, 13), "expired_renewal_open", "Expired: late renewal possible"),
        (date(2028, 3, 11), "expired_renewal_open", "Expired: late renewal possible"),
        (date(2028, 3, 12), "expired", "Expired"),
        (date(2050, 1, 1), "expired", "Expired"),
    ],
)
def test_a_nasm_certification_runs_through_its_days(today: date, status: str, word: str) -> None:
    found = confirmed(today)
    assert (found.status, found.word) == (status, word)
    assert found.current == (today <= END)
    assert not found.listed_below


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 12, 31), "expires_soon"),
        (date(2027, 1, 1), "expired_renewal_open"),
        (date(2027, 6, 30), "expired_renewal_open"),
        (date(2027, 7, 1), "expired_reinstatement"),
        (date(2029, 12, 31), "expired_reinstatement"),
        (date(2030, 1, 1), "expired"),
    ],
)
def test_an_acsm_certification_runs_through_its_days(today: date, status: str) -> None:
    assert confirmed(today, end=date(2026, 12, 31), rule=ACSM).status == status


def test_an_issuer_without_a_late_window_leaves_nothing_open() -> None:
    assert confirmed(END + timedelta(days=1), rule=UESCA).status == "expired"


@pytest.mark.parametrize(
    ("days_since_the_check", "status", "current", "below"),
    [(180, "current", True, False), (181, "check_old", False, True)],
)
def test_a_check_ages_apart_from_the_end_date(
    days_since_the_check: int, status: str, current: bool, below: bool
) -> None:
    found = confirmed(LOOKED + timedelta(days=days_since_the_check), end=date(2028, 6, 1))
    assert (found.status, found.current, found.listed_below) == (status, current, below)


def test_an_ended_term_is_expired_and_not_only_long_unchecked() -> None:
    found = confirmed(END + timedelta(days=1), looked=date(2025, 1, 1))
    assert (found.status, found.listed_below) == ("expired_renewal_open", False)


def test_an_old_check_is_said_before_an_end_that_is_near() -> None:
    assert confirmed(END, looked=date(2026, 1, 1)).status == "check_old"


@pytest.mark.parametrize(("rule", "current"), [(NASM, False), (FMS, True)])
def test_no_end_date_counts_as_current_only_for_types_without_a_cycle(rule: Rule, current: bool) -> None:
    fresh = confirmed(LOOKED, end=None, rule=rule)
    old = confirmed(LOOKED + timedelta(days=181), end=None, rule=rule)
    assert (fresh.status, fresh.word, fresh.current) == ("no_end_date", "No end date shown", current)
    assert (old.status, old.current, old.listed_below) == ("check_old", False, current)


def test_nobody_has_looked_yet() -> None:
    found = standing([Term(1)], [], NASM, LOOKED)
    assert (found.status, found.current, found.term, found.next_on) == ("not_checked", False, None, None)
    assert (found.expires_on, found.current_until) == (None, None)
    assert beside([Term(1)], []) == ()


def test_a_credential_without_any_term_is_not_checked() -> None:
    assert standing([], [], NASM, LOOKED).status == "not_checked"


def days_of_change(term: Term, rule: Rule) -> list[tuple[date, Status]]:
    """Each day that `next_on` names in turn, with the status that begins on it."""
    found, changes = standing([term], [seen(1, term)], rule, LOOKED), []
    while found.next_on is not None:
        day = found.next_on
        found = standing([term], [seen(1, term)], rule, day)
        changes.append((day, found.status))
    return changes


def test_the_days_on_which_a_nasm_certification_changes_by_itself() -> None:
    assert days_of_change(Term(1), NASM) == [
        (date(2026, 12, 12), "expires_soon"),
        (date(2027, 3, 13), "expired_renewal_open"),
        (date(2027, 6, 11), "expired_renewal_open"),  # the units must have been complete by now
        (date(2028, 3, 12), "expired"),
    ]


def test_the_days_on_which_an_acsm_certification_changes_by_itself() -> None:
    assert days_of_change(Term(1, date(2027, 12, 31)), ACSM) == [
        (date(2027, 5, 12), "check_old"),
        (date(2028, 1, 1), "expired_renewal_open"),
        (date(2028, 7, 1), "expired_reinstatement"),
        (date(2031, 1, 1), "expired"),
    ]


def test_without_an_end_only_the_check_grows_old() -> None:
    assert days_of_change(Term(1, None), FMS) == [(date(2027, 5, 12), "check_old")]


# Answers, and what is none


@pytest.mark.parametrize("outcome", ["second_look", "unavailable"])
def test_a_first_miss_or_a_source_that_is_down_changes_nothing(outcome: str) -> None:
    term = Term(1)
    before = standing([term], [seen(1, term)], NASM, LOOKED)
    after = standing([term], [seen(1, term), Check(2, 1, outcome, "8", LOOKED)], NASM, LOOKED)
    assert after == before
    assert standing([term], [Check(2, 1, outcome)], NASM, LOOKED).status == "not_checked"


def test_a_source_that_was_down_is_said_until_somebody_looks_again() -> None:
    term = Term(1)
    down = Check(2, 1, "unavailable", looked_on=date(2026, 12, 3))
    note = "Our last attempt on 3 December 2026 failed: NASM's page was not available"
    today = date(2026, 12, 10)
    assert beside([term], [seen(1, term), down], today) == (note,)
    assert beside([term], [down], today) == (note,)
    assert beside([term], [down, seen(3, term, date(2026, 12, 4))], today) == ()


@pytest.mark.parametrize("outcome", ["no_match", "mismatch", "inactive"])
def test_two_people_who_miss_it_overturn_an_older_confirmation(outcome: str) -> None:
    term = Term(1)
    checks = [seen(1, term), *missed_twice(2, 1, date(2026, 12, 1), outcome)]
    found = standing([term], checks, NASM, date(2026, 12, 9))
    assert (found.status, found.word) == ("not_confirmed", "We could not confirm this")
    assert (found.current, found.term, found.check, found.next_on) == (False, None, None, None)
    assert found.refusal == checks[-1]


def test_one_person_alone_never_turns_a_status() -> None:
    checks = [
        Check(1, 1, "second_look", "7"),
        Check(2, 1, "no_match", "7", LOOKED + timedelta(days=7)),
        Check(3, 1, "mismatch", "7", LOOKED + timedelta(days=8)),
    ]
    assert standing([Term(1)], checks, NASM, LOOKED + timedelta(days=9)).status == "not_checked"


def test_a_negative_without_a_first_look_before_it_does_not_count() -> None:
    later_look = Check(2, 1, "second_look", "7", LOOKED + timedelta(days=1))
    assert standing([Term(1)], [Check(1, 1, "no_match", "8"), later_look], NASM, LOOKED).status == "not_checked"


def test_a_first_miss_that_a_confirmation_has_answered_is_used_up() -> None:
    term = Term(1)
    checks = [
        Check(1, 1, "second_look", "7", date(2026, 10, 1)),
        seen(2, term, date(2026, 10, 8)),
        Check(3, 1, "no_match", "8", LOOKED),
    ]
    assert standing([term], checks, NASM, LOOKED).status == "current"


def test_a_confirmation_newer_than_a_negative_decides() -> None:
    term = Term(1)
    checks = [*missed_twice(1, 1, date(2026, 10, 1)), seen(3, term, LOOKED)]
    assert standing([term], checks, NASM, LOOKED).status == "current"


def test_of_two_answers_on_one_day_the_one_written_later_decides() -> None:
    term = Term(1)
    checks = [*missed_twice(1, 1, LOOKED - timedelta(days=7)), seen(3, term, LOOKED)]
    assert standing([term], checks, NASM, LOOKED).status == "current"


STRONGEST_FIRST = ("issuer_lookup", "issuer_roster", "badge_page", "document_seen")


@pytest.mark.parametrize("no_by", STRONGEST_FIRST)
@pytest.mark.parametrize("yes_by", STRONGEST_FIRST)
def test_a_weaker_yes_never_overturns_a_stronger_no(no_by: str, yes_by: str) -> None:
    term = Term(1)
    no = [replace(check, method=no_by) for check in missed_twice(1, 1, date(2026, 10, 1))]
    yes = replace(seen(3, term), method=yes_by)
    is_weaker = STRONGEST_FIRST.index(yes_by) > STRONGEST_FIRST.index(no_by)
    found = standing([term], [*no, yes], NASM, LOOKED)
    assert found.status == ("not_confirmed" if is_weaker else "current")


def test_a_weaker_no_does_not_open_the_way_for_a_weaker_yes() -> None:
    term = Term(1)
    weaker_no = Check(3, 1, "mismatch", "9", date(2026, 10, 20), method="document_seen")
    weak_yes = replace(seen(4, term), method="document_seen")
    checks = [*missed_twice(1, 1, date(2026, 10, 1)), weaker_no, weak_yes]
    assert standing([term], checks, NASM, LOOKED).refusal == weaker_no
    assert standing([term], [*checks, seen(5, term)], NASM, LOOKED).status == "current"


def test_a_check_made_in_error_is_undone_by_the_one_that_supersedes_it() -> None:
    term = Term(1)
    wrong_yes = seen(1, term)
    corrected = Check(2, 1, "second_look", "8", LOOKED, supersedes_id=1)
    assert standing([term], [wrong_yes, corrected], NASM, LOOKED).status == "not_checked"


def test_a_negative_loses_its_support_when_the_first_look_is_superseded() -> None:
    first, second = missed_twice(1, 1, date(2026, 10, 1))
    correction = Check(3, 1, "unavailable", "7", LOOKED, supersedes_id=first.id)
    assert standing([Term(1)], [first, second], NASM, LOOKED).status == "not_confirmed"
    assert standing([Term(1)], [first, second, correction], NASM, LOOKED).status == "not_checked"


# Renewals and corrections


def test_a_reported_renewal_is_a_line_beside_the_status_and_no_status() -> None:
    old, new = Term(1), Term(2, date(2029, 3, 12), recorded_at=datetime(2026, 12, 4, 5, 0, tzinfo=UTC))
    today = date(2027, 3, 20)
    before = standing([old], [seen(1, old)], NASM, today)
    assert standing([old, new], [seen(1, old)], NASM, today) == before
    said = beside([old, new], [seen(1, old)], today)
    assert said == ("The trainer reports a renewal on 3 December 2026; not checked yet",)
    assert "4 December 2026" in notes([old, new], [seen(1, old)], NASM, today, zone=UTC)[0]


@pytest.mark.parametrize("end", [date(2026, 12, 31), END])
def test_a_later_claim_that_ends_no_later_is_not_called_a_renewal(end: date) -> None:
    term, claim = Term(1), Term(2, end, recorded_at=datetime(2026, 12, 4, tzinfo=UTC))
    assert beside([term, claim], [seen(1, term)]) == ()


def test_a_renewal_that_is_being_looked_at_a_second_time_is_still_only_not_checked() -> None:
    old, new = Term(1), Term(2, date(2029, 3, 12), recorded_at=datetime(2026, 12, 4, tzinfo=UTC))
    checks = [seen(1, old), Check(2, 2, "second_look")]
    assert "reports a renewal" in beside([old, new], checks)[0]


def test_a_renewal_that_was_checked_and_refused_is_no_longer_said_to_be_unchecked() -> None:
    old, new = Term(1), Term(2, date(2029, 3, 12), recorded_at=datetime(2026, 9, 1, tzinfo=UTC))
    old = replace(old, recorded_at=datetime(2025, 9, 1, tzinfo=UTC))
    checks = [*missed_twice(1, 2, date(2026, 10, 1)), seen(3, old)]
    found = standing([old, new], checks, NASM, LOOKED)
    assert (found.term, beside([old, new], checks)) == (old, ())


def test_an_early_renewal_loses_no_paid_time() -> None:
    old, new = Term(1, date(2027, 3, 12)), Term(2, date(2029, 3, 12))
    looked = date(2026, 12, 20)
    found = standing([old, new], [seen(1, old), seen(2, new, looked)], NASM, looked)
    assert (found.term, found.expires_on) == (new, date(2029, 3, 12))


def test_of_overlapping_terms_the_latest_end_counts_whichever_was_checked_last() -> None:
    short, long = Term(1, date(2027, 3, 12)), Term(2, date(2028, 12, 31))
    found = standing(
        [short, long], [seen(1, long, LOOKED), seen(2, short, LOOKED + timedelta(days=3))], NASM, LOOKED
    )
    assert found.term == long


def test_a_term_without_an_end_neither_hides_one_in_date_nor_is_hidden_by_one_that_ended() -> None:
    dated, undated = Term(1), Term(2, None)
    terms, checks = [dated, undated], [seen(1, dated), seen(2, undated)]
    assert standing(terms, checks, NASM, END).term == dated
    assert standing(terms, checks, NASM, END + timedelta(days=1)).status == "no_end_date"
    assert standing(terms, checks, FMS, LOOKED).term == undated


def test_a_confirmed_correction_takes_the_place_of_the_term_it_corrects() -> None:
    wrong, right = Term(1, date(2029, 3, 12)), Term(3, date(2027, 3, 12), corrects_id=2)
    between = Term(2, date(2028, 3, 12), corrects_id=1)
    checks = [seen(1, wrong), seen(2, right, LOOKED + timedelta(days=1))]
    found = standing([wrong, between, right], checks, NASM, LOOKED)
    assert (found.term, found.expires_on) == (right, date(2027, 3, 12))


def test_an_edit_after_a_check_withdraws_nothing() -> None:
    term, edit = Term(1), Term(2, date(2026, 12, 31), corrects_id=1, recorded_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert standing([term, edit], [seen(1, term)], NASM, LOOKED) == standing([term], [seen(1, term)], NASM, LOOKED)


def test_an_edit_does_not_wash_off_a_negative_and_is_said_beside_it() -> None:
    edit = Term(2, corrects_id=1, recorded_at=datetime(2026, 12, 3, 20, 0, tzinfo=UTC))
    renewal = replace(edit, corrects_id=None)
    checks = missed_twice(1, 1, LOOKED)
    found = standing([Term(1), edit], checks, NASM, date(2026, 12, 4))
    assert found.status == "not_confirmed"
    assert beside([Term(1), edit], checks) == (
        "The trainer changed this entry on 3 December 2026; not checked yet",
    )
    again = beside([Term(1), renewal], checks, date(2026, 12, 4))
    assert again == ("The trainer reports a renewal on 3 December 2026; not checked yet",)


def test_the_source_s_date_stands_before_the_claimed_one() -> None:
    check = replace(seen(1, Term(1)), shown_expires_on=date(2027, 6, 30))
    found = standing([Term(1)], [check], NASM, LOOKED)
    assert (found.word, beside([Term(1)], [check])) == ("Current until 30 June 2027", ())


def test_a_source_that_shows_no_date_leaves_the_claimed_one_and_that_is_said() -> None:
    check = replace(seen(1, Term(1)), shown_expires_on=None)
    found = standing([Term(1)], [check], NASM, LOOKED)
    assert found.word == "Current until 12 March 2027"
    assert beside([Term(1)], [check]) == ("NASM's public lookup showed no end date; the date is the trainer's",)
    assert beside([Term(1, source="source")], [check]) == ()


# Words


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            confirmed(LOOKED),
            "When we looked on 12 November 2026, NASM's public lookup showed it, and its end date has not passed.",
        ),
        (confirmed(END), "It is still in date, and the end date is 90 days away or less."),
        (
            confirmed(date(2027, 6, 10)),
            "Its end date was 12 March 2027, so it is not valid now, but NASM may still accept a late renewal. "
            "By the rule we read, NASM takes a late renewal until 11 March 2028, if all units are complete by "
            "10 June 2027.",
        ),
        (
            confirmed(date(2027, 6, 11)),
            "Its end date was 12 March 2027, so it is not valid now, but NASM may still accept a late renewal. "
            "By the rule we read, NASM takes a late renewal until 11 March 2028, if all units were complete by "
            "10 June 2027.",
        ),
        (
            confirmed(date(2027, 1, 2), end=date(2026, 12, 31), rule=ACSM),
            "Its end date was 31 December 2026, so it is not valid now, but ACSM may still accept a late renewal. "
            "By the rule we read, ACSM takes a late renewal until 30 June 2027.",
        ),
        (
            confirmed(date(2027, 7, 1), end=date(2026, 12, 31), rule=ACSM),
            "Its end date was 31 December 2026, so it is not valid now, but ACSM has a way for the trainer to ask "
            "for it back, until 31 December 2029.",
        ),
        (confirmed(date(2050, 1, 1)), "Its end date was 12 March 2027, and we have seen no renewal."),
        (
            confirmed(LOOKED, end=None),
            "NASM's public lookup showed it on 12 November 2026 without an end date, so we cannot say how long it "
            "lasts.",
        ),
        (
            confirmed(END, looked=date(2026, 1, 9)),
            "We confirmed it on 9 January 2026 and have not looked again yet, which is our delay and not the "
            "trainer's.",
        ),
        (
            standing([], [], NASM, LOOKED),
            "The trainer told us about it, and we have not finished checking it.",
        ),
    ],
)  # fmt: skip
def test_the_reason_names_dates_and_source(found: Standing[Term, Check], reason: str) -> None:
    assert found.reason == reason


@pytest.mark.parametrize(
    ("results", "seen_words"),
    [
        ({"outcome": "no_match"}, "found no match"),
        ({"outcome": "mismatch", "expiry_result": "different"}, "saw a different date"),
        (
            {"outcome": "mismatch"}
            | dict.fromkeys(("name_result", "number_result", "expiry_result"), "different"),
            "saw a different name, number and date",
        ),
        ({"outcome": "inactive", "shown_status": "Suspended"}, "saw a different status"),
        (
            {"outcome": "mismatch", "number_result": "different", "shown_status": "Lapsed"},
            "saw a different number and status",
        ),
        ({"outcome": "mismatch"}, "saw a different name, number, date or status"),
    ],
)  # fmt: skip
def test_the_reason_of_a_negative_says_what_was_seen(results: dict[str, str], seen_words: str) -> None:
    first, second = missed_twice(1, 1, LOOKED)
    found = standing([Term(1)], [first, replace(second, **results)], NASM, LOOKED)
    expected = f"Two people looked and {seen_words}, which can have harmless causes such as a changed name."
    assert found.reason == expected


def test_a_document_is_not_called_a_lookup() -> None:
    check = replace(seen(1, Term(1)), method="document_seen")
    assert "the trainer's certificate showed it" in standing([Term(1)], [check], FMS, LOOKED).reason


def test_every_status_has_a_word_and_one_sentence_without_dates() -> None:
    assert set(STATUS_WORDS) == set(Status)
    for word, meaning in STATUS_WORDS.values():
        assert word
        assert meaning.count(".") == 1
        assert meaning.endswith(".")
        assert "{" not in word + meaning


def test_the_late_window_of_each_issuer() -> None:
    assert late_renewal_until(NASM, date(2027, 3, 12)) == date(2028, 3, 11)
    assert late_renewal_until(ACSM, date(2026, 12, 31)) == date(2027, 6, 30)
    assert late_renewal_until(UESCA, END) is None
    assert late_renewal_line(UESCA, END, END) == ""


@pytest.mark.parametrize(
    ("rule", "last_day"),
    [(NASM, date(2028, 3, 11)), (ACSM, date(2027, 6, 30)), (UESCA, END)],
    ids=["a year", "until 30 June", "no window known"],
)
def test_a_renewal_begins_anew_from_the_day_after_the_late_window(rule: Rule, last_day: date) -> None:
    assert not begins_anew(rule, END, last_day)
    assert begins_anew(rule, END, last_day + timedelta(days=1))


# What holds for every history


def dates_from(first: date) -> st.SearchStrategy[date]:
    return st.dates(first, date(2032, 12, 31))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Term], list[Check]]:
    """Up to four terms and eight checks, with corrections, superseded checks, leap days and month ends."""
    ends = st.one_of(
        st.none(), dates_from(date(2023, 1, 1)), st.sampled_from((date(2024, 2, 29), date(2027, 1, 31)))
    )
    terms: list[Term] = []
    for term_id in range(1, draw(st.integers(1, 4)) + 1):
        corrected = {term.corrects_id for term in terms}
        corrects = draw(st.sampled_from([None, *(term.id for term in terms if term.id not in corrected)]))
        recorded_at = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 1500)))
        source = draw(st.sampled_from(("holder", "holder", "source")))
        terms.append(Term(term_id, draw(ends), source, corrects, recorded_at))
    checks: list[Check] = []
    for check_id in range(1, draw(st.integers(0, 8)) + 1):
        term = draw(st.sampled_from(terms))
        superseded = {check.supersedes_id for check in checks}
        free = [check.id for check in checks if check.id not in superseded]
        checks.append(
            Check(
                check_id,
                term.id,
                draw(
                    st.sampled_from(
                        ("matched", "matched", "second_look", "no_match", "mismatch", "inactive", "unavailable")
                    )
                ),
                draw(st.sampled_from(("7", "8", "9"))),
                draw(st.dates(date(2023, 1, 1), date(2027, 6, 30))),
                draw(st.sampled_from((term.expires_on, None))),
                method=draw(st.sampled_from(("issuer_lookup", "issuer_lookup", "document_seen"))),
                supersedes_id=draw(st.sampled_from([None, None, None, *free])),
            )
        )
    return terms, checks


rules = st.sampled_from((NASM, ACSM, UESCA, FMS))
days = st.dates(date(2023, 1, 1), date(2034, 12, 31))


def place_in_the_list(found: Standing[Term, Check]) -> int:
    return 2 if found.current else int(found.listed_below)


WORSE_AND_WORSE = (
    {Status.CURRENT, Status.NO_END_DATE},
    {Status.EXPIRES_SOON},
    {Status.CHECK_OLD},
    {Status.EXPIRED_RENEWAL_OPEN},
    {Status.EXPIRED_REINSTATEMENT},
    {Status.EXPIRED},
    {Status.NOT_CHECKED, Status.NOT_CONFIRMED},
)


def step(found: Standing[Term, Check]) -> int:
    return next(n for n, statuses in enumerate(WORSE_AND_WORSE) if found.status in statuses)


@given(histories(), rules, days, days)
def test_nothing_improves_by_waiting(
    history: tuple[list[Term], list[Check]], rule: Rule, one: date, other: date
) -> None:
    sooner, later = sorted((one, other))
    before, after = standing(*history, rule, sooner), standing(*history, rule, later)
    assert place_in_the_list(after) <= place_in_the_list(before)
    assert step(after) >= step(before)


@given(histories(), rules, days)
def test_grace_never_means_current(history: tuple[list[Term], list[Check]], rule: Rule, today: date) -> None:
    found = standing(*history, rule, today)
    ended = found.expires_on is not None and found.expires_on < today
    assert ended == found.status.startswith("expired")
    assert not (ended and (found.current or found.listed_below))


@given(histories(), rules, days, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date, random: Random
) -> None:
    terms, checks = history
    shuffled = random.sample(terms, len(terms)), random.sample(checks, len(checks))
    assert standing(*shuffled, rule, today) == standing(terms, checks, rule, today)


@given(histories(), rules, days, st.one_of(st.none(), dates_from(date(2023, 1, 1))), st.booleans())
def test_a_claim_that_nobody_has_checked_never_changes_a_status(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date, end: date | None, corrects: bool
) -> None:
    terms, checks = history
    open_ids = {term.id for term in terms} - {term.corrects_id for term in terms}
    claim = Term(99, end, corrects_id=max(open_ids) if corrects else None)
    assert standing([*terms, claim], checks, rule, today) == standing(terms, checks, rule, today)


@given(histories(), rules, days)
def test_superseded_checks_are_as_if_they_were_not_there(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date
) -> None:
    terms, checks = history
    superseded = {check.supersedes_id for check in checks}
    kept = [check for check in checks if check.id not in superseded]
    assert standing(terms, kept, rule, today) == standing(terms, checks, rule, today)


@given(histories(), rules, days)
def test_one_reviewer_alone_can_never_say_that_something_could_not_be_confirmed(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date
) -> None:
    terms, checks = history
    alone = [replace(check, by="7") for check in checks]
    assert standing(terms, alone, rule, today).status != "not_confirmed"


@given(histories(), rules, days, days)
def test_a_stored_last_day_answers_for_every_later_day(
    history: tuple[list[Term], list[Check]], rule: Rule, one: date, other: date
) -> None:
    stored_on, day = sorted((one, other))
    stored, found = standing(*history, rule, stored_on), standing(*history, rule, day)
    until, in_date = stored.current_until, stored.in_date_until
    assert found.current == (until is not None and day <= until)
    assert found.listed_below == (until is not None and in_date is not None and until < day <= in_date)


@given(histories(), rules, days, days)
def test_nothing_changes_before_the_next_day_that_was_named(
    history: tuple[list[Term], list[Check]], rule: Rule, one: date, other: date
) -> None:
    today, day = sorted((one, other))
    found = standing(*history, rule, today)
    if found.next_on is not None:
        day = min(day, found.next_on - timedelta(days=1))
    assert standing(*history, rule, day) == found


@given(histories(), rules)
def test_something_changes_on_each_day_that_is_named_until_nothing_is_left_to_change(
    history: tuple[list[Term], list[Check]], rule: Rule
) -> None:
    today, found = date(2023, 1, 1), standing(*history, rule, date(2023, 1, 1))
    while found.next_on is not None:
        assert found.next_on > today
        today, before = found.next_on, found
        found = standing(*history, rule, today)
        assert replace(found, next_on=None) != replace(before, next_on=None)
    assert standing(*history, rule, date(2200, 1, 1)) == found


@given(histories(), rules, days)
def test_what_is_shown_as_confirmed_was_confirmed(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date
) -> None:
    found = standing(*history, rule, today)
    unconfirmed = found.status in ("not_checked", "not_confirmed")
    assert (found.check is None) == (found.term is None) == unconfirmed
    assert (found.refusal is not None) == (found.status == "not_confirmed")
    if found.check is not None and found.term is not None:
        assert (found.check.outcome, found.check.term_id) == ("matched", found.term.id)
        assert found.expires_on == (found.check.shown_expires_on or found.term.expires_on)
        assert found.fresh_until == found.check.looked_on + timedelta(days=CHECK_FRESH_DAYS)


@given(histories(), rules, days)
def test_the_public_never_reads_a_gap_or_a_claim_that_we_do_not_make(
    history: tuple[list[Term], list[Check]], rule: Rule, today: date
) -> None:
    found = standing(*history, rule, today)
    text = " ".join((found.word, found.reason, *notes(*history, rule, today, zone=HONOLULU)))
    assert not any(word in text.casefold() for word in ("{", "none", "verified", "qualified", "safe", "  "))


@given(dates_from(date(2026, 11, 12)), dates_from(date(2026, 11, 12)))
def test_renewing_early_never_shortens_what_was_paid_for(old_end: date, new_end: date) -> None:
    old, new = Term(1, old_end), Term(2, new_end)
    found = standing([old, new], [seen(1, old), seen(2, new)], NASM, LOOKED)
    assert found.expires_on == max(old_end, new_end)


def test_no_end_lies_behind_every_day() -> None:
    assert confirmed(LOOKED, end=None, rule=FMS).in_date_until == NO_END
    assert confirmed(LOOKED, end=None, rule=NASM).current_until is None


def test_a_lookup_is_called_by_its_own_name() -> None:
    """ACSM has no lookup of its own: its records are shown by a registry."""
    assert source_name("issuer_lookup", "NASM") == "NASM's public lookup"
    assert source_name("issuer_lookup", "ACSM") == "the US Registry of Exercise Professionals (USREPS)"
    assert source_name("badge_page", "ACSM") == "ACSM's digital badge page"
    assert source_name("issuer_lookup", "UESCA") == "UESCA's public lookup"
