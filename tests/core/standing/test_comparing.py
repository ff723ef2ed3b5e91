"""All names and numbers are invented."""

import time
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.models import credential as tables
from trainers.core.standing.answers import STRENGTH
from trainers.core.standing.comparing import (
    ExpiryResult,
    NameResult,
    NumberResult,
    Outcome,
    carries,
    compare_expiry,
    compare_name,
    compare_number,
    outcome_of,
    status_word_is_active,
)
from trainers.core.standing.status_words import source_name

EXACT, FOLDED, DIFFERENT = NameResult.EXACT, NameResult.FOLDED, NameResult.DIFFERENT
NOT_SHOWN = NumberResult.NOT_SHOWN

NAMES = [
    # claimed, shown by the source, verdict
    ("Dana Fitzgerald", "Dana Fitzgerald", EXACT),
    (" Dana  Fitzgerald ", "Dana Fitzgerald", EXACT),
    ("Jos\u00e9 Ortiz", "Jose\u0301 Ortiz", EXACT),
    ("Fitzgerald, Dana", "Fitzgerald, Dana", EXACT),
    # case, accents, letters
    ("Dana Fitzgerald", "DANA FITZGERALD", FOLDED),
    ("Ola Wałęsa", "OLA WALESA", FOLDED),
    ("José Núñez", "Jose Nunez", FOLDED),
    ("Thảo Nguyễn", "THAO NGUYEN", FOLDED),
    ("İbrahim Yıldız", "Ibrahim Yildiz", FOLDED),
    ("Søren Kjær", "Soren Kjaer", FOLDED),
    ("Søren Kjær", "SOEREN KJAER", FOLDED),
    ("Jürgen Groß", "JURGEN GROSS", FOLDED),
    ("Jürgen Groß", "Juergen Gross", FOLDED),
    ("Juergen Gross", "Jürgen Groß", FOLDED),
    ("Ju\u0308rgen Kraft", "JUERGEN KRAFT", FOLDED),
    ("Åsa Lindqvist", "Aasa Lindqvist", FOLDED),
    ("Đặng Minh", "Dang Minh", FOLDED),
    # apostrophes, hyphens, stops
    ("Siân O'Brien", "Sian O’Brien", FOLDED),
    ("Siân O'Brien", "SIAN OBRIEN", FOLDED),
    ("Siân O'Brien", "SIAN O BRIEN", FOLDED),
    ("Sian O Brien", "Siân O’Brien", FOLDED),
    ("Anne-Marie Dubois", "Anne Marie Dubois", FOLDED),
    ("Ana García-López", "ANA GARCIA LOPEZ", FOLDED),
    ("Dana R Fitzgerald", "Dana R. Fitzgerald", FOLDED),
    # order
    ("Dana Fitzgerald", "Fitzgerald, Dana", FOLDED),
    ("Dana Fitzgerald", "FITZGERALD,DANA R", FOLDED),
    ("Ana García López", "Garcia Lopez, Ana", FOLDED),
    ("Fitzgerald, Dana", "Dana Fitzgerald", FOLDED),
    ("Jörg Müller", "MUELLER, JOERG", FOLDED),
    ("Siân O'Brien", "O BRIEN, SIAN", FOLDED),
    # middle initials and suffixes that the source adds
    ("Dana Fitzgerald", "Dana R. Fitzgerald", FOLDED),
    ("Dana Fitzgerald", "Dana R. J. Fitzgerald", FOLDED),
    ("Dana R. Fitzgerald", "Dana R. J. Fitzgerald", FOLDED),
    ("John Price", "John Price Jr.", FOLDED),
    ("John Price", "John Price, Jr.", FOLDED),
    ("John Price", "Price Jr., John", FOLDED),
    ("John Price", "Price, John, III", FOLDED),
    ("John Price", "PRICE, JOHN A JR", FOLDED),
    ("Teguh", "TEGUH JR", FOLDED),
    ("John Price Jr", "Price, John A., Jr.", FOLDED),
    ("John Price, Sr.", "JOHN PRICE SR", FOLDED),
    # a middle name and its initial
    ("Dana Rose Fitzgerald", "Dana R. Fitzgerald", FOLDED),
    ("Dana R. Fitzgerald", "Dana Rose Fitzgerald", FOLDED),
    ("Juan Ramírez López", "Juan R. Ramirez Lopez", FOLDED),
    # what the claim adds, the source does not bear out
    ("Dana R. Fitzgerald", "Dana Fitzgerald", DIFFERENT),
    ("Dana Rose Fitzgerald", "Dana Fitzgerald", DIFFERENT),
    ("John Price Jr.", "John Price", DIFFERENT),
    # different people, or not known to be the same
    ("Dana R. Fitzgerald", "Dana S. Fitzgerald", DIFFERENT),
    ("Dana Rose Fitzgerald", "Dana Ruth Fitzgerald", DIFFERENT),
    ("Dana Rose Fitzgerald", "Dana S. Fitzgerald", DIFFERENT),
    ("Dana Fitzgerald", "Dana Rose Fitzgerald", DIFFERENT),
    ("John Price Jr.", "John Price Sr.", DIFFERENT),
    ("John Price II", "John Price III", DIFFERENT),
    ("D. Fitzgerald", "Dana Fitzgerald", DIFFERENT),
    ("Dana Fitzgerald", "D. Fitzgerald", DIFFERENT),
    ("Dana F.", "Dana Fitzgerald", DIFFERENT),
    ("Dana Fitzgerald", "Fitzgerald Dana", DIFFERENT),
    ("Carlie Jones", "Carlee Jones", DIFFERENT),
    ("Marta Nowak", "Marta Nowack", DIFFERENT),
    ("Jan Kowalski", "Jana Kowalska", DIFFERENT),
    ("Dana Fitzgerald", "Dana Okafor", DIFFERENT),  # a former name
    ("Dana Okafor", "Dana Fitzgerald-Okafor", DIFFERENT),
    ("María García López", "María García", DIFFERENT),
    ("Robert Kay", "Bob Kay", DIFFERENT),
    ("Ann Alee", "Anna Lee", DIFFERENT),
    ("Maryann Lee", "Mary-Ann Lee", DIFFERENT),
    ("Karl Muller", "Karl Mueller", DIFFERENT),
    ("An Nguyen", "Anh Nguyen", DIFFERENT),
    ("सुमन शर्मा", "समन शर्मा", DIFFERENT),
    ("Dana", "Dana Fitzgerald", DIFFERENT),
    ("Jr.", "Dana Jr.", DIFFERENT),
    ("Ali", "Ali Ali", DIFFERENT),
    ("Ali Ali", "Ali", DIFFERENT),
    ("Ali", "Ali B. Ali", DIFFERENT),
    ("", "", DIFFERENT),
    ("Dana Fitzgerald", "", DIFFERENT),
    ("—", "—", DIFFERENT),
    (", ,", "Dana", DIFFERENT),
]


