"""Judging one picture for one task: the seam between the live session and the algorithms of face and finger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handfast.base.image import Image
from handfast.base.sample import Acquisition, Box
from handfast.base.template import Template
from handfast.capture.bond import Look
from handfast.capture.challenge import Task
from handfast.capture.progress import FaceView, FingerView


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture showed.

    done          whether the task is now fulfilled
    progress      0..1 of the task
    hint          one word for what to do next, or None
    failed        whether the task can no longer be fulfilled
    dot           where the dot is that the head is to follow now, or None
    look          at the hand, where one was seen
    near          whether fingers are so near that the camera may not focus
    observation   what the eyes want to be handed again with the task's next picture; holds no whole picture
    """

    done: bool
    progress: float
    hint: str | None
    face: FaceView | None = None
    fingers: tuple[FingerView, ...] | None = None
    observation: object = None
    failed: bool = False
    dot: str | None = None
    look: Look | None = None
    near: bool = False


class Eyes(Protocol):
    """Judges pictures; fast, and never by comparing with anyone."""

    def watch(self, task: Task, image: Image, before: Sequence[object], at: float) -> Sight:
        """One frame of a face or hand task, after the earlier observations of this task. Raises CaptureError.

        at   seconds since the challenge was drawn, by the phone's watch
        """
        ...

    def begun(self, task: Task, before: Sequence[object], at: float) -> Sight | None:
        """What can be said of a step before any picture of it, from what was carried over; None where that is nothing.

        at   seconds since the challenge was drawn, by the phone's watch, of the picture that ended the step before
        """
        ...

    def preview(self, task: Task, image: Image, guide: Box | None, before: Sequence[object], at: float) -> Sight:
        """One small frame before a still of the fingers, after the earlier ones of this task. Raises CaptureError."""
        ...

    def faces(self, task: Task, observations: Sequence[object]) -> tuple[Template, ...]:
        """The face as a finished face or hand task showed it; nothing where no frame was good enough.

        Raises FacesDiffer if its frames do not show one person.
        """
        ...

    def same_face(self, first: Sequence[Template], later: Sequence[Template]) -> bool:
        """Whether two steps of one capture show one face. Nobody else's face is looked at."""
        ...

    def still(self, task: Task, image: Image, guide: Box | None, at: float) -> tuple[Acquisition, Look | None]:
        """The prints of one still, and a look at the hand in it; None where it is not seen whole."""
        ...
