from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core.models import Check, Listing, ListingCredential, NameWord, Trainer
from trainers.core.search import listing
from trainers.core.standing.status import CHECK_FRESH_DAYS, NO_END

MATCHED = {
    "method": "issuer_lookup",
    "outcome": "matched",
    "name_result": "exact",
    "number_result": "exact",
    "expiry_result": "exact",
    "shown_expires_on": date(2027, 11, 30),
    "source_url": "https://www.nasm.org/resources/validate-credentials",
    "looked_on": TODAY,
    "by": "1",
    "recorded_at": NOW,
}


def row_of(session: Session, trainer: Trainer) -> Listing | None:
    session.expire_all()
    return session.get(Listing, trainer.id)


def listed(session: Session, trainer: Trainer) -> Listing:
    row = row_of(session, trainer)
    assert row is not None
    return row


def held_by(session: Session, trainer: Trainer) -> list[tuple[date | None, date | None]]:
    query = select(ListingCredential.current_until, ListingCredential.in_date_until).where(
        ListingCredential.trainer_id == trainer.id
    )
    return [(current, in_date) for current, in_date in session.execute(query)]


def words_of(session: Session, trainer: Trainer) -> set[str]:
    return set(session.scalars(select(NameWord.word).where(NameWord.trainer_id == trainer.id)))


def test_a_listed_trainer_gets_a_row_for_the_search(session: Session, make: Factory) -> None:
    trainer = make.listed(
        "Łukasz O’Brien-Müller", zip="97005", mode="online", headline="Strong hips", accepting=False
    )
    row = listed(session, trainer)
    assert (row.name, row.name_key) == ("Łukasz O’Brien-Müller", "lukasz obrien muller")
    assert (row.zip, row.headline, row.slug) == ("97005", "Strong hips", make.slug(trainer))
    assert (row.in_person, row.online, row.accepting) == (False, True, False)
    assert words_of(session, trainer) == {"lukasz", "obrien", "muller"}


def test_a_current_row_ends_with_the_certification_or_with_our_check_whichever_is_first(
    session: Session, make: Factory
) -> None:
    fresh_until = TODAY + timedelta(days=CHECK_FRESH_DAYS)
    soon = make.listed(expires_on=date(2027, 1, 31))
    later = make.listed(expires_on=date(2028, 1, 31))
    assert listed(session, soon).current_until == date(2027, 1, 31)
    assert listed(session, later).current_until == fresh_until
    assert listed(session, later).in_date_until == date(2028, 1, 31)
    assert held_by(session, later) == [(fresh_until, date(2028, 1, 31))]


def test_what_was_never_checked_counts_on_no_day(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    make.term(make.credential(trainer))
    listing.refresh(session, trainer, today=TODAY)
    assert held_by(session, trainer) == [(None, None)]
    assert listed(session, trainer).in_date_until is None


def test_only_a_certification_of_a_main_issuer_makes_the_listing_current(session: Session, make: Factory) -> None:
    for key in ("NASM/NASM-CNC", "FMS/FMS-L1", "RRCA/RRCA-L1", "NASM/NASM-PTC"):
        assert listed(session, make.listed(key=key)).in_date_until is None, key
    assert listed(session, make.listed(key="ACSM/ACSM-EP")).in_date_until is not None


def test_a_type_without_a_cycle_has_no_end(session: Session, make: Factory) -> None:
    trainer = make.listed(key="NASM/NASM-CES", expires_on=None)
    assert held_by(session, trainer) == [(TODAY + timedelta(days=CHECK_FRESH_DAYS), NO_END)]


def test_the_best_of_two_certifications_counts(session: Session, make: Factory) -> None:
    trainer = make.listed(key="NASM/NASM-CPT", expires_on=date(2026, 11, 1))
    make.check(make.term(make.credential(trainer, "ACSM/ACSM-CPT"), expires_on=date(2028, 12, 31)))
    listing.refresh(session, trainer, today=TODAY)
    assert listed(session, trainer).in_date_until == date(2028, 12, 31)
    assert len(held_by(session, trainer)) == 2


def test_a_withdrawn_credential_leaves_the_search(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    credential = make.credential(trainer)
    make.check(make.term(credential))
    credential.withdrawn_at = NOW
    listing.refresh(session, trainer, today=TODAY)
    assert held_by(session, trainer) == []


def test_a_check_made_beside_the_loaded_credential_is_seen(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    credential = make.credential(trainer)
    term = make.term(credential)
    assert credential.checks == [], "loaded before the check is made"
    session.execute(insert(Check).values(**MATCHED, term_id=term.id))
    listing.refresh(session, trainer, today=TODAY)
    assert listed(session, trainer).in_date_until == date(2027, 11, 30)


@pytest.mark.parametrize("state", ["draft", "paused", "withdrawn"])
def test_who_is_not_listed_has_no_rows(session: Session, make: Factory, state: str) -> None:
    trainer = make.listed()
    trainer.state = state
    listing.refresh(session, trainer, today=TODAY)
    assert row_of(session, trainer) is None
    assert held_by(session, trainer) == []
    assert words_of(session, trainer) == set()


def test_the_place_in_the_daily_order_outlives_a_refresh(session: Session, make: Factory) -> None:
    trainer = make.listed()
    before = listed(session, trainer).shuffle
    assert 0 < before < listing.SHUFFLE_PRIME
    trainer.name = "Dana Reyes"
    listing.refresh(session, trainer, today=TODAY)
    assert listed(session, trainer).shuffle == before
    assert words_of(session, trainer) == {"dana", "reyes"}


def test_two_trainers_get_different_places_in_the_daily_order(session: Session, make: Factory) -> None:
    shuffles = {listed(session, make.listed()).shuffle for _ in range(20)}
    assert len(shuffles) == 20


def test_a_very_long_name_fits_its_columns_when_folding_makes_it_longer(session: Session, make: Factory) -> None:
    trainer = make.listed("ﷺ" * 120)
    assert len(listed(session, trainer).name_key) == 140
    assert all(len(word) <= 120 for word in words_of(session, trainer))


def test_rebuilding_makes_the_same_rows_from_the_tables_of_record(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "BATCH", 2)
    trainers = [make.listed(f"Dana {letter}") for letter in "ABCDE"]
    before = {
        row.trainer_id: (row.slug, row.shuffle, row.current_until) for row in session.scalars(select(Listing))
    }
    session.execute(delete(NameWord))
    session.execute(delete(ListingCredential))
    trainers[0].state = "paused"
    assert listing.rebuild(session, today=TODAY) == 4
    del before[trainers[0].id]
    session.expire_all()
    after = {
        row.trainer_id: (row.slug, row.shuffle, row.current_until) for row in session.scalars(select(Listing))
    }
    assert after == before
    assert words_of(session, trainers[4]) == {"dana", "e"}
    assert len(held_by(session, trainers[4])) == 1
