"""Time and chance that tests set: a clock that stands until moved, a generator with a seed."""

import hashlib
from datetime import UTC, datetime, timedelta


class FixedClock:
    """Stands still until it is moved on."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self._now += timedelta(seconds=seconds)


class SeededRandomness:
    """The same bytes for the same seed: SHA-256 in counter mode."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._blocks = 0

    def bytes(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += hashlib.sha256(f"{self._seed}:{self._blocks}".encode()).digest()
            self._blocks += 1
        return data[:count]

    def below(self, limit: int) -> int:
        return int.from_bytes(self.bytes(16), "big") % limit
