"""The pictures that a study keeps of a capture: every still, and the newest good frames of the step "look"."""

from dataclasses import dataclass

from handfast.capture.challenge import Task, TaskKind
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.progress import FrameAnswer

FACE_FRAMES = 6  # of one sitting: two templates of three frames each


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture as the phone sent it (JPEG), and the task that it was taken for."""

    task: Task
    body: bytes


def kept_with(kept: tuple[KeptPicture, ...], task: Task, frame: Frame, answer: FrameAnswer) -> tuple[KeptPicture, ...]:
    """What is kept after one more picture. A still counts whether or not it gave a print; a frame needs a face."""
    if frame.kind is FrameKind.STILL:
        return (*kept, KeptPicture(task, frame.body))
    if frame.kind is not FrameKind.FRAME or task.kind is not TaskKind.LOOK or answer.face is None:
        return kept
    before = [picture for picture in kept if picture.task == task]
    dropped = before[: len(before) + 1 - FACE_FRAMES] if len(before) >= FACE_FRAMES else []
    return (*(picture for picture in kept if picture not in dropped), KeptPicture(task, frame.body))
