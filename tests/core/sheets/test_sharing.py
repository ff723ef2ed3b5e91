"""Who may see and fill in a runner's sheets, on which day, and what an end of it means."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.test_screening import all_at
from tests.factories import Factory
from trainers.core import erasure, evidence
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import Account, KeptSheet, Message, Recipient, Share, Trainer
from trainers.core.sheets import kept, sharing
from trainers.core.sheets.sharing import Ended, Seat

ENDS = date(2027, 3, 12)
LAPSED = ENDS + timedelta(days=1)


@pytest.fixture
def dana(make: Factory) -> Trainer:
    return make.listed("Dana Fitzgerald", expires_on=ENDS)


@pytest.fixture
def runner(make: Factory) -> Account:
    account = make.account("robin@example.org")
    make.sheet(account, scores=all_at(2))
    return account


def invite(session: Session, runner: Account, trainer: Trainer, name: str = "Robin") -> Share:
    return sharing.invite(session, runner, trainer, runner_name=name, now=NOW, today=TODAY)


def seat(session: Session, runner: Account, trainer: Trainer, today: date = TODAY) -> Seat:
    [row] = kept.sheets_of(session, runner.id)
    return sharing.seat_at(session, row, trainer.account_id, trainer, today=today)


def test_the_runner_may_do_everything_and_a_stranger_sees_nothing(
    session: Session, runner: Account, dana: Trainer, make: Factory
) -> None:
    [row] = kept.sheets_of(session, runner.id)
    own = sharing.seat_at(session, row, runner.id, None, today=TODAY)
    assert (own.is_owner, own.may_write) == (True, True)
    for account_id, trainer in ((dana.account_id, dana), (make.account().id, None)):
        with pytest.raises(NotFound):
            sharing.seat_at(session, row, account_id, trainer, today=TODAY)


def test_an_invited_trainer_fills_in_until_the_certification_lapses_and_then_only_reads(
    session: Session, runner: Account, dana: Trainer
) -> None:
    invite(session, runner, dana)
    assert seat(session, runner, dana, ENDS).may_write
    lapsed = seat(session, runner, dana, LAPSED)
    assert not lapsed.may_write
    with pytest.raises(Refused, match="you may only read"):
        lapsed.demand_write()


def test_an_end_by_either_ends_it_at_once_and_it_can_begin_again(
    session: Session, runner: Account, dana: Trainer
) -> None:
    for by in ("runner", "trainer"):
        share = invite(session, runner, dana)
        sharing.end(session, share, by=by, now=NOW)
        with pytest.raises(Ended):
            seat(session, runner, dana)
        with pytest.raises(Ended):
            sharing.find_share(session, dana, share.uuid)
        assert sharing.shares_of(session, runner.id) == []
    again = invite(session, runner, dana)
    assert seat(session, runner, dana).share is again


def test_whoever_was_taken_down_sees_nothing(session: Session, runner: Account, dana: Trainer) -> None:
    share = invite(session, runner, dana)
    dana.taken_down_at = NOW
    with pytest.raises(NotFound):
        seat(session, runner, dana)
    with pytest.raises(NotFound):
        sharing.find_share(session, dana, share.uuid)
    assert sharing.runners_of(session, dana) == []


def test_the_invitation_of_another_trainer_is_not_there(
    session: Session, runner: Account, dana: Trainer, make: Factory
) -> None:
    share = invite(session, runner, dana)
    with pytest.raises(NotFound):
        sharing.find_share(session, make.listed("Olga Other"), share.uuid)
    with pytest.raises(NotFound):
        sharing.own_share(session, make.account().id, share.uuid)


# Inviting


@pytest.mark.parametrize("key", ["NASM/NASM-CES", "FMS/FMS-L1"])
def test_only_a_training_certification_that_is_current_is_enough(
    session: Session, runner: Account, make: Factory, key: str
) -> None:
    others = make.listed("Nora Other", key=key)
    gone, paused = (
        make.listed("Lena Gone", expires_on=TODAY - timedelta(days=1)),
        make.listed("Sam", state="paused"),
    )
    for trainer in (others, gone, paused):
        with pytest.raises(Refused, match="no current certification"):
            invite(session, runner, trainer)


def test_nobody_is_invited_twice_nor_by_oneself_nor_without_consent(
    session: Session, runner: Account, dana: Trainer, make: Factory
) -> None:
    invite(session, runner, dana)
    with pytest.raises(Refused, match="have invited Dana Fitzgerald already"):
        invite(session, runner, dana)
    kept.agree(session, dana.account_id, now=NOW)
    with pytest.raises(Refused, match="your own sheets"):
        invite(session, dana.account, dana)
    with pytest.raises(Refused, match="tick the box"):
        invite(session, make.account(), dana)


@pytest.mark.parametrize("name", ["", " \t", "x" * 61, "\u202e"])
def test_a_runner_needs_a_name_that_can_be_shown(
    session: Session, runner: Account, dana: Trainer, name: str
) -> None:
    with pytest.raises(DomainError, match="up to 60 characters") as refused:
        invite(session, runner, dana, name)
    assert refused.value.field == "runner_name"


def test_the_mail_names_no_runner_and_comes_once(session: Session, runner: Account, dana: Trainer) -> None:
    for _ in range(2):
        sharing.end(session, invite(session, runner, dana, "Robin Redbreast"), by="runner", now=NOW)
    [mail] = session.scalars(select(Message).where(Message.template == "sheets_invited"))
    assert session.get_one(Recipient, mail.recipient_id).email == dana.account.email
    assert mail.context == {"trainer_name": "Dana Fitzgerald"}


def test_a_trainer_sees_runners_by_name_with_their_newest_day(
    session: Session, runner: Account, dana: Trainer, make: Factory
) -> None:
    other, third = make.account(), make.account()
    make.sheet(runner, date(2026, 1, 2))
    for account, name in ((third, "zoe"), (runner, "Robin"), (other, "Ari")):
        make.share(account, dana, name)
    make.share(make.account(), make.listed("Olga Other"), "Nobody of Dana's")
    found = [(each.share.runner_name, each.sheets, each.newest_on) for each in sharing.runners_of(session, dana)]
    assert found == [("Ari", 0, None), ("Robin", 2, TODAY), ("zoe", 0, None)]


# Erasing people


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


def test_an_erased_trainer_leaves_the_runners_sheets_where_they_are(
    session: Session, runner: Account, dana: Trainer, files: evidence.Files
) -> None:
    invite(session, runner, dana)
    [row] = kept.sheets_of(session, runner.id)
    row.by_trainer_id = dana.id
    session.flush()
    erasure.erase_trainer(session, files, dana, by="1", now=NOW)
    [left] = kept.sheets_of(session, runner.id)
    assert (left.by_trainer, kept.value_of(left).scores) == (None, all_at(2))
    assert sharing.shares_of(session, runner.id) == []


def test_an_erased_runner_leaves_no_sheet_and_no_invitation(
    session: Session, runner: Account, dana: Trainer, files: evidence.Files
) -> None:
    invite(session, runner, dana)
    erasure.forget_account(session, files, runner)
    assert session.scalars(select(KeptSheet)).all() == []
    assert session.scalars(select(Share)).all() == []
    assert sharing.runners_of(session, dana) == []
