"""Each decision with all that it writes: check, audit event, message, public rows, reminders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core import decisions, listing, review
from trainers.core.credentials import standing_of
from trainers.core.errors import DomainError
from trainers.core.looks import Look, Shown, Sitting
from trainers.core.models import (
    AuditEvent,
    Check,
    Credential,
    Listing,
    ListingCredential,
    Message,
    Recipient,
    Review,
    Term,
    Watch,
)
from trainers.core.status import Status

LOOKUP = "https://www.nasm.org/resources/validate-credentials"
ENDS = date(2027, 11, 30)
WEEK = timedelta(days=7)
Decide = Callable[..., Check]


class Office:
    """A claim in the queue and two reviewers."""

    def __init__(self, session: Session, make: Factory, key: str = "NASM/NASM-CPT", **term: Any) -> None:
        self.session, self.make = session, make
        self.alice, self.bob = str(make.reviewer().id), str(make.reviewer().id)
        self.credential: Credential = make.credential(make.trainer("Dana Fitzgerald"), key)
        self.term: Term = make.term(
            self.credential, number="NC-123456", **({"expires_on": ENDS, "recorded_at": NOW} | term)
        )
        listing.refresh(session, self.credential.trainer, today=TODAY)
        self.work: Review = self.open()

    def open(self, kind: str = "new", day: date = TODAY) -> Review:
        return review.open_review(
            self.session,
            kind=kind,
            trainer=self.credential.trainer,
            credential=self.credential,
            now=NOW + (day - TODAY),
            today=day,
        )

    def sitting(self, by: str, day: date = TODAY) -> Sitting:
        return Sitting(by=by, now=NOW + (day - TODAY), today=day, zone=ZoneInfo("Pacific/Honolulu"))

    def take(self, by: str, day: date = TODAY) -> Sitting:
        sitting = self.sitting(by, day)
        review.take(self.session, self.work, by=by, now=sitting.now, today=day)
        return sitting

    def decide(self, how: Decide, look: Look, by: str | None = None, day: date = TODAY) -> Check:
        sitting = self.take(by or self.alice, day)
        return how(self.session, self.work, replace(look, looked_on=day), sitting, term_id=self.term.id)

    def miss(self, by: str | None = None, day: date = TODAY, look: Look | None = None) -> Check:
        return self.decide(decisions.second_look, look or NOTHING, by, day)

    def status(self, day: date = TODAY) -> Status:
        return standing_of(self.credential, today=day).status

    def counts(self) -> dict[str, int]:
        tables = (Check, AuditEvent, Message, Watch)
        return {t.__name__: self.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    def messages(self) -> list[str]:
        return list(self.session.scalars(select(Message.template).order_by(Message.id)))

    def last_context(self) -> dict[str, Any]:
        return self.session.scalars(select(Message).order_by(Message.id.desc())).first().context  # type: ignore

    def listed_until(self) -> date | None:
        return self.session.scalar(
            select(Listing.in_date_until).where(Listing.trainer_id == self.credential.trainer_id)
        )

    def last_event(self) -> AuditEvent:
        return self.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


SAME = Shown("Dana Fitzgerald", "NC-123456", ENDS, "Active")
MATCH = Look("issuer_lookup", LOOKUP, TODAY, SAME)
NOTHING = Look("issuer_lookup", LOOKUP, TODAY, None)
OTHER_DATE = replace(MATCH, shown=replace(SAME, expires_on=date(2025, 11, 30)))
SUSPENDED = replace(MATCH, shown=replace(SAME, status="Suspended"))
DOWN = replace(NOTHING, available=False)


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
    assert standing.notes == ("NASM's public lookup showed no end date; the date is the trainer's",)
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
    with pytest.raises(review.TakeLost):
        how(office.session, office.work, MATCH, office.sitting(office.alice), term_id=office.term.id)
    assert office.counts() == before


def test_a_decision_after_the_half_hour_is_lost(office: Office) -> None:
    sitting = office.take(office.alice)
    late = replace(sitting, now=NOW + review.TAKE)
    with pytest.raises(review.TakeLost):
        decisions.confirm(office.session, office.work, MATCH, late, term_id=office.term.id)
    with pytest.raises(review.TakeLost):
        decisions.return_claim(office.session, office.work, late, reason="other", note="x", term_id=office.term.id)
    assert office.messages() == []


def test_a_decision_about_a_claim_that_changed_meanwhile_is_refused(office: Office) -> None:
    sitting = office.take(office.alice)
    office.make.term(office.credential, number="NC-999999", corrects=office.term)
    with pytest.raises(DomainError, match="changed this entry"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)


def test_a_withdrawn_certification_is_not_decided(office: Office) -> None:
    sitting = office.take(office.alice)
    office.credential.withdrawn_at = NOW
    office.session.flush()
    with pytest.raises(DomainError, match="withdrawn"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)


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
    assert session.scalars(select(ListingCredential.in_date_until)).all() == [None]
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


# Source not available, return, reports


def test_a_source_that_was_down_says_nothing_against_the_trainer(office: Office) -> None:
    due = office.work.due_on
    check = office.decide(decisions.unavailable, DOWN)
    assert check.outcome == "unavailable"
    assert office.status() is Status.NOT_CHECKED
    assert standing_of(office.credential, today=TODAY).notes == (
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


def test_a_report_is_settled_with_a_note(office: Office) -> None:
    office.work = review.open_review(
        office.session, kind="report", trainer=office.credential.trainer, now=NOW, today=TODAY
    )
    sitting = office.take(office.alice)
    with pytest.raises(DomainError, match="what you found"):
        decisions.resolve(office.session, office.work, sitting, note="")
    decisions.resolve(office.session, office.work, sitting, note="Wrote to both. Nothing to change.")
    assert (office.work.outcome, office.work.note) == ("resolved", "Wrote to both. Nothing to change.")
    assert office.last_event().action == "report_resolved"
    assert office.messages() == []


def test_a_claim_is_not_settled_with_a_note_nor_a_report_with_a_look(office: Office) -> None:
    with pytest.raises(DomainError, match="Decide on it"):
        decisions.resolve(office.session, office.work, office.take(office.alice), note="Fine.")
    report = review.open_review(
        office.session, kind="report", trainer=office.credential.trainer, now=NOW, today=TODAY
    )
    review.take(office.session, report, by=office.alice, now=NOW, today=TODAY)
    with pytest.raises(DomainError, match="no claim"):
        decisions.confirm(office.session, report, MATCH, office.sitting(office.alice), term_id=office.term.id)


# All or nothing


def test_when_the_message_cannot_be_written_nothing_stays(office: Office) -> None:
    sitting = office.take(office.alice)
    office.session.commit()  # a savepoint: what follows is undone alone
    before = office.counts()
    refusal = "CREATE TEMP TRIGGER no_mail BEFORE INSERT ON main.message BEGIN SELECT RAISE(ABORT, 'no mail'); END"
    office.session.execute(text(refusal))
    with pytest.raises(IntegrityError, match="no mail"):
        decisions.confirm(office.session, office.work, MATCH, sitting, term_id=office.term.id)
    office.session.rollback()
    assert office.counts() == before
    assert review.is_held(office.work, by=office.alice, now=NOW)
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
