"""The first wrong tries are free, then each one costs a longer wait, never a long one."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from trainers.core.models import SignInCount
from trainers.core.sign_in import limits as sign_in_limits
from trainers.core.sign_in.limits import FORGOTTEN_AFTER, FREE, Closed, Counted, counted, wait_after

DANA = counted("password", "dana@example.org", secret="s")
HOME = counted("network", "192.0.2.1", secret="s")


def wrong(session: Session, times: int, *, now: object = NOW, of: Counted = DANA) -> list[bool]:
    """Whether each of the tries was looked at."""
    return [sign_in_limits.admit(session, [of, HOME], now=now) is None for _ in range(times)]  # type: ignore[arg-type]


def failures(session: Session, of: Counted = DANA) -> int:
    return session.scalars(select(SignInCount.failures).where(SignInCount.key == of.key)).one()


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, None), (9, None), (10, 1), (11, 2), (12, 5), (13, 10), (14, 15), (500, 15)]
)
def test_waits_grow_and_stay_short(tries: int, minutes: int | None) -> None:
    assert wait_after(tries, FREE["password"]) == (timedelta(minutes=minutes) if minutes else None)


def test_after_the_free_tries_nothing_is_looked_at_until_the_wait_is_over(session: Session) -> None:
    assert wrong(session, 12) == [True] * 10 + [False] * 2
    closed = sign_in_limits.admit(session, [DANA, HOME], now=NOW)
    assert closed == Closed("password", NOW + timedelta(minutes=1))
    assert wrong(session, 2, now=NOW + timedelta(minutes=1)) == [True, False]


def test_what_is_not_looked_at_does_not_lengthen_the_wait(session: Session) -> None:
    wrong(session, 200)
    assert failures(session) == 10
    assert wrong(session, 1, now=NOW + timedelta(minutes=1)) == [True]


def test_a_day_without_a_wrong_try_starts_anew(session: Session) -> None:
    wrong(session, 10)
    later = NOW + FORGOTTEN_AFTER + timedelta(seconds=1)
    assert wrong(session, 10, now=later) == [True] * 10


def test_a_right_try_starts_the_account_anew_and_gives_the_network_one_back(session: Session) -> None:
    wrong(session, 10)
    sign_in_limits.was_right(session, DANA, HOME, now=NOW)
    assert (failures(session), failures(session, HOME)) == (0, 9)
    assert wrong(session, 1) == [True]


def test_one_network_that_guesses_at_many_accounts_waits_too(session: Session) -> None:
    others = [counted("password", f"person{n}@example.org", secret="s") for n in range(FREE["network"] + 1)]
    assert [wrong(session, 1, of=each)[0] for each in others] == [True] * FREE["network"] + [False]


def test_a_lifted_account_is_looked_at_at_once(session: Session) -> None:
    wrong(session, 10)
    sign_in_limits.lift(session, DANA)
    assert wrong(session, 1) == [True]


def test_password_and_second_step_are_counted_apart(session: Session) -> None:
    wrong(session, 10)
    step = counted("second step", "dana@example.org", secret="s")
    assert wrong(session, 6, of=step) == [True] * 5 + [False]


def test_the_name_of_a_counter_tells_nothing_and_hangs_on_the_secret() -> None:
    assert "dana" not in DANA.key
    assert len({DANA.key, counted("password", "dana@example.org", secret="t").key}) == 2
    assert counted("password", "dana@example.org", secret="s") == DANA


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:bbbb::2", "2001:db8:0:1::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_visitor_has_one_network_whatever_the_address(address: str, network: str) -> None:
    assert sign_in_limits.network_of(address) == network


def test_what_counts_no_more_is_deleted(session: Session) -> None:
    wrong(session, 1)
    wrong(session, 1, of=counted("password", "sam@example.org", secret="s"), now=NOW + timedelta(days=1))
    assert sign_in_limits.forget_old(session, now=NOW + FORGOTTEN_AFTER + timedelta(minutes=1)) == 1
    assert sign_in_limits.forget_old(session, now=NOW + FORGOTTEN_AFTER + timedelta(minutes=1)) == 0
