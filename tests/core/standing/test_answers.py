"""What the checks have established, whatever the day: what is left to answer, and what an answer would need."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from trainers.core.standing.answers import STRENGTH, read

from .test_status import LOOKED, Check, Term, missed_twice, seen

LATER = datetime(2026, 12, 4, tzinfo=UTC)


def test_the_newest_claim_waits_for_an_answer_until_it_is_confirmed_or_refused() -> None:
    old, new = Term(1), Term(2, date(2029, 3, 12), recorded_at=LATER)
    assert read([old, new], [seen(1, old)]).claim == new
    assert read([old, new], [seen(1, old), Check(2, 2, "second_look")]).claim == new
    assert read([old, new], [seen(1, old), seen(2, new)]).claim is None
    assert read([old, new], missed_twice(1, 2, LOOKED)).claim is None


def test_a_confirmed_term_is_not_open_again_because_an_older_one_was_refused_later() -> None:
    old, new = Term(1), Term(2, recorded_at=LATER)
    checks = [seen(1, new), *missed_twice(2, 1, LOOKED + timedelta(days=1))]
    assert read([old, new], checks).claim is None


def test_what_a_source_gave_is_no_claim_of_the_holder() -> None:
    assert read([Term(1, source="source")], []).claim is None


def test_without_terms_there_is_nothing() -> None:
    record = read([], [])
    assert (record.refusal, record.confirmations, record.claim, record.failure) == (None, (), None, None)


def test_each_confirmed_term_stands_with_its_newest_check() -> None:
    old, new = Term(1), Term(2, date(2029, 3, 12))
    again = seen(3, old, LOOKED + timedelta(days=30))
    found = read([old, new], [again, seen(1, old), seen(2, new)]).confirmations
    assert {each.term.id: each.check.id for each in found} == {1: 3, 2: 2}


def test_first_misses_are_kept_until_a_confirmation() -> None:
    term = Term(1)
    first, second = missed_twice(1, 1, LOOKED)
    assert read([term], [first]).misses == (first,)
    assert read([term], [first, second]).misses == (first,)
    assert read([term], [first, second, seen(3, term, LOOKED + timedelta(days=8))]).misses == ()


def test_a_refusal_is_overturned_by_what_is_as_strong_as_the_strongest_no() -> None:
    term = Term(1)
    checks = missed_twice(1, 1, LOOKED)
    assert read([term], []).to_overturn == 0
    assert read([term], checks).to_overturn == STRENGTH["issuer_lookup"]
    weaker = replace(checks[-1], id=3, by="9", looked_on=LOOKED + timedelta(days=8), method="badge_page")
    assert read([term], [*checks, weaker]).to_overturn == STRENGTH["issuer_lookup"]
    assert read([term], [*checks, seen(4, term, LOOKED + timedelta(days=9))]).to_overturn == 0
