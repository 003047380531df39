"""Where a print was seen: inside the hull of its minutiae or near it."""

from math import cos, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from handfast.finger.comparison.disc import BEGIN, CELL, CELLS, END, GRID, MIDDLE, RADIUS, WHOLE, WORDS, Words
from handfast.finger.types import Floats
from handfast.imaging.compiled import compiled

HULL_MARGIN = 50.0  # px around the hull that still count as seen

_EDGE = 5  # numbers of an edge of the hull


@compiled
def seen_cells(x: Floats, y: Floats, angle: Floats, hull_x: Floats, hull_y: Floats) -> tuple[Words, NDArray[np.int64]]:
    """Which cells round each of (N,) minutiae lie where the print was seen, (N, WORDS), and how many, (N,).

    None where the hull spans no area.
    """
    valid, seen = np.zeros((len(x), WORDS), np.uint64), np.zeros(len(x), np.int64)
    if len(hull_x) > 2:
        edges, near = _edges(hull_x, hull_y), np.empty((len(hull_x), _EDGE))
        for m in range(len(x)):
            seen[m] = _see(x[m], y[m], angle[m], edges, near, valid[m])
    return valid, seen


@compiled
def _edges(hull_x: Floats, hull_y: Floats) -> Floats:
    """(H, 5): where each edge of the hull begins, which way it runs as a unit, and how long it is."""
    edges = np.empty((len(hull_x), _EDGE))
    for a in range(len(hull_x)):
        b = a + 1 if a + 1 < len(hull_x) else 0
        along_x, along_y = hull_x[b] - hull_x[a], hull_y[b] - hull_y[a]
        length = sqrt(along_x * along_x + along_y * along_y)
        edges[a, 0], edges[a, 1] = hull_x[a], hull_y[a]
        edges[a, 2], edges[a, 3], edges[a, 4] = along_x / length, along_y / length, length
    return edges


@compiled
def _see(x: float, y: float, angle: float, edges: Floats, near: Floats, valid: Words) -> int:
    """Set which cells of one cylinder lie where the print was seen; how many."""
    cosine, sine = cos(angle), sin(angle)
    count, depth = 0, np.inf
    for e in range(len(edges)):
        inside = edges[e, 2] * (y - edges[e, 1]) - edges[e, 3] * (x - edges[e, 0])
        depth = min(depth, inside)
        if inside < RADIUS:
            near[count, :] = edges[e]
            count += 1
    if depth >= RADIUS - HULL_MARGIN:  # from so deep inside, a way as long as the radius ends within the margin
        valid[:] = WHOLE
        return CELLS
    seen = 0
    for i in range(GRID):
        for j in range(BEGIN[i], END[i] + 1):
            u, v = (i - MIDDLE) * CELL, (j - MIDDLE) * CELL
            if _is_seen(x + cosine * u - sine * v, y + sine * u + cosine * v, near, count):
                seen += 1
                cell = i * GRID + j
                valid[cell >> 6] |= np.uint64(1) << np.uint64(cell & 63)
    return seen


@compiled
def _is_seen(x: float, y: float, edges: Floats, count: int) -> bool:
    """Whether a point lies inside the first edges, which are all that it may be outside of, or within the margin."""
    within = True
    for e in range(count):
        dx, dy = x - edges[e, 0], y - edges[e, 1]
        beyond = edges[e, 3] * dx - edges[e, 2] * dy
        if beyond <= 0:
            continue
        within = False
        if beyond <= HULL_MARGIN:
            along = edges[e, 2] * dx + edges[e, 3] * dy
            missed = max(0.0, max(-along, along - edges[e, 4]))
            if beyond * beyond + missed * missed <= HULL_MARGIN * HULL_MARGIN:
                return True
    return within
