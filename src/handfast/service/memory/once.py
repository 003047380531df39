"""Values that wait in memory for one use: challenges, pairings, approvals. Gone with the process."""

import threading
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from handfast.base.clock import Clock
from handfast.storage.tables.access import hash_secret

T = TypeVar("T")


class Once(Generic[T]):
    """Each value is taken once, within its life; at most `limit`, the oldest go first. Safe to share among threads."""

    def __init__(self, clock: Clock, life: timedelta, limit: int = 10_000) -> None:
        self._clock = clock
        self._life = life
        self._limit = limit
        self._kept: dict[bytes, tuple[datetime, T]] = {}
        self._lock = threading.Lock()

    def put(self, secret: str, value: T) -> datetime:
        """Keep a value under a secret; until when it is good."""
        with self._lock:
            return self._put(hash_secret(secret), value)

    def take(self, secret: str) -> T | None:
        """The value, never again; None if there is none, or its time is over."""
        with self._lock:
            ends_at, value = self._kept.pop(hash_secret(secret), (self._clock.now(), None))
        return value if ends_at > self._clock.now() else None

    def first_time(self, secret: str, value: T) -> bool:
        """Whether this secret was not seen within its life; it is from now on."""
        key = hash_secret(secret)
        with self._lock:
            if key in self._kept and self._kept[key][0] > self._clock.now():
                return False
            self._put(key, value)
        return True

    def _put(self, key: bytes, value: T) -> datetime:
        ends_at = self._clock.now() + self._life
        self._kept[key] = (ends_at, value)
        if len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]
        return ends_at
