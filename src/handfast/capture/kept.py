"""The pictures that wait for the end of a capture where some may be kept: every still, the newest good faces."""

from dataclasses import dataclass

from handfast.capture.challenge import Task, TaskKind
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.progress import FrameAnswer, Part

FACE_FRAMES = 6  # of one sitting: two templates of three frames each


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture as the phone sent it (JPEG), and the task that it was taken for.

    part   where in it the face is, or where the drawn outline of the fingers lay; None where it was not said
    """

    task: Task
    body: bytes
    part: Part | None = None


def kept_with(kept: tuple[KeptPicture, ...], task: Task, frame: Frame, answer: FrameAnswer) -> tuple[KeptPicture, ...]:
    """What is kept after one more picture. A still counts whether or not it gave a print; a frame needs a face."""
    if frame.kind is FrameKind.STILL:
        return (*kept, KeptPicture(task, frame.body, frame.guide))
    if frame.kind is not FrameKind.FRAME or task.kind is not TaskKind.LOOK or answer.face is None:
        return kept
    before = [picture for picture in kept if picture.task == task]
    dropped = before[: len(before) + 1 - FACE_FRAMES] if len(before) >= FACE_FRAMES else []
    return (*(picture for picture in kept if picture not in dropped), KeptPicture(task, frame.body, answer.face.box))
