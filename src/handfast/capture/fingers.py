"""The fingers task: stills until every asked finger is good, or the retakes are used up."""

from dataclasses import dataclass, replace

from handfast.base.modality import FingerPosition
from handfast.base.sample import Acquisition, Failure
from handfast.base.template import Template
from handfast.capture.challenge import Task
from handfast.capture.progress import TaskProgress, TaskState


@dataclass(frozen=True, slots=True)
class FingersTaken:
    """What one hand's stills gave.

    stills      how many were taken
    perfect     how many of them gave every asked finger
    templates   all good ones, oldest first
    failures    of the newest still
    near        whether the newest still gave nothing, and was taken so near that the camera may not focus
    """

    stills: int = 0
    perfect: int = 0
    templates: tuple[Template, ...] = ()
    failures: tuple[Failure, ...] = ()
    near: bool = False

    @property
    def good(self) -> frozenset[FingerPosition]:
        """Fingers that have a template."""
        return frozenset(t.position for t in self.templates if t.position is not None)


def with_still(taken: FingersTaken, task: Task, got: Acquisition, *, near: bool = False) -> FingersTaken:
    """The hand with one more still; templates of fingers that were not asked for are dropped."""
    asked = tuple(t for t in got.templates if t.position in task.positions)
    complete = {t.position for t in asked} == set(task.positions)
    return replace(
        taken,
        stills=taken.stills + 1,
        perfect=taken.perfect + complete,
        templates=taken.templates + asked,
        failures=got.failures,
        near=near and not asked,
    )


def progress(taken: FingersTaken, task: Task) -> TaskProgress:
    """Done when the wanted stills all passed, or at the last retake if any finger is good; else failed there."""
    left = task.stills - taken.stills if taken.perfect == taken.stills else task.stills + task.retakes - taken.stills
    share = len(taken.good) / max(1, len(task.positions))
    state: TaskState = "going" if left > 0 else "done" if taken.good else "failed"
    shot = min(1.0, taken.stills / max(1, task.stills))
    return TaskProgress(task.id, state, progress=share * shot if left > 0 else 1.0, stills_left=max(0, left))


def advice(taken: FingersTaken) -> str | None:
    """One word for what to do about the newest still: what most of its fingers need.

    A whole hand blurred from near is taken for out of focus, which no stillness mends.
    """
    words = [failure.error.advice for failure in taken.failures]
    word = max(words, key=words.count) if words else None
    return "further" if word == "hold-still" and taken.near else word
