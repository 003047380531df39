"""How many captures are let in at once: as many as can be guided in time, learned from those that are on.

Somebody who is let in and then waits for each answer cannot follow a dot; whoever is told to wait a moment before can.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from handfast.base.errors import Overloaded


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """Tuned numbers of the places."""

    full: float = 0.85  # of the workers' time, the most that captures are expected to take
    usual: float = 0.2  # of one worker's time that a capture takes, believed before any was seen
    trust: float = 30.0  # seconds of a capture; what that belief weighs
    memory: float = 60.0  # seconds, after which what was seen counts for 1/e of it
    quiet: float = 8.0  # seconds without a picture, after which a capture no longer counts
    often: int = 190  # ms between the pictures of one phone while there is room: five a second
    seldom: int = 330  # ms when it is full: three a second, by which a person can still be guided
    room: float = 0.6  # of the workers' time, from which on pictures are asked for less often


class Places:
    """The captures that are on, and the share of the workers' time that one takes. Safe to share among threads.

    now   seconds of a clock that only goes forward
    """

    def __init__(
        self, workers: int = 2, now: Callable[[], float] = time.monotonic, p: PlaceParameters = PlaceParameters()
    ) -> None:
        self._workers = workers
        self._now = now
        self._p = p
        self._heard: dict[str, float] = {}
        self._busy = self._shown = 0.0  # seconds of workers, and of captures, that count now
        self._at = now()
        self._lock = threading.Lock()

    def take(self, capture: str) -> None:
        """Let this capture in, or keep it in. Raises Overloaded where there is no room for another."""
        with self._lock:
            self._pass()
            others = len(self._heard)
            full = self._share() * (others + 1) > self._p.full * self._workers
            if capture not in self._heard and others >= self._workers and full:
                raise Overloaded("too many people at once; try again in a moment")
            self._heard[capture] = self._at

    def heard(self, capture: str) -> None:
        """A picture of this capture came."""
        with self._lock:
            self._pass()
            self._heard[capture] = self._at

    def leave(self, capture: str) -> None:
        """This capture is over."""
        with self._lock:
            self._pass()
            self._heard.pop(capture, None)

    def worked(self, seconds: float) -> None:
        """A worker was busy for so long, with whatever."""
        with self._lock:
            self._pass()
            self._busy += seconds

    @property
    def next_in_ms(self) -> int:
        """How long after one picture a phone is to send the next."""
        p = self._p
        with self._lock:
            load = self._share() * len(self._heard) / self._workers
        part = min(1.0, max(0.0, (load - p.room) / (p.full - p.room)))
        return round(p.often + part * (p.seldom - p.often))

    def _share(self) -> float:
        p = self._p
        return (self._busy + p.trust * p.usual) / (self._shown + p.trust)

    def _pass(self) -> None:
        """Take in the time since the last call."""
        now = self._now()
        passed, self._at = now - self._at, now
        kept = 1.0 - min(1.0, passed / self._p.memory)
        self._busy *= kept
        self._shown = self._shown * kept + len(self._heard) * passed
        quiet = [capture for capture, at in self._heard.items() if now - at > self._p.quiet]
        for capture in quiet:
            del self._heard[capture]
