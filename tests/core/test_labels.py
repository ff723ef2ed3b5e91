"""What is said of a trainer in a word is said because a card in date shows it, not because somebody wrote it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import TODAY, ZONE
from tests.factories import Factory
from trainers.core import labels
from trainers.core.cards import cards_for
from trainers.core.models import Trainer


def words(session: Session, trainer: Trainer) -> list[str]:
    session.expire_all()
    return [word for word, _card in labels.labels(cards_for(session, trainer, today=TODAY, zone=ZONE))]


@pytest.mark.parametrize("code", ["FMS-L1", "FMS-L2"])
def test_fms_trained_comes_from_a_checked_fms_credential(session: Session, make: Factory, code: str) -> None:
    trainer = make.trainer("Dana Reyes", headline="FMS trained")
    term = make.term(make.credential(trainer, f"FMS/{code}"), expires_on=None)
    assert words(session, trainer) == []
    make.check(term, outcome="mismatch", number_result="different")
    assert words(session, trainer) == []
    make.check(term, looked_on=TODAY)
    assert words(session, trainer) == ["FMS trained"]


def test_a_certification_of_nasm_makes_nobody_fms_trained(session: Session, make: Factory) -> None:
    trainer = make.trainer("Dana Reyes")
    make.check(make.term(make.credential(trainer), expires_on=date(2027, 3, 12)), looked_on=TODAY)
    assert words(session, trainer) == []


def test_a_label_ends_with_its_card(session: Session, make: Factory) -> None:
    trainer = make.trainer("Dana Reyes")
    term = make.term(make.credential(trainer, "FMS/FMS-L1"), expires_on=TODAY)
    make.check(term, looked_on=TODAY - timedelta(days=9))
    assert words(session, trainer) == ["FMS trained"]
    tomorrow = cards_for(session, trainer, today=TODAY + timedelta(days=1), zone=ZONE)
    assert labels.labels(tomorrow) == []
