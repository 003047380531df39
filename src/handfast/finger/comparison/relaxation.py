"""From likely pairs to one score: local similarity sort with relaxation (LSS-R).

Cappelli, Ferrara & Maltoni 2010, section 4.2: each of the pairs that were chosen one to one gains or loses by how well
its place and direction relative to the other pairs agree in both prints; the score is the mean of those that lost
least. Sigmoids are read from tables: none is off by more than 1e-6.
"""

from math import atan, exp, pi, sqrt, tan, tau

import numpy as np

from handfast.finger.comparison.prints import ANGLE, COSINE, CYLINDER, MINUTIA, SINE, Indices, Prints, Starts, X, Y
from handfast.finger.comparison.similarity import Likely
from handfast.finger.types import Floats, Singles
from handfast.imaging.compiled import compiled, compiled_on_views

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

_LARGEST_DISTANCE = DISTANCE_MIDDLE - 7.0 / DISTANCE_SLOPE  # px, factor below 1e-3
_LARGEST_TURN = TURN_MIDDLE + 0.25  # rad, factor below 1e-3
_LARGEST_BEARING = tan(BEARING_MIDDLE + 0.25)  # as its tangent

_STEPS = 8192  # of a table
_BY_DISTANCE = np.array(
    [1 / (1 + exp(DISTANCE_SLOPE * (DISTANCE_MIDDLE - _LARGEST_DISTANCE * k / _STEPS))) for k in range(_STEPS + 2)]
)
_BY_TURN = np.array([1 / (1 + exp(TURN_SLOPE * (TURN_MIDDLE - _LARGEST_TURN * k / _STEPS))) for k in range(_STEPS + 2)])
_BY_BEARING = np.array(
    [1 / (1 + exp(BEARING_SLOPE * (BEARING_MIDDLE - atan(_LARGEST_BEARING * k / _STEPS)))) for k in range(_STEPS + 2)]
)
_MANY = 64  # cylinders of the smaller print from which on the most pairs are averaged
_AVERAGED = np.array(
    [
        LEAST_PAIRS + round((MOST_PAIRS - LEAST_PAIRS) / (1 + exp(-PAIRS_SLOPE * (smaller - PAIRS_MIDDLE))))
        for smaller in range(_MANY + 1)
    ]
)


def relaxed_scores(one: Prints, others: Prints, likely: Likely) -> Floats:
    """(M,) in [0, 1]: scores of one print and each of the others from their likely pairs; 0.0 below two pairs."""
    return _relaxed_scores(
        one.points,
        len(one.rows),
        others.points,
        others.starts,
        likely.ones,
        likely.others,
        likely.similarity,
        likely.count,
    )


@compiled
def _relaxed_scores(
    points_a: Floats,
    cylinders: int,
    points_b: Floats,
    starts: Starts,
    pairs_a: Indices,
    pairs_b: Indices,
    similarity: Singles,
    counts: Indices,
) -> Floats:
    scores = np.zeros(len(counts))
    most = pairs_a.shape[1]
    agreement = np.empty((most, most), np.float32)
    now, support, turn = np.empty(most, np.float32), np.empty(most, np.float32), np.empty((most, 3))
    for m in range(len(counts)):
        count = counts[m]
        if count < 2:
            continue
        b = points_b[starts[m, MINUTIA] : starts[m + 1, MINUTIA]]
        _agree(points_a, b, pairs_a[m, :count], pairs_b[m, :count], turn, agreement)
        now[:count] = similarity[m, :count]
        _relax(now[:count], agreement, support[:count])
        smaller = min(cylinders, starts[m + 1, CYLINDER] - starts[m, CYLINDER])
        scores[m] = _mean_of_steadiest(now[:count], similarity[m, :count], _AVERAGED[min(smaller, _MANY)])
    return scores


