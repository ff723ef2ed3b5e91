"""A credential's life: drafted, sent in, corrected, renewed, withdrawn."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.test_evidence import PDF
from tests.factories import Factory
from trainers.core import accounts, claims, credentials, evidence, outlook, review, trainers
from trainers.core.claims import Printed
from trainers.core.dates import add_years
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import (
    AuditEvent,
    ClaimDraft,
    Credential,
    CredentialType,
    Listing,
    Message,
    Review,
    Term,
    Trainer,
    Watch,
)
from trainers.core.rules import rule_book

HONOLULU = ZoneInfo("Pacific/Honolulu")
PRINTED = Printed("NC-0042", "Dana Fitzgerald", date(2025, 12, 1), date(2027, 11, 30))
CPT = CredentialType(issuer="NASM", code="NASM-CPT")
FMS = CredentialType(issuer="FMS", code="FMS-L1")


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def desk(session: Session, make: Factory, files: evidence.Files) -> "Desk":
    return Desk(session, make, files)


class Desk:
    """What a trainer does at the site, in short words."""

    def __init__(self, session: Session, make: Factory, files: evidence.Files) -> None:
        self.session, self.make, self.files = session, make, files

    def draft(
        self, trainer: Trainer, printed: Printed = PRINTED, key: str = "NASM/NASM-CPT", photo: bool = True
    ) -> ClaimDraft:
        draft = claims.start_claim(self.session, trainer, self.make.type(key), printed, now=NOW, today=TODAY)
        if photo:
            self.photo(draft)
        return draft

    def photo(self, draft: ClaimDraft) -> evidence.Evidence:
        return evidence.keep_upload(self.session, self.files, draft, PDF, now=NOW)

    def submit(self, draft: ClaimDraft) -> Review:
        return claims.submit_claim(self.session, draft, by="1", now=NOW, today=TODAY)

    def agreed(self, **more: object) -> Trainer:
        """A draft trainer who has ticked both boxes."""
        trainer = self.make.trainer(state="draft", **more)  # type: ignore[arg-type]
        for purpose in trainers.CONSENTS:
            accounts.give_consent(self.session, trainer.account, purpose, now=NOW)
        return trainer

    def sent(self, trainer: Trainer | None = None) -> Credential:
        """A claim that was sent in and waits."""
        work = self.submit(self.draft(trainer or self.agreed()))
        return self.session.get_one(Credential, work.credential_id)

    def confirmed(self) -> Credential:
        """A claim that a reviewer has confirmed, with nothing left to do."""
        credential = self.sent()
        self.make.check(credential.terms[-1])
        self.close("confirmed")
        return credential

    def close(self, outcome: str, reason: str | None = None) -> None:
        for work in self.session.scalars(select(Review).where(Review.closed_at.is_(None))):
            review.close(work, outcome=outcome, by="2", now=NOW, reason=reason)
        self.session.flush()

    def look(self, credential: Credential) -> outlook.Outlook:
        self.session.flush()
        self.session.expire_all()
        return outlook.outlook(self.session, credential, today=TODAY, zone=HONOLULU)


class TestTypes:
    def test_there_is_one_row_for_each_rule_and_syncing_again_adds_none(self, session: Session) -> None:
        known = {(row.issuer, row.code) for row in session.scalars(select(CredentialType))}
        assert known == {(rule.issuer, rule.code) for rule in rule_book().rules}
        assert credentials.sync_types(session) == 0

    def test_a_missing_type_is_added(self, session: Session) -> None:
        session.delete(session.scalars(select(CredentialType).filter_by(code="UESCA-RUN")).one())
        session.flush()
        assert credentials.sync_types(session) == 1


class TestOwn:
    def test_withdrawn_ones_are_left_out_and_the_order_is_that_of_the_rules(
        self, session: Session, make: Factory
    ) -> None:
        trainer = make.trainer()
        keys = ["FMS/FMS-L1", "ACSM/ACSM-CPT", "NASM/NASM-CPT", "NASM/NASM-CES"]
        held = {key: make.credential(trainer, key) for key in keys}
        held["ACSM/ACSM-CPT"].withdrawn_at = NOW
        found = [each.type.code for each in credentials.visible_credentials(session, trainer)]
        assert found == ["NASM-CPT", "NASM-CES", "FMS-L1"]

    def test_somebody_elses_is_not_found(self, session: Session, make: Factory) -> None:
        alice, bob = make.trainer("Alice"), make.trainer("Bob")
        credential = make.credential(alice)
        assert credentials.find_own(session, alice, credential.uuid) is credential
        with pytest.raises(NotFound):
            credentials.find_own(session, bob, credential.uuid)

    def test_somebody_elses_draft_is_not_found(self, desk: Desk, make: Factory) -> None:
        draft = desk.draft(make.trainer())
        with pytest.raises(NotFound):
            claims.own_draft(desk.session, make.trainer("Bob"), draft.uuid)


class TestWriting:
    def test_a_draft_is_not_public_and_not_a_credential(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        draft = desk.draft(trainer)
        assert credentials.visible_credentials(desk.session, trainer) == []
        assert claims.own_drafts(desk.session, trainer) == [draft]

    def test_beginning_the_same_title_again_goes_on_with_the_draft(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        first = desk.draft(trainer)
        again = desk.draft(trainer, replace(PRINTED, number="NC-0043"), photo=False)
        assert again is first
        assert (again.number, len(again.evidence)) == ("NC-0043", 1)

    def test_the_same_title_cannot_be_claimed_twice(self, desk: Desk) -> None:
        credential = desk.sent()
        with pytest.raises(claims.AlreadyClaimed) as caught:
            desk.draft(credential.trainer)
        assert (caught.value.credential, caught.value.field) == (credential, "type")
        assert claims.own_drafts(desk.session, credential.trainer) == []

    def test_once_withdrawn_it_can_be_claimed_again(self, desk: Desk) -> None:
        credential = desk.sent()
        claims.withdraw_credential(desk.session, credential, by="1", now=NOW, today=TODAY)
        again = desk.sent(credential.trainer)
        assert again.id != credential.id

    def test_a_claim_that_cannot_stand_writes_nothing(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        with pytest.raises(DomainError):
            desk.draft(trainer, replace(PRINTED, number="   "))
        assert desk.session.scalars(select(ClaimDraft)).all() == []

    def test_a_rejected_change_leaves_the_draft_as_it_was(self, desk: Desk, make: Factory) -> None:
        draft = desk.draft(make.trainer())
        bad = replace(PRINTED, number="OTHER", expires_on=date(2024, 1, 1))
        with pytest.raises(DomainError):
            claims.edit_claim(desk.session, draft, draft.type, bad, now=NOW, today=TODAY)
        desk.session.flush()
        desk.session.refresh(draft)
        assert (draft.number, draft.expires_on) == (PRINTED.number, PRINTED.expires_on)

    def test_discarding_erases_its_photo(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        draft = desk.draft(trainer)
        kept = draft.evidence[0]
        claims.discard_draft(desk.session, desk.files, draft, now=NOW)
        assert claims.own_drafts(desk.session, trainer) == []
        with pytest.raises(NotFound):
            evidence.read_file(desk.files, kept)


class TestWhatAClaimMustSay:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"number": ""}, "number"),
            ({"number": " - - "}, "number"),
            ({"number": "9" * 61}, "number"),
            ({"name": "..."}, "name"),
            ({"name": "x" * 121}, "name"),
        ],
    )
    def test_name_and_number_must_be_readable(self, change: dict[str, str], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            claims.demand_readable(replace(PRINTED, **change))  # type: ignore[arg-type]
        assert caught.value.field == field

    @pytest.mark.parametrize(
        ("issued_on", "expires_on", "field"),
        [
            (None, date(2027, 1, 1), "issued_on"),
            (date(2025, 1, 1), None, "expires_on"),
            (TODAY + timedelta(days=1), date(2027, 12, 1), "issued_on"),
            (date(2025, 1, 2), date(2025, 1, 1), "expires_on"),
            (date(2025, 1, 1), date(2100, 1, 1), "expires_on"),
        ],
    )
    def test_dates_that_cannot_be_are_refused_at_their_field(
        self, issued_on: date | None, expires_on: date | None, field: str
    ) -> None:
        printed = replace(PRINTED, issued_on=issued_on, expires_on=expires_on)
        with pytest.raises(DomainError) as caught:
            claims.demand_dates(CPT, printed, kind="new", today=TODAY)
        assert caught.value.field == field

    def test_a_type_without_a_cycle_needs_no_end_date(self) -> None:
        claims.demand_dates(FMS, replace(PRINTED, expires_on=None), kind="new", today=TODAY)

    @given(
        start=st.dates(date(1980, 1, 1), TODAY),
        length=st.integers(min_value=0, max_value=4000),
    )
    def test_any_period_that_has_begun_and_ends_in_sight_can_be_claimed(self, start: date, length: int) -> None:
        end = min(start + timedelta(days=length), add_years(TODAY, claims.FURTHEST_END))
        claims.demand_dates(CPT, replace(PRINTED, issued_on=start, expires_on=end), kind="new", today=TODAY)

    @given(start=st.dates(date(1980, 1, 1), TODAY), days=st.integers(min_value=1, max_value=4000))
    def test_no_period_that_ends_before_it_starts_can_be(self, start: date, days: int) -> None:
        printed = replace(PRINTED, issued_on=start, expires_on=start - timedelta(days=days))
        with pytest.raises(DomainError):
            claims.demand_dates(CPT, printed, kind="new", today=TODAY)


class TestSendingIn:
    def test_becomes_a_claim_that_waits_for_a_reviewer(self, desk: Desk) -> None:
        trainer = desk.agreed()
        draft = desk.draft(trainer)
        kept = draft.evidence[0]
        work = desk.submit(draft)
        [credential] = credentials.visible_credentials(desk.session, trainer)
        [term] = credential.terms
        assert (term.number, term.number_key, term.source) == ("NC-0042", "NC0042", "holder")
        assert (term.issued_on, term.expires_on) == (PRINTED.issued_on, PRINTED.expires_on)
        assert (work.kind, work.credential_id, work.due_on) == ("new", credential.id, date(2026, 12, 2))
        assert (kept.state, kept.term_id, kept.draft_id) == ("attached", term.id, None)
        assert desk.session.scalars(select(ClaimDraft)).all() == []

    def test_makes_the_listing_public_and_says_not_checked(self, desk: Desk) -> None:
        credential = desk.sent()
        assert credential.trainer.state == "listed"
        assert desk.session.get_one(Listing, credential.trainer_id).current_until is None
        assert credentials.standing_of(credential, today=TODAY).word == "Not checked yet"

    def test_without_consent_nothing_is_sent(self, desk: Desk, make: Factory) -> None:
        draft = desk.draft(make.trainer(state="draft"))
        with pytest.raises(Refused):
            desk.submit(draft)

    def test_without_a_photo_it_is_refused_at_the_photo(self, desk: Desk) -> None:
        draft = desk.draft(desk.agreed(), photo=False)
        with pytest.raises(DomainError) as caught:
            desk.submit(draft)
        assert caught.value.field == "photo"
        assert desk.session.scalars(select(Term)).all() == []

    def test_a_removed_photo_is_no_photo(self, desk: Desk) -> None:
        draft = desk.draft(desk.agreed())
        evidence.erase(desk.session, desk.files, draft.evidence[0], NOW)
        with pytest.raises(DomainError):
            desk.submit(draft)

    def test_tells_the_trainer_when_somebody_looks(self, desk: Desk) -> None:
        desk.sent()
        message = desk.session.scalars(select(Message)).one()
        assert message.template == "claim_received"
        assert message.context == {
            "name": "Dana",
            "credential": "NASM-CPT",
            "due_on": "2026-12-02",
        }

    def test_is_on_record(self, desk: Desk) -> None:
        credential = desk.sent()
        query = select(AuditEvent.action, AuditEvent.actor).where(
            AuditEvent.subject == f"credential:{credential.id}"
        )
        assert [tuple(row) for row in desk.session.execute(query)] == [("claim_sent_new", "1")]

    def test_a_paused_listing_stays_paused(self, desk: Desk) -> None:
        trainer = desk.agreed()
        trainer.state = "paused"
        assert desk.sent(trainer).trainer.state == "paused"

    def test_a_certificate_that_ended_long_ago_may_be_sent_in(self, desk: Desk) -> None:
        old = replace(PRINTED, issued_on=date(2010, 1, 1), expires_on=date(2012, 1, 1))
        work = desk.submit(desk.draft(desk.agreed(), old))
        assert work.credential is not None


class TestCorrecting:
    def test_a_waiting_claim_is_corrected_by_a_new_term_and_stays_in_its_place_in_the_queue(
        self, desk: Desk
    ) -> None:
        credential = desk.sent()
        first = credential.terms[0]
        draft = claims.start_correction(desk.session, credential, now=NOW)
        assert (draft.number, draft.expires_on) == (first.number, first.expires_on)
        claims.edit_claim(
            desk.session, draft, draft.type, replace(PRINTED, number="NC-0043"), now=NOW, today=TODAY
        )
        work = desk.submit(draft)
        assert [(term.number, term.corrects_id) for term in credential.terms] == [
            ("NC-0042", None),
            ("NC-0043", first.id),
        ]
        assert desk.session.scalars(select(Review)).all() == [work]

    def test_a_returned_claim_says_why_and_goes_in_again_as_an_edit(self, desk: Desk) -> None:
        credential = desk.sent()
        desk.close("returned", "number_missing")
        seen = desk.look(credential)
        assert seen.reason == "The certificate number is missing or cannot be read"
        assert (seen.may_correct, seen.waiting) == (True, None)
        work = desk.submit(claims.start_correction(desk.session, credential, now=NOW))
        assert work.kind == "edit"
        assert desk.look(credential).returned is None

    def test_leans_on_the_photo_sent_before_until_that_is_erased(self, desk: Desk) -> None:
        credential = desk.sent()
        kept = evidence.evidence_for(desk.session, credential)[0]
        draft = claims.start_correction(desk.session, credential, now=NOW)
        assert claims.has_photo(desk.session, draft)
        evidence.erase(desk.session, desk.files, kept, NOW)
        with pytest.raises(DomainError) as caught:
            desk.submit(draft)
        assert caught.value.field == "photo"

    def test_what_was_confirmed_is_read_only(self, desk: Desk) -> None:
        credential = desk.confirmed()
        assert not desk.look(credential).may_correct
        with pytest.raises(Refused):
            claims.start_correction(desk.session, credential, now=NOW)

    def test_a_first_miss_opens_even_a_confirmed_entry(self, desk: Desk, make: Factory) -> None:
        credential = desk.confirmed()
        make.check(credential.terms[-1], outcome="second_look", by="7")
        seen = desk.look(credential)
        assert (seen.may_correct, seen.may_object) == (True, True)
        assert seen.miss is not None

    def test_a_correction_of_something_answered_meanwhile_is_refused(self, desk: Desk, make: Factory) -> None:
        credential = desk.sent()
        draft = claims.start_correction(desk.session, credential, now=NOW)
        make.check(credential.terms[-1])
        with pytest.raises(Refused):
            desk.submit(draft)

    def test_its_title_stays(self, desk: Desk, make: Factory) -> None:
        draft = claims.start_correction(desk.session, desk.sent(), now=NOW)
        with pytest.raises(DomainError) as caught:
            claims.edit_claim(desk.session, draft, make.type("ACSM/ACSM-CPT"), PRINTED, now=NOW, today=TODAY)
        assert caught.value.field == "type"

    def test_beginning_twice_goes_on_with_the_same_draft(self, desk: Desk) -> None:
        credential = desk.sent()
        first = claims.start_correction(desk.session, credential, now=NOW)
        first.number = "half typed"
        desk.session.flush()
        again = claims.start_correction(desk.session, credential, now=NOW)
        assert again is first
        assert again.number == "half typed"


class TestRenewing:
    def test_needs_only_the_new_end_date(self, desk: Desk) -> None:
        credential = desk.confirmed()
        draft = claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)
        assert draft.slip_code == claims.renewal_code(credential)
        desk.photo(draft)
        work = desk.submit(draft)
        newest = credential.terms[-1]
        assert work.kind == "renewal"
        assert (newest.number, newest.issued_on, newest.expires_on) == ("NC-0042", None, date(2029, 11, 30))

    def test_changes_no_status_before_it_is_checked_and_is_said(self, desk: Desk) -> None:
        credential = desk.confirmed()
        draft = claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)
        desk.photo(draft)
        desk.submit(draft)
        seen = desk.look(credential)
        assert seen.standing.word == "Current until 30 November 2027"
        assert seen.standing.notes == ("The trainer reports a renewal on 23 November 2026; not checked yet",)
        assert (seen.may_renew, seen.may_correct) == (False, True)

    @pytest.mark.parametrize("expires_on", [None, date(2027, 11, 30), date(2020, 1, 1), date(2090, 1, 1)])
    def test_the_new_date_must_be_later_than_the_one_we_hold(self, desk: Desk, expires_on: date | None) -> None:
        with pytest.raises(DomainError) as caught:
            claims.start_renewal(desk.session, desk.confirmed(), expires_on, now=NOW, today=TODAY)
        assert caught.value.field == "expires_on"

    def test_an_unchecked_claim_is_corrected_instead(self, desk: Desk) -> None:
        credential = desk.sent()
        with pytest.raises(Refused):
            claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)

    def test_needs_a_new_photo(self, desk: Desk) -> None:
        draft = claims.start_renewal(desk.session, desk.confirmed(), date(2029, 11, 30), now=NOW, today=TODAY)
        with pytest.raises(DomainError) as caught:
            desk.submit(draft)
        assert caught.value.field == "photo"


class TestWithdrawing:
    def test_takes_it_off_the_listing_and_out_of_the_queue(self, desk: Desk, make: Factory) -> None:
        credential = desk.confirmed()
        other = desk.submit(desk.draft(credential.trainer, key="ACSM/ACSM-CPT"))
        claims.withdraw_credential(desk.session, other.credential, by="1", now=NOW, today=TODAY)  # type: ignore[arg-type]
        assert credentials.visible_credentials(desk.session, credential.trainer) == [credential]
        assert other.outcome == "withdrawn"
        assert credential.trainer.state == "listed"

    def test_ends_its_reminders(self, desk: Desk) -> None:
        credential = desk.confirmed()
        trainers.watch_all(desk.session, credential.trainer, today=TODAY)
        watched = select(Watch.next_on).where(Watch.subject_id == credential.id)
        assert desk.session.scalars(watched).one() is not None
        claims.withdraw_credential(desk.session, credential, by="1", now=NOW, today=TODAY)
        assert desk.session.scalars(watched).one() is None

    def test_the_last_one_pauses_the_listing(self, desk: Desk) -> None:
        credential = desk.confirmed()
        claims.withdraw_credential(desk.session, credential, by="1", now=NOW, today=TODAY)
        assert credential.trainer.state == "paused"
        with pytest.raises(Refused):
            trainers.resume(desk.session, credential.trainer, by="1", today=TODAY)

    def test_its_drafts_are_out_of_sight_and_their_photos_erased(self, desk: Desk) -> None:
        credential = desk.confirmed()
        draft = claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)
        kept = desk.photo(draft)
        claims.withdraw_credential(desk.session, credential, by="1", now=NOW, today=TODAY)
        assert claims.own_drafts(desk.session, credential.trainer) == []
        evidence.erase_due(desk.session, desk.files, now=NOW)
        assert kept.state == "erased"


class TestObjecting:
    def test_opens_another_look_at_once(self, desk: Desk, make: Factory) -> None:
        credential = desk.sent()
        make.check(credential.terms[-1], outcome="second_look", by="7")
        work = desk.session.scalars(select(Review)).one()
        work.not_before = TODAY + timedelta(days=7)
        desk.session.flush()
        assert desk.look(credential).may_object
        claims.object_to(desk.session, credential, by="1", now=NOW, today=TODAY)
        assert work.not_before is None

    def test_after_a_refusal_opens_a_dispute(self, desk: Desk, make: Factory) -> None:
        credential = desk.sent()
        make.check(credential.terms[-1], outcome="second_look", by="7")
        make.check(credential.terms[-1], outcome="no_match", by="8")
        desk.close("refused")
        assert desk.look(credential).standing.word == "We could not confirm this"
        work = claims.object_to(desk.session, credential, by="1", now=NOW, today=TODAY)
        assert work.kind == "dispute"
        seen = desk.look(credential)
        assert (seen.stage, seen.may_object) == ("disputed", False)

    def test_there_must_be_something_to_object_to(self, desk: Desk) -> None:
        with pytest.raises(Refused):
            claims.object_to(desk.session, desk.sent(), by="1", now=NOW, today=TODAY)
