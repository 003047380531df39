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
from handfast.imaging.geometry import Points

SHOWN_BY_TURN = 0.3
"""Parallax that a turn to the side must show: drawn heads 0.37 and more at 20 degrees, drawn prints 0.29 at most."""
SHOWN_BY_NOD = 0.18
"""The same for a nod: drawn heads 0.21 and more at 15 degrees, drawn prints 0.19 at most, seeming to nod by 44."""
SHOWN_ASLANT = (0.2, 0.12)
"""To the side and up or down, where the head goes aslant: drawn heads 0.18, 0.10 and more at 13 and 11 degrees."""
OF_POSE = 0.4
"""Parallax over the sine of the angle that the pose says: drawn heads 0.56 and more, prints seeming to nod 0.3."""

_HEAD = np.array(list(MEAN_HEAD.values()))


def parallax(first: Points, views: Sequence[Points]) -> NDArray[np.float64]:
    """(M, 2) right and down, for each view the sine of the angle by which the mean head turned, told by relief alone.

    first and each view (N, 2) px: the points of MEAN_HEAD. Near the sine of the turn for a drawn head (0.21 to 0.39 at
    15 degrees of nod), near 0 for a print however far it is tilted; docs/liveness.md has the figures.
    """
    x, y = ((first - first.mean(axis=0)) / _diagonal(first)).astype(np.float64).T
    bent, _ = np.linalg.qr(np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y]))
    depth = _HEAD[:, 2] / _diagonal(_HEAD[:, :2])
    finer = depth - bent @ (bent.T @ depth)
    weights = finer / (finer @ finer)  # orthogonal to what any such map gives
    if not views:
        return np.zeros((0, 2))
    seen = np.asarray(views, np.float64)
    diagonals = np.linalg.norm(seen.max(axis=1) - seen.min(axis=1), axis=1)
    return np.asarray(weights @ seen / diagonals[:, None], np.float64)


def toward(shown: NDArray[np.float64], yaw: float, pitch: float) -> list[float]:
    """(M, 2) parallax along a turn of this sign of yaw (to the person's left) and of pitch (chin up)."""
    return [float(value) for value in shown[:, 0] * yaw - shown[:, 1] * pitch]


def deep(shown: float, degrees: float, least: float) -> bool:
    """Whether the relief shows enough of a turn, and keeps up with the angle that the pose says."""
    return shown >= max(least, OF_POSE * sin(radians(degrees)))


def _diagonal(points: NDArray[np.float32] | NDArray[np.float64]) -> float:
    return float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
