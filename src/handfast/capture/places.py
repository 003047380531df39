"""How many captures are let in at once: as many as can be guided in time, learned from those that are on.

Somebody who is let in and then waits for each answer cannot follow a dot; whoever is told to wait a moment before can.
They come in about the order in which they asked first.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from handfast.base.errors import Overloaded


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """Tuned numbers of the places."""

    full: float = 1.0  # of the cores' time, the most that captures are expected to take
    usual: float = 0.2  # of one core's time that a capture takes, believed before any was seen
    trust: float = 30.0  # seconds of a capture; what that belief weighs
    memory: float = 60.0  # seconds, after which what was seen counts for 1/e of it
    late: float = 0.4  # seconds until small frames are answered, from which on nobody more is let in
    lately: float = 3.0  # seconds, after which such a time counts for 1/e of it
    soon: float = 0.15  # seconds until they are answered, up to which there are thought to be more cores than before
    less: float = 8.0  # seconds of late answers, after which 1/e of the cores are thought to be there
    more: float = 20.0  # seconds of answers soon, after which e times as many are
    least: float = 0.2  # of the cores: never thought to be fewer
    quiet: float = 8.0  # seconds without a picture, after which a capture no longer counts
    often: int = 190  # ms between the pictures of one phone while there is room: five a second
    seldom: int = 330  # ms when it is full: three a second, by which a person can still be guided
    room: float = 0.5  # of the cores' time, from which on pictures are asked for less often
    abreast: int = 3  # of those who wait, so many may take a free place beside the first: who comes first of them
    every: int = 2  # seconds between the tries of those who wait, the first of them
    behind: int = 4  # that many ahead make it a second more
    slowest: int = 10  # seconds between tries at most
    gone: float = 5.0  # seconds beyond the time of the next try, after which nobody is waited for


class Places:
    """The captures that are on, the share of a core that one takes, and who waits. Safe to share among threads.

    cores   that captures may keep busy
    now     seconds of a clock that only goes forward
    used    seconds of processor that this process has used: the time of workers would count their waiting as well
    """

    def __init__(
        self,
        cores: int = 2,
        now: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
        p: PlaceParameters = PlaceParameters(),
    ) -> None:
        self._cores = self._there = float(cores)  # `there`: what others on this machine leave of them
        self._now = now
        self._used = used
        self._p = p
        self._heard: dict[str, float] = {}
        self._line: dict[str, float] = {}  # who waits, and until when they are waited for; who asked first is first
        self._busy = self._shown = self._late = 0.0  # seconds of cores, of captures, until an answer, that count now
        self._at, self._spent = now(), used()
        self._lock = threading.Lock()

    def take(self, capture: str) -> None:
        """Let this capture in, or keep it in. Raises Overloaded, with when to come back, where others come first."""
        with self._lock:
            self._pass()
            if capture not in self._heard and not self._may_come(capture):
                raise self._told_to_wait(capture)
            self._line.pop(capture, None)
            self._heard[capture] = self._at

    def heard(self, capture: str) -> None:
        """A picture of this capture came."""
        with self._lock:
            self._pass()
            self._heard[capture] = self._at

    def leave(self, capture: str) -> None:
        """This capture is over, or will not come."""
        with self._lock:
            self._pass()
            self._heard.pop(capture, None)
            self._line.pop(capture, None)

    def answered(self, seconds: float) -> None:
        """A small frame was answered so long after it had come."""
        with self._lock:
            self._pass()
            self._late += (seconds - self._late) / 8

    @property
    def next_in_ms(self) -> int:
        """How long after one picture a phone is to send the next."""
        p = self._p
        with self._lock:
            load = self._share() * len(self._heard) / self._there
        part = min(1.0, max(0.0, (load - p.room) / (p.full - p.room)))
        return round(p.often + part * (p.seldom - p.often))

    def _may_come(self, capture: str) -> bool:
        others, p = len(self._heard), self._p
        if others < self._cores:
            return True
        free = int(p.full * self._there / self._share()) - others
        return free > 0 and self._late <= p.late and self._ahead(capture) < free + p.abreast

    def _ahead(self, capture: str) -> int:
        """How many asked before this one and still wait."""
        return next((place for place, waits in enumerate(self._line) if waits == capture), len(self._line))

    def _told_to_wait(self, capture: str) -> Overloaded:
        p = self._p
        self._line.setdefault(capture, self._at)
        after = min(p.slowest, p.every + self._ahead(capture) // p.behind)
        self._line[capture] = self._at + after + p.gone
        return Overloaded("too many people at once; try again in a moment", retry_after=after)

    def _share(self) -> float:
        p = self._p
        return (self._busy + p.trust * p.usual) / (self._shown + p.trust)

    def _believed(self, passed: float) -> float:
        """The cores that are thought to be there after so long of answers like those of late."""
        p = self._p
        if self._late > p.late:
            return max(p.least * self._cores, self._there * math.exp(-passed / p.less))
        more = self._there * math.exp(min(9.0, passed / p.more))
        return min(self._cores, more) if self._late < p.soon else self._there

    def _pass(self) -> None:
        """Take in the time since the last call."""
        now, spent = self._now(), self._used()
        passed, self._at = now - self._at, now
        used, self._spent = spent - self._spent, spent
        kept = 1.0 - min(1.0, passed / self._p.memory)
        self._busy = self._busy * kept + (used if self._heard else 0.0)
        self._shown = self._shown * kept + len(self._heard) * passed
        self._there = self._believed(passed)
        self._late *= math.exp(-passed / self._p.lately)
        self._heard = {capture: at for capture, at in self._heard.items() if now - at <= self._p.quiet}
        self._line = {capture: until for capture, until in self._line.items() if now <= until}
