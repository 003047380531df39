"""Palms in a picture (BlazePalm of MediaPipe Hands, Zhang et al. 2020; `palm_detection_full`)."""

from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from scipy.special import expit

from handfast.base.image import Pixels
from handfast.finger.hand.landmarks import Points, Region, rotation
from handfast.models.store import ModelStore

INPUT_SIDE = 192  # px, of the model
_GRIDS = ((24, 2), (12, 6))  # cells a side, anchors a cell
_ANCHORS = np.array(
    [
        ((x + 0.5) / n, (y + 0.5) / n)
        for n, anchors in _GRIDS
        for y in range(n)
        for x in range(n)
        for _ in range(anchors)
    ]
)


@dataclass(frozen=True, slots=True)
class PalmParameters:
    """Shares of the palm's box."""

    least_score: float = 0.5
    shift: float = 0.5  # from the palm's middle towards the fingers, to the middle of the hand
    grow: float = 2.6  # side of the square that holds the whole hand


@dataclass(frozen=True, slots=True)
class Palm:
    """One palm: the square that holds its hand, and the detector's certainty 0..1."""

    region: Region
    score: float


class PalmDetector:
    """The palm detector; safe to share between threads. half: in float16 where the processor computes in it."""

    def __init__(self, models: ModelStore, parameters: PalmParameters = PalmParameters(), half: bool = False) -> None:
        self._model = models.litert("palm", half=half)
        self._parameters = parameters

    def detect(self, pixels: Pixels) -> tuple[Palm, ...]:
        """Palms in (H, W, 3) RGB pixels, the surest first, one for each place."""
        height, width = pixels.shape[:2]
        scale = INPUT_SIDE / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (INPUT_SIDE - size[0]) // 2, (INPUT_SIDE - size[1]) // 2
        square = np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.float32)
        shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        square[top : top + size[1], left : left + size[0]] = shrunk / np.float32(255)
        out = self._model(square[None])
        scores = expit(out["Identity_1"].reshape(-1).astype(np.float64))
        boxes = out["Identity"].reshape(-1, 18).astype(np.float64) / INPUT_SIDE
        found: list[Palm] = []
        for index in np.argsort(-scores):
            if scores[index] < self._parameters.least_score:
                break
            palm = self._palm(boxes[index], _ANCHORS[index], float(scores[index]), scale, np.array([left, top]))
            if not any(_same_place(palm, other) for other in found):
                found.append(palm)
        return tuple(found)

    def _palm(self, box: Points, anchor: Points, score: float, scale: float, corner: Points) -> Palm:
        def place(offset: Points) -> Points:
            return np.asarray(((anchor + offset) * INPUT_SIDE - corner) / scale)

        p = self._parameters
        side = float(box[2:4].max()) * INPUT_SIDE / scale
        wrist, middle_knuckle = place(box[4:6]), place(box[8:10])
        towards = middle_knuckle - wrist
        angle = pi / 2 - float(np.arctan2(-towards[1], towards[0]))
        centre = place(box[:2]) + rotation(angle) @ np.array([0, -p.shift * side])
        return Palm(Region(centre, angle, p.grow * side), score)


def _same_place(a: Palm, b: Palm) -> bool:
    return float(np.linalg.norm(a.region.centre - b.region.centre)) < 0.3 * max(a.region.side, b.region.side)
