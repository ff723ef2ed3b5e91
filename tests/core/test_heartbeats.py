"""What whoever watches the server is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.factories import Factory
from trainers.core import heartbeats
from trainers.core.heartbeats import CLEARING, LONGEST, PLANNING, SENDING, WORKER
from trainers.core.long_work import jobs
from trainers.core.mail import outbox

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def alive(session: Session) -> Session:
    for name in LONGEST:
        heartbeats.beat(session, name, now=NOW)
    return session


def ailing(session: Session, after: timedelta = timedelta()) -> list[str]:
    return [sign.words for sign in heartbeats.signs_of_life(session, now=NOW + after) if not sign.well]


def test_a_site_whose_worker_never_ran_is_not_well(session: Session) -> None:
    assert ailing(session) == ["worker: never", "planning: never", "sending: never", "clearing: never"]


def test_all_is_well_right_after_the_beats(alive: Session) -> None:
    assert ailing(alive) == []
    assert [sign.words for sign in heartbeats.signs_of_life(alive, now=NOW)] == [
        "worker: 2026-11-23 20:00:00 UTC",
        "planning: 2026-11-23 20:00:00 UTC",
        "sending: 2026-11-23 20:00:00 UTC",
        "clearing: 2026-11-23 20:00:00 UTC",
        "backup: none made here",
        "jobs running: 0, of them without a worker: 0",
        "oldest job waiting: none",
        "oldest mail due: none",
    ]


@pytest.mark.parametrize(
    ("name", "longest"),
    [(WORKER, 10 * MINUTE), (PLANNING, 26 * HOUR), (SENDING, 10 * MINUTE), (CLEARING, 26 * HOUR)],
)
def test_each_beat_may_be_so_old_and_no_older(alive: Session, name: str, longest: timedelta) -> None:
    def told(after: timedelta) -> list[str]:
        return [words for words in ailing(alive, after) if words.startswith(name)]

    assert told(longest) == []
    assert told(longest + MINUTE) == [f"{name}: 2026-11-23 20:00:00 UTC"]


def test_who_has_made_a_backup_is_told_when_none_followed(alive: Session) -> None:
    heartbeats.beat(alive, heartbeats.BACKUP, now=NOW - 26 * HOUR)
    assert ailing(alive) == []
    assert ailing(alive, MINUTE) == ["backup: 2026-11-22 18:00:00 UTC"]


def test_a_beat_moves_on_and_is_written_no_oftener_than_needed(alive: Session) -> None:
    heartbeats.beat(alive, WORKER, now=NOW + timedelta(seconds=29))
    assert heartbeats.last_beat(alive, WORKER) == NOW
    heartbeats.beat(alive, WORKER, now=NOW + timedelta(seconds=30))
    assert heartbeats.last_beat(alive, WORKER) == NOW + timedelta(seconds=30)


def test_a_beat_from_the_future_is_not_well_and_is_written_over(alive: Session) -> None:
    """The clock was set back."""
    assert ailing(alive, timedelta(seconds=-30)) == []
    assert len(ailing(alive, timedelta(seconds=-31))) == len(LONGEST)
    heartbeats.beat(alive, WORKER, now=NOW - HOUR)
    assert heartbeats.last_beat(alive, WORKER) == NOW - HOUR
    assert heartbeats.is_heard_of(alive, WORKER, now=NOW - HOUR)


def queue_job(session: Session, make: Factory) -> None:
    jobs.enqueue(session, "bounces", account_id=None, now=NOW)


def queue_mail(session: Session, make: Factory) -> None:
    to = make.recipient(make.account())
    outbox.queue(session, to=to, template="account", context={}, dedupe_key="k", now=NOW)


@pytest.mark.parametrize(("put", "what"), [(queue_job, "oldest job waiting"), (queue_mail, "oldest mail due")])
def test_what_waits_for_more_than_an_hour_is_told(
    alive: Session, make: Factory, put: Callable[[Session, Factory], None], what: str
) -> None:
    put(alive, make)
    line = f"{what}: since 2026-11-23 20:00:00 UTC"
    assert line not in ailing(alive, HOUR)
    assert line in ailing(alive, HOUR + MINUTE)


def test_a_job_whose_worker_died_and_that_nobody_takes_up_is_told(alive: Session) -> None:
    jobs.enqueue(alive, "bounces", account_id=None, now=NOW)
    assert jobs.claim(alive, now=NOW) is not None
    line = "jobs running: 1, of them without a worker: 1"
    assert line not in ailing(alive, jobs.LEASE + 5 * MINUTE)
    assert line in ailing(alive, jobs.LEASE + 6 * MINUTE)
    assert line in ailing(alive, -HOUR), "the clock was set back"


def test_only_a_job_that_nobody_has_taken_up_yet_waits(alive: Session) -> None:
    jobs.enqueue(alive, "bounces", account_id=None, now=NOW)
    work = jobs.claim(alive, now=NOW)
    assert work is not None
    jobs.release(alive, work)
    assert heartbeats.oldest_job(alive) is None
    jobs.enqueue(alive, "bounces", account_id=None, now=NOW + HOUR)
    assert heartbeats.oldest_job(alive) == NOW + HOUR
