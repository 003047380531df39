"""What an attacker holds of somebody: a recording of an earlier session of theirs, with a challenge of its own."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from handfast.base.image import Image
from handfast.capture.challenge import SHORT_STAYS, Aim, Task, TaskKind
from handfast.lab.actor import Actor

BEFORE_S = 0.4  # seconds until the dot goes to the first place
REACHED_S = 0.8  # seconds until a place is reached; there the dot stays as long as it did
STEP_S = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Frames by the task that was on."""

    tasks: tuple[Task, ...]
    frames: tuple[tuple[Image, ...], ...]

    def of(self, asked: Task) -> tuple[Image, ...]:
        """The part in which the same was done as is asked now, or else the part that comes nearest."""
        for task, frames in zip(self.tasks, self.frames, strict=True):
            if (task.kind, task.hand, task.count) == (asked.kind, asked.hand, asked.count):
                return frames
        return self.frames[0]

    def through(self) -> tuple[Image, ...]:
        """All of it, as it was."""
        return tuple(frame for part in self.frames for frame in part)


def recorded(actor: Actor, tasks: tuple[Task, ...], fps: float) -> Recording:
    """An earlier session of this person, who followed it as asked."""
    steps = tuple(task for task in tasks if task.kind is not TaskKind.FINGERS)
    return Recording(steps, tuple(tuple(_followed(actor, task, fps)) for task in steps))


def _followed(actor: Actor, task: Task, fps: float) -> Iterator[Image]:
    if task.kind is not TaskKind.FOLLOW:
        return actor.frames(task, STEP_S, fps)
    stays = task.stays or SHORT_STAYS[:1] * len(task.path)
    goes = list(accumulate((REACHED_S + stay for stay in stays), initial=BEFORE_S))
    count = 0

    def dot() -> Aim | None:
        nonlocal count
        count += 1
        gone = bisect_right(goes, count / fps)
        return task.path[min(gone, len(task.path)) - 1] if gone else None

    return actor.frames(task, goes[-1], fps, dot)
