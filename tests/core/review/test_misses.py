"""What was not found: two people, seven days; pages that were down, claims that go back, reports."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.review_office import DOWN, ENDS, MATCH, NOTHING, OTHER_DATE, SAME, SUSPENDED, WEEK, Office
from tests.factories import Factory
from trainers.core.credentials import notes_of, standing_of
from trainers.core.errors import DomainError
from trainers.core.models import (
    Check,
    Listing,
    Watch,
)
from trainers.core.review import decisions, queue
from trainers.core.review.looks import Look, Shown
from trainers.core.standing.status import Status


@pytest.fixture
def office(session: Session, make: Factory) -> Office:
    return Office(session, make)


# Second look and refusal


def test_a_first_miss_changes_nothing_public_and_waits_for_another_person(office: Office) -> None:
    before = (office.status(), office.listed_until())
    check = office.miss()
    assert (check.outcome, check.name_result, check.shown_name) == ("second_look", None, None)
    assert (office.status(), office.listed_until()) == before
    assert office.work.closed_at is None
    assert (office.work.not_before, office.work.due_on, office.work.taken_by) == (TODAY + WEEK, TODAY + WEEK, None)
    assert office.messages() == ["second_look"]
    context = office.last_context()
    assert context["found"] == "We found no record with your name and the number ending 3456."
    assert context["again_on"] == "2026-11-30"


def test_a_first_miss_on_an_objection_keeps_the_day_by_which_it_is_answered(office: Office) -> None:
    office.decide(decisions.confirm, MATCH)
    office.work = office.open("dispute")
    answered_by = office.work.due_on
    office.miss(office.bob)
    assert (office.work.not_before, office.work.due_on) == (TODAY + WEEK, answered_by)
    assert answered_by != TODAY + WEEK


def test_the_mail_about_an_objection_names_the_day_of_the_second_look(office: Office) -> None:
    office.decide(decisions.confirm, MATCH)
    office.work = office.open("dispute")
    office.miss(office.bob)
    assert office.last_context()["again_on"] == (TODAY + WEEK).isoformat() != office.work.due_on.isoformat()


def test_a_first_miss_leaves_a_current_listing_current(session: Session, make: Factory) -> None:
    office = Office(session, make, recorded_at=NOW - timedelta(days=60))
    office.decide(decisions.confirm, MATCH)
    office.work = office.open("recheck", TODAY + timedelta(days=30))
    office.miss(office.bob, TODAY + timedelta(days=30))
    assert office.status(TODAY + timedelta(days=31)) is Status.CURRENT
    assert office.listed_until() == ENDS


@pytest.mark.parametrize(
    ("look", "found"),
    [
        (OTHER_DATE, "The record we found has a different end date."),
        (SUSPENDED, "The record we found has a different status word. The word there is “Suspended”."),
        (
            replace(MATCH, shown=Shown("Dana Fitz", "NC-123456", date(2025, 1, 1), "Lapsed")),
            "The record we found has a different name, end date and status word. The word there is “Lapsed”.",
        ),
        (
            replace(MATCH, shown=replace(SAME, number=None, expires_on=None)),
            "We found a record, but it shows too little to tell that it belongs to the number ending 3456.",
        ),
    ],
)
def test_the_mail_after_a_first_miss_says_what_was_found(office: Office, look: Look, found: str) -> None:
    office.miss(look=look)
    assert office.last_context()["found"] == found


def test_what_matches_is_no_miss(office: Office) -> None:
    with pytest.raises(DomainError, match="matches the claim"):
        office.miss(look=MATCH)


def test_a_page_that_was_down_is_no_miss(office: Office) -> None:
    with pytest.raises(DomainError, match="not available"):
        office.miss(look=DOWN)


def test_nobody_refuses_alone(office: Office) -> None:
    with pytest.raises(DomainError, match="Nobody else"):
        office.decide(decisions.refuse, NOTHING)


@pytest.mark.parametrize(
    ("look", "outcome", "reason"),
    [
        (NOTHING, "no_match", "found no match"),
        (OTHER_DATE, "mismatch", "saw a different date"),
        (SUSPENDED, "inactive", "saw a different status"),
    ],
)
def test_a_second_miss_by_another_person_is_public(office: Office, look: Look, outcome: str, reason: str) -> None:
    office.miss(office.alice)
    day = TODAY + WEEK
    check = office.decide(decisions.refuse, look, office.bob, day)
    assert check.outcome == outcome
    assert office.status(day) is Status.NOT_CONFIRMED
    assert reason in standing_of(office.credential, today=day).reason
    assert (office.work.outcome, office.work.closed_by) == ("refused", office.bob)
    assert office.messages() == ["second_look", "claim_refused"]
    assert office.last_context()["says"] == "We could not confirm this"
    assert office.last_context()["first_looked_on"] == "2026-11-23"


def test_a_refusal_takes_a_current_listing_out_of_the_default_search(session: Session, make: Factory) -> None:
    office = Office(session, make, recorded_at=NOW - timedelta(days=60))
    office.decide(decisions.confirm, MATCH)
    office.work = office.open("recheck", TODAY)
    office.miss(office.alice)
    office.decide(decisions.refuse, NOTHING, office.bob, TODAY + WEEK)
    assert office.listed_until() is None
    assert session.scalars(select(Listing.qualifying)).all() == [0]
    assert session.scalars(select(Watch.next_on)).all() == [None]


def test_a_refusal_waits_for_seven_days_even_after_a_correction(office: Office) -> None:
    office.miss(office.alice)
    office.term = office.make.term(
        office.credential, number="NC-777777", corrects=office.term, recorded_at=NOW + timedelta(days=2)
    )
    office.open("edit", TODAY + timedelta(days=2))
    day = TODAY + timedelta(days=6)
    with pytest.raises(DomainError, match="30 November 2026"):
        office.decide(decisions.refuse, NOTHING, office.bob, day)
    office.miss(office.bob, day)
    assert office.work.not_before == TODAY + WEEK  # counted from the first miss, as its mail said
    office.decide(decisions.refuse, NOTHING, office.bob, TODAY + WEEK)
    assert office.status(TODAY + WEEK) is Status.NOT_CONFIRMED


def test_the_seven_days_count_from_when_the_trainer_was_told(session: Session, make: Factory) -> None:
    office = Office(session, make, recorded_at=NOW - timedelta(days=20))
    sitting = office.take(office.alice)
    early = replace(NOTHING, looked_on=TODAY - timedelta(days=10))
    decisions.second_look(session, office.work, early, sitting, term_id=office.term.id)
    assert office.work.not_before == TODAY + WEEK


def test_once_the_week_is_over_another_second_look_is_no_choice(office: Office) -> None:
    office.miss(office.alice)
    with pytest.raises(DomainError, match="Decide now"):
        office.miss(office.bob, TODAY + WEEK)


def test_what_another_person_finds_after_a_first_miss_is_confirmed(office: Office) -> None:
    office.miss(office.alice)
    office.decide(decisions.confirm, MATCH, office.bob, TODAY + WEEK)
    assert office.status(TODAY + WEEK) is Status.CURRENT


def test_a_weaker_method_does_not_overturn_a_stronger_no(office: Office) -> None:
    office.miss(office.alice)
    office.decide(decisions.refuse, NOTHING, office.bob, TODAY + WEEK)
    office.work = office.open("dispute", TODAY + WEEK)
    badge = replace(MATCH, method="badge_page", source_url="https://badges.example.org/1")
    with pytest.raises(DomainError, match="stronger source"):
        office.decide(decisions.confirm, badge, office.bob, TODAY + WEEK)
    office.decide(decisions.confirm, MATCH, office.bob, TODAY + WEEK)
    assert office.status(TODAY + WEEK) is Status.CURRENT


# Source not available, return, reports


def test_a_source_that_was_down_says_nothing_against_the_trainer(office: Office) -> None:
    due = office.work.due_on
    check = office.decide(decisions.unavailable, DOWN)
    assert check.outcome == "unavailable"
    assert office.status() is Status.NOT_CHECKED
    assert notes_of(office.credential, today=TODAY, zone=ZONE) == (
        "Our last attempt on 23 November 2026 failed: NASM's page was not available",
    )
    assert (office.work.closed_at, office.work.taken_by, office.work.due_on) == (None, None, due)
    assert office.messages() == []
    office.decide(decisions.confirm, MATCH)


@pytest.mark.parametrize("look", [NOTHING, MATCH])
def test_a_source_that_answered_was_available(office: Office, look: Look) -> None:
    with pytest.raises(DomainError, match="not available"):
        office.decide(decisions.unavailable, look)


def test_a_returned_claim_is_closed_with_its_reason_and_no_check(office: Office) -> None:
    sitting = office.take(office.alice)
    decisions.return_claim(
        office.session, office.work, sitting, reason="slip_missing", note="Lay it flat.", term_id=office.term.id
    )
    assert (office.work.outcome, office.work.reason, office.work.note) == (
        "returned",
        "slip_missing",
        "Lay it flat.",
    )
    assert office.session.scalars(select(Check)).all() == []
    assert office.status() is Status.NOT_CHECKED
    assert office.messages() == ["claim_returned"]
    assert office.last_context()["reason"] == "The slip of paper with the code is missing"
    assert office.credential.uuid in office.last_context()["fix_path"]
    assert office.last_event().action == "claim_returned"


@pytest.mark.parametrize(("reason", "note", "field"), [("other", "", "note"), ("nonsense", "x", "reason")])
def test_a_return_needs_a_reason_from_the_list(office: Office, reason: str, note: str, field: str) -> None:
    sitting = office.take(office.alice)
    with pytest.raises(DomainError) as refused:
        decisions.return_claim(
            office.session, office.work, sitting, reason=reason, note=note, term_id=office.term.id
        )
    assert refused.value.field == field
    assert office.work.closed_at is None


def test_a_report_is_settled_with_an_answer_that_the_trainer_reads(office: Office) -> None:
    office.work = queue.open_review(
        office.session, kind="report", trainer=office.credential.trainer, now=NOW, today=TODAY
    )
    sitting = office.take(office.alice)
    with pytest.raises(DomainError, match="Write the answer"):
        decisions.resolve(office.session, office.work, sitting, note="Looked.", answer="")
    decisions.resolve(office.session, office.work, sitting, note="Looked.", answer="Nothing to change.")
    assert (office.work.outcome, office.work.note) == ("resolved", "Looked.")
    assert office.last_event().action == "report_resolved"
    assert office.messages() == ["report_about_you"]


def test_a_claim_is_not_settled_with_a_note_nor_a_report_with_a_look(office: Office) -> None:
    with pytest.raises(DomainError, match="Decide on it"):
        decisions.resolve(office.session, office.work, office.take(office.alice), note="", answer="Fine.")
    report = queue.open_review(
        office.session, kind="report", trainer=office.credential.trainer, now=NOW, today=TODAY
    )
    queue.take(office.session, report, by=office.alice, now=NOW, today=TODAY)
    with pytest.raises(DomainError, match="no claim"):
        decisions.confirm(office.session, report, MATCH, office.sitting(office.alice), term_id=office.term.id)
