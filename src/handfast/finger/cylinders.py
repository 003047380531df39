"""Minutia Cylinder-Code on bits (Cappelli, Ferrara & Maltoni 2010).

Around each minutia stands a cylinder: a disc of cells, turned with the minutia, times sections of relative
direction. A cell's bit is set where the other minutiae, each blurred in place and direction, add up to more
than a threshold. A cell is valid where the print was seen: inside the hull of the minutiae or near it.
"""

from dataclasses import dataclass
from math import ceil, cos, erf, exp, floor, pi, sin, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled
from handfast.finger.hull import convex_hull
from handfast.finger.types import Floats, Mask, Minutiae

Words = NDArray[np.uint64]

# Lengths in pixels at 500 ppi, angles in radians. Compiled code takes them in as they are here.
RADIUS = 75.0  # of the cylinder
GRID = 16  # cells across its diameter
SECTIONS = 6  # of direction
SPATIAL_SIGMA = 28 / 3
ANGULAR_SIGMA = tau / 9
LEAST_SUM = 0.01  # of a cell whose bit is set
HULL_MARGIN = 50.0
LEAST_VALID = 0.6  # share of a cylinder's cells
LEAST_CONTRIBUTORS = 2

WORDS = GRID * GRID // 64  # 64-bit words that hold one section

_CELL = 2 * RADIUS / GRID
_MIDDLE = (GRID - 1) / 2
_SECTION = tau / SECTIONS
_REACH = 3 * SPATIAL_SIGMA
_PEAK = 1 / (SPATIAL_SIGMA * sqrt(tau))


@dataclass(frozen=True, slots=True, eq=False)
class Cylinders:
    """The fast form of a print: K cylinders that have enough to say.

    rows          (K,) int64, which minutiae of the print they stand on
    x, y, angle   (K,) float64 of these; angle in [-pi, pi)
    bits          (K, SECTIONS * WORDS) uint64, one block of WORDS for each section
    valid         (K, WORDS) uint64
    """

    rows: NDArray[np.int64]
    x: Floats
    y: Floats
    angle: Floats
    bits: Words
    valid: Words

    def __len__(self) -> int:
        return len(self.x)


def build_cylinders(minutiae: Minutiae) -> Cylinders:
    """Cylinders of a print; none where there are too few minutiae for any."""
    return cylinders_within(minutiae, *convex_hull(minutiae.x, minutiae.y))


def cylinders_within(minutiae: Minutiae, hull_x: Floats, hull_y: Floats) -> Cylinders:
    """As build_cylinders, where the hull is known."""
    x, y = minutiae.x, minutiae.y
    angle = (minutiae.angle + pi) % tau - pi
    bits = np.zeros((len(x), SECTIONS * WORDS), np.uint64)
    valid = np.zeros((len(x), WORDS), np.uint64)
    if len(hull_x) < 3:
        rows = np.zeros(0, np.int64)
    else:
        rows = np.flatnonzero(_fill(x, y, angle, hull_x, hull_y, bits, valid)).astype(np.int64)
    return Cylinders(rows, x[rows], y[rows], angle[rows], bits[rows], valid[rows])


