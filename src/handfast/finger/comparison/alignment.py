"""Laying one print over another by its minutiae, and counting those that then coincide.

Each of the pairs that look most alike proposes a turn and a shift; minutiae near each other under it are paired
one to one; turn, scale and shift are fitted anew to the pairs (least squares, Umeyama 1991) and the pairing is
repeated. The proposal under which most minutiae coincide is kept. Many proposals come to the same pairs: what follows
from some pairs is worked out once.
"""

from dataclasses import dataclass
from math import atan2, ceil, cos, floor, pi, sin, sqrt, tau

import numpy as np

from handfast.finger.comparison.bits import population_count
from handfast.finger.comparison.disc import Words
from handfast.finger.comparison.prints import (
    ANGLE,
    COSINE,
    DIRECTIONS,
    EDGE,
    MINUTIA,
    RING,
    SINE,
    Indices,
    Places,
    Prints,
    Starts,
    X,
    Y,
)
from handfast.finger.comparison.similarity import Likely
from handfast.finger.comparison.sixteen import LANES, near_of_sixteen
from handfast.finger.types import Floats, Singles
from handfast.imaging.compiled import compiled, compiled_on_views

# Compiled code takes these in as they are here.
SEEDS = 20  # pairs of minutiae that may each propose an alignment
FIRST_GATE = 16.0  # px between two minutiae that may be one, before anything is fitted
GATE = 9.0  # px, after
ANGLE_GATE = 0.5  # rad
FITS = 3
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 1.25
LEAST_PAIRS = 3
HOPELESS = 0.6  # a proposal that pairs less than this share of the best so far is not followed up
HULL_MARGIN = 10.0  # px around the hull of a print that still count as overlap

