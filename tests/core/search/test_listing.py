from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core.models import Check, Listing, NameWord, Trainer, Word, WordDelete
from trainers.core.models.listing import HELD
from trainers.core.rules import rule_book
from trainers.core.search import listing, packing
from trainers.core.search.listing_rows import ONLINE
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


Days = tuple[date | None, date]
"""Until when our check is recent enough, and until when it is in date."""


def unpacked(days: int) -> Days | None:
    """None for what is not held, or is not confirmed."""
    in_date, current = divmod(days, 1 << packing.DAY_BITS)
    return (packing.day_of(current) if current else None, packing.day_of(in_date)) if in_date else None


def held_by(session: Session, trainer: Trainer) -> dict[str, Days | None]:
    row = listed(session, trainer)
    columns = {rule.key: getattr(row, HELD[rule.slot - 1]) for rule in rule_book().rules}
    return {key: unpacked(days) for key, days in columns.items() if days}


def qualifying(session: Session, trainer: Trainer) -> Days | None:
    return unpacked(listed(session, trainer).qualifying)


def words_of(session: Session, trainer: Trainer) -> set[str]:
    return set(session.scalars(select(NameWord.word).where(NameWord.trainer_id == trainer.id)))


def test_a_listed_trainer_gets_a_row_for_the_search(session: Session, make: Factory) -> None:
    trainer = make.listed(
        "Łukasz O’Brien-Müller", zip="97005", mode="online", headline="Strong hips", accepting=False
    )
    row = listed(session, trainer)
    assert (row.name, row.name_key) == ("Łukasz O’Brien-Müller", "lukasz obrien muller")
    assert (row.zip, row.shown["headline"], row.slug) == ("97005", "Strong hips", make.slug(trainer))
    assert (row.traits, row.accepting_until) == (ONLINE, 0)
    assert words_of(session, trainer) == {"lukasz", "obrien", "muller", "mueller"}


def test_a_current_row_ends_with_the_certification_or_with_our_check_whichever_is_first(
    session: Session, make: Factory
) -> None:
    fresh_until = TODAY + timedelta(days=CHECK_FRESH_DAYS)
    soon = make.listed(expires_on=date(2027, 1, 31))
    later = make.listed(expires_on=date(2028, 1, 31))
    assert qualifying(session, soon) == (date(2027, 1, 31), date(2027, 1, 31))
    assert qualifying(session, later) == (fresh_until, date(2028, 1, 31))
    assert held_by(session, later) == {"NASM/NASM-CPT": (fresh_until, date(2028, 1, 31))}


