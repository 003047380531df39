"""How far a head's relief shows between two views: what a print of it, flat or bent, does not do.

A print that is tilted moves its points by a map of their places in the first view: an affine one if it is flat, nearly
a quadratic one if it is bent over any axis or near the camera. The nose and the sockets of the eyes are finer than
that: what such a map leaves over is compared with the depth of a mean head.
"""

from collections.abc import Sequence
from math import radians, sin

import numpy as np
from numpy.typing import NDArray

from handfast.face.pose import MEAN_HEAD
from handfast.imaging.compiled import compiled
from handfast.imaging.geometry import Points

Points64 = NDArray[np.float64]

SHOWN_BY_TURN = 0.3
"""Parallax that a turn to the side must show: drawn heads 0.37 and more at 20 degrees, drawn prints 0.29 at most."""
SHOWN_BY_NOD = 0.18
"""The same for a nod: drawn heads 0.21 and more at 15 degrees, drawn prints 0.19 at most, seeming to nod by 44."""
SHOWN_ASLANT = (0.2, 0.12)
"""To the side and up or down, where the head goes aslant: drawn heads 0.18, 0.10 and more at 13 and 11 degrees."""
OF_POSE = 0.4
"""Parallax over the sine of the angle that the pose says: drawn heads 0.56 and more, prints seeming to nod 0.3."""

_HEAD = np.array(list(MEAN_HEAD.values()))
_DEPTH = np.ascontiguousarray(_HEAD[:, 2] / np.linalg.norm(np.ptp(_HEAD[:, :2], axis=0)))
_NOTHING = 1e-9  # what is left of a map that the others give already


def parallax(first: Points, views: Sequence[Points]) -> NDArray[np.float64]:
    """(M, 2) right and down, for each view the sine of the angle by which the mean head turned, told by relief alone.

    first and each view (N, 2) px: the points of MEAN_HEAD. Near the sine of the turn for a drawn head (0.21 to 0.39 at
    15 degrees of nod), near 0 for a print however far it is tilted; docs/liveness.md has the figures.
    """
    if not views:
        return np.zeros((0, 2))
    return _moved(_weights(np.ascontiguousarray(first, np.float64)), np.ascontiguousarray(views, np.float64))


@compiled
def _weights(first: Points64) -> Points64:
    """What of the head's depth no map of a print gives: orthogonal to 1, x, y, x^2, x y, y^2 (Gram and Schmidt)."""
    size, count = _diagonal(first), len(first)
    maps, finer = np.ones((6, count)), _DEPTH.copy()
    for n in range(2):
        maps[n + 1] = (first[:, n] - first[:, n].mean()) / size
    maps[3], maps[4], maps[5] = maps[1] * maps[1], maps[1] * maps[2], maps[2] * maps[2]
    for n in range(6):
        for _again in range(2):  # for what rounding left the first time
            for before in range(n):
                maps[n] -= np.sum(maps[n] * maps[before]) * maps[before]
        length = np.sqrt(np.sum(maps[n] ** 2))
        maps[n] = maps[n] / length if length > _NOTHING else 0.0 * maps[n]
        finer -= np.sum(finer * maps[n]) * maps[n]
    return np.asarray(finer / np.sum(finer * finer))


@compiled
def _moved(weights: Points64, views: Points64) -> Points64:
    """How far the weighted points went, in diagonals of each view."""
    out = np.zeros((len(views), 2))
    for n, view in enumerate(views):
        right = down = 0.0
        for point in range(len(weights)):
            right += weights[point] * view[point, 0]
            down += weights[point] * view[point, 1]
        size = _diagonal(view)
        out[n, 0], out[n, 1] = right / size, down / size
    return out


@compiled
def _diagonal(points: Points64) -> float:
    """Of the box around them."""
    left = right = points[0, 0]
    top = bottom = points[0, 1]
    for n in range(1, len(points)):
        left, right = min(left, points[n, 0]), max(right, points[n, 0])
        top, bottom = min(top, points[n, 1]), max(bottom, points[n, 1])
    return float(np.sqrt((right - left) ** 2 + (bottom - top) ** 2))


def toward(shown: NDArray[np.float64], yaw: float, pitch: float) -> list[float]:
    """(M, 2) parallax along a turn of this sign of yaw (to the person's left) and of pitch (chin up)."""
    return [float(value) for value in shown[:, 0] * yaw - shown[:, 1] * pitch]


@compiled
def deep(shown: float, degrees: float, least: float) -> bool:
    """Whether the relief shows enough of a turn, and keeps up with the angle that the pose says."""
    return shown >= max(least, OF_POSE * sin(radians(degrees)))
