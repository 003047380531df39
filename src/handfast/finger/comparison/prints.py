"""Prints in the form that is fast to compare: one or many, each column one after the other.

What a comparison needs of a print is worked out once: directions as cosines and sines, the minutiae by their direction,
and the edges of its hull.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.comparison.cylinders import cylinders_within
from handfast.finger.comparison.disc import WORDS, Words
from handfast.finger.comparison.eight import BITS, EIGHT
from handfast.finger.comparison.hull import convex_hull
from handfast.finger.comparison.sixteen import LANES
from handfast.finger.types import Floats, Minutiae, Singles
from handfast.imaging.compiled import compiled

Indices = NDArray[np.int64]
Places = NDArray[np.int32]
Starts = NDArray[np.int64]

X, Y, ANGLE, COSINE, SINE = range(5)
"""Columns of `points`."""

MINUTIA, CYLINDER, WORD, RING, EDGE = range(5)
"""Columns of `starts`."""

MOST = 2048  # minutiae, which a print always has fewer of
DIRECTIONS = 128  # steps of a whole turn, in which minutiae are found by their direction
_FAR = 1e9  # px, beyond any print


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """M prints of N minutiae and K cylinders in all.

    minutiae     of each print
    points       (N, 5) float64: x, y, angle in [-pi, pi), its cosine and sine
    rows         (K,) int64, which minutia of its print each cylinder stands on
    turned       (K,) int32, cylinders of each print by rising direction
    blocks       (W,) uint64: their words, eight cylinders in that order at a time, as eight.py has them
    order        (N,) int32, minutiae of each print by rising direction
    rings        (R,) float32: x in that order, gone round twice, then LANES that are far away, and then y the same
    firsts       (M, 2 * DIRECTIONS + 1) int32, where in a print's ring each step of direction begins
    edges        (H, 3) float64 of the hull: a x + b y + c is how far (x, y) lies inside; none where it spans no area
    starts       (M + 1, 5) int64, where each print's minutiae, cylinders, blocks, ring and edges begin and end
    """

    minutiae: tuple[Minutiae, ...]
    points: Floats
    rows: Indices
    turned: Places
    blocks: Words
    order: Places
    rings: Singles
    firsts: Places
    edges: Floats
    starts: Starts

    def __len__(self) -> int:
        return len(self.minutiae)

    def only(self, index: int) -> "Prints":
        """One of them."""
        begin, end = self.starts[index], self.starts[index + 1]
        return Prints(
            self.minutiae[index : index + 1],
            self.points[begin[MINUTIA] : end[MINUTIA]],
            self.rows[begin[CYLINDER] : end[CYLINDER]],
            self.turned[begin[CYLINDER] : end[CYLINDER]],
            self.blocks[begin[WORD] : end[WORD]],
            self.order[begin[MINUTIA] : end[MINUTIA]],
            self.rings[begin[RING] : end[RING]],
            self.firsts[index : index + 1],
            self.edges[begin[EDGE] : end[EDGE]],
            self.starts[index : index + 2] - begin,
        )

    def part(self, begin: int, end: int) -> "Prints":
        """Those from `begin` up to but not including `end`, of which fewer may be there; nothing is copied."""
        if begin == 0 and end >= len(self):
            return self
        minutiae, firsts = self.minutiae[begin:end], self.firsts[begin:end]
        return replace(self, minutiae=minutiae, firsts=firsts, starts=self.starts[begin : min(end, len(self)) + 1])


def prepare(minutiae: Minutiae) -> Prints:
    """The fast form of a print. ValueError if it has MOST minutiae or more: records hold at most 255."""
    if len(minutiae.x) >= MOST:
        raise ValueError(f"expected fewer than {MOST} minutiae, got {len(minutiae.x)}")
    hull_x, hull_y = convex_hull(minutiae.x, minutiae.y)
    cylinders = cylinders_within(minutiae, hull_x, hull_y)
    points = _points(minutiae.x, minutiae.y, (minutiae.angle + pi) % tau - pi)
    order, ring, firsts = _ring(points, np.argsort(points[:, ANGLE], kind="stable"))
    turned = np.argsort(cylinders.angle, kind="stable")
    blocks, edges = _blocks(cylinders.bits, cylinders.valid, turned), _edges(hull_x, hull_y)
    counts = [len(points), len(cylinders), len(blocks), len(ring), len(edges)]
    return Prints(
        (minutiae,),
        points,
        cylinders.rows,
        turned.astype(np.int32),
        blocks,
        order,
        ring,
        firsts,
        edges,
        np.array([[0] * len(counts), counts]),
    )


def joined(prints: Sequence[Prints]) -> Prints:
    """All of these, in their order; at least one."""
    counts = np.concatenate([np.diff(each.starts, axis=0) for each in prints])
    return Prints(
        tuple(minutiae for each in prints for minutiae in each.minutiae),
        np.concatenate([each.points for each in prints]),
        np.concatenate([each.rows for each in prints]),
        np.concatenate([each.turned for each in prints]),
        np.concatenate([each.blocks for each in prints]),
        np.concatenate([each.order for each in prints]),
        np.concatenate([each.rings for each in prints]),
        np.concatenate([each.firsts for each in prints]),
        np.concatenate([each.edges for each in prints]),
        np.concatenate([np.zeros((1, counts.shape[1]), np.int64), np.cumsum(counts, axis=0)]),
    )


def _blocks(bits: Words, valid: Words, turned: Indices) -> Words:
    """Words of eight cylinders side by side, in this order; the last block is filled up with cylinders of no cells."""
    words = np.zeros((-(-len(turned) // EIGHT) * EIGHT, BITS + WORDS), np.uint64)
    words[: len(turned), :BITS], words[: len(turned), BITS:] = bits[turned], valid[turned]
    return words.reshape(-1, EIGHT, BITS + WORDS).transpose(0, 2, 1).reshape(-1)


@compiled
def _points(x: Floats, y: Floats, angle: Floats) -> Floats:
    points = np.empty((len(x), 5))
    for i in range(len(x)):
        points[i, X], points[i, Y], points[i, ANGLE] = x[i], y[i], angle[i]
        points[i, COSINE], points[i, SINE] = cos(angle[i]), sin(angle[i])
    return points


@compiled
def _edges(hull_x: Floats, hull_y: Floats) -> Floats:
    """Of each edge, how far inside of it a point lies, as a x + b y + c."""
    count = len(hull_x) if len(hull_x) > 2 else 0
    edges = np.empty((count, 3))
    for k in range(count):
        after = k + 1 if k + 1 < count else 0
        along_x, along_y = hull_x[after] - hull_x[k], hull_y[after] - hull_y[k]
        length = sqrt(along_x * along_x + along_y * along_y)
        edges[k, 0], edges[k, 1] = -along_y / length, along_x / length
        edges[k, 2] = (along_y * hull_x[k] - along_x * hull_y[k]) / length
    return edges


@compiled
def _ring(points: Floats, rising: Indices) -> tuple[Places, Singles, Places]:
    """Minutiae by their direction; their places, gone round twice; and where each step of direction begins."""
    count, firsts = len(points), np.zeros((1, 2 * DIRECTIONS + 1), np.int32)
    length = 2 * count + LANES
    order, ring = rising.astype(np.int32), np.full(2 * length, _FAR, np.float32)
    for k in range(2 * count):
        i = order[k % count]
        ring[k], ring[length + k] = points[i, X], points[i, Y]
        firsts[0, k // count * DIRECTIONS + _step_of(points[i, ANGLE]) + 1] += 1
    for step in range(2 * DIRECTIONS):
        firsts[0, step + 1] += firsts[0, step]
    return order, ring, firsts


@compiled
def _step_of(angle: float) -> int:
    """Which step of direction an angle in [-pi, pi) falls into."""
    return min(DIRECTIONS - 1, int((angle + pi) * (DIRECTIONS / tau)))
