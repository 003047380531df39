"""Minutia Cylinder-Code on bits (Cappelli, Ferrara & Maltoni 2010).

Around each minutia stands a cylinder: a disc of cells, turned with the minutia, times sections of relative
direction. A cell's bit is set where the other minutiae, each blurred in place and direction, add up to more
than a threshold. A cell is valid where the print was seen: inside the hull of the minutiae or near it.
Shares of sections are read from a table, by cubics that are off by less than 1e-12.
"""

from dataclasses import dataclass
from math import ceil, cos, erf, exp, floor, pi, sin, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.comparison.disc import BEGIN, CELL, CELLS, END, GRID, MIDDLE, RADIUS, WORDS, Words
from handfast.finger.comparison.hull import convex_hull
from handfast.finger.comparison.seen import seen_cells
from handfast.finger.types import Floats, Mask, Minutiae
from handfast.imaging.compiled import compiled

# Lengths in pixels at 500 ppi, angles in radians. Compiled code takes them in as they are here.
SECTIONS = 6  # of direction
SPATIAL_SIGMA = 28 / 3
ANGULAR_SIGMA = tau / 9
LEAST_SUM = 0.01  # of a cell whose bit is set
LEAST_VALID = 0.6  # share of a cylinder's cells
LEAST_CONTRIBUTORS = 2

_SECTION = tau / SECTIONS
_REACH = 3 * SPATIAL_SIGMA
_PEAK = 1 / (SPATIAL_SIGMA * sqrt(tau))

_FINE = 512  # steps of the table of shares in a section
_STEP = _SECTION / _FINE


def _share(offset: float) -> float:
    """Of a Gaussian round 0 that falls into a section round this offset."""
    scale = ANGULAR_SIGMA * sqrt(2.0)
    return 0.5 * (erf((offset + _SECTION / 2) / scale) - erf((offset - _SECTION / 2) / scale))


def _slope(offset: float) -> float:
    """How fast the share rises."""
    ends = ((offset + side * _SECTION / 2) / ANGULAR_SIGMA for side in (1, -1))
    after, before = (exp(-end * end / 2) / (ANGULAR_SIGMA * sqrt(tau)) for end in ends)
    return after - before


_OFFSETS = [-pi + k * _STEP for k in range(SECTIONS * _FINE + 1)]
_SHARES = np.array([_share(offset) for offset in _OFFSETS])
_SLOPES = np.array([_slope(offset) * _STEP for offset in _OFFSETS])
_RATIO = exp(-CELL * CELL / (SPATIAL_SIGMA * SPATIAL_SIGMA))


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
    valid, seen = seen_cells(x, y, angle, hull_x, hull_y)
    rows = np.flatnonzero(_fill(x, y, angle, valid, seen, bits)).astype(np.int64)
    return Cylinders(rows, x[rows], y[rows], angle[rows], bits[rows], valid[rows])


