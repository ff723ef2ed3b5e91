"""What was confirmed is looked at again: after its end, when new dates come, by lot, and when a look is old."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE
from tests.factories import Factory
from trainers.core.dates import add_months
from trainers.core.models import Credential, Review, Trainer
from trainers.core.review import outages, queue, rechecks
from trainers.core.review.rechecks import Confirmed, cause_of, is_drawn
from trainers.core.standing.status_words import CHECK_FRESH_DAYS

NOBODYS_LOT = "zz"


def seen(
    *,
    key: str = "NASM/NASM-CPT",
    ends_on: date | None = date(2027, 11, 30),
    looked_on: date = TODAY,
    uuid: str = "",
) -> Confirmed:
    return Confirmed(1, 1, uuid or not_drawn(), key, ends_on, looked_on)


def not_drawn(today: date = TODAY) -> str:
    return next(uuid for lot in range(256) if not is_drawn(uuid := f"{lot:02x}", today))


def drawn(today: date = TODAY) -> str:
    return next(uuid for lot in range(256) if is_drawn(uuid := f"{lot:02x}", today))


# --- why


def test_once_its_end_has_passed_it_is_looked_at_once_to_see_whether_it_was_renewed() -> None:
    ended = seen(ends_on=TODAY - timedelta(days=1), looked_on=TODAY - timedelta(days=100))
    assert cause_of(ended, TODAY) == "ended"
    assert cause_of(ended, TODAY - timedelta(days=1)) is None  # to the end of its last day
    assert cause_of(ended._replace(looked_on=TODAY), TODAY + timedelta(days=400)) is None


@pytest.mark.parametrize(
    ("day", "looked_on", "cause"),
    [
        (date(2026, 9, 30), date(2026, 8, 1), None),
        (date(2026, 10, 1), date(2026, 8, 1), "new_dates"),
        (date(2026, 12, 31), date(2026, 8, 1), "new_dates"),
        (date(2026, 10, 5), date(2026, 10, 1), None),
        (date(2027, 1, 1), date(2026, 10, 1), "ended"),
    ],
)
def test_from_october_acsms_new_dates_are_looked_for(day: date, looked_on: date, cause: str | None) -> None:
    acsm = seen(key="ACSM/ACSM-CPT", ends_on=date(2026, 12, 31), looked_on=looked_on, uuid=not_drawn(day))
    assert cause_of(acsm, day) == cause
    assert cause_of(acsm._replace(key="NASM/NASM-CPT"), day) != "new_dates"
    assert cause_of(acsm._replace(ends_on=date(2027, 12, 31)), day) != "new_dates"


def test_a_look_is_old_a_month_before_we_have_to_say_so() -> None:
    old = seen(looked_on=TODAY - timedelta(days=CHECK_FRESH_DAYS - 29))
    assert cause_of(old, TODAY) == "old"
    assert cause_of(old._replace(looked_on=TODAY - timedelta(days=CHECK_FRESH_DAYS - 30)), TODAY) is None


def test_the_lot_falls_once_a_month_and_not_on_what_was_looked_at_in_it() -> None:
    lucky = seen(uuid=drawn(), looked_on=TODAY.replace(day=1) - timedelta(days=1))
    assert cause_of(lucky, TODAY) == "random"
    assert cause_of(lucky._replace(looked_on=TODAY.replace(day=1)), TODAY) is None
    assert cause_of(lucky._replace(looked_on=TODAY - timedelta(days=170)), TODAY) == "random"  # not only old


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)))
def test_the_lot_draws_two_in_a_hundred_each_month_and_everybody_within_52_months(day: date) -> None:
    lots = [f"{lot:02x}" for lot in range(256)]
    assert 0.015 < sum(is_drawn(lot, day) for lot in lots) / 256 < 0.025
    months = [add_months(day.replace(day=1), n) for n in range(52)]
    assert all(any(is_drawn(lot, month) for month in months) for lot in lots)


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.none() | st.dates(date(2024, 1, 1), date(2029, 12, 31)),
    st.sampled_from(["NASM/NASM-CPT", "ACSM/ACSM-EP"]),
    st.integers(0, 255),
)
def test_a_look_today_answers_every_reason_of_today(today: date, ends_on: date | None, key: str, lot: int) -> None:
    looked = Confirmed(1, 1, f"{lot:02x}", key, ends_on, today)
    assert cause_of(looked, today) is None


# --- opening


def confirmed(
    make: Factory, *, name: str = "Dana", looked_on: date = TODAY, key: str = "NASM/NASM-CPT"
) -> Trainer:
    trainer = make.listed(name, looked_on=looked_on, key=key, expires_on=date(2027, 12, 31))
    credential = make.session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).one()
    credential.uuid = not_drawn() + str(uuid4())[2:]
    make.session.flush()
    return trainer


def open_works(session: Session) -> list[Review]:
    return list(session.scalars(select(Review).where(Review.closed_at.is_(None)).order_by(Review.id)))


def test_what_is_due_is_opened_once_with_its_reason_and_its_day(session: Session, make: Factory) -> None:
    confirmed(make, looked_on=TODAY - timedelta(days=170))
    confirmed(make, name="Fresh")
    opened = rechecks.open_due(session, today=TODAY, now=NOW)
    assert opened.by_cause == Counter({"old": 1})
    [work] = open_works(session)
    assert (work.kind, work.cause, work.due_on) == ("recheck", "old", TODAY + timedelta(days=30))
    assert rechecks.open_due(session, today=TODAY, now=NOW).total == 0
    assert len(open_works(session)) == 1


def test_nothing_is_opened_for_who_waits_already_is_withdrawn_or_was_never_confirmed(
    session: Session, make: Factory
) -> None:
    old = TODAY - timedelta(days=170)
    waits = confirmed(make, name="Waits", looked_on=old)
    credential = session.scalars(select(Credential).where(Credential.trainer_id == waits.id)).one()
    queue.open_review(session, kind="renewal", trainer=waits, credential=credential, now=NOW, today=TODAY)
    gone = confirmed(make, name="Gone", looked_on=old)
    gone.state = "withdrawn"
    missed = make.trainer("Missed")
    make.check(make.term(make.credential(missed)), outcome="second_look", looked_on=old)
    corrected = make.trainer("Corrected")
    term = make.term(make.credential(corrected))
    wrong = make.check(term, looked_on=old)
    make.check(term, outcome="unavailable", supersedes_id=wrong.id)
    assert rechecks.open_due(session, today=TODAY, now=NOW).total == 0


@pytest.mark.parametrize("outcome", ["mismatch", "no_match", "inactive"])
def test_what_was_refused_waits_for_its_holder_and_is_not_opened_again_tomorrow(
    session: Session, make: Factory, outcome: str
) -> None:
    old = TODAY - timedelta(days=170)
    trainer = confirmed(make, looked_on=old)
    term = session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).one().terms[0]
    denial = make.check(term, outcome=outcome, looked_on=TODAY)
    for days in (0, 1, 200):
        assert rechecks.open_due(session, today=TODAY + timedelta(days=days), now=NOW).total == 0
    make.check(term, outcome="unavailable", supersedes_id=denial.id)  # it was wrong: the confirmation stands again
    assert rechecks.open_due(session, today=TODAY, now=NOW).by_cause == Counter({"old": 1})


def test_a_look_that_was_sent_back_comes_again_when_its_holder_had_a_month(
    session: Session, make: Factory
) -> None:
    trainer = confirmed(make, looked_on=TODAY - timedelta(days=170))
    rechecks.open_due(session, today=TODAY, now=NOW)
    [work] = open_works(session)
    queue.close(work, outcome="returned", by="1", now=NOW)
    session.flush()
    for days, opened in ((1, 0), (29, 0), (30, 1)):
        later = timedelta(days=days)
        assert rechecks.open_due(session, today=TODAY + later, now=NOW + later).total == opened
    assert {each.trainer_id for each in open_works(session)} == {trainer.id}


def test_the_queue_begins_with_what_is_most_useful_and_ends_with_pages_that_do_not_answer(
    session: Session, make: Factory
) -> None:
    by_cause = {}
    for cause in ("old", "random", "new_dates", "asked", "ended"):
        trainer = confirmed(make, name=cause, key="ACSM/ACSM-CPT" if cause == "ended" else "NASM/NASM-CPT")
        credential = session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).one()
        queue.open_review(
            session, kind="recheck", cause=cause, trainer=trainer, credential=credential, now=NOW, today=TODAY
        )
        by_cause[cause] = trainer.name
    reviewer = str(make.reviewer().id)
    waiting = queue.read_queue(session, by=reviewer, today=TODAY).waiting
    assert [work.cause for work in waiting] == ["ended", "asked", "new_dates", "random", "old"]
    outages.begin(session, "ACSM", by=reviewer, now=NOW)
    waiting = queue.read_queue(session, by=reviewer, today=TODAY).waiting
    assert [work.cause for work in waiting] == ["asked", "new_dates", "random", "old", "ended"]


# --- a page that does not answer


def test_what_waited_for_a_page_that_was_down_is_due_as_much_later(session: Session, make: Factory) -> None:
    confirmed(make, looked_on=TODAY - timedelta(days=170))
    rechecks.open_due(session, today=TODAY, now=NOW)
    outages.begin(session, "NASM", by="1", now=NOW)
    [down] = outages.open_outages(session)
    assert (down.issuer, down.started_by) == ("NASM", "1")
    with pytest.raises(queue.Refused):
        outages.begin(session, "NASM", by="2", now=NOW)
    later = NOW + timedelta(days=10)
    outages.end(session, "NASM", by="1", now=later, today=TODAY + timedelta(days=10), zone=ZONE)
    assert outages.open_outages(session) == []
    [work] = open_works(session)
    assert work.due_on == TODAY + timedelta(days=40)
    with pytest.raises(queue.Refused):
        outages.end(session, "NASM", by="1", now=later, today=TODAY, zone=ZONE)
    with pytest.raises(queue.Refused):
        outages.begin(session, "FMS", by="1", now=NOW)


def test_a_page_that_was_down_for_an_afternoon_moves_no_day(session: Session, make: Factory) -> None:
    confirmed(make, looked_on=TODAY - timedelta(days=170))
    rechecks.open_due(session, today=TODAY, now=NOW)
    [work] = open_works(session)
    due_on, zone = work.due_on, ZONE
    noon, evening = (datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=zone) for hour in (12, 20))
    outages.begin(session, "NASM", by="1", now=noon.astimezone(UTC))
    outages.end(session, "NASM", by="1", now=evening.astimezone(UTC), today=TODAY, zone=zone)
    assert work.due_on == due_on


@pytest.mark.parametrize("kind", ["dispute", "contest", "report"])
def test_a_day_that_was_promised_is_kept_whatever_is_down(session: Session, make: Factory, kind: str) -> None:
    trainer = confirmed(make)
    credential = session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).one()
    outages.begin(session, "NASM", by="1", now=NOW)
    work = queue.open_review(session, kind=kind, trainer=trainer, credential=credential, now=NOW, today=TODAY)
    promised = work.due_on
    later = timedelta(days=10)
    outages.end(session, "NASM", by="1", now=NOW + later, today=TODAY + later, zone=ZONE)
    assert work.due_on == promised


# --- what is to come


def test_the_forecast_says_how_long_at_the_present_pace(session: Session, make: Factory) -> None:
    empty = rechecks.forecast(session, today=TODAY, now=NOW)
    assert (empty.sentence, empty.coming) == ("Nothing waits.", 0)
    trainer = confirmed(make, looked_on=TODAY - timedelta(days=140))
    for n in range(28):
        closed = {"closed_at": NOW - timedelta(days=n), "closed_by": "1", "outcome": "confirmed"}
        make.add(Review(kind="new", trainer_id=trainer.id, opened_at=NOW, due_on=TODAY, **closed))
    for _ in range(3):
        make.add(Review(kind="report", trainer_id=trainer.id, opened_at=NOW, due_on=TODAY))
    found = rechecks.forecast(session, today=TODAY, now=NOW)
    assert (found.waiting, found.coming) == (3, 1)
    assert found.sentence == "At the present pace of 1 a day it takes about 3 days."
    four_weeks_later = rechecks.forecast(session, today=TODAY, now=NOW + timedelta(days=27))
    assert four_weeks_later.sentence == "At the present pace of 2 in four weeks it takes about 42 days."
    crowded = rechecks.Forecast(waiting=74, coming=0, pace=1 / 28)
    assert crowded.sentence == "At the present pace of 1 in four weeks it takes more than a year."
    assert rechecks.Forecast(waiting=10, coming=0, pace=10.0).pace_in_words == "10 a day"
    a_year_later = rechecks.forecast(session, today=TODAY, now=NOW + timedelta(days=365))
    assert a_year_later.sentence.startswith("Nothing was decided in the last four weeks")