@compiled_on_views
def _agree(
    points_a: Floats, points_b: Floats, pairs_a: Indices, pairs_b: Indices, turn: Floats, agreement: Singles
) -> None:
    """(P, P): in column p, how well pair q lies at the same place and direction in both prints, seen from it, 0..1.

    What is seen from a pair is turned by what the pair itself was; bearings are then compared by their tangent.
    """
    count = len(pairs_a)
    for p in range(count):
        i, j = pairs_a[p], pairs_b[p]
        turn[p, 0] = _turn(points_b[j, ANGLE] - points_a[i, ANGLE])
        turn[p, 1] = points_b[j, COSINE] * points_a[i, COSINE] + points_b[j, SINE] * points_a[i, SINE]
        turn[p, 2] = points_b[j, SINE] * points_a[i, COSINE] - points_b[j, COSINE] * points_a[i, SINE]
    for p in range(count):
        i, j = pairs_a[p], pairs_b[p]
        agreement[p, p] = 0
        for q in range(p + 1, count):
            agreement[p, q] = agreement[q, p] = 0
            turned = abs(_turn(turn[q, 0] - turn[p, 0]))
            if turned > _LARGEST_TURN:
                continue
            k, n = pairs_a[q], pairs_b[q]
            ax, ay = points_a[k, X] - points_a[i, X], points_a[k, Y] - points_a[i, Y]
            bx, by = points_b[n, X] - points_b[j, X], points_b[n, Y] - points_b[j, Y]
            apart = abs(sqrt(ax * ax + ay * ay) - sqrt(bx * bx + by * by))
            if apart > _LARGEST_DISTANCE:
                continue
            common = _read(_BY_DISTANCE, apart / _LARGEST_DISTANCE) * _read(_BY_TURN, turned / _LARGEST_TURN)
            along, across = ax * bx + ay * by, ax * by - ay * bx
            agreement[q, p] = common * _by_bearing(turn[p, 1], turn[p, 2], along, across)
            agreement[p, q] = common * _by_bearing(turn[q, 1], turn[q, 2], along, across)


@compiled_on_views
def _by_bearing(cosine: float, sine: float, along: float, across: float) -> float:
    """Of the difference of the bearings, once one print is turned so."""
    there, aside = cosine * along + sine * across, abs(cosine * across - sine * along)
    if there <= 0 or aside > _LARGEST_BEARING * there:
        return 0.0
    return _read(_BY_BEARING, aside / (there * _LARGEST_BEARING))


@compiled_on_views
def _read(table: Floats, share: float) -> float:
    """What stands at this share of a table, 0..1, by the two entries beside it."""
    at = share * _STEPS
    k = int(at)
    return float(table[k] + (at - k) * (table[k + 1] - table[k]))


@compiled_on_views
def _relax(now: Singles, agreement: Singles, support: Singles) -> None:
    """Strengths after all steps; in columns, so that several are added up at once in the order of one by one."""
    count = len(now)
    share = np.float32((1 - OWN_WEIGHT) / (count - 1))
    for _ in range(STEPS):
        support[:] = 0
        for q in range(count):
            for p in range(count):
                support[p] += agreement[q, p] * now[q]
        for p in range(count):
            now[p] = np.float32(OWN_WEIGHT) * now[p] + share * support[p]


@compiled
def _mean_of_steadiest(relaxed: Singles, strength: Singles, averaged: int) -> float:
    """The mean of those that lost least; those that are missing count 0."""
    kept = strength.copy()
    for p in range(len(kept)):
        kept[p] = relaxed[p] / strength[p]
    total = np.float32(0)
    for _ in range(min(averaged, len(kept))):
        best = kept.argmax()
        total += relaxed[best]
        kept[best] = -1
    return float(total) / averaged


@compiled_on_views
def _turn(difference: float) -> float:
    """A difference of two angles in [-pi, pi), brought back into [-pi, pi)."""
    if difference >= pi:
        return difference - tau
    if difference < -pi:
        return difference + tau
    return difference
