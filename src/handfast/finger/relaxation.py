"""From local similarities to one score: local similarity sort with relaxation (LSS-R).

Cappelli, Ferrara & Maltoni 2010, section 4.2: the best pairs of minutiae are chosen one to one; each then gains
or loses by how well its place and direction relative to the other pairs agree in both prints; the score is the
mean of the pairs that lost least.
"""

from math import atan2, exp, pi, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled
from handfast.finger.cylinders import Cylinders
from handfast.finger.types import Floats

Singles = NDArray[np.float32]
Indices = NDArray[np.int64]

# Compiled code takes these in as they are here.
LEAST_PAIRS = 4  # averaged in the score, for small prints
MOST_PAIRS = 12
PAIRS_MIDDLE = 20.0  # minutiae of the smaller print at which their number is half way
PAIRS_SLOPE = 0.4
OWN_WEIGHT = 0.5  # of a pair's own strength in one step of relaxation
STEPS = 5
DISTANCE_MIDDLE, DISTANCE_SLOPE = 5.0, -1.6  # px: difference of the distance between two minutiae
TURN_MIDDLE, TURN_SLOPE = pi / 12, -30.0  # rad: difference of the turn from one to the other
BEARING_MIDDLE, BEARING_SLOPE = pi / 12, -30.0  # rad: difference of the bearing of one from the other
LEAST_SIMILARITY = 0.15  # of a pair that is looked at

_BUCKETS = 1024
_NEGLIGIBLE_DISTANCE = DISTANCE_MIDDLE - 7.0 / DISTANCE_SLOPE  # px, factor below 1e-3
_NEGLIGIBLE_ANGLE = 0.25  # rad beyond the middle, factor below 1e-3


def best_pairs(similarity: Singles) -> tuple[Indices, Indices]:
    """Rows and columns of the largest of (A, B) similarities, each row and column once, best first."""
    return _best_pairs(similarity, min(similarity.shape))


def relaxed_score(a: Cylinders, b: Cylinders, similarity: Singles, pairs: tuple[Indices, Indices]) -> float:
    """Score in [0, 1] of two prints from their similarities and the best pairs of these; 0.0 below two pairs."""
    rows, columns = pairs
    if len(rows) < 2:
        return 0.0
    strength = similarity[rows, columns]
    agreement = _agreements(a.x[rows], a.y[rows], a.angle[rows], b.x[columns], b.y[columns], b.angle[columns])
    relaxed = _relax(strength, agreement)
    averaged = _pairs_averaged(min(similarity.shape))
    steadiest = np.argsort(-relaxed / strength, kind="stable")[:averaged]
    return float(relaxed[steadiest].sum()) / averaged


def _pairs_averaged(smaller: int) -> int:
    """How many pairs the score is the mean of, where the smaller print has so many cylinders."""
    share = 1 / (1 + exp(-PAIRS_SLOPE * (smaller - PAIRS_MIDDLE)))
    return LEAST_PAIRS + round((MOST_PAIRS - LEAST_PAIRS) * share)


@compiled
def _best_pairs(similarity: Singles, most: int) -> tuple[Indices, Indices]:
    """A bucket sort of what is worth looking at, then a greedy choice."""
    rows, columns = similarity.shape
    head = np.full(_BUCKETS, -1, np.int32)
    following = np.empty(rows * columns, np.int32)
    for i in range(rows):
        for j in range(columns):
            if similarity[i, j] > LEAST_SIMILARITY:
                bucket = min(_BUCKETS - 1, int(similarity[i, j] * _BUCKETS))
                following[i * columns + j] = head[bucket]
                head[bucket] = i * columns + j
    free_row, free_column = np.ones(rows, np.bool_), np.ones(columns, np.bool_)
    pairs_a, pairs_b = np.empty(most, np.int64), np.empty(most, np.int64)
    found = 0
    for bucket in range(_BUCKETS - 1, -1, -1):
        place = head[bucket]
        while place >= 0 and found < most:
            i, j = place // columns, place % columns
            if free_row[i] and free_column[j]:
                free_row[i] = free_column[j] = False
                pairs_a[found], pairs_b[found] = i, j
                found += 1
            place = following[place]
    return pairs_a[:found], pairs_b[:found]


@compiled
def _agreements(ax: Floats, ay: Floats, aa: Floats, bx: Floats, by: Floats, ba: Floats) -> Singles:
    """(P, P): how well pair q lies, seen from pair p, at the same place and direction in both prints, 0..1."""
    count = len(ax)
    agreement = np.zeros((count, count), np.float32)
    for p in range(count):
        for q in range(p + 1, count):
            adx, ady, bdx, bdy = ax[q] - ax[p], ay[q] - ay[p], bx[q] - bx[p], by[q] - by[p]
            turn = abs(_turn(_turn(aa[p] - aa[q]) - _turn(ba[p] - ba[q])))
            if turn > TURN_MIDDLE + _NEGLIGIBLE_ANGLE:
                continue
            distance = abs(sqrt(adx * adx + ady * ady) - sqrt(bdx * bdx + bdy * bdy))
            if distance > _NEGLIGIBLE_DISTANCE:
                continue
            common = 1 + exp(DISTANCE_SLOPE * (DISTANCE_MIDDLE - distance))
            common *= 1 + exp(TURN_SLOPE * (TURN_MIDDLE - turn))
            bearing_a, bearing_b = atan2(ady, adx), atan2(bdy, bdx)
            agreement[p, q] = _with_bearing(common, _turn(aa[p] - bearing_a), _turn(ba[p] - bearing_b))
            back_a, back_b = _opposite(bearing_a), _opposite(bearing_b)
            agreement[q, p] = _with_bearing(common, _turn(aa[q] - back_a), _turn(ba[q] - back_b))
    return agreement


@compiled
def _with_bearing(common: float, a: float, b: float) -> float:
    bearing = abs(_turn(a - b))
    if bearing > BEARING_MIDDLE + _NEGLIGIBLE_ANGLE:
        return 0.0
    return 1 / (common * (1 + exp(BEARING_SLOPE * (BEARING_MIDDLE - bearing))))


@compiled
def _relax(strength: Singles, agreement: Singles) -> Singles:
    count = len(strength)
    share = np.float32((1 - OWN_WEIGHT) / (count - 1))
    now = strength.copy()
    following = np.empty_like(now)
    for _ in range(STEPS):
        for p in range(count):
            support = np.float32(0.0)
            for q in range(count):
                support += agreement[p, q] * now[q]
            following[p] = np.float32(OWN_WEIGHT) * now[p] + share * support
        now, following = following, now
    return now


@compiled
def _opposite(angle: float) -> float:
    return angle + pi if angle < 0 else angle - pi


@compiled
def _turn(difference: float) -> float:
    """A difference of two angles in [-pi, pi), brought back into [-pi, pi)."""
    if difference >= pi:
        return difference - tau
    if difference < -pi:
        return difference + tau
    return difference
