from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from trainers.core.search.kept_counts import KeptCounts


class Clock:
    """Time that passes when we say so; counting takes `slowness` seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.counted = 0

    def __call__(self) -> float:
        return self.now

    def count(self, slowness: float) -> int:
        self.now += slowness
        self.counted += 1
        return self.counted


def test_what_took_long_is_kept_for_its_time() -> None:
    clock = Clock()
    kept = KeptCounts[int](60, clock=clock)
    assert [kept.get("all", lambda: clock.count(0.2)) for _ in range(3)] == [1, 1, 1]
    clock.now += 59.7
    assert kept.get("all", lambda: clock.count(0.2)) == 1
    clock.now += 0.2
    assert kept.get("all", lambda: clock.count(0.2)) == 2, "a minute since it was asked, not since it was answered"
    assert kept.get("others", lambda: clock.count(0.2)) == 3


def test_what_is_counted_quickly_is_counted_each_time() -> None:
    clock = Clock()
    kept = KeptCounts[int](60, clock=clock)
    assert [kept.get("few", lambda: clock.count(0.01)) for _ in range(2)] == [1, 2]


def test_no_seconds_keep_nothing() -> None:
    clock = Clock()
    kept = KeptCounts[int](0, clock=clock)
    assert [kept.get("all", lambda: clock.count(5)) for _ in range(2)] == [1, 2]


def test_who_asks_meanwhile_waits_and_gets_the_same() -> None:
    kept = KeptCounts[int](60, slow=0)
    begun, go_on = Event(), Event()
    counted = []

    def count() -> int:
        begun.set()
        assert go_on.wait(10)
        counted.append(1)
        return len(counted)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, "all", count)
        assert begun.wait(10)
        others = [pool.submit(kept.get, "all", count) for _ in range(2)]
        go_on.set()
        assert [each.result() for each in (first, *others)] == [1, 1, 1]


def test_a_count_that_fails_is_counted_again() -> None:
    kept = KeptCounts[int](60, slow=0)
    with pytest.raises(ZeroDivisionError):
        kept.get("all", lambda: 1 // 0)
    assert kept.get("all", lambda: 7) == 7


def test_the_oldest_go_when_there_are_too_many() -> None:
    kept = KeptCounts[int](60, slow=0)
    for number in range(600):
        kept.get(number, lambda: 1)
    assert kept.get(599, lambda: 2) == 1
    assert kept.get(0, lambda: 2) == 2