@pytest.mark.parametrize(("claimed", "shown", "verdict"), NAMES)
def test_names_are_compared(claimed: str, shown: str, verdict: NameResult) -> None:
    assert compare_name(claimed, shown) == verdict


name_parts = st.text(alphabet="abcdeoßéüÉłø'-", min_size=1, max_size=6)
people = st.lists(name_parts, min_size=2, max_size=4).map(" ".join)


@given(people, people)
def test_only_the_same_spelling_is_exact(one: str, other: str) -> None:
    assert (compare_name(one, other) == EXACT) <= (one == other)


@given(people.filter(lambda name: any(map(str.isalpha, name))))
def test_a_name_matches_itself_in_capitals(name: str) -> None:
    assert compare_name(name, name) == EXACT
    assert compare_name(name, name.upper()) in (EXACT, FOLDED)


@given(
    st.sampled_from(("Dana", "Siân", "Jörg")),
    st.sampled_from(("Fitzgerald", "O'Brien", "Müller", "García-López")),
    st.characters(min_codepoint=ord("A"), max_codepoint=ord("Z")),
    st.sampled_from(("", " Jr.", ", III")),
)
def test_a_source_may_turn_a_name_round_and_add_an_initial_and_a_suffix(
    first: str, last: str, initial: str, suffix: str
) -> None:
    claimed = f"{first} {last}"
    assert compare_name(claimed, f"{first} {initial}. {last}{suffix}") == FOLDED
    assert compare_name(claimed, f"{last.upper()}, {first.upper()} {initial}{suffix}") == FOLDED


def test_a_name_made_to_be_slow_is_compared_at_once() -> None:
    claimed, shown = f"x {'a ' * 57}b y", f"x {'a ' * 58}c y"
    started = time.perf_counter()
    assert compare_name(claimed, shown) == DIFFERENT
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("claimed", "shown", "verdict"),
    [
        ("NC-123456", "NC-123456", NumberResult.EXACT),
        (" NC-123456", "NC-123456 ", NumberResult.EXACT),
        ("NC-123456", "nc 123456", NumberResult.FOLDED),
        ("NC123456", "NC-123456", NumberResult.FOLDED),
        ("00123", "123", NumberResult.DIFFERENT),
        ("NC-123456", "NC-123465", NumberResult.DIFFERENT),
        ("NC-12345O", "NC-123450", NumberResult.DIFFERENT),
        ("NC-123456", "****3456", NumberResult.DIFFERENT),
        ("NC-123456", "—", NumberResult.DIFFERENT),
        ("—", "—", NumberResult.DIFFERENT),
        ("", "123", NumberResult.DIFFERENT),
        ("NC-123456", "", NOT_SHOWN),
        ("NC-123456", "  ", NOT_SHOWN),
        ("NC-123456", "None shown", NOT_SHOWN),
        ("NC-123456", None, NOT_SHOWN),
    ],
)
def test_numbers_are_compared(claimed: str, shown: str | None, verdict: NumberResult) -> None:
    assert compare_number(claimed, shown) == verdict


