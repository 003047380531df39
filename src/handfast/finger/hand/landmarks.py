"""The 21 landmarks of a hand in a square region (MediaPipe Hands, Zhang et al. 2020; `hand_landmark_full`)."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.models.store import ModelStore

Points = NDArray[np.float64]

WRIST = 0
FINGER_BASES = (5, 9, 13, 17)  # knuckles of index, middle, ring and little finger; PIP, DIP and tip follow each
TIPS = (8, 12, 16, 20)
INPUT_SIDE = 224  # px, of the model


@dataclass(frozen=True, slots=True)
class Region:
    """A square that may be turned.

    centre   (2,) px
    angle    radians from the picture's up to the square's up, towards +x turned to +y
    side     px
    """

    centre: Points
    angle: float
    side: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the landmark model said about one region.

    points      (21, 2) px of the picture
    presence    0..1, a hand is there
    rightness   0..1, the model's own guess that it looks like a right hand in a mirror picture
    """

    points: Points
    presence: float
    rightness: float


class Landmarker(Protocol):
    """Reads a hand's landmarks in one square region of a picture."""

    def read(self, pixels: Pixels, region: Region, mirrored: bool = False) -> Reading: ...


class LandmarkModel:
    """The landmark model; safe to share between threads. half: in float16 where the processor computes in it."""

    def __init__(self, models: ModelStore, half: bool = False) -> None:
        self._model = models.litert("hand-landmark", half=half)

    def read(self, pixels: Pixels, region: Region, mirrored: bool = False) -> Reading:
        """Landmarks of (H, W, 3) RGB pixels in the region, which the model sees mirrored if asked to."""
        to_model = region_transform(region, INPUT_SIDE, mirrored)
        patch = cv2.warpAffine(pixels, to_model, (INPUT_SIDE, INPUT_SIDE)).astype(np.float32) / np.float32(255)
        out = self._model(patch[None])
        points = out["Identity"].reshape(21, 3)[:, :2].astype(np.float64)
        back = cv2.invertAffineTransform(to_model)
        presence, rightness = (float(out[name].ravel()[0]) for name in ("Identity_1", "Identity_2"))
        return Reading(points @ back[:, :2].T + back[:, 2], presence, rightness)


def region_transform(region: Region, side: int, mirrored: bool = False) -> Points:
    """(2, 3) affine map from the picture to a side x side view of the region."""
    half = region.side / 2
    turn = rotation(region.angle)
    flip = -1.0 if mirrored else 1.0
    corners = np.array([(-flip, -1.0), (flip, -1.0), (-flip, 1.0)]) * half @ turn.T + region.centre
    view = np.array([(0, 0), (side, 0), (0, side)], np.float32)
    return np.asarray(cv2.getAffineTransform(corners.astype(np.float32), view), np.float64)


def rotation(angle: float) -> Points:
    """(2, 2) matrix that turns column vectors from +x towards +y."""
    return np.array([(cos(angle), -sin(angle)), (sin(angle), cos(angle))])


def tracked_region(points: Points) -> Region:
    """Where to look again, given the landmarks of the last look (MediaPipe's rule: twice the hand's extent)."""
    towards = (((points[6] + points[14]) / 2 + points[10]) / 2) - points[WRIST]
    angle = pi / 2 - float(np.arctan2(-towards[1], towards[0]))
    turn = rotation(angle)
    own = points[[0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]] @ turn
    low, high = own.min(0), own.max(0)
    extent = high - low
    centre = (low + high) / 2 - (0.0, 0.1 * extent[1])
    return Region(turn @ centre, angle, 2.0 * float(extent.max()))
