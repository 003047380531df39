"""Which minutiae of two prints are likeliest the same: local similarity of bit cylinders, then a greedy choice.

The similarity is that of Cappelli, Ferrara & Maltoni 2010, equation 21.
"""

from dataclasses import dataclass
from math import pi, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled, population_count
from handfast.finger.cylinders import SECTIONS
from handfast.finger.disc import CELLS, WORDS, Words
from handfast.finger.prints import ANGLE, CYLINDER, MINUTIA, Indices, Prints, Starts
from handfast.finger.types import Floats, Mask

Singles = NDArray[np.float32]
Order = NDArray[np.int32]

# Compiled code takes these in as they are here.
LEAST_COMMON = 0.6  # share of the cells that must be valid in both cylinders
LARGEST_TURN = pi / 2  # rad, between two minutiae that may correspond
LEAST_SIMILARITY = 0.15  # of a pair that is looked at

_BUCKETS = 1024
_BITS = SECTIONS * WORDS
_ROOTS = np.sqrt(np.arange(64.0 * _BITS + 1))  # of every count of bits


@dataclass(frozen=True, slots=True, eq=False)
class Likely:
    """The best pairs of one print with each of M others, each minutia once, best first.

    ones, others   (M, P) int64, minutiae of the one print and of the other
    similarity     (M, P) float32 of these
    count          (M,) int64, how many pairs there are
    """

    ones: Indices
    others: Indices
    similarity: Singles
    count: Indices


def likely_pairs(one: Prints, others: Prints) -> Likely:
    """The pairs of most alike cylinders of one print and each of the others."""
    return Likely(
        *_likely_pairs(one.rows, one.points, one.words, others.rows, others.points, others.words, others.starts)
    )


def similarities(one: Prints, other: Prints) -> Singles:
    """(K, L) in [0, 1] of the cylinders of two prints; 0 where they cannot be compared."""
    a, b = len(one.rows), len(other.rows)
    result = np.zeros(a * b, np.float32)
    _compare(one.words, one.points[one.rows, ANGLE], other.words, other.points[other.rows, ANGLE], result)
    return result.reshape(a, b)


_LEAST_CELLS = LEAST_COMMON * CELLS


@compiled
def _likely_pairs(
    rows_a: Indices, points_a: Floats, words_a: Words, rows_b: Indices, points_b: Floats, words_b: Words, starts: Starts
) -> tuple[Indices, Indices, Singles, Indices]:
    rows, others = len(rows_a), len(starts) - 1
    most = 0
    for m in range(others):
        most = max(most, starts[m + 1, CYLINDER] - starts[m, CYLINDER])
    pairs_a, pairs_b = np.empty((others, rows), np.int64), np.empty((others, rows), np.int64)
    strength, found = np.empty((others, rows), np.float32), np.zeros(others, np.int64)
    similarity, following = np.empty(rows * most, np.float32), np.empty(rows * most, np.int32)
    head, free_a, free_b = np.empty(_BUCKETS, np.int32), np.empty(rows, np.bool_), np.empty(most, np.bool_)
    angle_a, angle_b = np.empty(rows), np.empty(most)
    for i in range(rows):
        angle_a[i] = points_a[rows_a[i], ANGLE]
    for m in range(others):
        begin, end = starts[m, CYLINDER], starts[m + 1, CYLINDER]
        columns, first = end - begin, starts[m, MINUTIA]
        for j in range(columns):
            angle_b[j] = points_b[first + rows_b[begin + j], ANGLE]
        here = similarity[: rows * columns]
        here[:] = 0
        _compare(words_a, angle_a, words_b[begin:end], angle_b[:columns], here)
        free_a[:], free_b[:] = True, True
        found[m] = _choose(here, columns, min(rows, columns), head, following, free_a, free_b, pairs_a[m], pairs_b[m])
        for k in range(found[m]):
            strength[m, k] = here[pairs_a[m, k] * columns + pairs_b[m, k]]
            pairs_a[m, k], pairs_b[m, k] = rows_a[pairs_a[m, k]], rows_b[begin + pairs_b[m, k]]
    return pairs_a, pairs_b, strength, found


@compiled
def _compare(words_a: Words, angle_a: Floats, words_b: Words, angle_b: Floats, similarity: Singles) -> None:
    """1 - |a - b| / (|a| + |b|) over the cells valid in both, where there are enough; the rest is left."""
    columns = len(angle_b)
    for i in range(len(angle_a)):
        for j in range(columns):
            turn = abs(angle_a[i] - angle_b[j])
            if min(turn, tau - turn) > LARGEST_TURN:
                continue
            cells, set_a, set_b, both = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
            for w in range(WORDS):
                cells += population_count(words_a[i, _BITS + w] & words_b[j, _BITS + w])
            if np.int64(cells) < _LEAST_CELLS:
                continue
            for w in range(_BITS):
                a, b = words_a[i, w], words_b[j, w]
                set_a += population_count(a & words_b[j, _BITS + w])
                set_b += population_count(b & words_a[i, _BITS + w])
                both += population_count(a & b)
            if set_a + set_b > 0:
                apart = _ROOTS[set_a + set_b - np.uint64(2) * both]  # a bit is set only where its own cell is valid
                similarity[i * columns + j] = 1.0 - apart / (_ROOTS[set_a] + _ROOTS[set_b])


@compiled
def _choose(
    similarity: Singles,
    columns: int,
    most: int,
    head: Order,
    following: Order,
    free_a: Mask,
    free_b: Mask,
    pairs_a: Indices,
    pairs_b: Indices,
) -> int:
    """A bucket sort of what is worth looking at, then a greedy choice; how many were chosen."""
    head[:] = -1
    highest = -1
    for place in range(len(similarity)):
        if similarity[place] > LEAST_SIMILARITY:
            bucket = min(_BUCKETS - 1, int(similarity[place] * _BUCKETS))
            following[place] = head[bucket]
            head[bucket] = place
            highest = max(highest, bucket)
    found = 0
    for bucket in range(highest, -1, -1):
        place = head[bucket]
        while place >= 0 and found < most:
            i, j = place // columns, place % columns
            if free_a[i] and free_b[j]:
                free_a[i] = free_b[j] = False
                pairs_a[found], pairs_b[found] = i, j
                found += 1
            place = following[place]
        if found == most:
            break
    return found
