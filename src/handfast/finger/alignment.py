"""Laying one print over another by its minutiae, and counting those that then coincide.

Each of the pairs that look most alike proposes a turn and a shift; minutiae near each other under it are paired
one to one; turn, scale and shift are fitted anew to the pairs (least squares, Umeyama 1991) and the pairing is
repeated. The proposal under which most minutiae coincide is kept. Many proposals come to the same pairs: what follows
from some pairs is worked out once.
"""

from dataclasses import dataclass
from math import atan2, cos, sin, sqrt

import numpy as np

from handfast.finger.compiled import compiled
from handfast.finger.prints import (
    ACROSS,
    COSINE,
    DOWN,
    EDGE,
    LEFT,
    MINUTIA,
    NEAR,
    NEIGHBOUR,
    SIDE,
    SINE,
    SQUARE,
    TOP,
    Indices,
    Places,
    Prints,
    Starts,
    X,
    Y,
)
from handfast.finger.similarity import Likely
from handfast.finger.types import Floats

# Compiled code takes these in as they are here.
SEEDS = 20  # pairs of minutiae that may each propose an alignment
FIRST_GATE = NEAR  # px between two minutiae that may be one, before anything is fitted
GATE = 9.0  # px, after
ANGLE_GATE = 0.5  # rad
FITS = 3
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 1.25
LEAST_PAIRS = 3
HOPELESS = 0.6  # a proposal that pairs less than this share of the best so far is not followed up
HULL_MARGIN = 10.0  # px around the hull of a print that still count as overlap

_ALIKE = cos(ANGLE_GATE)
_STATES = SEEDS * (FITS + 1)

WEIGHT, ALONG, ASIDE, SHIFT_X, SHIFT_Y, OVERLAP_A, OVERLAP_B = range(7)
"""Columns of what `align_all` gives."""


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


def align(one: Prints, other: Prints, likely: Likely) -> Alignment | None:
    """The best alignment of two prints that any of the likely pairs leads to; None if none pairs three minutiae."""
    pairs, u, v, shift_x, shift_y, overlap_a, overlap_b = align_all(one, other, likely)[0].tolist()
    if pairs == 0:
        return None
    return Alignment(pairs, int(overlap_a), int(overlap_b), sqrt(u * u + v * v), atan2(v, u), (shift_x, shift_y))


def align_all(one: Prints, others: Prints, likely: Likely) -> Floats:
    """(M, 7): the best alignment of one print with each of the others, as the weight of its pairs, the transform
    (x, y) -> (u x - v y + shift_x, v x + u y + shift_y), and the minutiae of either in the overlap. Weight 0 if none.
    """
    return _align_all(
        one.points,
        one.edges,
        others.points,
        others.lattices,
        others.squares,
        others.neighbours,
        others.edges,
        others.starts,
        likely.ones,
        likely.others,
        likely.count,
    )


@compiled
def _align_all(
    points_a: Floats,
    edges_a: Floats,
    points_b: Floats,
    lattices: Floats,
    squares: Places,
    neighbours: Places,
    edges_b: Floats,
    starts: Starts,
    seeds_a: Indices,
    seeds_b: Indices,
    counts: Indices,
) -> Floats:
    result = np.zeros((len(counts), 7))
    if len(edges_a) == 0:
        return result
    pairs, fits = np.empty((_STATES + 1, 2, len(points_a)), np.int32), np.empty((_STATES, 6))
    known, sizes = np.empty(_STATES + 1, np.int64), np.empty(_STATES + 1, np.int64)
    near_a, moved = np.empty((len(points_a), 2), np.int64), np.empty((len(points_a), 2))
    most = 0
    for m in range(len(counts)):
        most = max(most, starts[m + 1, MINUTIA] - starts[m, MINUTIA])
    taken = np.empty(most, np.int64)
    for m in range(len(counts)):
        begin, end = starts[m], starts[m + 1]
        edges = edges_b[begin[EDGE] : end[EDGE]]
        if len(edges) == 0:
            continue
        b = points_b[begin[MINUTIA] : end[MINUTIA]]
        here = squares[begin[SQUARE] : end[SQUARE]]
        near = neighbours[begin[NEIGHBOUR] : end[NEIGHBOUR]]
        seeds = min(SEEDS, counts[m])
        states, room = (pairs, fits, known, sizes), (near_a, moved, taken)
        lattice = (lattices[m], here, near)
        best = _best(points_a, b, lattice, seeds_a[m, :seeds], seeds_b[m, :seeds], states, room)
        weight, u, v, shift_x, shift_y = best
        if weight > 0:
            result[m, :5] = best
            result[m, OVERLAP_A] = _count_inside(points_a, u, v, shift_x, shift_y, edges)
            s = u * u + v * v
            back_x, back_y = -(u * shift_x + v * shift_y) / s, (v * shift_x - u * shift_y) / s
            result[m, OVERLAP_B] = _count_inside(b, u / s, -v / s, back_x, back_y, edges_a)
    return result


