"""A wrong decision is put right by a check that supersedes it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.review_office import DOWN, ENDS, MATCH, NOTHING, OTHER_DATE, SAME, WEEK, Office
from tests.factories import Factory
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import Check, Review
from trainers.core.review import contests, corrections, decisions, queue
from trainers.core.review.corrections import supersede
from trainers.core.standing.status import Status

LATER_END = date(2029, 11, 30)
LATER = replace(MATCH, shown=replace(SAME, expires_on=LATER_END))


@pytest.fixture
def office(session: Session, make: Factory) -> Office:
    return Office(session, make, recorded_at=NOW - timedelta(days=3))


def open_work(office: Office) -> Review | None:
    credential = office.credential
    return queue.open_one(office.session, kind="recheck", trainer=credential.trainer, credential=credential)


def test_a_slip_in_a_confirmation_is_put_right(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    right = supersede(
        office.session, wrong, replace(MATCH, source_url="https://nasm.org/x"), office.sitting(office.bob)
    )
    assert (right.outcome, right.supersedes_id, right.by) == ("matched", wrong.id, office.bob)
    assert office.status() is Status.CURRENT
    assert office.messages() == ["claim_confirmed", "decision_corrected"]
    event = office.last_event()
    assert (event.action, event.detail) == ("decision_corrected", f"check:{right.id} supersedes check:{wrong.id}")


def test_both_looks_stay_on_record(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    supersede(office.session, wrong, NOTHING, office.sitting(office.bob))
    outcomes = office.session.scalars(select(Check.outcome).order_by(Check.id)).all()
    assert outcomes == ["matched", "second_look"]


def test_a_wrong_confirmation_counts_no_more_and_another_person_looks_again(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    assert office.listed_until() == ENDS
    supersede(office.session, wrong, NOTHING, office.sitting(office.bob))
    assert office.status() is Status.NOT_CHECKED
    assert office.listed_until() is None
    work = open_work(office)
    assert work is not None
    assert (work.kind, work.not_before) == ("recheck", TODAY + WEEK)
    assert office.last_context()["again_on"] == "2026-11-30"
    with pytest.raises(Refused):
        queue.take(office.session, work, by=office.bob, now=NOW + WEEK, today=TODAY + WEEK)
    queue.take(office.session, work, by=office.alice, now=NOW + WEEK, today=TODAY + WEEK)


def test_a_wrong_refusal_becomes_a_confirmation(office: Office) -> None:
    office.miss(office.alice)
    day = TODAY + WEEK
    wrong = office.decide(decisions.refuse, NOTHING, office.bob, day)
    supersede(office.session, wrong, replace(MATCH, looked_on=day), office.sitting(office.alice, day))
    assert office.status(day) is Status.CURRENT
    assert office.listed_until() == ENDS
    assert office.last_context()["says"] == "Current until 30 November 2027"


def test_a_refusal_keeps_its_force_when_only_its_kind_was_wrong(office: Office) -> None:
    office.miss(office.alice)
    day = TODAY + WEEK
    wrong = office.decide(decisions.refuse, NOTHING, office.bob, day)
    right = supersede(office.session, wrong, replace(OTHER_DATE, looked_on=day), office.sitting(office.bob, day))
    assert right.outcome == "mismatch"
    assert office.status(day) is Status.NOT_CONFIRMED
    assert open_work(office) is None


def test_a_wrong_first_miss_that_becomes_a_match_closes_the_second_look(office: Office) -> None:
    wrong = office.miss(office.alice)
    supersede(office.session, wrong, MATCH, office.sitting(office.alice))
    assert office.status() is Status.CURRENT
    assert office.work.outcome == "corrected"


def test_a_wrong_first_miss_at_a_page_that_was_down_ends_the_wait(office: Office) -> None:
    wrong = office.miss(office.alice)
    right = supersede(office.session, wrong, DOWN, office.sitting(office.alice))
    assert right.outcome == "unavailable"
    assert office.work.not_before is None
    office.decide(decisions.confirm, MATCH, office.alice)


def test_a_newer_claim_of_the_trainer_is_not_held_up_by_a_correction(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    office.make.term(office.credential, expires_on=ENDS.replace(year=2029), recorded_at=NOW + timedelta(hours=1))
    renewal = office.open("renewal")
    supersede(office.session, wrong, NOTHING, office.sitting(office.bob))
    assert (renewal.closed_at, renewal.not_before) == (None, None)


def test_a_correction_confirms_no_number_that_another_listing_holds(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    supersede(office.session, wrong, NOTHING, office.sitting(office.bob))
    rival = office.make.credential(office.make.trainer("Dana Rival"))
    held = office.make.check(office.make.term(rival, number="NC-123456", expires_on=ENDS))
    sitting = office.sitting(office.alice)
    contests.open_for_waiting(office.session, rival, held.term, sitting)
    newest = office.session.scalars(select(Check).where(Check.supersedes_id == wrong.id)).one()
    before = office.counts()
    with pytest.raises(DomainError, match="Decide that first"):
        supersede(office.session, newest, MATCH, sitting)
    assert office.counts() == before
    assert office.status() is Status.NOT_CHECKED


def test_a_correction_that_confirms_a_number_opens_a_contest_for_who_waits_with_it(office: Office) -> None:
    wrong = office.miss(office.alice)
    rival = office.make.credential(office.make.trainer("Dana Rival"))
    office.make.term(rival, number="NC-123456")
    supersede(office.session, wrong, MATCH, office.sitting(office.alice))
    contest = office.session.scalars(select(Review).where(Review.kind == "contest")).one()
    assert (contest.credential, contest.contested) == (rival, office.credential)


def test_a_look_that_is_corrected_to_a_later_end_has_seen_a_renewal(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    right = supersede(office.session, wrong, LATER, office.sitting(office.bob))
    assert (right.outcome, right.supersedes_id, right.found_renewal) == ("matched", wrong.id, True)
    assert office.status() is Status.CURRENT
    assert office.listed_until() == LATER_END
    assert open_work(office) is None
    assert office.last_context()["found"] == "It showed your record with a later end date, so it was renewed."
    assert office.last_context()["says"] == "Current until 30 November 2029"


@pytest.mark.parametrize("year", [2028, 2031])
def test_a_slip_in_the_year_of_a_renewal_is_put_right(office: Office, year: int) -> None:
    office.decide(decisions.confirm, MATCH)
    slip = replace(LATER, shown=replace(SAME, expires_on=date(year, 11, 30)))
    office.work = office.open("recheck")
    wrong = office.decide(decisions.confirm, slip)
    assert office.listed_until() == date(year, 11, 30)
    supersede(office.session, wrong, LATER, office.sitting(office.bob))
    assert office.listed_until() == LATER_END
    assert office.last_context()["says"] == "Current until 30 November 2029"


def test_what_was_taken_for_a_renewal_and_shows_the_date_we_hold_is_a_match(office: Office) -> None:
    office.decide(decisions.confirm, MATCH)
    office.work = office.open("recheck")
    wrong = office.decide(decisions.confirm, LATER)
    right = supersede(office.session, wrong, MATCH, office.sitting(office.bob))
    assert (right.outcome, right.term_id) == ("matched", office.term.id)
    assert office.listed_until() == ENDS


def test_what_was_taken_for_a_renewal_and_is_not_there_is_looked_at_again_by_what_was_told(
    session: Session, make: Factory
) -> None:
    office = Office(session, make, recorded_at=NOW - timedelta(days=3), expires_on=TODAY - WEEK)
    wrong = office.decide(decisions.confirm, LATER)
    supersede(office.session, wrong, NOTHING, office.sitting(office.bob))
    assert decisions.case_of(office.credential, TODAY).term is office.term


def test_a_renewal_that_waits_is_looked_at_itself(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    office.make.term(office.credential, number="NC-123456", expires_on=LATER_END)
    before = office.counts()
    with pytest.raises(DomainError, match="Look at that one"):
        supersede(office.session, wrong, LATER, office.sitting(office.bob))
    assert office.counts() == before


def test_a_look_is_corrected_once(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    sitting = office.sitting(office.bob)
    right = supersede(office.session, wrong, MATCH, sitting)
    before = office.counts()
    with pytest.raises(DomainError, match="corrected already"):
        supersede(office.session, wrong, MATCH, sitting)
    assert office.counts() == before
    supersede(office.session, right, MATCH, sitting)


def test_a_correction_must_be_sound_itself(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    with pytest.raises(DomainError) as refused:
        supersede(office.session, wrong, replace(MATCH, source_url="nasm.org"), office.sitting(office.bob))
    assert refused.value.field == "source_url"


def test_a_look_at_a_withdrawn_certification_is_left_alone(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    office.credential.withdrawn_at = NOW
    office.session.flush()
    with pytest.raises(DomainError, match="withdrawn"):
        supersede(office.session, wrong, NOTHING, office.sitting(office.bob))


def test_nobody_corrects_a_look_at_the_own_listing(office: Office) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    owner = str(office.credential.trainer.account_id)
    with pytest.raises(Refused):
        corrections.find_check(office.session, wrong.id, by=owner)
    assert corrections.find_check(office.session, wrong.id, by=office.bob) is wrong
    with pytest.raises(NotFound):
        corrections.find_check(office.session, 999_999, by=office.bob)
