"""Claims that are sent in: what waits, what is public, what is told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.claim_desk import PRINTED, Desk
from tests.factories import Factory
from trainers.core import credentials, evidence
from trainers.core.errors import DomainError, Refused
from trainers.core.models import (
    AuditEvent,
    ClaimDraft,
    Listing,
    Message,
    Term,
)


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def desk(session: Session, make: Factory, files: evidence.Files) -> Desk:
    return Desk(session, make, files)


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
        assert desk.session.get_one(Listing, credential.trainer_id).qualifying == 0
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
