"""How soon one more capture may begin: as evenly as the cores get captures done.

People who begin together come to their photos together: the cores rest before, and everybody waits then. So captures
begin one after the other, about as many a second as the cores can do by what a capture was seen to take; a few more
while no photo waits, fewer while some do, none while small frames are answered late.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceParameters:
    """Tuned numbers of the pace."""

    usual: float = 1.0  # seconds of processor that a capture takes, believed before any has ended
    trust: float = 5.0  # captures; what that belief weighs
    memory: float = 300.0  # seconds, after which a capture that has ended counts for 1/e of it
    together: float = 3.0  # captures at most that may begin at once after a pause
    eager: float = 1.05  # of what the cores get done, the pace while nobody waits for a photo or an answer
    less: float = 0.025  # of it where as many are waited for as there are cores; four times as much for twice as many
    soon: float = 0.15  # seconds until small frames are answered, up to which the pace is kept
    late: float = 0.4  # seconds until they are answered, from which on nobody begins
    lately: float = 3.0  # seconds, after which such a time counts for 1/e of it
    gauge: float = 15.0  # seconds over which it is seen what the cores give while more is asked of them
    more: float = 20.0  # seconds without that, after which e times as many cores are thought to be there
    least: float = 0.2  # of the cores: never thought to be fewer
    lasting: float = 60.0  # seconds over which it is seen how much of the cores those who are on take


class Pace:
    """The cores, what a capture takes of them, and how many may begin now. Not safe to share among threads.

    cores   that captures may keep busy
    now     seconds of a clock that only goes forward
    used    seconds of processor that this process has used: the time of workers would count their waiting as well
    """

    def __init__(
        self, cores: int, now: Callable[[], float], used: Callable[[], float], p: PaceParameters = PaceParameters()
    ) -> None:
        self._cores = self._there = float(cores)  # `there`: what others on this machine leave of them
        self._now = now
        self._used = used
        self._p = p
        self.at, self._spent = now(), used()
        self.each = 0.0  # seconds of processor that a capture has taken that was on from the beginning
        self.due = p.together
        self._busy = self._on = 0.0  # cores that were used, and captures that were on: means of the last minute
        self._late = 0.0  # seconds until small frames were answered, lately
        self._ended = self._took = 0.0  # captures, and the seconds of processor that they took
        self._waited_for = 0

    def go_on(self, captures: int) -> None:
        """Take in the time since the last call, in which so many captures were on and shared what was used evenly."""
        now, spent = self._now(), self._used()
        passed, used = now - self.at, spent - self._spent
        if passed <= 0.0:
            return
        self.at, self._spent, p = now, spent, self._p
        self._there = self._seen(passed, used)
        self.each += used / captures if captures else 0.0
        kept = math.exp(-passed / p.memory)
        self._ended, self._took = self._ended * kept, self._took * kept
        self._late *= math.exp(-passed / p.lately)
        weight = 1.0 - math.exp(-passed / p.lasting)
        self._busy += weight * (used / passed - self._busy)
        self._on += weight * (captures - self._on)
        self.due = min(p.together, self.due + passed * self.a_second)

    @property
    def one_may_begin(self) -> bool:
        """Whether a capture may begin now."""
        return self.due >= 1.0 and self._late < self._p.late

    @property
    def a_second(self) -> float:
        """Captures that may begin in a second."""
        p = self._p
        eager = max(0.0, p.eager - p.less * (self._waited_for / self._cores) ** 2)
        in_time = min(1.0, max(0.0, (p.late - self._late) / (p.late - p.soon)))
        took = (self._took + p.trust * p.usual) / (self._ended + p.trust)
        return self._there / took * eager * in_time

    def load(self, captures: int) -> float:
        """The part of the cores that so many captures are expected to take."""
        return self._busy / max(1.0, self._on) * captures / self._there

    def begun(self) -> None:
        """One more capture is on."""
        self.due = max(0.0, self.due - 1.0)

    def ended(self, took: float) -> None:
        """A capture is over that took so many seconds of processor."""
        self._ended += 1.0
        self._took += took

    def waited_for(self, more: int) -> None:
        """So many more photos and answers are waited for than before."""
        self._waited_for += more

    def answered(self, seconds: float) -> None:
        """A small frame was answered so long after it had come."""
        self._late += (seconds - self._late) / 8

    def _seen(self, passed: float, used: float) -> float:
        """The cores that are there: what they give while more is waited for than they can do, else slowly more."""
        p = self._p
        if self._waited_for > self._cores:
            there = self._there + (1.0 - math.exp(-passed / p.gauge)) * (used / passed - self._there)
        else:
            there = self._there * math.exp(min(9.0, passed / p.more))
        return min(self._cores, max(p.least * self._cores, there))
