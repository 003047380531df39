"""Prints in the form that is fast to compare: one or many, each column one after the other.

What a comparison needs of a print is worked out once: directions as cosines and sines, which minutiae are near a
place, and the edges of its hull.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled
from handfast.finger.cylinders import SECTIONS, cylinders_within
from handfast.finger.disc import Words
from handfast.finger.hull import convex_hull
from handfast.finger.types import Floats, Minutiae

Indices = NDArray[np.int64]
Places = NDArray[np.int32]
Starts = NDArray[np.int64]

X, Y, ANGLE, COSINE, SINE = range(5)
"""Columns of `points`."""

MINUTIA, CYLINDER, SQUARE, NEIGHBOUR, EDGE = range(5)
"""Columns of `starts`."""

LEFT, TOP, SIDE, ACROSS, DOWN = range(5)
"""Columns of `lattices`."""

NEAR = 16.0  # px; minutiae up to this far from any place of a square are listed with it
SQUARES = 64  # at most, across a print's lattice
_SIDE = 16.0  # px, of a square, or more where a print is very large


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """M prints of N minutiae and K cylinders in all.

    minutiae     of each print
    points       (N, 5) float64: x, y, angle in [-pi, pi), its cosine and sine
    rows         (K,) int64, which minutia of its print each cylinder stands on
    words        (K, 2 * SECTIONS * WORDS) uint64: a cylinder's bits, then its valid cells, once for every section
    lattices     (M, 5) float64: left and top of a lattice over the print, side of its squares, how many across and down
    squares      (S,) int32, how many of the neighbours belong to the squares before, row by row of each lattice
    neighbours   (L,) int32, minutiae of the print that are within NEAR of some place of the square, rising
    edges        (H, 3) float64 of the hull: a x + b y + c is how far (x, y) lies inside; none where it spans no area
    starts       (M + 1, 5) int64, where each print's minutiae, cylinders, squares, neighbours and edges begin and end
    """

    minutiae: tuple[Minutiae, ...]
    points: Floats
    rows: Indices
    words: Words
    lattices: Floats
    squares: Places
    neighbours: Places
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
            self.words[begin[CYLINDER] : end[CYLINDER]],
            self.lattices[index : index + 1],
            self.squares[begin[SQUARE] : end[SQUARE]],
            self.neighbours[begin[NEIGHBOUR] : end[NEIGHBOUR]],
            self.edges[begin[EDGE] : end[EDGE]],
            self.starts[index : index + 2] - begin,
        )

    def part(self, begin: int, end: int) -> "Prints":
        """Those from `begin` up to but not including `end`, of which fewer may be there; nothing is copied."""
        if begin == 0 and end >= len(self):
            return self
        minutiae, lattices = self.minutiae[begin:end], self.lattices[begin:end]
        return replace(self, minutiae=minutiae, lattices=lattices, starts=self.starts[begin : min(end, len(self)) + 1])


def prepare(minutiae: Minutiae) -> Prints:
    """The fast form of a print."""
    hull_x, hull_y = convex_hull(minutiae.x, minutiae.y)
    cylinders = cylinders_within(minutiae, hull_x, hull_y)
    points = _points(minutiae.x, minutiae.y, (minutiae.angle + pi) % tau - pi)
    lattice, squares, neighbours = _lattice(points)
    edges = _edges(hull_x, hull_y)
    counts = [len(points), len(cylinders), len(squares), len(neighbours), len(edges)]
    return Prints(
        (minutiae,),
        points,
        cylinders.rows,
        np.concatenate([cylinders.bits, *[cylinders.valid] * SECTIONS], axis=1),
        lattice,
        squares,
        neighbours,
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
        np.concatenate([each.words for each in prints]),
        np.concatenate([each.lattices for each in prints]),
        np.concatenate([each.squares for each in prints]),
        np.concatenate([each.neighbours for each in prints]),
        np.concatenate([each.edges for each in prints]),
        np.concatenate([np.zeros((1, counts.shape[1]), np.int64), np.cumsum(counts, axis=0)]),
    )


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
def _lattice(points: Floats) -> tuple[Floats, Places, Places]:
    """The lattice of a print; where each square's neighbours begin, and at the end how many there are; these."""
    lattice = np.zeros((1, 5))
    if len(points) == 0:
        return lattice, np.zeros(1, np.int32), np.zeros(0, np.int32)
    left, top = points[:, X].min() - NEAR, points[:, Y].min() - NEAR
    width, height = points[:, X].max() + NEAR - left, points[:, Y].max() + NEAR - top
    side = max(_SIDE, max(width, height) / SQUARES)
    across, down = int(width / side) + 1, int(height / side) + 1
    lattice[0, :] = np.array([left, top, side, float(across), float(down)])
    squares = np.zeros(across * down + 1, np.int32)
    ranges = np.empty((len(points), 4), np.int64)
    for i in range(len(points)):
        x, y = points[i, X] - left, points[i, Y] - top
        first, last = int((x - NEAR) / side), int((x + NEAR) / side)
        upper, lower = int((y - NEAR) / side), int((y + NEAR) / side)
        ranges[i, :] = np.array([max(0, first), min(across - 1, last), max(0, upper), min(down - 1, lower)])
        for row in range(ranges[i, 2], ranges[i, 3] + 1):
            for column in range(ranges[i, 0], ranges[i, 1] + 1):
                squares[row * across + column + 1] += 1
    for k in range(across * down):
        squares[k + 1] += squares[k]
    neighbours, filled = np.empty(squares[-1], np.int32), squares.copy()
    for i in range(len(points)):
        for row in range(ranges[i, 2], ranges[i, 3] + 1):
            for column in range(ranges[i, 0], ranges[i, 1] + 1):
                neighbours[filled[row * across + column]] = i
                filled[row * across + column] += 1
    return lattice, squares, neighbours
