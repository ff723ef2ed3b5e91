"""What was sent in: corrected, renewed, withdrawn, disputed."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY, ZONE
from tests.core.claim_desk import PRINTED, Desk
from tests.factories import Factory
from trainers.core import cards, claims, credentials, drafts, evidence, trainers
from trainers.core.errors import DomainError, Refused
from trainers.core.models import Credential, Review, Watch

DENIED = {"reason": "not_me", "body": ""}


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def desk(session: Session, make: Factory, files: evidence.Files) -> Desk:
    return Desk(session, make, files)


def ended(make: Factory, key: str, expires_on: date) -> Credential:
    """A credential that was confirmed when it was in date, and has ended since."""
    term = make.term(make.credential(make.trainer(), key), expires_on=expires_on, issued_on=date(2022, 1, 1))
    make.check(term, looked_on=expires_on - timedelta(days=30))
    return term.credential


class TestCorrecting:
    def test_a_waiting_claim_is_corrected_by_a_new_term_and_stays_in_its_place_in_the_queue(
        self, desk: Desk
    ) -> None:
        credential = desk.sent()
        first = credential.terms[0]
        draft = claims.start_correction(desk.session, credential, now=NOW)
        assert (draft.number, draft.expires_on) == (first.number, first.expires_on)
        drafts.edit_claim(
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
        again_on = TODAY + timedelta(days=7)
        make.add(
            Review(
                kind="recheck",
                credential_id=credential.id,
                trainer_id=credential.trainer_id,
                opened_at=NOW,
                due_on=again_on,
                not_before=again_on,
            )
        )
        seen = desk.look(credential)
        assert (seen.stage, seen.may_correct, seen.may_object) == ("missed", True, True)
        claims.object_to(desk.session, credential, **DENIED, by="1", now=NOW, today=TODAY)
        seen = desk.look(credential)
        assert (seen.stage, seen.may_object) == ("disputed", False)

    def test_a_correction_of_something_answered_meanwhile_is_refused(self, desk: Desk, make: Factory) -> None:
        credential = desk.sent()
        draft = claims.start_correction(desk.session, credential, now=NOW)
        make.check(credential.terms[-1])
        with pytest.raises(Refused):
            desk.submit(draft)

    def test_its_title_stays(self, desk: Desk, make: Factory) -> None:
        draft = claims.start_correction(desk.session, desk.sent(), now=NOW)
        with pytest.raises(DomainError) as caught:
            drafts.edit_claim(desk.session, draft, make.type("ACSM/ACSM-CPT"), PRINTED, now=NOW, today=TODAY)
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

    def test_sent_back_and_corrected_it_is_still_a_renewal(self, desk: Desk) -> None:
        credential = desk.confirmed()
        draft = claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)
        desk.photo(draft)
        assert desk.submit(draft).kind == "renewal"
        desk.close("returned", "number_missing")
        again = desk.submit(claims.start_correction(desk.session, credential, now=NOW))
        assert again.kind == "renewal"

    def test_changes_no_status_before_it_is_checked_and_is_said(self, desk: Desk) -> None:
        credential = desk.confirmed()
        draft = claims.start_renewal(desk.session, credential, date(2029, 11, 30), now=NOW, today=TODAY)
        desk.photo(draft)
        desk.submit(draft)
        seen = desk.look(credential)
        assert seen.standing.word == "Current until 30 November 2027"
        assert seen.notes == ("The trainer reports a renewal on 23 November 2026; not checked yet",)
        assert (seen.may_renew, seen.may_correct) == (False, True)

    def test_after_the_late_window_its_own_start_leaves_a_gap_once_it_is_confirmed(
        self, desk: Desk, make: Factory
    ) -> None:
        credential = ended(make, "ACSM/ACSM-CPT", date(2024, 12, 31))
        dates = {"issued_on": date(2026, 11, 2), "expires_on": date(2029, 12, 31)}
        draft = claims.start_renewal(desk.session, credential, **dates, now=NOW, today=TODAY)
        desk.photo(draft)
        desk.submit(draft)
        newest = credential.terms[-1]
        assert (newest.issued_on, newest.expires_on) == (date(2026, 11, 2), date(2029, 12, 31))
        make.check(newest)
        [card] = cards.cards_of(desk.session, credential.trainer, [credential], today=TODAY, zone=ZONE)
        assert "Between 1 January 2025 and 1 November 2026 no certification is on record" in card.lines

    def test_within_the_late_window_it_goes_on_where_the_term_before_ended(
        self, desk: Desk, make: Factory
    ) -> None:
        credential = ended(make, "NASM/NASM-CPT", TODAY - timedelta(days=365))
        dates = {"issued_on": TODAY, "expires_on": date(2028, 11, 23)}
        assert claims.start_renewal(desk.session, credential, **dates, now=NOW, today=TODAY).issued_on is None

    @pytest.mark.parametrize(
        ("issued_on", "expires_on", "field"),
        [(TODAY + timedelta(days=1), date(2029, 12, 31), "issued_on"), (TODAY, date(2026, 11, 1), "expires_on")],
    )
    def test_its_dates_are_held_against_each_other_as_in_a_first_claim(
        self, desk: Desk, make: Factory, issued_on: date, expires_on: date, field: str
    ) -> None:
        credential = ended(make, "ACSM/ACSM-CPT", date(2024, 12, 31))
        dates = {"issued_on": issued_on, "expires_on": expires_on}
        with pytest.raises(DomainError) as caught:
            claims.start_renewal(desk.session, credential, **dates, now=NOW, today=TODAY)
        assert caught.value.field == field

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
        assert drafts.own_drafts(desk.session, credential.trainer) == []
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
        claims.object_to(desk.session, credential, **DENIED, by="1", now=NOW, today=TODAY)
        assert work.not_before is None

    def test_after_a_refusal_opens_a_dispute(self, desk: Desk, make: Factory) -> None:
        credential = desk.sent()
        make.check(credential.terms[-1], outcome="second_look", by="7")
        make.check(credential.terms[-1], outcome="no_match", by="8")
        desk.close("refused")
        assert desk.look(credential).standing.word == "We could not confirm this"
        work = claims.object_to(desk.session, credential, **DENIED, by="1", now=NOW, today=TODAY)
        assert work.kind == "dispute"
        seen = desk.look(credential)
        assert (seen.stage, seen.may_object) == ("disputed", False)

    def test_there_must_be_something_to_object_to(self, desk: Desk) -> None:
        with pytest.raises(Refused):
            claims.object_to(desk.session, desk.sent(), **DENIED, by="1", now=NOW, today=TODAY)
