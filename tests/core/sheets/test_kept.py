"""Sheets in an account: one a day, nothing without consent, and nobody's work is overwritten unawares."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.application import NOW
from tests.core.test_screening import all_at
from tests.factories import Factory
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import ClearingSeen, KeptSheet, Score, Share
from trainers.core.screens import Scores
from trainers.core.sheets import kept
from trainers.core.sheets.sheet import Sheet

MARCH = Sheet(date(2026, 3, 3), all_at(2), "before the season", "left hip stiff")
MAY = Sheet(date(2026, 5, 5), all_at(1, leg_raise_left=3))


def stored(session: Session) -> list[int]:
    tables = (KeptSheet, Score, ClearingSeen)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_is_kept_comes_back_as_it_was(session: Session, make: Factory) -> None:
    owner = make.account()
    kept.agree(session, owner.id, now=NOW)
    row = kept.begin(session, owner.id, MARCH, now=NOW)
    session.expire_all()
    assert kept.value_of(kept.find(session, row.uuid)) == MARCH
    assert stored(session) == [1, 12, 3]


def test_nothing_is_kept_without_consent(session: Session, make: Factory) -> None:
    owner = make.account()
    with pytest.raises(Refused, match="tick the box"):
        kept.begin(session, owner.id, MARCH, now=NOW)
    with pytest.raises(Refused, match="tick the box"):
        kept.bring(session, owner.id, [MARCH], now=NOW)
    assert stored(session) == [0, 0, 0]


def test_consent_to_other_words_is_none_and_can_be_given_anew(session: Session, make: Factory) -> None:
    owner = make.account()
    kept.agree(session, owner.id, now=NOW)
    assert kept.keeps(session, owner.id)
    session.query(kept.SheetConsent).update({"text_version": "2020-01"})
    assert not kept.keeps(session, owner.id)
    kept.agree(session, owner.id, now=NOW)
    assert kept.keeps(session, owner.id)


def test_saving_replaces_what_stood_there_and_a_gap_is_a_gap(session: Session, make: Factory) -> None:
    row = make.sheet(make.account(), MARCH.screened_on, all_at(3))
    part = Scores({("leg-raise", "left"): 1, ("push-up", "both"): 3}, {"shoulder": True})
    kept.save(session, row, replace(MARCH, scores=part), version=1, now=NOW)
    session.flush()
    session.expire_all()
    assert kept.value_of(kept.find(session, row.uuid)) == replace(MARCH, scores=part)
    assert stored(session) == [1, 2, 1]


def test_who_comes_second_is_told_and_overwrites_nothing(session: Session, make: Factory) -> None:
    row = make.sheet(make.account(), MARCH.screened_on)
    kept.save(session, row, MARCH, version=1, now=NOW)
    with pytest.raises(kept.Overtaken) as told:
        kept.save(session, row, replace(MARCH, label="mine"), version=1, now=NOW)
    assert told.value.version == 2
    assert row.label == "before the season"
    kept.save(session, row, replace(MARCH, label="mine"), version=2, now=NOW)
    assert row.label == "mine"


def test_of_a_day_there_is_one_sheet_for_each_runner(session: Session, make: Factory) -> None:
    owner, other = make.account(), make.account()
    first, second = make.sheet(owner, MARCH.screened_on), make.sheet(owner, MAY.screened_on, label="second")
    make.sheet(other, MARCH.screened_on)
    with pytest.raises(kept.TwoOfADay, match="a sheet of 3 March 2026 already") as refused:
        kept.begin(session, owner.id, MARCH, now=NOW)
    assert refused.value.field == "screened_on"
    with pytest.raises(kept.TwoOfADay):
        kept.save(session, second, MARCH, version=1, now=NOW)
    session.expire_all()
    assert [row.screened_on for row in kept.sheets_of(session, owner.id)] == [MAY.screened_on, MARCH.screened_on]
    assert kept.value_of(second).label == "second"
    assert kept.value_of(first).scores == Scores()


def test_files_are_kept_all_or_none_and_what_is_here_stays(session: Session, make: Factory) -> None:
    owner = make.account()
    make.sheet(owner, MARCH.screened_on, MARCH.scores, MARCH.label)
    session.query(KeptSheet).update({"notes": MARCH.notes})
    session.expire_all()
    assert kept.bring(session, owner.id, [MARCH, MAY], now=NOW) == 1
    june = Sheet(date(2026, 6, 6), all_at(2))
    with pytest.raises(DomainError, match="Another sheet of 5 May 2026 is in your account"):
        kept.bring(session, owner.id, [june, replace(MAY, label="another")], now=NOW)
    assert len(kept.sheets_of(session, owner.id)) == 2


def test_there_is_an_end_to_what_is_kept(session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 1)
    owner = make.account()
    make.sheet(owner)
    with pytest.raises(Refused, match="Erase some"):
        kept.begin(session, owner.id, MARCH, now=NOW)


def test_erasing_takes_one_sheet_or_all_with_invitations_and_consent(session: Session, make: Factory) -> None:
    owner, other = make.account(), make.account()
    row, trainer = make.sheet(owner, scores=all_at(2)), make.listed()
    make.sheet(owner, MAY.screened_on, all_at(1))
    make.share(owner, trainer)
    theirs = make.sheet(other, scores=all_at(2))
    kept.remove(session, row)
    assert stored(session) == [2, 24, 6]
    with pytest.raises(NotFound):
        kept.find(session, row.uuid)
    kept.erase_all(session, owner.id)
    assert stored(session) == [1, 12, 3]
    assert kept.value_of(kept.find(session, theirs.uuid)).scores == all_at(2)
    assert session.scalars(select(Share)).all() == []
    assert not kept.keeps(session, owner.id)
