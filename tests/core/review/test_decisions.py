"""Each decision with all that it writes: check, audit event, message, public rows, reminders."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.review_office import DOWN, ENDS, LOOKUP, MATCH, SAME, Decide, Office
from tests.databases import refuse_inserts
from tests.factories import Factory
from trainers.core.credentials import notes_of, standing_of
from trainers.core.errors import DomainError
from trainers.core.models import (
    Check,
    Recipient,
    Watch,
)
from trainers.core.review import decisions, queue
from trainers.core.review.looks import Look, Shown
from trainers.core.standing.status import Status


@pytest.fixture
def office(session: Session, make: Factory) -> Office:
    return Office(session, make)


# Confirm


def test_confirming_makes_the_listing_current_and_tells_and_reminds(office: Office) -> None:
    assert office.listed_until() is None
    check = office.decide(decisions.confirm, MATCH)
    assert (check.outcome, check.name_result, check.number_result, check.expiry_result) == (
        "matched",
        "exact",
        "exact",
        "exact",
    )
    assert (check.by, check.looked_on, check.recorded_at, check.shown_status) == (
        office.alice,
        TODAY,
        NOW,
        "Active",
    )
    assert office.status() is Status.CURRENT
    assert office.listed_until() == ENDS
    assert (office.work.outcome, office.work.closed_by, office.work.taken_by) == ("confirmed", office.alice, None)
    assert office.messages() == ["claim_confirmed"]
    context = office.last_context()
    assert (context["ends_on"], context["says"]) == ("2027-11-30", "Current until 30 November 2027")
    event = office.last_event()
    assert (event.actor, event.action, event.subject, event.about) == (
        office.alice,
        "claim_confirmed",
        f"credential:{office.credential.id}",
        f"trainer:{office.credential.trainer_id}",
    )
    watch = office.session.scalars(select(Watch)).one()
    assert (watch.subject_id, watch.expires_on) == (office.credential.id, ENDS)


def test_folded_results_are_recorded_as_folded(office: Office) -> None:
    shown = replace(SAME, name="FITZGERALD, DANA", number="nc 123456")
    check = office.decide(decisions.confirm, replace(MATCH, shown=shown))
    assert (check.name_result, check.number_result) == ("folded", "folded")
    assert (check.shown_name, check.shown_number) == ("FITZGERALD, DANA", "nc 123456")


@pytest.mark.parametrize(
    "shown",
    [
        replace(SAME, name="Donna Fitzgerald"),
        replace(SAME, number="NC-123457"),
        replace(SAME, expires_on=ENDS + timedelta(days=1)),
        replace(SAME, status="Suspended"),
        replace(SAME, status="Inactive"),
        replace(SAME, number=None, expires_on=None),
        None,
    ],
)
def test_a_confirmation_that_its_results_do_not_carry_is_refused(office: Office, shown: Shown | None) -> None:
    before = office.counts()
    with pytest.raises(DomainError, match="does not carry"):
        office.decide(decisions.confirm, replace(MATCH, shown=shown))
    assert office.counts() == before
    assert office.work.closed_at is None


def test_a_page_that_was_down_confirms_nothing(office: Office) -> None:
    with pytest.raises(DomainError, match="does not carry"):
        office.decide(decisions.confirm, DOWN)


def test_a_source_without_a_date_leaves_the_claimed_date_and_says_so(office: Office) -> None:
    office.decide(decisions.confirm, replace(MATCH, shown=replace(SAME, expires_on=None, status=None)))
    standing = standing_of(office.credential, today=TODAY)
    assert standing.expires_on == ENDS
    assert notes_of(office.credential, today=TODAY, zone=ZONE) == (
        "NASM's public lookup showed no end date; the date is the trainer's",
    )
    assert office.last_context()["end_is_claimed"] is True
    assert office.session.scalars(select(Check)).one().shown_status == "none shown"


def test_a_confirmed_renewal_moves_the_end_date(office: Office) -> None:
    office.decide(decisions.confirm, MATCH)
    later = date(2029, 11, 30)
    office.term = office.make.term(office.credential, number="NC-123456", issued_on=None, expires_on=later)
    office.work = office.open("renewal")
    office.decide(decisions.confirm, replace(MATCH, shown=replace(SAME, expires_on=later)), office.bob)
    assert standing_of(office.credential, today=TODAY).expires_on == later
    assert office.listed_until() == later
    assert office.last_context()["ends_on"] == "2029-11-30"
    ladder = {watch.expires_on: watch.next_on for watch in office.session.scalars(select(Watch))}
    assert ladder[ENDS] is None
    assert ladder[later] is not None


def test_a_confirmed_correction_takes_the_place_of_what_it_corrects(office: Office) -> None:
    fixed = office.make.term(office.credential, number="NC-123465", expires_on=ENDS, corrects=office.term)
    office.term = fixed
    office.decide(decisions.confirm, replace(MATCH, shown=replace(SAME, number="NC-123465")))
    assert standing_of(office.credential, today=TODAY).term is fixed


# The work must be in hand


@pytest.mark.parametrize(
    "how", [decisions.confirm, decisions.second_look, decisions.refuse, decisions.unavailable]
)
def test_every_decision_needs_the_work_in_hand(office: Office, how: Decide) -> None:
    before = office.counts()
    with pytest.raises(queue.TakeLost):
        how(office.session, office.work, MATCH, office.sitting(office.alice), term_id=office.term.id)
    assert office.counts() == before


def test_a_decision_after_the_half_hour_is_lost(office: Office) -> None:
    sitting = office.take(office.alice)
    late = replace(sitting, now=NOW + queue.TAKE)
    with pytest.raises(queue.TakeLost):
        decisions.confirm(office.session, office.work, MATCH, late, term_id=office.term.id)
    with pytest.raises(queue.TakeLost):
        decisions.return_claim(office.session, office.work, late, reason="other", note="x", term_id=office.term.id)
    assert office.messages() == []


def test_what_the_database_says_of_the_take_counts(office: Office) -> None:
    sitting = office.take(office.alice)
    office.session.execute(
        text("UPDATE review SET taken_by = :bob"), {"bob": int(office.bob)}
    )  # by another process
    with pytest.raises(queue.TakeLost):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)


def test_a_decision_about_a_claim_that_changed_meanwhile_is_refused(office: Office) -> None:
    sitting = office.take(office.alice)
    office.make.term(office.credential, number="NC-999999", corrects=office.term)
    with pytest.raises(DomainError, match="changed this entry"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)


def test_a_look_cannot_lie_before_one_that_is_on_record(session: Session, make: Factory) -> None:
    office = Office(session, make, recorded_at=NOW - timedelta(days=20))
    office.decide(decisions.unavailable, replace(MATCH, shown=None, available=False))
    sitting = office.take(office.alice)
    earlier = replace(MATCH, looked_on=TODAY - timedelta(days=1))
    with pytest.raises(DomainError, match="which is later") as refused:
        decisions.confirm(session, office.work, earlier, sitting, term_id=office.term.id)
    assert refused.value.field == "looked_on"


def test_a_withdrawn_certification_is_not_decided(office: Office) -> None:
    sitting = office.take(office.alice)
    office.credential.withdrawn_at = NOW
    office.session.flush()
    with pytest.raises(DomainError, match="withdrawn"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)


# Methods


def test_a_certificate_alone_does_not_confirm_where_there_is_a_lookup(office: Office) -> None:
    with pytest.raises(DomainError, match="public lookup") as refused:
        office.decide(decisions.confirm, replace(MATCH, method="document_seen", source_url=""))
    assert refused.value.field == "method"


def test_a_certificate_confirms_where_the_issuer_has_no_lookup(session: Session, make: Factory) -> None:
    office = Office(session, make, key="UESCA/UESCA-RUN", expires_on=None)
    seen = Look("document_seen", "", TODAY, replace(SAME, expires_on=None, status=None))
    with pytest.raises(DomainError, match="no public lookup"):
        office.decide(decisions.confirm, replace(seen, method="issuer_lookup", source_url=LOOKUP))
    office.decide(decisions.confirm, seen)
    assert office.status() is Status.NO_END_DATE
    assert office.last_context()["source"] == "your certificate"


# All or nothing


def test_when_the_message_cannot_be_written_nothing_stays(office: Office) -> None:
    sitting = office.take(office.alice)
    office.session.commit()  # a savepoint: what follows is undone alone
    before = office.counts()
    refuse_inserts(office.session, "message", "no mail")
    with pytest.raises(IntegrityError, match="no mail"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)
    office.session.rollback()
    assert office.counts() == before
    assert queue.is_held(office.work, by=office.alice, now=NOW)
    assert office.listed_until() is None


@pytest.mark.parametrize("statement", ["UPDATE \"check\" SET outcome = 'matched'", 'DELETE FROM "check"'])
def test_a_check_is_never_changed_nor_deleted(office: Office, statement: str) -> None:
    office.miss()
    with pytest.raises(IntegrityError, match="append_only_check"):
        office.session.execute(text(statement))


def test_an_address_that_bounced_does_not_stop_the_decision(office: Office) -> None:
    recipient = office.session.scalars(
        select(Recipient).where(Recipient.account_id == office.credential.trainer.account_id)
    ).one()
    recipient.state = "bounced"
    office.decide(decisions.confirm, MATCH)
    assert office.messages() == []
    assert office.status() is Status.CURRENT