@compiled
def _best(
    a: Floats,
    b: Floats,
    lattice: tuple[Floats, Places, Places],
    seeds_a: Indices,
    seeds_b: Indices,
    states: tuple[Places, Floats, Indices, Indices],
    room: tuple[Indices, Floats, Indices],
) -> tuple[float, float, float, float, float]:
    """Weight of the pairs and the transform; weight 0 if none.

    A state is a list of pairs. What the fit to it gives, the weight under that and the state that follows are kept
    once they are known.
    """
    pairs, fits, known, sizes = states
    best = (0.0, 1.0, 0.0, 0.0, 0.0)
    best_proposal, found = 0.0, 0
    for k in range(len(seeds_a)):
        i, j = seeds_a[k], seeds_b[k]
        u = b[j, COSINE] * a[i, COSINE] + b[j, SINE] * a[i, SINE]
        v = b[j, SINE] * a[i, COSINE] - b[j, COSINE] * a[i, SINE]
        shift_x, shift_y = b[j, X] - (u * a[i, X] - v * a[i, Y]), b[j, Y] - (v * a[i, X] + u * a[i, Y])
        least = HOPELESS * best_proposal
        sizes[found], weight = _pair(a, b, (u, v, shift_x, shift_y), lattice, FIRST_GATE, least, room, pairs[found])
        if weight < least:
            continue
        best_proposal = max(best_proposal, weight)
        state = _state(pairs, known, sizes, found)
        found = max(found, state + 1)
        for _ in range(FITS):
            if sizes[state] < LEAST_PAIRS:
                break
            if known[state] < 0:
                u, v, shift_x, shift_y = _fit(a, b, pairs[state], sizes[state])
                sizes[found], weight = _pair(a, b, (u, v, shift_x, shift_y), lattice, GATE, 0.0, room, pairs[found])
                known[state] = _state(pairs, known, sizes, found)
                fits[state, 0], fits[state, 1], fits[state, 2] = weight, u, v
                fits[state, 3], fits[state, 4] = shift_x, shift_y
                found = max(found, known[state] + 1)
            weight, u, v = fits[state, 0], fits[state, 1], fits[state, 2]
            shift_x, shift_y = fits[state, 3], fits[state, 4]
            before, state = state, known[state]
            if before == state:
                break
        if sizes[state] >= LEAST_PAIRS and weight > best[0]:
            best = (weight, u, v, shift_x, shift_y)
    return best


@compiled
def _state(pairs: Places, known: Indices, sizes: Indices, newest: int) -> int:
    """Which state has the pairs of the newest: an older one, or else the newest itself, of which nothing is known."""
    size = sizes[newest]
    for state in range(newest):
        if sizes[state] != size:
            continue
        at = 0
        while at < size and pairs[state, 0, at] == pairs[newest, 0, at] and pairs[state, 1, at] == pairs[newest, 1, at]:
            at += 1
        if at == size:
            return state
    known[newest] = -1
    return newest


