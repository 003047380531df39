"""Drawn hands for tests: landmarks of four upright fingers, pictures of them, and a landmark model that knows them."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.hand.landmarks import FINGER_BASES, Points, Reading, Region

SKIN = (205, 140, 115)
GROUND = (90, 110, 120)


def upright_landmarks(
    left: float = 110.0, top: float = 120.0, spacing: float = 55.0, drop: tuple[float, ...] = (12, 0, 8, 45)
) -> Points:
    """(21, 2) landmarks of four fingers pointing up, the index finger first from the left; `drop` lowers each tip."""
    points = np.zeros((21, 2))
    points[0] = (left + 1.5 * spacing, top + 9 * spacing)
    for finger, base in enumerate(FINGER_BASES):
        x = left + finger * spacing
        points[base : base + 4, 0] = x
        points[base : base + 4, 1] = top + drop[finger] + spacing * np.array([4.4, 2.3, 1.1, 0.3])
    points[1:5] = points[0] + (-spacing, -spacing)
    return points


def draw_hand(points: Points, shape: tuple[int, int] = (504, 378), width: float = 40.0) -> Pixels:
    """(H, W, 3) RGB: four fingers of plain skin from the lower edge to their tips, on plain ground."""
    picture = np.full((*shape, 3), GROUND, np.uint8)
    for base in FINGER_BASES:
        tip, low = points[base + 3], points[base]
        middle = tip + (low - tip) / np.linalg.norm(low - tip) * 0.2 * width
        foot = (int(low[0]), shape[0] + int(width))
        cv2.line(picture, (int(middle[0]), int(middle[1])), foot, SKIN, int(width), cv2.LINE_AA)
    return picture


@dataclass
class KnownHand:
    """A landmarker that answers with what it was told, and counts how often it was asked."""

    points: Points
    presence: float = 0.9
    asked: int = 0

    def read(self, pixels: Pixels, region: Region, mirrored: bool = False) -> Reading:
        self.asked += 1
        return Reading(self.points, self.presence, 0.5)