def test_what_was_never_checked_counts_on_no_day(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    make.term(make.credential(trainer))
    listing.refresh(session, trainer, today=TODAY)
    assert held_by(session, trainer) == {"NASM/NASM-CPT": None}
    assert qualifying(session, trainer) is None


def test_only_a_certification_of_a_main_issuer_makes_the_listing_current(session: Session, make: Factory) -> None:
    for key in ("NASM/NASM-CNC", "FMS/FMS-L1", "RRCA/RRCA-L1", "NASM/NASM-PTC"):
        assert qualifying(session, make.listed(key=key)) is None, key
    assert qualifying(session, make.listed(key="ACSM/ACSM-EP")) is not None


def test_a_type_without_a_cycle_has_no_end(session: Session, make: Factory) -> None:
    trainer = make.listed(key="NASM/NASM-CES", expires_on=None)
    assert held_by(session, trainer) == {"NASM/NASM-CES": (TODAY + timedelta(days=CHECK_FRESH_DAYS), NO_END)}


def test_the_best_of_two_certifications_counts(session: Session, make: Factory) -> None:
    trainer = make.listed(key="NASM/NASM-CPT", expires_on=date(2026, 11, 1))
    make.check(make.term(make.credential(trainer, "ACSM/ACSM-CPT"), expires_on=date(2028, 12, 31)))
    listing.refresh(session, trainer, today=TODAY)
    assert qualifying(session, trainer) == (TODAY + timedelta(days=CHECK_FRESH_DAYS), date(2028, 12, 31))
    assert held_by(session, trainer).keys() == {"NASM/NASM-CPT", "ACSM/ACSM-CPT"}


def test_a_withdrawn_credential_leaves_the_search(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    credential = make.credential(trainer)
    make.check(make.term(credential))
    credential.withdrawn_at = NOW
    listing.refresh(session, trainer, today=TODAY)
    assert held_by(session, trainer) == {}


def test_a_check_made_beside_the_loaded_credential_is_seen(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    credential = make.credential(trainer)
    term = make.term(credential)
    assert credential.checks == [], "loaded before the check is made"
    session.execute(insert(Check).values(**MATCHED, term_id=term.id))
    listing.refresh(session, trainer, today=TODAY)
    assert qualifying(session, trainer) == (TODAY + timedelta(days=CHECK_FRESH_DAYS), date(2027, 11, 30))


@pytest.mark.parametrize("state", ["draft", "paused", "withdrawn"])
def test_who_is_not_listed_has_no_rows(session: Session, make: Factory, state: str) -> None:
    trainer = make.listed()
    trainer.state = state
    listing.refresh(session, trainer, today=TODAY)
    assert row_of(session, trainer) is None
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


# The words of names


def vocabulary_of(session: Session) -> tuple[dict[str, int], set[tuple[str, str]]]:
    words = {row.word: row.n for row in session.scalars(select(Word).execution_options(populate_existing=True))}
    return words, {(row.deleted, row.word) for row in session.scalars(select(WordDelete))}


def test_the_vocabulary_counts_in_how_many_names_a_word_is(session: Session, make: Factory) -> None:
    dana, other = make.listed("Dana Reyes"), make.listed("Dana Dana Müller")
    words, rests = vocabulary_of(session)
    assert words == {"dana": 2, "reyes": 1, "muller": 1, "mueller": 1}
    of_reyes = {("reyes", "reyes"), ("eyes", "reyes"), ("ryes", "reyes"), ("rees", "reyes"), ("reys", "reyes")}
    assert of_reyes < rests
    assert not any(word == "dana" for _, word in rests), "of four letters no slip is forgiven"
    dana.name = "Robin Müller"
    listing.refresh(session, dana, today=TODAY)
    words, rests = vocabulary_of(session)
    assert words == {"dana": 1, "robin": 1, "muller": 2, "mueller": 2}
    assert not any(word == "reyes" for _, word in rests)
    for trainer in (dana, other):
        trainer.state = "paused"
        listing.refresh(session, trainer, today=TODAY)
    assert vocabulary_of(session) == ({}, set())


def test_the_words_of_a_name_say_what_the_listing_says(session: Session, make: Factory) -> None:
    """They put those in order who are found by name: a new check changes them although the name stays."""
    trainer = make.trainer("Dana Fitzgerald", state="listed")
    term = make.term(make.credential(trainer))
    for check_first in (False, True):
        if check_first:
            make.check(term)
        listing.refresh(session, trainer, today=TODAY)
        row = listed(session, trainer)
        words = session.execute(select(NameWord.word, NameWord.qualifying, NameWord.shuffle)).all()
        assert {tuple(each) for each in words} == {
            (word, row.qualifying, row.shuffle) for word in ("dana", "fitzgerald")
        }
        assert bool(row.qualifying) is check_first


# Made anew


def everything(session: Session) -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(tuple, session.execute(select(*table.__table__.columns))), key=str)
        for table in (Listing, NameWord, Word, WordDelete)
    ]


def some_listings(make: Factory) -> list[Trainer]:
    names = ("Łukasz Wałęsa", "Jörg Müller", "Dana Fitzgerald", "Dana O’Brien", "Max Mustermann")
    trainers = [make.listed(name, specialties=("running",), headline="Strong hips") for name in names]
    make.check(make.term(make.credential(trainers[0], "FMS/FMS-L1")))
    listing.refresh(make.session, trainers[0], today=TODAY)
    return trainers


def test_rebuilding_changes_nothing_that_was_kept_in_step(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "BATCH", 2)
    trainers = some_listings(make)
    trainers[1].name = "Jörg Miller"
    listing.refresh(session, trainers[1], today=TODAY)
    before = everything(session)
    done: list[int] = []
    assert listing.rebuild(session, today=TODAY, progress=done.append) == 5
    assert everything(session) == before
    assert done == [2, 4, 5]


def test_rebuilding_mends_what_is_not_in_step(session: Session, make: Factory) -> None:
    trainers = some_listings(make)
    right = everything(session)
    session.execute(delete(NameWord).where(NameWord.trainer_id == trainers[0].id))
    session.execute(update(Word).values(n=7))
    session.execute(delete(WordDelete))
    session.execute(update(Listing).values(qualifying=0, shown={}))
    assert listing.rebuild(session, today=TODAY) == 5
    assert everything(session) == right
    trainers[0].state = "paused"
    assert listing.rebuild(session, today=TODAY) == 4
    assert words_of(session, trainers[0]) == set()
    assert session.get(Word, "walesa") is None


# What a result shows, day by day


def stages_of(session: Session, trainer: Trainer) -> list[tuple[date, str, date | None, date | None]]:
    ((_, *stages),) = listed(session, trainer).shown["held"]
    return [
        (packing.day_of(day), status, *(packing.day_of(number) if number else None for number in numbers))
        for day, status, *numbers in stages
    ]


def test_a_row_knows_on_which_days_its_status_will_change(session: Session, make: Factory) -> None:
    end = date(2027, 1, 31)
    trainer = make.listed(expires_on=end, looked_on=TODAY)
    later = end + timedelta(days=1)
    assert [(day, status) for day, status, *_ in stages_of(session, trainer)] == [
        (TODAY, "expires_soon"),
        (later, "expired_renewal_open"),
        (later + timedelta(days=365), "expired"),
    ]
    assert {(ends, looked) for _, _, ends, looked in stages_of(session, trainer)} == {(end, TODAY)}


def test_what_was_never_checked_stays_so(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    make.term(make.credential(trainer))
    listing.refresh(session, trainer, today=TODAY)
    assert stages_of(session, trainer) == [(TODAY, "not_checked", None, None)]
