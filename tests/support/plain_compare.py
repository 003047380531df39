"""The comparison of two prints as its papers tell it: every pair looked at, nothing prepared, nothing compiled.

Cylinders are taken as they are, and scores are those at the scale that the prints have.
"""

from math import atan2, cos, exp, hypot, log, pi, sin, tau

import numpy as np

from handfast.finger.comparison import alignment, compare, relaxation, similarity
from handfast.finger.comparison.cylinders import SECTIONS, Cylinders, build_cylinders
from handfast.finger.comparison.disc import WORDS
from handfast.finger.comparison.hull import convex_hull
from handfast.finger.types import Minutiae

Pairs = list[tuple[int, int]]
Transform = tuple[float, float, float, float]


def plain_score(a: Minutiae, b: Minutiae) -> float:
    """How alike two prints are, without a second look at another scale."""
    one, other = build_cylinders(a), build_cylinders(b)
    table = plain_similarities(one, other)
    chosen = plain_pairs(table)
    surroundings = _relaxed(one, other, table, chosen)
    seeds = [(int(one.rows[i]), int(other.rows[j])) for i, j in chosen[: alignment.SEEDS]]
    coincidence = _coincidence(a, b, seeds)
    return log(1 + surroundings / compare.SURROUNDINGS_FLOOR) + compare.COINCIDENCE_WEIGHT * log(
        1 + coincidence / compare.COINCIDENCE_FLOOR
    )


def plain_similarities(a: Cylinders, b: Cylinders) -> np.ndarray:
    """(K, L) float32, one pair of cylinders after the other."""
    table = np.zeros((len(a), len(b)), np.float32)
    for i in range(len(a)):
        for j in range(len(b)):
            common = np.tile(a.valid[i] & b.valid[j], SECTIONS)
            enough = np.bitwise_count(common[:WORDS]).sum() >= similarity._LEAST_CELLS
            if abs(_turn(a.angle[i] - b.angle[j])) > similarity.LARGEST_TURN or not enough:
                continue
            here, there = a.bits[i] & common, b.bits[j] & common
            sizes = [np.sqrt(float(np.bitwise_count(words).sum())) for words in (here, there, here ^ there)]
            if sizes[0] + sizes[1] > 0:
                table[i, j] = 1 - sizes[2] / (sizes[0] + sizes[1])
    return table


def plain_pairs(table: np.ndarray) -> Pairs:
    """The best pairs, each row and column once. Steps of 1/1024 are told apart, and of equals the last comes first."""
    worth = [(min(1023, int(table[i, j] * 1024)), i, j) for i, j in np.argwhere(table > similarity.LEAST_SIMILARITY)]
    chosen: Pairs = []
    for _, i, j in sorted(worth, reverse=True):
        if all(i != row and j != column for row, column in chosen):
            chosen.append((int(i), int(j)))
    return chosen


def _relaxed(a: Cylinders, b: Cylinders, table: np.ndarray, chosen: Pairs) -> float:
    if len(chosen) < 2:
        return 0.0
    strength = np.array([table[pair] for pair in chosen], np.float64)
    agreement = np.array([[0.0 if p == q else _agreement(a, b, p, q) for q in chosen] for p in chosen])
    now = strength
    for _ in range(relaxation.STEPS):
        support = agreement @ now / (len(chosen) - 1)
        now = relaxation.OWN_WEIGHT * now + (1 - relaxation.OWN_WEIGHT) * support
    share = 1 / (1 + exp(-relaxation.PAIRS_SLOPE * (min(len(a), len(b)) - relaxation.PAIRS_MIDDLE)))
    averaged = relaxation.LEAST_PAIRS + round((relaxation.MOST_PAIRS - relaxation.LEAST_PAIRS) * share)
    steadiest = np.argsort(-now / strength, kind="stable")[:averaged]
    return float(now[steadiest].sum()) / averaged


def _agreement(a: Cylinders, b: Cylinders, p: tuple[int, int], q: tuple[int, int]) -> float:
    """How well pair q lies, seen from pair p, at the same place and direction in both prints."""
    (i, j), (k, n) = p, q
    to_a, to_b = (a.x[k] - a.x[i], a.y[k] - a.y[i]), (b.x[n] - b.x[j], b.y[n] - b.y[j])
    turn = abs(_turn((a.angle[i] - a.angle[k]) - (b.angle[j] - b.angle[n])))
    distance = abs(hypot(*to_a) - hypot(*to_b))
    bearing = abs(_turn((a.angle[i] - atan2(to_a[1], to_a[0])) - (b.angle[j] - atan2(to_b[1], to_b[0]))))
    beyond = (turn > relaxation.TURN_MIDDLE + 0.25, bearing > relaxation.BEARING_MIDDLE + 0.25)
    if any(beyond) or distance > relaxation.DISTANCE_MIDDLE + 7 / 1.6:
        return 0.0
    return (
        _sigmoid(distance, relaxation.DISTANCE_MIDDLE, relaxation.DISTANCE_SLOPE)
        * _sigmoid(turn, relaxation.TURN_MIDDLE, relaxation.TURN_SLOPE)
        * _sigmoid(bearing, relaxation.BEARING_MIDDLE, relaxation.BEARING_SLOPE)
    )


