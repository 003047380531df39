"""How a face was shown, and the one thing to change about it. Nothing here compares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image, Pixels
from handfast.face.expression import expression
from handfast.face.types import Conditions, DetectedFace, Pose
from handfast.imaging.colour import grey
from handfast.imaging.compiled import compiled
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
    left, right = _halves(luma.pixels)
    return Conditions(
        sharpness=sharpness(luma),
        brightness=(left + right) / 2,
        balance=min(left, right) / max(left, right, 1.0),
        eye_distance=face.eye_distance,
        size=face.box.height / image.size[1],
        backlight=_backlight(image, face),
        expression=expression(mesh),
        cut=_beyond(mesh, *image.size) / len(mesh),
    )


def _backlight(image: Image, face: DetectedFace) -> float:
    """The face's luma over that of all around it, every fourth pixel; 1 where the face fills the picture."""
    box = face.box
    top, left = max(0, int(box.y / 4)), max(0, int(box.x / 4))
    bottom, right = int((box.y + box.height) / 4), int((box.x + box.width) / 4)
    inside, count, whole, all_of_it = _lumas(image.pixels, (top, left, bottom, right))
    around = all_of_it - count
    if count == 0 or around == 0:
        return 1.0
    return (inside / count) / max(1.0, (whole - inside) / around)


@compiled
def _lumas(pixels: Pixels, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Of every fourth pixel: the luma of those in a box and how many they are, then of all."""
    top, left, bottom, right = box
    inside = count = whole = all_of_it = 0
    for row in range((pixels.shape[0] + 3) // 4):
        for column in range((pixels.shape[1] + 3) // 4):
            x, y = 4 * column, 4 * row
            luma = (9798 * pixels[y, x, 0] + 19235 * pixels[y, x, 1] + 3735 * pixels[y, x, 2] + 16384) >> 15  # BT.601
            whole, all_of_it = whole + luma, all_of_it + 1
            if top <= row < bottom and left <= column < right:
                inside, count = inside + luma, count + 1
    return inside, count, whole, all_of_it


@compiled
def _halves(luma: Pixels) -> tuple[float, float]:
    """Mean of the left and of the right half."""
    height, middle = luma.shape[0], luma.shape[1] // 2
    left = right = 0
    for row in range(height):
        for column in range(middle):
            left += luma[row, column]
            right += luma[row, middle + column]
    return left / (height * middle), right / (height * middle)


@compiled
def _beyond(mesh: NDArray[np.float32], width: int, height: int) -> int:
    """Points beyond the edge of the picture."""
    count = 0
    for point in mesh:
        count += point[0] < 0 or point[0] >= width or point[1] < 0 or point[1] >= height
    return count


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
