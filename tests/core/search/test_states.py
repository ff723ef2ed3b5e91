import pytest

from trainers.core.search.states import STATE_WORDS, STATES, state_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("OR", "Oregon"),
        ("DC", "District of Columbia"),
        ("WV", "West Virginia"),
        ("PR", "Puerto Rico"),
        ("GU", "Guam"),
    ],
)
def test_a_state_is_told_by_its_letters(code: str, name: str) -> None:
    assert state_name(code) == name


def test_fifty_states_the_capital_six_territories_and_three_military_regions() -> None:
    assert len(STATES) == 50 + 1 + 6 + 3
    assert all(len(code) == 2 and code.isupper() for code in STATES)
    assert len(set(STATES.values())) == len(STATES)


def test_an_unknown_code_is_an_error_and_no_empty_name() -> None:
    with pytest.raises(KeyError):
        state_name("ZZ")


@pytest.mark.parametrize(
    ("words", "code"), [("oregon", "OR"), ("or", "OR"), ("d c", "DC"), ("us virgin islands", "VI")]
)
def test_what_people_write_for_a_state(words: str, code: str) -> None:
    assert STATE_WORDS[words] == code
