"""How a face was shown, and the one thing to change about it. Nothing here compares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image
from handfast.face.expression import expression
from handfast.face.types import Conditions, DetectedFace, Pose
from handfast.imaging.colour import grey
from handfast.imaging.focus import sharpness


@dataclass(frozen=True, slots=True)
class ConditionLimits:
    """Where a hint starts."""

    smallest: float = 40.0  # px between the eyes
    largest: float = 0.8  # face over picture height
    yaw: float = 25.0  # degrees to either side
    pitch: float = 30.0  # degrees up or down
    darkest: float = 25.0  # mean luma of the aligned face; low, since dark skin in good light is no fault
    brightest: float = 215.0
    balance: float = 0.35  # darker half over brighter half
    blurred: float = 0.25  # sharpness of the aligned face
    cut: float = 0.08  # of the face's points; 200 portraits have 0.015 at most, faces cut by a fifth 0.08 to 0.12


def conditions(image: Image, face: DetectedFace, aligned: Image, mesh: NDArray[np.float32]) -> Conditions:
    """What the picture, its aligned face (112 x 112) and the 468 points of its mesh show."""
    luma = grey(aligned)
    left, right = luma.pixels[:, :56].mean(), luma.pixels[:, 56:].mean()
    return Conditions(
        sharpness=sharpness(luma),
        brightness=float(luma.pixels.mean()),
        balance=float(min(left, right) / max(left, right, np.float64(1.0))),
        eye_distance=face.eye_distance,
        size=face.box.height / image.size[1],
        backlight=_backlight(image, face),
        expression=expression(mesh),
        cut=float(((mesh[:, :2] < 0) | (mesh[:, :2] >= image.size)).any(axis=1).mean()),
    )


def _backlight(image: Image, face: DetectedFace) -> float:
    """The face's luma over that of all around it, every fourth pixel; 1 where the face fills the picture."""
    luma, box = grey(Image(np.ascontiguousarray(image.pixels[::4, ::4]))).pixels.astype(np.float64), face.box
    top, left = max(0, int(box.y / 4)), max(0, int(box.x / 4))
    inside = luma[top : int((box.y + box.height) / 4), left : int((box.x + box.width) / 4)]
    around = luma.size - inside.size
    if inside.size == 0 or around == 0:
        return 1.0
    return float(inside.mean() / max(1.0, (luma.sum() - inside.sum()) / around))


def hint(shown: Conditions, pose: Pose, limits: ConditionLimits = ConditionLimits()) -> str:
    """The first thing to change, as a word of the capture page, or "good"."""
    wrong = {
        "closer": shown.eye_distance < limits.smallest,
        "further": shown.size > limits.largest,
        "show-face": shown.cut > limits.cut,
        "turn-back": abs(pose.yaw) > limits.yaw or abs(pose.pitch) > limits.pitch,
        "more-light": shown.brightness < limits.darkest or shown.balance < limits.balance,
        "less-light": shown.brightness > limits.brightest,
        "hold-still": shown.sharpness < limits.blurred,
    }
    return next((word for word, is_wrong in wrong.items() if is_wrong), "good")