@compiled
def _pair(
    a: Floats,
    b: Floats,
    transform: tuple[float, float, float, float],
    lattice: tuple[Floats, Places, Places],
    gate: float,
    least: float,
    room: tuple[Indices, Floats, Indices],
    pairs: Places,
) -> tuple[int, float]:
    """Pair each minutia of a, moved and turned, with the nearest free one of b; how many, and their weight.

    Of two as near, the one of the lower index is taken. Where the weight cannot become `least` any more, it ends.
    """
    near_a, moved, taken = room
    neighbours = lattice[2]
    u, v = transform[0], transform[1]
    near = _near(a, transform, lattice, near_a, moved)
    alike, lightest = _ALIKE * sqrt(u * u + v * v), 0.5 / (gate * gate)
    taken[: len(b)] = 0
    count, weight = 0, 0.0
    for k in range(near):
        if weight + (near - k) < least:
            break
        i, at = near_a[k, 0], near_a[k, 1]
        nearest, square = -1, gate * gate
        for n in range(at >> 32, at & 0xFFFFFFFF):
            j = neighbours[n]
            dx, dy = b[j, X] - moved[k, 0], b[j, Y] - moved[k, 1]
            apart = dx * dx + dy * dy
            if apart < square and taken[j] == 0:
                along, aside = u * a[i, COSINE] - v * a[i, SINE], v * a[i, COSINE] + u * a[i, SINE]
                if along * b[j, COSINE] + aside * b[j, SINE] > alike:
                    nearest, square = j, apart
        if nearest >= 0:
            taken[nearest] = 1
            pairs[0, count], pairs[1, count] = i, nearest
            count += 1
            weight += 1 - square * lightest
    return count, weight


@compiled
def _near(
    a: Floats,
    transform: tuple[float, float, float, float],
    lattice: tuple[Floats, Places, Places],
    near_a: Indices,
    moved: Floats,
) -> int:
    """Which minutiae of a, moved, have neighbours in b: how many, which and where; no branch is taken on the way."""
    u, v, shift_x, shift_y = transform
    frame, squares, _ = lattice
    left, top, across, down, each = frame[LEFT], frame[TOP], frame[ACROSS], frame[DOWN], 1 / frame[SIDE]
    width, count = int(across), 0
    for i in range(len(a)):
        x, y = u * a[i, X] - v * a[i, Y] + shift_x, v * a[i, X] + u * a[i, Y] + shift_y
        column, row = (x - left) * each, (y - top) * each
        within = (column >= 0) & (column < across) & (row >= 0) & (row < down)
        at = (int(row) * width + int(column)) * within
        begin, end = np.int64(squares[at]), np.int64(squares[at + 1])
        near_a[count, 0], near_a[count, 1] = i, begin << 32 | end
        moved[count, 0], moved[count, 1] = x, y
        count += within & (begin < end)
    return count


@compiled
def _fit(a: Floats, b: Floats, pairs: Places, count: int) -> tuple[float, float, float, float]:
    """The turn, scale and shift that bring the paired minutiae nearest to each other."""
    mean_x, mean_y, mean_to_x, mean_to_y = 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        i, j = pairs[0, k], pairs[1, k]
        mean_x += a[i, X]
        mean_y += a[i, Y]
        mean_to_x += b[j, X]
        mean_to_y += b[j, Y]
    mean_x, mean_y, mean_to_x, mean_to_y = mean_x / count, mean_y / count, mean_to_x / count, mean_to_y / count
    along, across, spread = 0.0, 0.0, 0.0
    for k in range(count):
        i, j = pairs[0, k], pairs[1, k]
        x, y, to_x, to_y = a[i, X] - mean_x, a[i, Y] - mean_y, b[j, X] - mean_to_x, b[j, Y] - mean_to_y
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
def _count_inside(points: Floats, u: float, v: float, shift_x: float, shift_y: float, edges: Floats) -> int:
    """How many points, so moved, lie in a hull or within its margin."""
    count = len(points)
    for i in range(len(points)):
        x, y = u * points[i, X] - v * points[i, Y] + shift_x, v * points[i, X] + u * points[i, Y] + shift_y
        for e in range(len(edges)):
            if edges[e, 0] * x + edges[e, 1] * y + edges[e, 2] < -HULL_MARGIN:
                count -= 1
                break
    return count