def cell_sums(minutiae: Minutiae, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the cells of the cylinders on these minutiae add up to before it becomes bits: (K, cells * SECTIONS)."""
    angle = (minutiae.angle + pi) % tau - pi
    sums = np.zeros((len(rows), GRID * GRID, SECTIONS))
    _sum_cells(minutiae.x, minutiae.y, angle, rows, sums)
    return sums.reshape(len(rows), GRID * GRID * SECTIONS).astype(np.float32)


@compiled
def _sum_cells(x: Floats, y: Floats, angle: Floats, rows: NDArray[np.int64], sums: Floats) -> None:
    row = np.empty(GRID)
    for k in range(len(rows)):
        _gather(x, y, angle, rows[k], row, sums[k])


@compiled
def _fill(x: Floats, y: Floats, angle: Floats, valid: Words, seen: NDArray[np.int64], bits: Words) -> Mask:
    """Set bits, row by row; which rows have enough valid cells and contributors."""
    kept = np.zeros(len(x), np.bool_)
    sums, row = np.zeros((GRID * GRID, SECTIONS)), np.empty(GRID)
    for m in range(len(x)):
        sums[:] = 0.0
        contributors = _gather(x, y, angle, m, row, sums)
        kept[m] = seen[m] >= LEAST_VALID * CELLS and contributors >= LEAST_CONTRIBUTORS
        if kept[m]:
            _write(sums, valid[m], bits[m])
    return kept


@compiled
def _gather(x: Floats, y: Floats, angle: Floats, m: int, row: Floats, sums: Floats) -> int:
    """Add what every other minutia gives to the cells of cylinder m; how many gave anything."""
    cosine, sine = cos(angle[m]), sin(angle[m])
    contributors = 0
    for t in range(len(x)):
        dx, dy = x[t] - x[m], y[t] - y[m]
        if t == m or dx * dx + dy * dy > (RADIUS + _REACH) ** 2:
            continue
        if _spread(cosine * dx + sine * dy, cosine * dy - sine * dx, _turn(angle[m] - angle[t]), row, sums):
            contributors += 1
    return contributors


@compiled
def _spread(u: float, v: float, difference: float, row: Floats, sums: Floats) -> bool:
    """Add a Gaussian at (u, v) of the cylinder's own frame, and round this difference of direction, to the cells within
    reach; whether there were any.
    """
    w0, w1, w2, w3, w4, w5 = _shares(difference)
    upper, lower = _cells_near(u, _REACH)
    left, right = _cells_near(v, _REACH)
    _bell(v, left, right, row)
    aside, factor = _first_of_bell(u, upper)
    touched = False
    for i in range(upper, lower + 1):
        away = (i - MIDDLE) * CELL - u
        for j in range(max(BEGIN[i], left), min(END[i], right) + 1):
            # Nothing is added beyond the reach, which costs less than not to add; and all are read before any is
            # written, so that they are added at once.
            within = away * away + ((j - MIDDLE) * CELL - v) ** 2 <= _REACH * _REACH
            touched |= within
            near, cell = aside * row[j] * within, np.uint64(i * GRID + j)
            s0, s1, s2 = sums[cell, 0], sums[cell, 1], sums[cell, 2]
            s3, s4, s5 = sums[cell, 3], sums[cell, 4], sums[cell, 5]
            sums[cell, 0] = s0 + near * w0
            sums[cell, 1] = s1 + near * w1
            sums[cell, 2] = s2 + near * w2
            sums[cell, 3] = s3 + near * w3
            sums[cell, 4] = s4 + near * w4
            sums[cell, 5] = s5 + near * w5
        aside *= factor
        factor *= _RATIO
    return touched


@compiled
def _cells_near(place: float, reach: float) -> tuple[int, int]:
    """The first and the last cell along an axis within reach of a place."""
    first = max(0, ceil((place - reach) / CELL + MIDDLE))
    return first, min(GRID - 1, floor((place + reach) / CELL + MIDDLE))


@compiled
def _bell(place: float, first: int, last: int, row: Floats) -> None:
    """A Gaussian round a place at these cells of an axis, times its peak in the plane."""
    value, factor = _first_of_bell(place, first)
    for j in range(first, last + 1):
        row[j] = _PEAK * value
        value *= factor
        factor *= _RATIO


@compiled
def _first_of_bell(place: float, first: int) -> tuple[float, float]:
    """A Gaussian at this cell, and its ratio to that at the next one; from there on the ratio shrinks by _RATIO."""
    aside = (first - MIDDLE) * CELL - place
    double = 2 * SPATIAL_SIGMA * SPATIAL_SIGMA
    return exp(-aside * aside / double), exp(-(2 * aside + CELL) * CELL / double)


@compiled
def _shares(difference: float) -> tuple[float, float, float, float, float, float]:
    """The share of a Gaussian round this difference of direction, in [-pi, pi), that falls into each section."""
    at = (_turn(_SECTION / 2 - pi - difference) + pi) / _STEP
    k = int(at)
    t = at - k
    # Hermite's cubic: of the value and the slope at either end.
    rise = t * t * (3 - 2 * t)
    first, second = t * (1 - t) * (1 - t), t * t * (t - 1)
    return (
        _between(k, rise, first, second),
        _between(k + _FINE, rise, first, second),
        _between(k + 2 * _FINE, rise, first, second),
        _between(k + 3 * _FINE, rise, first, second),
        _between(k + 4 * _FINE, rise, first, second),
        _between(k + 5 * _FINE, rise, first, second),
    )


@compiled
def _between(k: int, rise: float, first: float, second: float) -> float:
    if k >= SECTIONS * _FINE:
        k -= SECTIONS * _FINE
    share = _SHARES[k] + rise * (_SHARES[k + 1] - _SHARES[k]) + first * _SLOPES[k] + second * _SLOPES[k + 1]
    return float(share)


@compiled
def _write(sums: Floats, valid: Words, bits: Words) -> None:
    """Set the bits of one cylinder's valid cells that add up to enough."""
    for w in range(WORDS):
        word0, word1, word2 = np.uint64(0), np.uint64(0), np.uint64(0)
        word3, word4, word5 = np.uint64(0), np.uint64(0), np.uint64(0)
        for b in range(64):
            cell, place = w * 64 + b, np.uint64(b)
            word0 |= np.uint64(sums[cell, 0] > LEAST_SUM) << place
            word1 |= np.uint64(sums[cell, 1] > LEAST_SUM) << place
            word2 |= np.uint64(sums[cell, 2] > LEAST_SUM) << place
            word3 |= np.uint64(sums[cell, 3] > LEAST_SUM) << place
            word4 |= np.uint64(sums[cell, 4] > LEAST_SUM) << place
            word5 |= np.uint64(sums[cell, 5] > LEAST_SUM) << place
        bits[w], bits[WORDS + w], bits[2 * WORDS + w] = word0 & valid[w], word1 & valid[w], word2 & valid[w]
        bits[3 * WORDS + w], bits[4 * WORDS + w], bits[5 * WORDS + w] = (
            word3 & valid[w],
            word4 & valid[w],
            word5 & valid[w],
        )


@compiled
def _turn(difference: float) -> float:
    """A difference of two angles in [-pi, pi), brought back into [-pi, pi)."""
    if difference >= pi:
        return difference - tau
    if difference < -pi:
        return difference + tau
    return difference
