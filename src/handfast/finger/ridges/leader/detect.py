"""Running LEADER, the minutiae network (Cappelli 2024), as rebuilt by handfast.cli.convert.leader.

The trunk (trunk.py) scores every pixel; blur and non-maximum suppression pick the minutiae, in float32 so that no
ties appear; direction and type are then computed around those pixels only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import tau
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handfast.base.image import Pixels
from handfast.finger.ridges.leader.trunk import ACROSS, REACH, Features, LeaderTrunk

Single = NDArray[np.float32]
Model = Callable[..., dict[str, NDArray[Any]]]
"""An ONNX model: named tensors in, named tensors out (handfast.models.sessions.OnnxModel)."""

SIZE_MULTIPLE = 32
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16
_BLUR = np.outer(_BINOMIAL, _BINOMIAL)
_NEIGHBOURHOOD = np.ones((7, 7), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Minutiae as columns of length K, in reading order.

    x, y     pixels of the picture, intp
    angle    float32 radians in [0, tau), from +x towards +y
    ending   float32, probability that it is a ridge ending and not a bifurcation
    score    float32 in [0, 1], how surely it is a minutia
    """

    x: NDArray[np.intp]
    y: NDArray[np.intp]
    angle: Single
    ending: Single
    score: Single


def detect(trunk: LeaderTrunk, patch: Model, pixels: Pixels, least_score: float, most: int) -> Detections:
    """The `most` best minutiae of at least this score, in (H, W) uint8 at 500 ppi with dark ridges."""
    height, width = pixels.shape
    padded, top, left = _padded(pixels)
    with trunk.workspace() as space:
        logit, features = trunk(padded, space)
        score = _peaks(logit)[top : top + height, left : left + width]
        y, x = _strongest(score, least_score, most)
        direction, ending = _heads(patch, features, y + top, x + left)
    # LEADER's directions turn anticlockwise on the screen; ours turn from +x towards +y, which is down.
    return Detections(x, y, -direction % np.float32(tau), ending, score[y, x])


def _padded(pixels: Pixels) -> tuple[Single, int, int]:
    """The picture in the middle of sides that the network can halve five times; where its corner went."""
    height, width = pixels.shape
    full = [-(-side // SIZE_MULTIPLE) * SIZE_MULTIPLE for side in (height, width)]
    top, left = (full[0] - height) // 2, (full[1] - width) // 2
    padded = np.full(full, pixels[0, 0], np.float32)
    padded[top : top + height, left : left + width] = pixels
    return padded, top, left


def _peaks(logit: Single) -> Single:
    """Blurred probability where it is the largest within 3 pixels, 0 elsewhere."""
    probability = expit(logit)
    blurred = cv2.filter2D(probability, -1, _BLUR, borderType=cv2.BORDER_CONSTANT)
    return np.where(blurred == cv2.dilate(blurred, _NEIGHBOURHOOD), blurred, np.float32(0))


def _strongest(score: Single, least: float, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    y, x = np.nonzero(score >= least)
    if len(y) > most:
        best = np.sort(np.argsort(-score[y, x], kind="stable")[:most])
        y, x = y[best], x[best]
    return y, x


def _heads(patch: Model, features: Features, y: NDArray[np.intp], x: NDArray[np.intp]) -> tuple[Single, Single]:
    """Direction in LEADER's own convention and probability of an ending, at pixels of the padded picture."""
    if len(y) == 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    row, column = y // 2, x // 2
    values = patch(features=_surroundings(features, row, column), inside=_inside(features, row, column))
    each = np.arange(len(y))
    cosine, sine = values["direction"][each, :, y % 2, x % 2].T
    return np.arctan2(sine, cosine), values["type"][each, 0, y % 2, x % 2]


def _surroundings(features: Features, row: NDArray[np.intp], column: NDArray[np.intp]) -> Single:
    """(K, C, 9, 9) features around each cell, zero beyond the edge, in the order that LEADER was published with."""
    size = 2 * REACH + 1
    around = np.lib.stride_tricks.sliding_window_view(features, (size, size), (0, 1))[row, column]
    return np.concatenate([around[:, ACROSS:], around[:, :ACROSS]], axis=1, dtype=np.float32)


def _inside(features: Features, row: NDArray[np.intp], column: NDArray[np.intp]) -> Single:
    """(K, 1, 3, 3): 1 for the cells around each that lie in the map, 0 for those beyond its edge."""
    near = np.arange(-1, 2)
    rows, columns = row[:, None] + near, column[:, None] + near
    height, width = (side - 2 * REACH for side in features.shape[:2])
    rows_in, columns_in = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    inside: NDArray[np.bool_] = rows_in[:, None, :, None] & columns_in[:, None, None, :]
    return inside.astype(np.float32)
