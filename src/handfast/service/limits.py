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


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries in a row."""
    if tries < FREE_TRIES:
        return timedelta(0)
    doublings = min(tries - FREE_TRIES, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries in a row, and when the next may be made."""

    count: int
    next_at: datetime
    last_at: datetime


class Limits:
    """Failed tries by key, in memory: a key is a person, a reference or a card. Safe to share among threads."""

    def __init__(self, clock: Clock, limit: int = 50_000) -> None:
        self._clock = clock
        self._limit = limit
        self._tries: dict[str, Tries] = {}
        self._lock = threading.Lock()

    def check(self, key: str) -> None:
        """Raises TooManyTries while the pause of this key lasts."""
        now = self._clock.now()
        with self._lock:
            tries = self._tries.get(key)
        if tries and now < tries.next_at:
            raise TooManyTries(ceil((tries.next_at - now).total_seconds()))

    def failed(self, key: str) -> None:
        """Count a failed try."""
        now = self._clock.now()
        with self._lock:
            old = self._tries.pop(key, None)  # popped, so that the newest stand last
            count = old.count + 1 if old and now - old.last_at < FORGOTTEN_AFTER else 1
            self._tries[key] = Tries(count, now + pause_after(count), now)
            if len(self._tries) > self._limit:
                del self._tries[next(iter(self._tries))]

    def passed(self, key: str) -> None:
        """Forget the failed tries of a key."""
        with self._lock:
            self._tries.pop(key, None)
