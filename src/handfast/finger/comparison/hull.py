"""Convex hull by the monotone chain (Andrew 1979)."""

import numpy as np
from numpy.typing import NDArray

from handfast.finger.types import Floats
from handfast.imaging.compiled import compiled

Indices = NDArray[np.int64]


def convex_hull(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Corners of the hull of (N,) points, with no three in a line; less than 3 where the points span no area.

    Every point lies on the non-negative side of each edge: (b - a) x (p - a) >= 0.
    """
    order = np.lexsort((y, x))
    corners = _chain(x[order], y[order])
    return x[order[corners]], y[order[corners]]


@compiled
def _chain(x: Floats, y: Floats) -> Indices:
    """Indices of the hull's corners among points sorted by x, then y."""
    count = len(x)
    if count < 3:
        return np.arange(count)
    corners = np.zeros(2 * count, np.int64)
    found = 0
    for point in range(count):
        found = _drop_right_turns(x, y, corners, found, 0, point)
        corners[found] = point
        found += 1
    lower = found - 1
    for point in range(count - 2, -1, -1):
        found = _drop_right_turns(x, y, corners, found, lower, point)
        corners[found] = point
        found += 1
    return corners[: found - 1]


@compiled
def _drop_right_turns(x: Floats, y: Floats, corners: Indices, found: int, start: int, point: int) -> int:
    """How many corners stay when those that do not turn left towards the next point are dropped."""
    while found >= start + 2:
        a, b = corners[found - 2], corners[found - 1]
        if (x[b] - x[a]) * (y[point] - y[a]) - (y[b] - y[a]) * (x[point] - x[a]) > 0:
            break
        found -= 1
    return found
