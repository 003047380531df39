"""Laying one print over another by its minutiae, and counting those that then coincide.

Each of the pairs that look most alike proposes a turn and a shift; minutiae near each other under it are paired
one to one; turn, scale and shift are fitted anew to the pairs (least squares, Umeyama 1991) and the pairing is
repeated. The proposal under which most minutiae coincide is kept.
"""

from dataclasses import dataclass
from math import atan2, cos, pi, sin, sqrt, tau
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled
from handfast.finger.hull import convex_hull
from handfast.finger.types import Floats, Mask, Minutiae

Indices = NDArray[np.int64]

# Compiled code takes these in as they are here.
FIRST_GATE = 16.0  # px between two minutiae that may be one, before anything is fitted
GATE = 9.0  # px, after
ANGLE_GATE = 0.5  # rad
FITS = 3
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 1.25
LEAST_PAIRS = 3
HOPELESS = 0.6  # a proposal that pairs less than this share of the best so far is not followed up
HULL_MARGIN = 10.0  # px around the hull of a print that still count as overlap

_COLUMN = 8.0  # px


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Minutiae and hull of a print; x, y, angle (N,) float64, angle in [-pi, pi); hull_x, hull_y (H,) float64."""

    x: Floats
    y: Floats
    angle: Floats
    hull_x: Floats
    hull_y: Floats


def outline(minutiae: Minutiae) -> Outline:
    """The form in which a print is aligned."""
    angle = (minutiae.angle + pi) % tau - pi
    return Outline(minutiae.x, minutiae.y, angle, *convex_hull(minutiae.x, minutiae.y))


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two prints coincide.

    pairs       minutiae paired one to one, each counted 1 (exactly on each other) down to 1/2 (at the gate)
    overlap_a   minutiae of the first print that lie where the second one was seen
    overlap_b   the other way round
    scale       of the second print over the first
    turn        radians from +x towards +y that the first print was turned by
    shift       (x, y) in px, after turn and scale
    """

    pairs: float
    overlap_a: int
    overlap_b: int
    scale: float
    turn: float
    shift: tuple[float, float]

    def moved(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Points of the first print as the second has them."""
        u, v = self.scale * cos(self.turn), self.scale * sin(self.turn)
        return u * x - v * y + self.shift[0], v * x + u * y + self.shift[1]


def align(a: Outline, b: Outline, seeds_a: Indices, seeds_b: Indices) -> Alignment | None:
    """The best alignment that any seed leads to; None if none pairs three minutiae.

    Seeds are indices of minutiae that may correspond, (K,) each, best first.
    """
    if len(a.hull_x) < 3 or len(b.hull_x) < 3:
        return None
    pairs, u, v, shift_x, shift_y = _align(a.x, a.y, a.angle, b.x, b.y, b.angle, seeds_a, seeds_b)
    if pairs == 0:
        return None
    overlap_a = _count_inside(u * a.x - v * a.y + shift_x, v * a.x + u * a.y + shift_y, b.hull_x, b.hull_y)
    square = u * u + v * v
    x, y = b.x - shift_x, b.y - shift_y
    overlap_b = _count_inside((u * x + v * y) / square, (u * y - v * x) / square, a.hull_x, a.hull_y)
    return Alignment(pairs, overlap_a, overlap_b, sqrt(square), atan2(v, u), (shift_x, shift_y))


@compiled
def _align(
    ax: Floats, ay: Floats, aa: Floats, bx: Floats, by: Floats, ba: Floats, seeds_a: Indices, seeds_b: Indices
) -> tuple[float, float, float, float, float]:
    """Weight of the pairs and the transform (x, y) -> (u x - v y + shift_x, v x + u y + shift_y); weight 0 if none."""
    pairs_a, pairs_b = np.zeros(len(ax), np.int64), np.zeros(len(ax), np.int64)
    before_a, before_b = np.zeros(len(ax), np.int64), np.zeros(len(ax), np.int64)
    order = np.argsort(bx)
    near = _Near(bx[order], by[order], ba[order], order, _columns(bx[order]), np.empty(len(bx), np.bool_))
    best = (0.0, 1.0, 0.0, 0.0, 0.0)
    best_proposal = 0.0
    for k in range(len(seeds_a)):
        i, j = seeds_a[k], seeds_b[k]
        turn = _turn(ba[j] - aa[i])
        u, v = cos(turn), sin(turn)
        shift_x, shift_y = bx[j] - (u * ax[i] - v * ay[i]), by[j] - (v * ax[i] + u * ay[i])
        count, weight = _pair(ax, ay, aa, (u, v, shift_x, shift_y, turn), near, FIRST_GATE, pairs_a, pairs_b)
        if weight < HOPELESS * best_proposal:
            continue
        best_proposal = max(best_proposal, weight)
        for _ in range(FITS):
            if count < LEAST_PAIRS:
                break
            fitted = count
            before_a[:count], before_b[:count] = pairs_a[:count], pairs_b[:count]
            u, v, shift_x, shift_y = _fit(ax, ay, bx, by, pairs_a[:count], pairs_b[:count])
            count, weight = _pair(ax, ay, aa, (u, v, shift_x, shift_y, atan2(v, u)), near, GATE, pairs_a, pairs_b)
            if _same(before_a, before_b, fitted, pairs_a, pairs_b, count):
                break
        if count >= LEAST_PAIRS and weight > best[0]:
            best = (weight, u, v, shift_x, shift_y)
    return best


@compiled
def _same(before_a: Indices, before_b: Indices, before: int, pairs_a: Indices, pairs_b: Indices, count: int) -> bool:
    """Whether the pairs are those that were fitted, so that another fit would change nothing."""
    if before != count:
        return False
    return np.array_equal(before_a[:count], pairs_a[:count]) and np.array_equal(before_b[:count], pairs_b[:count])


class _Near(NamedTuple):
    """Minutiae by rising x, their old indices, where each column of _COLUMN px begins, and which are free."""

    x: Floats
    y: Floats
    angle: Floats
    was: Indices
    column: Indices
    free: Mask


@compiled
def _columns(x: Floats) -> Indices:
    """Of rising x: how many lie left of each multiple of _COLUMN px, from the first minutia's on."""
    width = int((x[-1] - x[0]) / _COLUMN) + 2
    column = np.empty(width, np.int64)
    at = 0
    for k in range(width):
        while at < len(x) and x[at] < x[0] + k * _COLUMN:
            at += 1
        column[k] = at
    return column


@compiled
def _pair(
    ax: Floats,
    ay: Floats,
    aa: Floats,
    transform: tuple[float, float, float, float, float],
    near: _Near,
    gate: float,
    pairs_a: Indices,
    pairs_b: Indices,
) -> tuple[int, float]:
    """Pair each minutia of one print, moved and turned, with the nearest free one of the other; how many, and their
    weight. Of two as near, the one of the lower index is taken."""
    u, v, shift_x, shift_y, turn = transform
    near.free[:] = True
    count, weight = 0, 0.0
    for i in range(len(ax)):
        x, y, angle = u * ax[i] - v * ay[i] + shift_x, v * ax[i] + u * ay[i] + shift_y, aa[i] + turn
        nearest, square = -1, gate * gate
        first = max(0, int((x - gate - near.x[0]) / _COLUMN))
        if first >= len(near.column):
            continue
        for j in range(near.column[first], len(near.x)):
            dx = near.x[j] - x
            if dx > gate:
                break
            dy = near.y[j] - y
            apart = dx * dx + dy * dy
            closer = apart < square or (apart == square and nearest >= 0 and near.was[j] < near.was[nearest])
            if closer and near.free[j] and abs(_turn(_turn(near.angle[j] - angle))) < ANGLE_GATE:
                nearest, square = j, apart
        if nearest >= 0:
            near.free[nearest] = False
            pairs_a[count], pairs_b[count] = i, near.was[nearest]
            count += 1
            weight += 1 - 0.5 * square / (gate * gate)
    return count, weight


@compiled
def _fit(
    ax: Floats, ay: Floats, bx: Floats, by: Floats, pairs_a: Indices, pairs_b: Indices
) -> tuple[float, float, float, float]:
    """The turn, scale and shift that bring the paired minutiae nearest to each other."""
    count = len(pairs_a)
    mean_x, mean_y, mean_to_x, mean_to_y = 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        i, j = pairs_a[k], pairs_b[k]
        mean_x += ax[i]
        mean_y += ay[i]
        mean_to_x += bx[j]
        mean_to_y += by[j]
    mean_x, mean_y, mean_to_x, mean_to_y = mean_x / count, mean_y / count, mean_to_x / count, mean_to_y / count
    along, across, spread = 0.0, 0.0, 0.0
    for k in range(count):
        i, j = pairs_a[k], pairs_b[k]
        x, y, to_x, to_y = ax[i] - mean_x, ay[i] - mean_y, bx[j] - mean_to_x, by[j] - mean_to_y
        along += x * to_x + y * to_y
        across += x * to_y - y * to_x
        spread += x * x + y * y
    length = sqrt(along * along + across * across)
    if length == 0.0:
        return 1.0, 0.0, mean_to_x - mean_x, mean_to_y - mean_y
    scale = min(max(length / spread, SMALLEST_SCALE), LARGEST_SCALE)
    u, v = scale * along / length, scale * across / length
    return u, v, mean_to_x - (u * mean_x - v * mean_y), mean_to_y - (v * mean_x + u * mean_y)


@compiled
def _count_inside(x: Floats, y: Floats, hull_x: Floats, hull_y: Floats) -> int:
    """How many points lie in the hull or within its margin."""
    count = 0
    for i in range(len(x)):
        outside = False
        for a in range(len(hull_x)):
            b = a + 1 if a + 1 < len(hull_x) else 0
            edge_x, edge_y = hull_x[b] - hull_x[a], hull_y[b] - hull_y[a]
            cross = edge_x * (y[i] - hull_y[a]) - edge_y * (x[i] - hull_x[a])
            if cross < -HULL_MARGIN * sqrt(edge_x * edge_x + edge_y * edge_y):
                outside = True
                break
        if not outside:
            count += 1
    return count


@compiled
def _turn(difference: float) -> float:
    """An angle less than three half turns away from 0, brought nearer by one turn if it can be."""
    if difference >= pi:
        return difference - tau
    if difference < -pi:
        return difference + tau
    return difference