def cell_sums(minutiae: Minutiae, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the cells of the cylinders on these minutiae add up to before it becomes bits: (K, cells * SECTIONS)."""
    angle = (minutiae.angle + pi) % tau - pi
    sums = np.zeros((len(rows), GRID * GRID, SECTIONS))
    _sum_cells(minutiae.x, minutiae.y, angle, rows, sums)
    return sums.reshape(len(rows), GRID * GRID * SECTIONS).astype(np.float32)


@compiled
def _sum_cells(x: Floats, y: Floats, angle: Floats, rows: NDArray[np.int64], sums: Floats) -> None:
    weights = np.zeros(SECTIONS)
    for k in range(len(rows)):
        _gather(x, y, angle, rows[k], weights, sums[k])


@compiled
def _fill(x: Floats, y: Floats, angle: Floats, hull_x: Floats, hull_y: Floats, bits: Words, valid: Words) -> Mask:
    """Set bits and valid, row by row; which rows have enough valid cells and contributors."""
    kept = np.zeros(len(x), np.bool_)
    sums = np.zeros((GRID * GRID, SECTIONS))
    weights = np.zeros(SECTIONS)
    for m in range(len(x)):
        sums[:] = 0.0
        contributors = _gather(x, y, angle, m, weights, sums)
        cells, seen = _write(x[m], y[m], angle[m], hull_x, hull_y, sums, bits[m], valid[m])
        kept[m] = seen >= LEAST_VALID * cells and contributors >= LEAST_CONTRIBUTORS
    return kept


@compiled
def _gather(x: Floats, y: Floats, angle: Floats, m: int, weights: Floats, sums: Floats) -> int:
    """Add what every other minutia gives to the cells of cylinder m; how many gave anything."""
    cosine, sine = cos(angle[m]), sin(angle[m])
    contributors = 0
    for t in range(len(x)):
        dx, dy = x[t] - x[m], y[t] - y[m]
        if t == m or dx * dx + dy * dy > (RADIUS + _REACH) ** 2:
            continue
        _weigh_sections(_turn(angle[m] - angle[t]), weights)
        if _spread(cosine * dx + sine * dy, cosine * dy - sine * dx, weights, sums):
            contributors += 1
    return contributors


@compiled
def _weigh_sections(difference: float, weights: Floats) -> None:
    """The share of a Gaussian around this difference of direction that falls into each section."""
    scale = ANGULAR_SIGMA * sqrt(2.0)
    for k in range(SECTIONS):
        offset = _turn(-pi + (k + 0.5) * _SECTION - difference)
        weights[k] = 0.5 * (erf((offset + _SECTION / 2) / scale) - erf((offset - _SECTION / 2) / scale))


@compiled
def _spread(u: float, v: float, weights: Floats, sums: Floats) -> bool:
    """Add a Gaussian at (u, v) of the cylinder's own frame to the cells within reach; whether there were any."""
    touched = False
    for i in range(max(0, ceil((u - _REACH) / _CELL + _MIDDLE)), min(GRID, floor((u + _REACH) / _CELL + _MIDDLE) + 1)):
        cell_u = (i - _MIDDLE) * _CELL
        first = max(0, ceil((v - _REACH) / _CELL + _MIDDLE))
        for j in range(first, min(GRID, floor((v + _REACH) / _CELL + _MIDDLE) + 1)):
            cell_v = (j - _MIDDLE) * _CELL
            square = (cell_u - u) ** 2 + (cell_v - v) ** 2
            if cell_u * cell_u + cell_v * cell_v > RADIUS * RADIUS or square > _REACH * _REACH:
                continue
            touched = True
            near = _PEAK * exp(-square / (2 * SPATIAL_SIGMA * SPATIAL_SIGMA))
            for k in range(SECTIONS):
                sums[i * GRID + j, k] += near * weights[k]
    return touched


@compiled
def _write(
    x: float, y: float, angle: float, hull_x: Floats, hull_y: Floats, sums: Floats, bits: Words, valid: Words
) -> tuple[int, int]:
    """Bits of one cylinder where the print was seen; how many cells it has and how many were seen."""
    cosine, sine = cos(angle), sin(angle)
    cells, seen = 0, 0
    for i in range(GRID):
        for j in range(GRID):
            u, v = (i - _MIDDLE) * _CELL, (j - _MIDDLE) * _CELL
            if u * u + v * v > RADIUS * RADIUS:
                continue
            cells += 1
            if not _is_seen(x + cosine * u - sine * v, y + sine * u + cosine * v, hull_x, hull_y):
                continue
            seen += 1
            cell = i * GRID + j
            bit = np.uint64(1) << np.uint64(cell & 63)
            valid[cell >> 6] |= bit
            for k in range(SECTIONS):
                if sums[cell, k] > LEAST_SUM:
                    bits[k * WORDS + (cell >> 6)] |= bit
    return cells, seen


@compiled
def _is_seen(x: float, y: float, hull_x: Floats, hull_y: Floats) -> bool:
    """Whether a point lies inside the hull or within its margin."""
    inside = True
    for a in range(len(hull_x)):
        b = a + 1 if a + 1 < len(hull_x) else 0
        edge_x, edge_y = hull_x[b] - hull_x[a], hull_y[b] - hull_y[a]
        dx, dy = x - hull_x[a], y - hull_y[a]
        if edge_x * dy - edge_y * dx >= 0:
            continue
        inside = False
        along = (dx * edge_x + dy * edge_y) / (edge_x * edge_x + edge_y * edge_y)
        along = min(max(along, 0.0), 1.0)
        if (dx - along * edge_x) ** 2 + (dy - along * edge_y) ** 2 <= HULL_MARGIN * HULL_MARGIN:
            return True
    return inside


@compiled
def _turn(difference: float) -> float:
    """A difference of two angles in [-pi, pi), brought back into [-pi, pi)."""
    if difference >= pi:
        return difference - tau
    if difference < -pi:
        return difference + tau
    return difference
