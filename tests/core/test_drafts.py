"""A claim while it is written: kept as a draft, judged, discarded."""

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
from trainers.core import claims, credentials, drafts, evidence, rules
from trainers.core.dates import add_years
from trainers.core.errors import DomainError, NotFound
from trainers.core.models import (
    ClaimDraft,
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
        assert drafts.own_drafts(desk.session, trainer) == [draft]

    def test_beginning_the_same_title_again_goes_on_with_the_draft(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        first = desk.draft(trainer)
        again = desk.draft(trainer, replace(PRINTED, number="NC-0043"), photo=False)
        assert again is first
        assert (again.number, len(again.evidence)) == ("NC-0043", 1)

    def test_the_same_title_cannot_be_claimed_twice(self, desk: Desk) -> None:
        credential = desk.sent()
        with pytest.raises(drafts.AlreadyClaimed) as caught:
            desk.draft(credential.trainer)
        assert (caught.value.credential, caught.value.field) == (credential, "type")
        assert drafts.own_drafts(desk.session, credential.trainer) == []

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
            drafts.edit_claim(desk.session, draft, draft.type, bad, now=NOW, today=TODAY)
        desk.session.flush()
        desk.session.refresh(draft)
        assert (draft.number, draft.expires_on) == (PRINTED.number, PRINTED.expires_on)

    def test_discarding_erases_its_photo(self, desk: Desk, make: Factory) -> None:
        trainer = make.trainer()
        draft = desk.draft(trainer)
        kept = draft.evidence[0]
        drafts.discard_draft(desk.session, desk.files, draft, now=NOW)
        assert drafts.own_drafts(desk.session, trainer) == []
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
            drafts.demand_readable(replace(PRINTED, **change))  # type: ignore[arg-type]
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
            drafts.demand_dates(CPT, printed, kind="new", today=TODAY)
        assert caught.value.field == field

    def test_a_type_without_a_cycle_needs_no_end_date(self) -> None:
        drafts.demand_dates(FMS, replace(PRINTED, expires_on=None), kind="new", today=TODAY)

    def test_a_rule_that_is_to_come_asks_for_nothing_before_its_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        book, tomorrow = rules.rule_book(), TODAY + timedelta(days=1)
        coming = replace(book.rule("FMS", "FMS-L1"), valid_from=tomorrow, cycle_months=24, holder_gives_link=True)
        monkeypatch.setattr(rules, "rule_book", lambda: RuleBook(book.issuers, (*book.versions, coming)))
        drafts.demand_link(FMS, None, today=TODAY)
        assert not drafts.needs_end_date("FMS/FMS-L1", today=TODAY)
        assert drafts.needs_end_date("FMS/FMS-L1", today=tomorrow)
        with pytest.raises(DomainError) as caught:
            drafts.demand_link(FMS, None, today=tomorrow)
        assert caught.value.field == "link"

    @given(
        start=st.dates(date(1980, 1, 1), TODAY),
        length=st.integers(min_value=0, max_value=4000),
    )
    def test_any_period_that_has_begun_and_ends_in_sight_can_be_claimed(self, start: date, length: int) -> None:
        end = min(start + timedelta(days=length), add_years(TODAY, drafts.FURTHEST_END))
        drafts.demand_dates(CPT, replace(PRINTED, issued_on=start, expires_on=end), kind="new", today=TODAY)

    @given(start=st.dates(date(1980, 1, 1), TODAY), days=st.integers(min_value=1, max_value=4000))
    def test_no_period_that_ends_before_it_starts_can_be(self, start: date, days: int) -> None:
        printed = replace(PRINTED, issued_on=start, expires_on=start - timedelta(days=days))
        with pytest.raises(DomainError):
            drafts.demand_dates(CPT, printed, kind="new", today=TODAY)
