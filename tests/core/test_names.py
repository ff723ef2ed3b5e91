import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.names import fold, last_four, number_key, slugify, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Dana Fitzgerald", "dana fitzgerald"),
        ("  DANA \t  fitzgerald\n", "dana fitzgerald"),
        ("Ola Wałęsa", "ola walesa"),
        ("Siân O'Brien", "sian obrien"),
        ("Siân O’Brien", "sian obrien"),
        ("Siân O´Brien", "sian obrien"),
        ("Siân O＇Brien", "sian obrien"),
        ("Keʻala Kamāka", "keala kamaka"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("Đặng Đức Ơn", "dang duc on"),
        ("İbrahim Yıldız", "ibrahim yildiz"),
        ("IBRAHIM YILDIZ", "ibrahim yildiz"),
        ("Søren Ærø-Åberg", "soren aero aberg"),
        ("Jürgen Groß", "jurgen gross"),
        ("JÜRGEN GROẞ", "jurgen gross"),
        ("Þóra Guðmundsdóttir", "thora gudmundsdottir"),
        ("Zoë Lefèvre‑Œuvrard", "zoe lefevre oeuvrard"),
        ("Anne-Marie – d’Arcy", "anne marie darcy"),
        ("Jo\u0301se\u0301", "jose"),
        ("J. R. Ortiz, Jr.", "j r ortiz jr"),
        ("Mary\u00adAnn\u200b Lee", "maryann lee"),
        ('Roberta "Bobbie" Kay', "roberta bobbie kay"),
        ("ﬁona ①", "fiona 1"),
        ("Андрей", "андреи"),
        ("李 春華", "李 春華"),
        ("", ""),
        (" - ’ . ", ""),
    ],
)
def test_one_spelling_for_many(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("सुमन", "समन"), ("が", "か"), ("Muller", "Mueller"), ("Ann Alee", "Anna Lee")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folded_text_has_no_capitals_accents_or_stray_spaces(text: str) -> None:
    folded = fold(text)
    assert folded == folded.casefold() == " ".join(folded.split())
    assert not re.search("[\u0300-\u036f'’-]", folded)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ éÉüÜñÑł'-"))
def test_case_does_not_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


def test_words_are_the_folded_ones_in_order() -> None:
    assert words("  O’Brien-Müller,  Siân ") == ("obrien", "muller", "sian")
    assert words("—") == ()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Dana Fitzgerald", "dana-fitzgerald"),
        ("Łukasz O’Brien-Müller, Jr.", "lukasz-obrien-muller-jr"),
        ("Dana Fitzgerald (sample)", "dana-fitzgerald-sample"),
        ("李 春華", "trainer"),
        ("李 Mina", "mina"),
        ("../../%00", "00"),
        ("", "trainer"),
        ("a" * 99 + " bcd", "a" * 99),
    ],
)
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text(max_size=200))
def test_an_address_is_never_empty_and_always_plain(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugify(name))
    assert len(slugify(name)) <= 100


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("nc-123 456", "NC123456"),
        ("NC123456", "NC123456"),
        (" 00123 ", "00123"),
        ("№ １２３", "NO123"),
        ("#/..", ""),
    ],
)
def test_a_number_is_known_by_its_letters_and_digits(number: str, key: str) -> None:
    assert number_key(number) == key


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1193264821", "4821"),
        ("NC-48 21", "4821"),
        ("12345", "2345"),
        ("1234", "34"),
        ("123", "3"),
        ("12", "2"),
        ("1", ""),
        ("", ""),
    ],
)
def test_only_the_end_of_a_number_is_shown(number: str, shown: str) -> None:
    assert last_four(number) == shown


@given(st.text(max_size=20))
def test_what_is_shown_of_a_number_is_its_end_and_never_all_of_it(number: str) -> None:
    key, shown = number_key(number), last_four(number)
    assert key.endswith(shown)
    assert len(shown) <= 4
    assert not key or shown != key
