"""A source that shows a later end date shows a renewal: confirming records it as a term of its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.review_office import ENDS, MATCH, NOTHING, SAME, WEEK, Office
from tests.factories import Factory
from trainers.core import cards
from trainers.core.errors import DomainError
from trainers.core.review import decisions, queue, rechecks, told
from trainers.core.review.looks import Look
from trainers.core.standing.status import Status

ENDED = TODAY - timedelta(days=3)
RENEWED = date(2028, 11, 20)
BEFORE = TODAY - timedelta(days=100)


def showing(ends_on: date | None, **other: str | None) -> Look:
    return replace(MATCH, shown=replace(SAME, expires_on=ends_on, **other))


LATER = showing(RENEWED)


def office_with(session: Session, make: Factory, ends_on: date) -> Office:
    office = Office(session, make, expires_on=ends_on, recorded_at=NOW - timedelta(days=120))
    make.check(office.term, looked_on=BEFORE, recorded_at=NOW - timedelta(days=100))
    queue.close(office.work, outcome="confirmed", by=office.alice, now=NOW)
    session.flush()
    return office


@pytest.fixture
def office(session: Session, make: Factory) -> Office:
    """Confirmed a hundred days ago, ended three days ago, and now up for a fresh look."""
    office = office_with(session, make, ENDED)
    assert rechecks.open_due(session, today=TODAY, now=NOW).by_cause["ended"] == 1
    credential = office.credential
    found = queue.open_one(session, kind="recheck", trainer=credential.trainer, credential=credential)
    assert found
    office.work = found
    return office


def test_a_fresh_look_that_finds_a_renewal_makes_the_card_current_until_the_new_date(office: Office) -> None:
    check = office.decide(decisions.confirm, LATER)
    [card] = cards.cards_for(office.session, office.credential.trainer, today=TODAY, zone=ZONE)
    assert card.word == "Current until 20 November 2028"
    assert card.record
    assert card.record.text.endswith("It showed the same name and number, with a later end date.")
    assert (office.listed_until(), office.work.outcome) == (RENEWED, "confirmed")
    term = check.term
    assert (term.source, term.corrects_id, term.issued_on, term.expires_on) == ("source", None, None, RENEWED)
    assert (term.number, term.name_on_certificate) == (office.term.number, office.term.name_on_certificate)
    assert (check.outcome, check.expiry_result, office.term.expires_on) == ("matched", "exact", ENDED)


def test_its_trainer_is_told_of_the_renewal_and_need_not_send_it_in(office: Office) -> None:
    check = office.decide(decisions.confirm, LATER)
    context = office.last_context()
    assert office.messages() == ["claim_confirmed"]
    assert (context["renewed"], context["ends_on"], context["end_is_claimed"]) == (True, "2028-11-20", False)
    event = office.last_event()
    assert (event.action, event.detail) == ("renewal_recorded", f"check:{check.id}")
    zone = office.sitting(office.alice).zone
    newest = told.decisions_about(office.session, office.credential.trainer, zone)[0]
    assert newest.why.endswith("it showed your record with a later end date: a renewal.")
    rows = told.record_of(office.session, office.credential.trainer, zone)
    assert "seen at the source" in [what for _, what, _, _ in rows]


def test_the_next_fresh_look_at_a_recorded_renewal_is_an_ordinary_confirmation(office: Office) -> None:
    office.term = office.decide(decisions.confirm, LATER).term
    office.work = office.open("recheck")
    check = office.decide(decisions.confirm, LATER, office.bob)
    assert (check.term, len(office.credential.terms), check.found_renewal) == (office.term, 2, False)
    assert office.last_context()["renewed"] is False


def test_a_renewal_is_no_miss_neither_at_the_first_nor_at_the_second_look(office: Office) -> None:
    with pytest.raises(DomainError, match="it was renewed"):
        office.miss(look=LATER)
    queue.put_back(office.work)
    office.miss(office.alice)
    with pytest.raises(DomainError, match="it was renewed"):
        office.decide(decisions.refuse, LATER, office.bob, TODAY + WEEK)
    office.decide(decisions.confirm, LATER, office.bob, TODAY + WEEK)
    assert office.status(TODAY + WEEK) is Status.CURRENT


def test_a_renewal_overturns_a_refusal_that_stands(office: Office) -> None:
    office.miss(office.alice)
    day = TODAY + WEEK
    office.decide(decisions.refuse, NOTHING, office.bob, day)
    office.work = office.open("dispute", day)
    office.decide(decisions.confirm, LATER, office.bob, day)
    assert office.status(day) is Status.CURRENT


@pytest.mark.parametrize(
    "look",
    [
        showing(RENEWED, name="Donna Fitzgerald"),
        showing(RENEWED, number="NC-123457"),
        showing(RENEWED, number=None),
        showing(RENEWED, status="Suspended"),
        showing(ENDED - timedelta(days=1)),
        showing(date(2072, 11, 20)),
    ],
)
def test_another_record_an_earlier_date_and_a_slip_of_the_pen_are_no_renewal(office: Office, look: Look) -> None:
    before = office.counts()
    with pytest.raises(DomainError, match="does not carry"):
        office.decide(decisions.confirm, look)
    assert (office.counts(), len(office.credential.terms)) == (before, 1)


def test_a_renewal_before_the_end_is_recorded_too(session: Session, make: Factory) -> None:
    office = office_with(session, make, ENDS)
    office.work = office.open("recheck")
    office.decide(decisions.confirm, showing(date(2029, 11, 30)))
    assert office.listed_until() == date(2029, 11, 30)


def test_a_reported_renewal_whose_date_is_too_early_is_answered_by_what_the_source_shows(office: Office) -> None:
    office.term = office.make.term(
        office.credential, number="NC-123456", issued_on=None, expires_on=RENEWED - timedelta(days=9)
    )
    office.work = office.open("renewal")
    office.decide(decisions.confirm, LATER)
    assert (office.listed_until(), office.work.outcome) == (RENEWED, "confirmed")
    assert office.credential.terms[-1].expires_on == RENEWED


def test_a_first_claim_of_a_certificate_that_has_ended_may_turn_out_to_be_renewed(
    session: Session, make: Factory
) -> None:
    office = Office(session, make, expires_on=ENDED)
    office.decide(decisions.confirm, LATER)
    assert office.status() is Status.CURRENT


def test_a_first_claim_with_too_early_an_end_is_for_its_trainer_to_put_right(
    session: Session, make: Factory
) -> None:
    office = Office(session, make)
    with pytest.raises(DomainError, match="does not carry"):
        office.decide(decisions.confirm, showing(date(2029, 11, 30)))