@pytest.mark.parametrize(
    ("claimed", "shown", "verdict"),
    [
        (date(2027, 3, 12), date(2027, 3, 12), ExpiryResult.EXACT),
        (date(2027, 3, 12), date(2027, 3, 13), ExpiryResult.DIFFERENT),
        (date(2027, 3, 12), date(2027, 12, 3), ExpiryResult.DIFFERENT),
        (None, date(2027, 3, 12), ExpiryResult.DIFFERENT),
        (date(2027, 3, 12), None, ExpiryResult.NOT_SHOWN),
        (None, None, ExpiryResult.NOT_SHOWN),
    ],
)
def test_end_dates_are_compared_to_the_day(
    claimed: date | None, shown: date | None, verdict: ExpiryResult
) -> None:
    assert compare_expiry(claimed, shown) == verdict


@pytest.mark.parametrize(
    "word", ["Active", "active", " ACTIVE ", "Active.", "none shown", "None  shown", "", " ", None]
)
def test_active_and_no_word_at_all_leave_a_confirmation_open(word: str | None) -> None:
    assert status_word_is_active(word)


@pytest.mark.parametrize(
    "word",
    [
        "Inactive",
        "in-active",
        "Not active",
        "Active (probation)",
        "Current",
        "Expired",
        "Lapsed",
        "Suspended",
        "—",
        "?",
    ],
)
def test_any_other_status_word_does_not(word: str) -> None:
    assert not status_word_is_active(word)


def test_exactly_these_results_carry_a_confirmation() -> None:
    carrying = {
        (name, number, expiry)
        for name, number, expiry in product(NameResult, NumberResult, ExpiryResult)
        if carries(name, number, expiry, "Active")
    }
    agreeing = {
        (name, number, expiry)
        for name in ("exact", "folded")
        for number in ("exact", "folded")
        for expiry in ("exact", "not_shown")
    }
    assert carrying == agreeing | {("exact", "not_shown", "exact"), ("folded", "not_shown", "exact")}


@given(
    st.sampled_from(NameResult),
    st.sampled_from(NumberResult),
    st.sampled_from(ExpiryResult),
    st.sampled_from((None, "", "none shown", "Active", "Lapsed")),
)
def test_the_suggestion_is_matched_exactly_when_the_results_carry_it(
    name: NameResult, number: NumberResult, expiry: ExpiryResult, word: str | None
) -> None:
    assert (outcome_of(name, number, expiry, word) == "matched") == carries(name, number, expiry, word)


@pytest.mark.parametrize(
    ("name", "number", "expiry", "word", "outcome"),
    [
        ("exact", "exact", "exact", "Active", "matched"),
        ("folded", "folded", "not_shown", None, "matched"),
        ("exact", "not_shown", "exact", "none shown", "matched"),
        (None, None, None, None, "no_match"),
        ("different", "different", "exact", "Active", "no_match"),
        ("different", "not_shown", "exact", "Active", "no_match"),
        ("different", "exact", "exact", "Active", "mismatch"),
        ("exact", "different", "exact", "Active", "mismatch"),
        ("exact", "exact", "different", "Active", "mismatch"),
        ("exact", "not_shown", "not_shown", "Active", "mismatch"),
        ("exact", "exact", "exact", "Suspended", "inactive"),
        ("exact", "not_shown", "different", "Lapsed", "inactive"),
        ("exact", "different", "exact", "Lapsed", "mismatch"),
        ("different", "exact", "exact", "Lapsed", "mismatch"),
    ],
)
def test_an_outcome_is_suggested(
    name: str | None, number: str | None, expiry: str | None, word: str | None, outcome: str
) -> None:
    assert outcome_of(name, number, expiry, word) == outcome


def test_the_words_are_those_that_the_tables_allow() -> None:
    assert set(Outcome) == set(tables.OUTCOMES)
    assert {*NameResult, *NumberResult, *ExpiryResult} == set(tables.FIELD_RESULTS)
    assert sorted(STRENGTH, key=STRENGTH.__getitem__, reverse=True) == list(tables.METHODS)
    assert all(source_name(method, "NASM") for method in tables.METHODS)
