"""Credential types, and who may see which credential."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.core.claim_desk import Desk
from tests.factories import Factory
from trainers.core import credentials, drafts, evidence
from trainers.core.errors import NotFound
from trainers.core.models import (
    CredentialType,
)
from trainers.core.rules import rule_book


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def desk(session: Session, make: Factory, files: evidence.Files) -> Desk:
    return Desk(session, make, files)


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
            drafts.own_draft(desk.session, make.trainer("Bob"), draft.uuid)
