"""Counts over all listings, kept for a while: they are the one part of a search that grows with the directory."""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Value = TypeVar("Value")

SLOW = 0.05  # seconds from which on it is worth keeping: a small directory is always exact
MOST = 500


class KeptCounts(Generic[Value]):
    """Values that took long to count, by what was asked, each for so many seconds; 0 keeps nothing.

    Who asks for what is being counted just now waits for it instead of counting again.
    """

    def __init__(self, seconds: float, *, slow: float = SLOW, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = seconds
        self._slow, self._clock = slow, clock
        self._kept: dict[Hashable, tuple[float, Value]] = {}
        self._counting: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, count: Callable[[], Value]) -> Value:
        if not self.seconds:
            return count()
        with self._lock:
            counting = self._counting.setdefault(key, Lock())
        with counting:
            found = self._fresh(key)
            if found is None:
                begun = self._clock()
                found = (begun, count())
                if self._clock() - begun >= self._slow:
                    self._keep(key, found)
        with self._lock:
            self._counting.pop(key, None)
        return found[1]

    def _fresh(self, key: Hashable) -> tuple[float, Value] | None:
        with self._lock:
            found = self._kept.get(key)
        return found if found is not None and self._clock() - found[0] < self.seconds else None

    def _keep(self, key: Hashable, found: tuple[float, Value]) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = found
            while len(self._kept) > MOST:
                self._kept.pop(next(iter(self._kept)))
