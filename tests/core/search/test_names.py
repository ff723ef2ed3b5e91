"""Finding people by name: accents, order, beginnings, and one slip forgiven."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import TODAY
from tests.core.search.slow_search import one_edit
from tests.databases import way_of
from tests.factories import Factory
from trainers.core import names
from trainers.core.search import directory
from trainers.core.search.one_slip import is_one_slip, rests
from trainers.core.search.query import Query

WORDS = st.text("abcdeé", min_size=1, max_size=7)


def found(session: Session, typed: str) -> list[str]:
    return [row.name for row in directory.search(session, Query(name=typed), today=TODAY).rows]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Lech Wałęsa", ("walesa", "WAŁĘSA", "Wałęsa lech", "wal")),
        ("Øystein Bø", ("oystein", "øystein", "Oeystein", "bo", "boe", "bø oy")),
        ("Jörg Müller", ("Müller", "muller", "mueller", "MUELLER jorg", "joerg mull", "joerg muelle")),
        ("Anna Mueller", ("Müller", "mueller", "anna müller")),
        ("Nguyễn Thị Minh", ("nguyen", "NGUYỄN minh thi", "nguyên")),
        ("Conan O’Brien", ("O'Brien", "obrien", "o’brien conan", "Obri")),
        ("Ann Smith-Jones", ("smith jones", "jones-smith", "Smith-Jones", "ann jon")),
        ("İbrahim Işık", ("ibrahim", "İBRAHİM", "isik", "ışık")),
        ("Åse Lindström", ("ase", "aase", "lindstrom", "lindstroem")),
        ("Miguel Ángel", ("miguel", "angel miguel", "MIGUÉL")),
    ],
)
def test_accents_case_order_and_beginnings_do_not_matter(
    session: Session, make: Factory, name: str, typed: tuple[str, ...]
) -> None:
    make.listed(name)
    make.listed("Somebody Else")
    for each in typed:
        results = directory.search(session, Query(name=each), today=TODAY)
        assert ([row.name for row in results.rows], results.corrected) == ([name], {}), each


def test_the_two_letters_of_an_umlaut_are_read_so_only_where_there_is_one(session: Session, make: Factory) -> None:
    make.listed("Miguel Angel")
    results = directory.search(session, Query(name="migul"), today=TODAY)
    assert results.corrected == {"migul": "miguel"}, "a slip, and no other way to write it"
    assert found(session, "migul angel") == ["Miguel Angel"]
    assert found(session, "migu") == ["Miguel Angel"]


@pytest.mark.parametrize(
    "typed", ["fitzgerld", "fitzzgerald", "fitzgeralt", "fitzgearld", "itzgerald", "fitzgeraldd"]
)
def test_one_slip_is_forgiven_and_said(session: Session, make: Factory, typed: str) -> None:
    make.listed("Dana Fitzgerald")
    results = directory.search(session, Query(name=f"dana {typed}"), today=TODAY)
    assert [row.name for row in results.rows] == ["Dana Fitzgerald"]
    assert results.corrected == {typed: "fitzgerald"}


@pytest.mark.parametrize(
    "typed",
    [
        "fitzgrld",  # two letters missing
        "itzgeral",  # a letter missing at both ends
        "fizt",  # a slip inside a beginning
        "fiztgera",
        "dnaa",  # of four letters no slip is forgiven
        "dan fitzgerald xavier",
        "gerald",
        "anad",
    ],
)
def test_nothing_else_matches(session: Session, make: Factory, typed: str) -> None:
    make.listed("Dana Fitzgerald")
    results = directory.search(session, Query(name=typed), today=TODAY)
    assert (results.total, results.rows, results.corrected) == (0, (), {})


def test_who_is_spelled_so_comes_before_who_begins_so_and_before_a_slip(session: Session, make: Factory) -> None:
    for name in ("Dana Marin", "Dana Martin", "Dana Martinez", "Dana Mertin", "Dana Morris"):
        make.listed(name)
    assert found(session, "martin")[:2] == ["Dana Martin", "Dana Martinez"]
    assert sorted(found(session, "martin")[2:]) == ["Dana Marin", "Dana Mertin"]
    assert found(session, "dana martin")[:2] == ["Dana Martin", "Dana Martinez"]
    assert found(session, "martin d") == found(session, "d martin")
    results = directory.search(session, Query(name="martin"), today=TODAY)
    assert results.corrected == {}, "there is a Martin"


def test_the_most_common_word_is_what_was_meant_perhaps(session: Session, make: Factory) -> None:
    for name in ("Ann Garcia", "Bea Garcia", "Eva Garzia"):
        make.listed(name)
    results = directory.search(session, Query(name="garcja"), today=TODAY)
    assert results.corrected == {"garcja": "garcia"}
    assert sorted(row.name for row in results.rows) == ["Ann Garcia", "Bea Garcia"]


def test_a_letter_alone_begins_a_name_only_beside_another_word(session: Session, make: Factory) -> None:
    make.listed("Dana Fitzgerald")
    make.listed("D Reyes")
    assert found(session, "d") == ["D Reyes"]
    assert found(session, "d fitz") == ["Dana Fitzgerald"]
    assert sorted(found(session, "da")) == ["Dana Fitzgerald"]


@pytest.mark.parametrize(
    "typed", ["%", "_", "*", '"', "'", "\\", "a' OR '1'='1", "́́", "💪🏃", "%an%", "d_na", "x " * 60, "dana " * 24]
)
def test_signs_that_are_no_letters_find_nobody_and_break_nothing(
    session: Session, make: Factory, typed: str
) -> None:
    make.listed("Robin Reyes")
    results = directory.search(session, Query(name=typed[:120]), today=TODAY)
    assert (results.total, results.rows) == (0, ())


def test_more_words_than_any_name_has_find_nobody(session: Session, make: Factory) -> None:
    many = "a b c d e f g h i j k l m"
    make.listed(many)
    assert found(session, many) == []
    assert found(session, many[:-2]) == [many]


# One slip, by itself


@given(WORDS, WORDS)
def test_a_slip_is_what_one_edit_makes(one: str, other: str) -> None:
    plain = one.replace("é", "z"), other.replace("é", "z")
    assert is_one_slip(*plain) == (plain[1] in one_edit(plain[0]))
    assert is_one_slip(one, other) == is_one_slip(other, one)


@given(st.text("abcdefgh", min_size=5, max_size=9), st.data())
def test_words_a_slip_apart_have_a_rest_in_common(word: str, data: st.DataObject) -> None:
    slip = data.draw(st.sampled_from(sorted(one_edit(word))))
    assert rests(word) & rests(slip)


@given(st.text(max_size=30))
def test_each_word_has_its_plain_spelling_first(text: str) -> None:
    spelled = names.spellings(text)
    assert tuple(first for first, *_ in spelled) == names.words(text)
    assert all(len(each) <= 2 for each in spelled)


def test_a_long_name_is_found_by_any_three_of_its_words(session: Session, make: Factory) -> None:
    make.listed("María del Carmen Núñez Fernández")
    for three in permutations(("maria", "carmen", "fernandez"), 3):
        assert len(found(session, " ".join(three))) == 1


def test_who_has_a_word_and_in_which_order_is_told_by_one_index_alone(session: Session) -> None:
    """Thousands have a common word, and their rows lie all over the table."""
    way = way_of(session, "SELECT trainer_id, qualifying, shuffle FROM name_word WHERE word = 'garcia'")
    assert "Index Only Scan using pk_name_word" in way or "USING PRIMARY KEY" in way
