"""Hashes of the pictures that were sent lately, over all sessions: the same bytes never count twice."""

import threading


class SeenBodies:
    """Remembers the newest `limit` picture hashes; forgets the oldest. Safe to share among threads."""

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._hashes: dict[bytes, None] = {}  # a dict keeps the order of insertion
        self._lock = threading.Lock()

    def first_time(self, digest: bytes) -> bool:
        """Whether this hash is new; it is remembered either way."""
        with self._lock:
            if digest in self._hashes:
                return False
            self._hashes[digest] = None
            if len(self._hashes) > self._limit:
                del self._hashes[next(iter(self._hashes))]
            return True
