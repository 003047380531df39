"""Who may be captured now: people begin at the pace at which captures get done, about in the order of asking first.

Somebody who is let in and then waits for each answer cannot follow a dot; whoever is told to wait a moment before can.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from handfast.base.errors import Overloaded
from handfast.capture.pace import Pace


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """Tuned numbers of the places."""

    quiet: float = 8.0  # seconds without a picture, after which a capture no longer counts
    often: int = 190  # ms between the pictures of one phone while there is room: five a second
    seldom: int = 330  # ms when all cores are busy: three a second, by which a person can still be guided
    room: float = 0.5  # of the cores' time, from which on pictures are asked for less often
    abreast: float = 3.0  # of those who wait, so many may come beside the first: who comes first of them
    tries: float = 2.0  # seconds; or as many as begin in that time, where it is more
    every: int = 1  # seconds between the tries of those who wait, the first of them
    behind: int = 4  # that many ahead make it a second more
    slowest: int = 10  # seconds between tries at most
    gone: float = 5.0  # seconds beyond the time of the next try, after which nobody is waited for
    tidy: float = 0.5  # seconds between looks at who has fallen silent


@dataclass(slots=True)
class _On:
    """A capture that is on: when it was heard last, and what one from the beginning had taken when it began."""

    heard: float
    since: float


class Places:
    """The captures that are on, and who waits. Safe to share among threads. For cores, now and used see Pace."""

    def __init__(
        self,
        cores: int = 2,
        now: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
        p: PlaceParameters = PlaceParameters(),
    ) -> None:
        self._cores = cores
        self._pace = Pace(cores, now, used)
        self._p = p
        self._on: dict[str, _On] = {}
        self._line: dict[str, float] = {}  # who waits, and until when they are waited for; who asked first is first
        self._tidied = self._pace.at
        self._lock = threading.Lock()

    def take(self, capture: str) -> None:
        """Let this capture in, or keep it in. Raises Overloaded, with when to come back, where others come first."""
        with self._lock:
            self._go_on()
            if capture not in self._on:
                if not self._may_come(capture):
                    raise self._told_to_wait(capture)
                self._pace.begun()
            self._line.pop(capture, None)
            self._hear(capture)

    def wait(self, capture: str) -> None:
        """Raises Overloaded, with when to come back, where this capture was told to wait and others come first."""
        with self._lock:
            self._go_on()
            if capture in self._line and not self._may_come(capture):
                raise self._told_to_wait(capture)

    def heard(self, capture: str) -> None:
        """A picture of this capture came."""
        with self._lock:
            self._go_on()
            self._hear(capture)

    def leave(self, capture: str) -> None:
        """This capture is over, or will not come."""
        with self._lock:
            self._go_on()
            self._line.pop(capture, None)
            self._end(capture)

    def waited_for(self, more: int) -> None:
        """So many more photos and answers are waited for than before."""
        with self._lock:
            self._go_on()
            self._pace.waited_for(more)

    def answered(self, seconds: float) -> None:
        """A small frame was answered so long after it had come."""
        with self._lock:
            self._go_on()
            self._pace.answered(seconds)

    @property
    def next_in_ms(self) -> int:
        """How long after one picture a phone is to send the next."""
        p = self._p
        with self._lock:
            load = self._pace.load(len(self._on))
        return round(p.often + min(1.0, max(0.0, (load - p.room) / (1.0 - p.room))) * (p.seldom - p.often))

    def _may_come(self, capture: str) -> bool:
        if len(self._on) < self._cores:
            return True
        pace, p = self._pace, self._p
        beside = max(p.abreast, p.tries * pace.a_second)
        return pace.one_may_begin and self._ahead(capture) < pace.due + beside

    def _ahead(self, capture: str) -> int:
        """How many asked before this one and still wait."""
        return next((place for place, waits in enumerate(self._line) if waits == capture), len(self._line))

    def _told_to_wait(self, capture: str) -> Overloaded:
        p, now = self._p, self._pace.at
        self._line.setdefault(capture, now)
        after = min(p.slowest, p.every + self._ahead(capture) // p.behind)
        self._line[capture] = now + after + p.gone
        return Overloaded("too many people at once; try again in a moment", retry_after=after)

    def _hear(self, capture: str) -> None:
        self._on.setdefault(capture, _On(0.0, self._pace.each)).heard = self._pace.at

    def _end(self, capture: str) -> None:
        if on := self._on.pop(capture, None):
            self._pace.ended(self._pace.each - on.since)

    def _go_on(self) -> None:
        """Take in the time since the last call."""
        self._pace.go_on(len(self._on))
        now, p = self._pace.at, self._p
        if now - self._tidied < p.tidy:
            return
        self._tidied = now
        for silent in [capture for capture, on in self._on.items() if now - on.heard > p.quiet]:
            self._end(silent)
        self._line = {capture: until for capture, until in self._line.items() if now <= until}
