"""The queue: who may take what, for how long, in which order."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from trainers.core.errors import NotFound, Refused
from trainers.core.models import Credential, Review
from trainers.core.review import queue
from trainers.core.review.queue import TAKE, TakeLost


def claimed(make: Factory, name: str = "Dana Fitzgerald") -> Credential:
    credential: Credential = make.credential(make.trainer(name))
    make.term(credential)
    return credential


def opened(
    session: Session, credential: Credential, *, kind: str = "new", now: datetime = NOW, today: date = TODAY
) -> Review:
    return queue.open_review(
        session, kind=kind, trainer=credential.trainer, credential=credential, now=now, today=today
    )


def taken(session: Session, work: Review, by: str, now: datetime = NOW, today: date = TODAY) -> datetime:
    return queue.take(session, work, by=by, now=now, today=today)


def test_new_work_is_due_in_seven_working_days(session: Session, make: Factory) -> None:
    work = opened(session, claimed(make), today=date(2026, 11, 23))
    assert work.due_on == date(2026, 12, 2)


def test_a_credential_has_one_open_piece_of_work(session: Session, make: Factory) -> None:
    credential = claimed(make)
    first = opened(session, credential)
    second = opened(session, credential, kind="edit", today=TODAY + timedelta(days=3))
    assert second is first
    assert (first.kind, first.due_on) == ("new", date(2026, 12, 2))


@pytest.mark.parametrize(
    ("open_kind", "added", "becomes"),
    [
        ("new", "edit", "new"),
        ("recheck", "renewal", "renewal"),
        ("renewal", "edit", "renewal"),
        ("new", "dispute", "dispute"),
        ("dispute", "recheck", "dispute"),
    ],
)
def test_work_that_comes_together_is_named_by_the_weightier_part(
    session: Session, make: Factory, open_kind: str, added: str, becomes: str
) -> None:
    credential = claimed(make)
    opened(session, credential, kind=open_kind)
    assert opened(session, credential, kind=added).kind == becomes


def test_what_a_trainer_sends_in_ends_the_wait_for_a_second_look(session: Session, make: Factory) -> None:
    credential = claimed(make)
    work = opened(session, credential)
    work.not_before = TODAY + timedelta(days=7)
    opened(session, credential, kind="edit")
    assert work.not_before is None


def test_closed_work_is_not_opened_again(session: Session, make: Factory) -> None:
    credential = claimed(make)
    first = opened(session, credential)
    queue.close(first, outcome="returned", by="1", now=NOW)
    assert opened(session, credential, kind="edit") is not first


def test_reports_about_one_listing_come_together_and_apart_from_its_claims(
    session: Session, make: Factory
) -> None:
    credential = claimed(make)
    claim = opened(session, credential)
    reports = [
        queue.open_review(session, kind="report", trainer=credential.trainer, now=NOW, today=TODAY)
        for _ in range(2)
    ]
    assert reports[0] is reports[1]
    assert reports[0] is not claim


# The queue


def test_renewals_come_first_and_what_else_people_wait_for_by_its_day(session: Session, make: Factory) -> None:
    late = opened(session, claimed(make, "Late"), today=TODAY - timedelta(days=20))
    new = opened(session, claimed(make, "New"))
    renewal = opened(session, claimed(make, "Renewal"), kind="renewal", now=NOW + timedelta(hours=1))
    seen = queue.read_queue(session, by="0", today=TODAY)
    assert list(seen.waiting) == [renewal, late, new]
    assert (seen.total, seen.overdue) == (3, 1)


def test_work_due_today_is_not_overdue(session: Session, make: Factory) -> None:
    work = opened(session, claimed(make))
    assert queue.read_queue(session, by="0", today=work.due_on).overdue == 0
    assert queue.read_queue(session, by="0", today=work.due_on + timedelta(days=1)).overdue == 1


def test_a_second_look_stands_apart_until_its_day(session: Session, make: Factory) -> None:
    work = opened(session, claimed(make))
    work.not_before = TODAY + timedelta(days=7)
    before = queue.read_queue(session, by="0", today=TODAY + timedelta(days=6))
    on_the_day = queue.read_queue(session, by="0", today=TODAY + timedelta(days=7))
    assert (list(before.waiting), list(before.later)) == ([], [work])
    assert (list(on_the_day.waiting), list(on_the_day.later)) == ([work], [])


def test_a_reviewer_does_not_see_work_about_the_own_listing(session: Session, make: Factory) -> None:
    reviewer = make.reviewer()
    credential = make.credential(make.trainer(account=reviewer))
    make.term(credential)
    work = opened(session, credential)
    assert queue.read_queue(session, by=str(reviewer.id), today=TODAY).total == 0
    with pytest.raises(Refused):
        queue.find(session, work.uuid, by=str(reviewer.id))


def test_a_withdrawn_credential_leaves_the_queue_and_reports_stay(session: Session, make: Factory) -> None:
    credential = claimed(make)
    work = opened(session, credential)
    report = queue.open_review(session, kind="report", trainer=credential.trainer, now=NOW, today=TODAY)
    assert queue.close_withdrawn(session, trainer=credential.trainer, by="5", now=NOW) == 1
    assert (work.outcome, work.closed_by) == ("withdrawn", "5")
    assert list(queue.read_queue(session, by="0", today=TODAY).waiting) == [report]


def test_unknown_work_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        queue.find(session, "7f0e7f1c-6a42-4a0e-9c32-0e6c1f9d0000", by="1")


# Taking


def test_a_take_lasts_half_an_hour(session: Session, make: Factory) -> None:
    reviewer, other = str(make.reviewer().id), str(make.reviewer().id)
    work = opened(session, claimed(make))
    assert taken(session, work, reviewer) == NOW + timedelta(minutes=30)
    assert queue.is_held(work, by=reviewer, now=NOW + timedelta(minutes=29, seconds=59))
    assert not queue.is_held(work, by=reviewer, now=NOW + timedelta(minutes=30))
    assert not queue.is_held(work, by=other, now=NOW)


def test_of_two_reviewers_one_gets_it(session: Session, make: Factory) -> None:
    alice, bob = str(make.reviewer().id), str(make.reviewer().id)
    work = opened(session, claimed(make))
    taken(session, work, alice)
    with pytest.raises(TakeLost):
        taken(session, work, bob)
    assert queue.is_held(work, by=alice, now=NOW)


def test_a_take_is_decided_by_the_database_and_not_by_what_was_read_before(
    session: Session, make: Factory
) -> None:
    alice, bob = str(make.reviewer().id), str(make.reviewer().id)
    work = opened(session, claimed(make))
    taken(session, work, alice)
    work.__dict__.update(taken_by=None, taken_until=None)  # as Bob's page had read it
    with pytest.raises(TakeLost):
        taken(session, work, bob)


def test_after_half_an_hour_another_may_take_it(session: Session, make: Factory) -> None:
    alice, bob = str(make.reviewer().id), str(make.reviewer().id)
    work = opened(session, claimed(make))
    taken(session, work, alice)
    taken(session, work, bob, now=NOW + TAKE)
    with pytest.raises(TakeLost):
        queue.demand_hold(session, work, by=alice, now=NOW + TAKE)


@given(st.integers(min_value=0, max_value=7200))
def test_at_any_moment_at_most_one_holds_it(seconds: int) -> None:
    work = Review(taken_by=3, taken_until=NOW + TAKE)
    now = NOW + timedelta(seconds=seconds)
    assert queue.is_held(work, by="3", now=now) == (seconds < 1800)
    assert not queue.is_held(work, by="4", now=now)


def test_who_has_it_may_take_it_for_longer(session: Session, make: Factory) -> None:
    alice = str(make.reviewer().id)
    work = opened(session, claimed(make))
    taken(session, work, alice)
    assert taken(session, work, alice, now=NOW + timedelta(minutes=20)) == NOW + timedelta(minutes=50)


def test_released_work_is_free_at_once(session: Session, make: Factory) -> None:
    alice, bob = str(make.reviewer().id), str(make.reviewer().id)
    work = opened(session, claimed(make))
    taken(session, work, alice)
    queue.release(session, work, by=bob, now=NOW)
    assert queue.is_held(work, by=alice, now=NOW)
    queue.release(session, work, by=alice, now=NOW)
    taken(session, work, bob)


def test_closed_work_cannot_be_taken(session: Session, make: Factory) -> None:
    alice = str(make.reviewer().id)
    work = opened(session, claimed(make))
    queue.close(work, outcome="returned", by=alice, now=NOW)
    with pytest.raises(TakeLost, match="closed"):
        taken(session, work, alice)


def test_nobody_takes_the_own_listing(session: Session, make: Factory) -> None:
    reviewer = make.reviewer()
    credential = make.credential(make.trainer(account=reviewer))
    make.term(credential)
    work = opened(session, credential)
    with pytest.raises(Refused, match="own listing"):
        taken(session, work, str(reviewer.id))


def test_who_made_the_first_look_does_not_take_the_second(session: Session, make: Factory) -> None:
    alice, bob = str(make.reviewer().id), str(make.reviewer().id)
    credential = claimed(make)
    make.check(credential.terms[0], outcome="second_look", by=alice)
    work = opened(session, credential)
    with pytest.raises(Refused, match="another reviewer"):
        taken(session, work, alice)
    taken(session, work, bob)


def test_a_second_look_is_not_taken_before_its_day(session: Session, make: Factory) -> None:
    bob = str(make.reviewer().id)
    work = opened(session, claimed(make))
    work.not_before = TODAY + timedelta(days=7)
    with pytest.raises(Refused, match="30 November 2026"):
        taken(session, work, bob)
    taken(session, work, bob, today=TODAY + timedelta(days=7))


def test_the_database_keeps_who_and_until_when_together(session: Session, make: Factory) -> None:
    work = opened(session, claimed(make))
    work.taken_by = make.reviewer().id
    with pytest.raises(IntegrityError, match="taken"):
        session.flush()
    session.rollback()
