"""What our record said on a day, and what was learned later: two sentences, from what was written down by then."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core import history, trainers
from trainers.core.dates import add_months
from trainers.core.errors import DomainError
from trainers.core.models import Check, Term, Trainer


def at(day: date) -> datetime:
    return NOW + (day - TODAY)


class Past:
    """A trainer who was listed two years ago, and what happened since."""

    def __init__(self, session: Session, make: Factory) -> None:
        self.session, self.make = session, make
        self.trainer: Trainer = make.trainer("Dana Fitzgerald")
        self.trainer.listed_at = at(date(2024, 11, 1))
        self.credential = make.credential(self.trainer)

    def term(self, day: date, ends_on: date) -> Term:
        return self.make.term(self.credential, expires_on=ends_on, recorded_at=at(day), issued_on=None)

    def check(self, term: Term, day: date, **more: object) -> Check:
        return self.make.check(term, looked_on=day, recorded_at=at(day), **more)  # type: ignore[arg-type]

    def on(self, day: date) -> history.Then:
        [found] = history.on_day(self.session, self.trainer, day, today=TODAY, zone=ZONE)
        return found


@pytest.fixture
def past(session: Session, make: Factory) -> Past:
    return Past(session, make)


def test_it_is_told_as_it_was_that_day_and_a_later_renewal_as_learned_later(past: Past) -> None:
    first = past.term(date(2025, 1, 10), date(2026, 3, 1))
    past.check(first, date(2025, 12, 15))
    renewed = past.term(date(2026, 2, 20), date(2028, 3, 1))
    past.check(renewed, date(2026, 2, 25))
    waiting, before = past.on(date(2025, 12, 14)), past.on(date(2026, 1, 1))
    assert waiting.on_record == "On 14 December 2025 our record said: Not checked yet. Nobody had looked yet."
    assert before.on_record == (
        "On 1 January 2026 our record said: Current, ends 1 March 2026. "
        "We had looked on 15 December 2025 in NASM's public lookup."
    )
    assert before.later == "On 25 February 2026 we looked again and saw a later end date: 1 March 2028."
    after = past.on(date(2026, 2, 25))
    assert "Current until 1 March 2028" in after.on_record
    assert after.later == "We have learned nothing since that changes this."


def test_a_look_that_was_put_right_says_what_the_day_was_as_we_know_now(past: Past) -> None:
    term = past.term(date(2026, 1, 1), date(2027, 3, 1))
    wrong = past.check(term, date(2026, 1, 5))
    past.check(term, date(2026, 2, 5), outcome="unavailable", supersedes_id=wrong.id)
    assert past.on(date(2026, 1, 10)).on_record.startswith("On 10 January 2026 our record said: Current until")
    assert past.on(date(2026, 1, 10)).later == (
        "On 5 February 2026 we put right a look of that time: "
        "as we know now, it was “Not checked yet” on that day."
    )
    assert "Not checked yet" in past.on(date(2026, 2, 5)).on_record


def test_a_correction_to_a_later_end_says_what_the_day_was_by_that_end(past: Past) -> None:
    term = past.term(date(2026, 1, 1), date(2026, 3, 1))
    wrong = past.check(term, date(2026, 1, 5))
    past.check(past.term(date(2026, 2, 5), date(2028, 3, 1)), date(2026, 2, 5), supersedes_id=wrong.id)
    assert past.on(date(2026, 1, 10)).later == (
        "On 5 February 2026 we put right a look of that time: "
        "as we know now, it was “Current until 1 March 2028” on that day."
    )


def test_a_correction_that_was_put_right_itself_is_followed_to_its_end(past: Past) -> None:
    term = past.term(date(2026, 1, 1), date(2027, 3, 1))
    right = past.check(term, date(2026, 1, 5))
    wrong = past.check(term, date(2026, 2, 5), outcome="unavailable", supersedes_id=right.id)
    past.check(term, date(2026, 3, 5), supersedes_id=wrong.id)
    assert past.on(date(2026, 1, 10)).later == (
        "On 5 March 2026 we put right a look of that time: "
        "as we know now, it was “Current until 1 March 2027” on that day."
    )
    assert "Not checked yet" in past.on(date(2026, 2, 10)).on_record


def test_a_first_miss_of_a_later_day_stays_unsaid(past: Past) -> None:
    term = past.term(date(2026, 1, 1), date(2027, 3, 1))
    past.check(term, date(2026, 1, 5))
    past.check(term, date(2026, 6, 5), outcome="second_look", by="7")
    assert past.on(date(2026, 3, 1)).later == "We have learned nothing since that changes this."
    past.check(term, date(2026, 6, 15), outcome="no_match", by="8")
    assert past.on(date(2026, 3, 1)).later == (
        "We looked again, the last time on 15 June 2026. Today it says: We could not confirm this."
    )


def test_a_refusal_gives_no_later_first_miss_away(past: Past) -> None:
    wrong = past.term(date(2026, 1, 1), date(2027, 3, 1))
    past.check(wrong, date(2026, 10, 6), outcome="second_look", by="7")
    past.check(wrong, date(2026, 10, 14), outcome="no_match", by="8")
    corrected = past.make.term(past.credential, corrects=wrong, recorded_at=at(date(2026, 10, 20)))
    past.check(corrected, date(2026, 11, 13), outcome="second_look", by="7")
    assert past.on(date(2026, 10, 21)).later == "We have learned nothing since that changes this."
    assert past.on(date(2026, 10, 1)).later.startswith("We looked again, the last time on 14 October 2026.")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY + timedelta(days=1), "This day has not come yet."),
        (add_months(TODAY, -24) - timedelta(days=1), "Public history goes back to 23 November 2024."),
        (add_months(TODAY, -24), None),
        (TODAY, None),
    ],
)
def test_it_reaches_back_24_months(past: Past, day: date, sentence: str | None) -> None:
    past.term(date(2024, 11, 2), date(2027, 3, 1))
    if sentence is None:
        assert past.on(day).title == "NASM Certified Personal Trainer"
    else:
        with pytest.raises(DomainError, match=sentence):
            past.on(day)


def test_days_on_which_the_listing_was_not_public_are_not_told(past: Past) -> None:
    past.trainer.listed_at = at(date(2026, 5, 1))
    past.term(date(2026, 1, 1), date(2027, 3, 1))
    with pytest.raises(DomainError, match="was not public on 30 April 2026"):
        past.on(date(2026, 4, 30))
    assert past.on(date(2026, 5, 1))
    trainers.pause(past.session, past.trainer, by="1", today=TODAY)
    past.session.flush()
    moved = history.was_public(past.session, past.trainer, TODAY + timedelta(days=365), ZONE)
    assert not moved


def test_what_we_did_not_know_of_that_day_is_not_told(past: Past) -> None:
    past.term(date(2026, 6, 1), date(2027, 3, 1))
    assert history.on_day(past.session, past.trainer, date(2026, 5, 31), today=TODAY, zone=ZONE) == []
