"""What the phone is told after each frame."""

from dataclasses import dataclass
from typing import Literal

from handfast.base.modality import FingerPosition

TaskState = Literal["going", "done", "failed"]
FingerState = Literal["good", "retake", "missing", "unknown"]
Part = tuple[float, float, float, float]
"""x, y, width, height as parts of the picture, 0..1."""


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """Where one task stands; progress 0..1; stills_left counts those still wanted or allowed."""

    id: int
    state: TaskState
    progress: float
    stills_left: int


@dataclass(frozen=True, slots=True)
class FingerView:
    """One asked finger in the last picture; focus 0..1; box None where it was not seen."""

    position: FingerPosition
    state: FingerState
    focus: float
    box: Part | None


@dataclass(frozen=True, slots=True)
class FaceView:
    """The face in the last picture: turn -1 (fully to the person's right) .. +1 (left); size 0..1 of the goal."""

    box: Part
    turn: float
    size: float


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """One frame's answer: the task, the next one's id when it is over, one hint word, what was seen, all done.

    dot          where the head is to point now, while it follows a dot
    next_in_ms   how long after this picture the next one is wanted
    """

    task: TaskProgress
    next: int | None
    hint: str | None
    fingers: tuple[FingerView, ...] | None
    face: FaceView | None
    done: bool
    dot: str | None = None
    next_in_ms: int = 190