def _coincidence(a: Minutiae, b: Minutiae, seeds: Pairs) -> float:
    hulls = convex_hull(a.x, a.y), convex_hull(b.x, b.y)
    found = _best(a, b, seeds) if all(len(x) > 2 for x, _ in hulls) else None
    if found is None:
        return 0.0
    weight, (u, v, shift_x, shift_y) = found
    overlap_a = _inside(u * a.x - v * a.y + shift_x, v * a.x + u * a.y + shift_y, hulls[1])
    x, y, square = b.x - shift_x, b.y - shift_y, u * u + v * v
    overlap_b = _inside((u * x + v * y) / square, (u * y - v * x) / square, hulls[0])
    return weight**3 / (max(overlap_a, compare.LEAST_OVERLAP) * max(overlap_b, compare.LEAST_OVERLAP))


def _best(a: Minutiae, b: Minutiae, seeds: Pairs) -> tuple[float, Transform] | None:
    """The heaviest alignment that any seed leads to; every one is followed to its end."""
    best, best_proposal = None, 0.0
    for i, j in seeds:
        u, v = cos(b.angle[j] - a.angle[i]), sin(b.angle[j] - a.angle[i])
        transform = (u, v, b.x[j] - (u * a.x[i] - v * a.y[i]), b.y[j] - (v * a.x[i] + u * a.y[i]))
        paired, weight = _paired(a, b, transform, alignment.FIRST_GATE)
        if weight < alignment.HOPELESS * best_proposal:
            continue
        best_proposal = max(best_proposal, weight)
        for _ in range(alignment.FITS):
            if len(paired) >= alignment.LEAST_PAIRS:
                transform = _fitted(a, b, paired)
                paired, weight = _paired(a, b, transform, alignment.GATE)
        if len(paired) >= alignment.LEAST_PAIRS and (best is None or weight > best[0]):
            best = (weight, transform)
    return best


def _paired(a: Minutiae, b: Minutiae, transform: Transform, gate: float) -> tuple[Pairs, float]:
    u, v, shift_x, shift_y = transform
    x, y = u * a.x - v * a.y + shift_x, v * a.x + u * a.y + shift_y
    paired, weight, free = Pairs(), 0.0, np.ones(len(b), bool)
    for i in range(len(a)):
        square = (b.x - x[i]) ** 2 + (b.y - y[i]) ** 2
        turned = np.abs((b.angle - a.angle[i] - atan2(v, u) + pi) % tau - pi)
        near = np.flatnonzero(free & (square < gate**2) & (turned < alignment.ANGLE_GATE))
        if len(near):
            j = int(near[np.argmin(square[near])])
            free[j] = False
            paired.append((i, j))
            weight += 1 - 0.5 * square[j] / gate**2
    return paired, weight


def _fitted(a: Minutiae, b: Minutiae, paired: Pairs) -> Transform:
    """Least squares in the complex plane."""
    rows, columns = np.array(paired).T
    here, there = a.x[rows] + 1j * a.y[rows], b.x[columns] + 1j * b.y[columns]
    from_, to = here - here.mean(), there - there.mean()
    product = np.vdot(from_, to)
    if product == 0:
        factor = 1 + 0j
    else:
        scale = np.clip(abs(product) / np.vdot(from_, from_).real, alignment.SMALLEST_SCALE, alignment.LARGEST_SCALE)
        factor = scale * product / abs(product)
    shift = there.mean() - factor * here.mean()
    return factor.real, factor.imag, shift.real, shift.imag


def _inside(x: np.ndarray, y: np.ndarray, hull: tuple[np.ndarray, np.ndarray]) -> int:
    """How many points lie in a hull or within its margin."""
    inside = np.ones(len(x), bool)
    for (ax, bx), (ay, by) in zip(*(zip(side, np.roll(side, -1), strict=True) for side in hull), strict=True):
        depth = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / hypot(bx - ax, by - ay)
        inside &= depth >= -alignment.HULL_MARGIN
    return int(inside.sum())


def _sigmoid(value: float, middle: float, slope: float) -> float:
    return 1 / (1 + exp(slope * (middle - value)))


def _turn(difference: float) -> float:
    return float((difference + pi) % tau - pi)