_ALIKE = cos(ANGLE_GATE)
_BEFORE = ceil(ANGLE_GATE / tau * DIRECTIONS)  # steps of direction that minutiae within the gate may lie before one
_AFTER = _BEFORE + 2  # and after the first: neither its own direction nor the turn stands at the beginning of a step
_SLACK = 1.02  # of a square, for what single precision loses
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
        others.order,
        others.rings,
        others.firsts,
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
    order: Places,
    rings: Singles,
    firsts: Places,
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
    steps = ((points_a[:, ANGLE] + pi) * (DIRECTIONS / tau)).astype(np.int64)
    moved = np.empty((2, len(points_a)))
    most = 0
    for m in range(len(counts)):
        most = max(most, starts[m + 1, MINUTIA] - starts[m, MINUTIA])
    # Of a minutia all those in one direction may be near, LANES of them in each entry.
    near, taken = np.empty((2, len(points_a) * (most // LANES + 1) + 1), np.uint64), np.empty(most, np.int64)
    for m in range(len(counts)):
        begin, end = starts[m], starts[m + 1]
        edges = edges_b[begin[EDGE] : end[EDGE]]
        if len(edges) == 0:
            continue
        b = points_b[begin[MINUTIA] : end[MINUTIA]]
        seeds = min(SEEDS, counts[m])
        states, room = (pairs, fits, known, sizes), (steps, moved, near, taken)
        ring = (order[begin[MINUTIA] : end[MINUTIA]], rings[begin[RING] : end[RING]], firsts[m])
        best = _best(points_a, b, ring, seeds_a[m, :seeds], seeds_b[m, :seeds], states, room)
        weight, u, v, shift_x, shift_y = best
        if weight > 0:
            result[m, :5] = best
            result[m, OVERLAP_A] = _count_inside(points_a, u, v, shift_x, shift_y, edges)
            s = u * u + v * v
            back_x, back_y = -(u * shift_x + v * shift_y) / s, (v * shift_x - u * shift_y) / s
            result[m, OVERLAP_B] = _count_inside(b, u / s, -v / s, back_x, back_y, edges_a)
    return result


@compiled_on_views
def _best(
    a: Floats,
    b: Floats,
    ring: tuple[Places, Singles, Places],
    seeds_a: Indices,
    seeds_b: Indices,
    states: tuple[Places, Floats, Indices, Indices],
    room: tuple[Indices, Floats, Words, Indices],
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
        sizes[found], weight = _pair(a, b, (u, v, shift_x, shift_y), ring, FIRST_GATE, least, room, pairs[found])
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
                sizes[found], weight = _pair(a, b, (u, v, shift_x, shift_y), ring, GATE, 0.0, room, pairs[found])
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


@compiled_on_views
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


@compiled_on_views
def _pair(
    a: Floats,
    b: Floats,
    transform: tuple[float, float, float, float],
    ring: tuple[Places, Singles, Places],
    gate: float,
    least: float,
    room: tuple[Indices, Floats, Words, Indices],
    pairs: Places,
) -> tuple[int, float]:
    """Pair each minutia of a, moved and turned, with the nearest free one of b; how many, and their weight.

    Of two as near, the one of the lower index is taken. Where the weight cannot become `least` any more, it ends.
    """
    steps, moved, near, taken = room
    order = ring[0]
    u, v = transform[0], transform[1]
    some = _near(a, transform, ring, gate, steps, moved, near)
    alike, lightest = _ALIKE * sqrt(u * u + v * v), 0.5 / (gate * gate)
    taken[: len(b)] = 0
    entry, count, weight = 0, 0, 0.0
    while entry < some:
        if weight + (some - entry) < least:
            break
        i = np.int64(near[0, entry] >> np.uint64(32))
        x, y, nearest, square = moved[0, i], moved[1, i], -1, gate * gate
        along, aside = u * a[i, COSINE] - v * a[i, SINE], v * a[i, COSINE] + u * a[i, SINE]
        while entry < some and np.int64(near[0, entry] >> np.uint64(32)) == i:
            first, lanes = np.int64(near[0, entry] & np.uint64(0xFFFFFFFF)), near[1, entry]
            while lanes != 0:
                at = first + np.int64(population_count((lanes & (~lanes + np.uint64(1))) - np.uint64(1)))
                lanes &= lanes - np.uint64(1)
                j = order[at - len(b) * (at >= len(b))]
                dx, dy = b[j, X] - x, b[j, Y] - y
                apart = dx * dx + dy * dy
                nearer = apart < square or (apart == square and j < nearest)
                if nearer and taken[j] == 0 and along * b[j, COSINE] + aside * b[j, SINE] > alike:
                    nearest, square = j, apart
            entry += 1
        if nearest >= 0:
            taken[nearest] = 1
            pairs[0, count], pairs[1, count] = i, nearest
            count += 1
            weight += 1 - square * lightest
    return count, weight


@compiled_on_views
def _near(
    a: Floats,
    transform: tuple[float, float, float, float],
    ring: tuple[Places, Singles, Places],
    gate: float,
    steps: Indices,
    moved: Floats,
    near: Words,
) -> int:
    """Which minutiae of a, moved, have some of b near them that point about the same way: how many entries say so.

    An entry is the minutia of a and a place in the ring, then a bit for each of the LANES from there on.
    """
    u, v, shift_x, shift_y = transform
    _, places, firsts = ring
    for i in range(len(a)):
        moved[0, i] = u * a[i, X] - v * a[i, Y] + shift_x
        moved[1, i] = v * a[i, X] + u * a[i, Y] + shift_y
    offset = floor(atan2(v, u) * (DIRECTIONS / tau)) + 2 * DIRECTIONS - _BEFORE
    beyond, square = len(places) >> 1, np.float32(gate * gate * _SLACK)
    count = 0
    for i in range(len(a)):
        step = (steps[i] + offset) % DIRECTIONS
        at, end = firsts[step], firsts[step + _BEFORE + _AFTER]
        while at < end:
            lanes = near_of_sixteen(places, at, beyond, np.float32(moved[0, i]), np.float32(moved[1, i]), square)
            lanes &= (np.uint64(1) << np.uint64(min(LANES, end - at))) - np.uint64(1)
            near[0, count], near[1, count] = np.uint64(i << 32 | at), lanes
            count += lanes != 0
            at += LANES
    return count


@compiled_on_views
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


@compiled_on_views
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
