"""Tries and growing pauses: a few are free, then each costs twice the wait of the one before."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from handfast.base.clock import Clock
from handfast.base.errors import TooManyTries

FREE_TRIES = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)


def pause_after(tries: int, free: int = FREE_TRIES) -> timedelta:
    """How long to wait after so many failed tries in a row."""
    if tries < free:
        return timedelta(0)
    doublings = min(tries - free, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries in a row, and when the last was made."""

    count: int
    last_at: datetime


class Limits:
    """Failed tries by key, in memory: a key is a person, a reference, a card or a desk. Safe to share among threads.

    `free` is how many tries a key has before pauses begin.
    """

    def __init__(self, clock: Clock, limit: int = 50_000) -> None:
        self._clock = clock
        self._limit = limit
        self._tries: dict[str, Tries] = {}
        self._lock = threading.Lock()

    def check(self, key: str, free: int = FREE_TRIES) -> None:
        """Raises TooManyTries while the pause of this key lasts."""
        with self._lock:
            self._check(key, free, self._clock.now())

    def take(self, key: str, free: int = FREE_TRIES) -> None:
        """Count a try that may fail. Raises TooManyTries, and counts nothing, while a pause lasts."""
        now = self._clock.now()
        with self._lock:
            self._check(key, free, now)
            self._count(key, now)

    def take_back(self, key: str) -> None:
        """A try did not fail after all."""
        with self._lock:
            old = self._tries.pop(key, None)
            if old and old.count > 1:
                self._tries[key] = Tries(old.count - 1, old.last_at)

    def failed(self, key: str) -> None:
        """Count a failed try."""
        with self._lock:
            self._count(key, self._clock.now())

    def passed(self, key: str) -> None:
        """Forget the failed tries of a key."""
        with self._lock:
            self._tries.pop(key, None)

    def _check(self, key: str, free: int, now: datetime) -> None:
        tries = self._tries.get(key)
        next_at = tries.last_at + pause_after(tries.count, free) if tries else now
        if now < next_at:
            raise TooManyTries(ceil((next_at - now).total_seconds()))

    def _count(self, key: str, now: datetime) -> None:
        old = self._tries.pop(key, None)  # popped, so that the newest stand last
        count = old.count + 1 if old and now - old.last_at < FORGOTTEN_AFTER else 1
        self._tries[key] = Tries(count, now)
        if len(self._tries) > self._limit:
            del self._tries[next(iter(self._tries))]
