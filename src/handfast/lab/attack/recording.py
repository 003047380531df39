"""What an attacker holds of somebody: a recording of an earlier session of theirs, with a challenge of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from handfast.base.image import Image
from handfast.capture.challenge import Aim, Task, TaskKind
from handfast.lab.actor import Actor

PLACE_S = 1.0  # seconds at each place of the dot
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
    shown = [None, *task.path]
    count = 0

    def dot() -> Aim | None:
        nonlocal count
        count += 1
        return shown[min(len(shown) - 1, int(count / fps / PLACE_S))]

    return actor.frames(task, PLACE_S * len(shown), fps, dot)
