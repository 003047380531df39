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
from handfast.imaging.vectors import as_single

Single = NDArray[np.float32]
Where = NDArray[np.intp]
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

    x: Where
    y: Where
    angle: Single
    ending: Single
    score: Single


def detect(trunk: LeaderTrunk, patch: Model, pixels: Pixels, least_score: float, most: int) -> Detections:
    """The `most` best minutiae of at least this score, in (H, W) uint8 at 500 ppi with dark ridges."""
    height, width = pixels.shape
    padded, top, left = _padded(pixels)
    with trunk.workspace() as space:
        logit, features = trunk(padded, space)
        y, x, score = _peaks(logit, least_score)
        inside = (y >= top) & (y < top + height) & (x >= left) & (x < left + width)
        y, x, score = _strongest(y[inside], x[inside], score[inside], most)
        direction, ending = _heads(patch, features, y, x)
    # LEADER's directions turn anticlockwise on the screen; ours turn from +x towards +y, which is down.
    return Detections(x - left, y - top, -direction % np.float32(tau), ending, score)


def _padded(pixels: Pixels) -> tuple[Single, int, int]:
    """The picture in the middle of sides that the network can halve five times; where its corner went."""
    height, width = pixels.shape
    full = [-(-side // SIZE_MULTIPLE) * SIZE_MULTIPLE for side in (height, width)]
    top, left = (full[0] - height) // 2, (full[1] - width) // 2
    padded = np.full(full, pixels[0, 0], np.float32)
    padded[top : top + height, left : left + width] = pixels
    return padded, top, left


def _peaks(logit: Single, least: float) -> tuple[Where, Where, Single]:
    """Rows, columns and blurred probability of pixels where that is the largest within 3 px, and at least so high."""
    blurred = cv2.filter2D(expit(logit), -1, _BLUR, borderType=cv2.BORDER_CONSTANT).reshape(-1)
    largest = cv2.dilate(blurred.reshape(logit.shape), _NEIGHBOURHOOD).reshape(-1)
    high = np.flatnonzero(blurred >= np.float32(least))
    found = high[blurred[high] == largest[high]]
    return *np.divmod(found, logit.shape[1]), blurred[found]


def _strongest(y: Where, x: Where, score: Single, most: int) -> tuple[Where, Where, Single]:
    if len(y) <= most:
        return y, x, score
    best = np.sort(np.argsort(-score, kind="stable")[:most])
    return y[best], x[best], score[best]


def _heads(patch: Model, features: Features, y: Where, x: Where) -> tuple[Single, Single]:
    """Direction in LEADER's own convention and probability of an ending, at pixels of the padded picture."""
    if len(y) == 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    row, column = y // 2, x // 2
    values = patch(features=_surroundings(features, row, column), inside=_inside(features, row, column))
    each = np.arange(len(y))
    cosine, sine = values["direction"][each, :, y % 2, x % 2].T
    return np.arctan2(sine, cosine), values["type"][each, 0, y % 2, x % 2]


def _surroundings(features: Features, row: Where, column: Where) -> Single:
    """(K, C, 9, 9) features around each cell, zero beyond the edge, in the order that LEADER was published with."""
    near = np.arange(2 * REACH + 1)
    cells = features[(row[:, None] + near)[:, :, None], (column[:, None] + near)[:, None]]
    each = as_single(cells).reshape(len(row), len(near) ** 2, -1).transpose(0, 2, 1)
    out = np.empty((*each.shape[:2], len(near), len(near)), np.float32)
    flat = out.reshape(each.shape)
    flat[:, : each.shape[1] - ACROSS], flat[:, each.shape[1] - ACROSS :] = each[:, ACROSS:], each[:, :ACROSS]
    return out


def _inside(features: Features, row: Where, column: Where) -> Single:
    """(K, 1, 3, 3): 1 for the cells around each that lie in the map, 0 for those beyond its edge."""
    near = np.arange(-1, 2)
    rows, columns = row[:, None] + near, column[:, None] + near
    height, width = (side - 2 * REACH for side in features.shape[:2])
    rows_in, columns_in = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    inside: NDArray[np.bool_] = rows_in[:, None, :, None] & columns_in[:, None, None, :]
    return inside.astype(np.float32)
