"""Claims: written as a draft, judged, sent in."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.claim_desk import CPT, FMS, PRINTED, Desk
from tests.factories import Factory
from trainers.core import claims, credentials, evidence, rules
from trainers.core.dates import add_years
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import (
    AuditEvent,
    ClaimDraft,
    Listing,
    Message,
    Term,
)
from trainers.core.rules import RuleBook


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def desk(session: Session, make: Factory, files: evidence.Files) -> Desk:
    return Desk(session, make, files)


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

    def test_a_rule_that_is_to_come_asks_for_nothing_before_its_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        book, tomorrow = rules.rule_book(), TODAY + timedelta(days=1)
        coming = replace(book.rule("FMS", "FMS-L1"), valid_from=tomorrow, cycle_months=24, holder_gives_link=True)
        monkeypatch.setattr(rules, "rule_book", lambda: RuleBook(book.issuers, (*book.versions, coming)))
        claims.demand_link(FMS, None, today=TODAY)
        assert not claims.needs_end_date("FMS/FMS-L1", today=TODAY)
        assert claims.needs_end_date("FMS/FMS-L1", today=tomorrow)
        with pytest.raises(DomainError) as caught:
            claims.demand_link(FMS, None, today=tomorrow)
        assert caught.value.field == "link"

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
