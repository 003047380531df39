"""Minutiae of a clean print."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import GrayImage
from handfast.base.trace import trace
from handfast.finger.ridges.leader.detect import Detections, detect
from handfast.finger.ridges.leader.trunk import LeaderTrunk
from handfast.finger.types import Mask, Minutiae, MinutiaType
from handfast.models.store import ModelStore

MODEL = "leader:1"
"""Id of what finds the minutiae; templates carry it."""


@dataclass(frozen=True, slots=True)
class MinutiaParameters:
    """Which detections are kept."""

    least_score: float = 0.3  # of LEADER, 0..1
    most: int = 150
    edge: int = 2  # px that a minutia keeps from the edge of the mask
    room: int = 16  # px around the mask that LEADER sees too


class MinutiaExtractor:
    """LEADER, opened once. May be called from several threads at once."""

    def __init__(self, models: ModelStore) -> None:
        self._trunk = LeaderTrunk(models)
        self._patch = models.onnx("leader-patch")

    def extract(self, image: GrayImage, mask: Mask, p: MinutiaParameters = MinutiaParameters()) -> Minutiae:
        """Minutiae inside a mask (H, W), of a print at 500 ppi with dark ridges; quality is LEADER's score * 100."""
        height, width = mask.shape
        top, bottom, left, right = _extent(mask, p.room)
        part = np.ascontiguousarray(image.pixels[top:bottom, left:right])
        if part.size == 0:
            return as_minutiae(_NOTHING, 0, 0, width, height)
        found = detect(self._trunk, self._patch, part, p.least_score, p.most)
        minutiae = as_minutiae(found, left, top, width, height)
        inner = _shrunk(mask, p.edge)
        minutiae = minutiae.take(inner[minutiae.y.astype(np.intp), minutiae.x.astype(np.intp)])
        trace("minutiae", minutiae)
        return minutiae


def as_minutiae(found: Detections, left: int, top: int, width: int, height: int) -> Minutiae:
    """Detections in a part of a print as minutiae of the whole."""
    return Minutiae(
        width=width,
        height=height,
        x=(found.x + left).astype(np.float64),
        y=(found.y + top).astype(np.float64),
        angle=found.angle.astype(np.float64),
        type=np.where(found.ending >= 0.5, MinutiaType.ENDING, MinutiaType.BIFURCATION).astype(np.uint8),
        quality=100 * found.score.astype(np.float64),
    )


_NOTHING = Detections(
    x=np.zeros(0, np.intp),
    y=np.zeros(0, np.intp),
    angle=np.zeros(0, np.float32),
    ending=np.zeros(0, np.float32),
    score=np.zeros(0, np.float32),
)


def _extent(mask: Mask, room: int) -> tuple[int, int, int, int]:
    """top, bottom, left, right of the mask and this much room, within the picture; all 0 where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return 0, 0, 0, 0
    height, width = mask.shape
    return (
        max(0, int(rows[0]) - room),
        min(height, int(rows[-1]) + 1 + room),
        max(0, int(columns[0]) - room),
        min(width, int(columns[-1]) + 1 + room),
    )


def _shrunk(mask: Mask, pixels: int) -> Mask:
    """The mask without this many pixels along its edge; the picture's own edge counts as one."""
    if pixels == 0:
        return mask
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    eroded = cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return eroded.astype(bool)
