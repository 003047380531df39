"""Which minutiae of two prints are likeliest the same: local similarity of bit cylinders, then a greedy choice.

The similarity is that of Cappelli, Ferrara & Maltoni 2010, equation 21.
"""

from dataclasses import dataclass
from math import ceil, pi, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.comparison.disc import CELLS, Words
from handfast.finger.comparison.eight import BLOCK, EIGHT, similar_to_eight
from handfast.finger.comparison.prints import ANGLE, CYLINDER, MINUTIA, MOST, WORD, Indices, Places, Prints, Starts
from handfast.finger.types import Floats, Singles
from handfast.imaging.compiled import compiled, compiled_on_views

Keys = NDArray[np.uint32]

# Compiled code takes these in as they are here.
LEAST_COMMON = 0.6  # share of the cells that must be valid in both cylinders
LARGEST_TURN = pi / 2  # rad, between two minutiae that may correspond
LEAST_SIMILARITY = 0.15  # of a pair that is looked at

_BUCKETS = 1024  # steps of similarity that are told apart
_NUMBER = MOST.bit_length() - 1  # bits that tell a cylinder's number
_LEAST_CELLS = ceil(LEAST_COMMON * CELLS)
_SLACK = 1e-9  # rad


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
        *_likely_pairs(
            one.points,
            one.rows,
            one.turned,
            one.blocks,
            others.points,
            others.rows,
            others.turned,
            others.blocks,
            others.starts,
        )
    )


def similarities(one: Prints, other: Prints) -> Singles:
    """(K, L) in [0, 1] of the cylinders of two prints; 0 where they cannot be compared."""
    wide = len(other.blocks) // BLOCK * EIGHT
    table, keys = np.zeros((len(one.rows), wide), np.float32), np.zeros((len(one.rows), wide), np.uint32)
    here, there = (
        np.resize(each.points[each.rows[each.turned], ANGLE], size)
        for each, size in ((one, len(one.rows)), (other, wide))
    )
    numbers, eight, best = np.zeros(wide, np.uint32), np.empty(EIGHT, np.float32), np.empty(len(one.rows), np.uint32)
    _compare(here, one.turned, one.blocks, there, numbers, other.blocks, len(other.rows), eight, table, keys, best)
    result = np.empty((len(one.rows), len(other.rows)), np.float32)
    result[np.ix_(one.turned, other.turned)] = table[:, : len(other.rows)]
    return result


@compiled
def _likely_pairs(
    points_a: Floats,
    rows_a: Indices,
    turned_a: Places,
    blocks_a: Words,
    points_b: Floats,
    rows_b: Indices,
    turned_b: Places,
    blocks_b: Words,
    starts: Starts,
) -> tuple[Indices, Indices, Singles, Indices]:
    rows, count, most = len(rows_a), len(starts) - 1, 0
    for m in range(count):
        most = max(most, starts[m + 1, CYLINDER] - starts[m, CYLINDER])
    wide = -(-most // EIGHT) * EIGHT
    pairs_a, pairs_b = np.empty((count, rows), np.int64), np.empty((count, rows), np.int64)
    strength, found = np.empty((count, rows), np.float32), np.zeros(count, np.int64)
    table, keys, best = np.empty((rows, wide), np.float32), np.empty((rows, wide), np.uint32), np.empty(rows, np.uint32)
    angle_a, angle_b, eight = np.empty(rows), np.zeros(wide), np.empty(EIGHT, np.float32)
    number_b, place_a, place_b = np.zeros(wide, np.uint32), np.empty(rows, np.int64), np.empty(most, np.int64)
    for q in range(rows):
        angle_a[q], place_a[turned_a[q]] = points_a[rows_a[turned_a[q]], ANGLE], q
    for m in range(count):
        first, begin, columns = starts[m, MINUTIA], starts[m, CYLINDER], starts[m + 1, CYLINDER] - starts[m, CYLINDER]
        for p in range(columns):
            j = turned_b[begin + p]
            angle_b[p], number_b[p], place_b[j] = points_b[first + rows_b[begin + j], ANGLE], j, p
        words = blocks_b[starts[m, WORD] : starts[m + 1, WORD]]
        _compare(angle_a, turned_a, blocks_a, angle_b, number_b, words, columns, eight, table, keys, best)
        chosen = pairs_a[m], pairs_b[m], strength[m]
        found[m] = _choose(place_a, place_b, columns, table, keys, best, *chosen)
        for k in range(found[m]):
            pairs_a[m, k], pairs_b[m, k] = rows_a[pairs_a[m, k]], rows_b[begin + pairs_b[m, k]]
    return pairs_a, pairs_b, strength, found


@compiled_on_views
def _compare(
    angle_a: Floats,
    turned_a: Places,
    blocks_a: Words,
    angle_b: Floats,
    number_b: Keys,
    blocks_b: Words,
    columns: int,
    eight: Singles,
    table: Singles,
    keys: Keys,
    best: Keys,
) -> None:
    """How alike all cylinders are, by rising directions; 0 where they cannot be compared.

    A key is a pair's similarity in steps, or 0 where it is not worth looking at, then both numbers. The best of each
    row is told.
    """
    wide = -(-columns // EIGHT) * EIGHT
    for q in range(len(angle_a)):
        i, angle = np.uint32(turned_a[q] << _NUMBER), angle_a[q]
        place = q // EIGHT * BLOCK + q % EIGHT
        for at in range(0, columns, EIGHT):
            last = min(at + EIGHT, columns) - 1
            aside = abs(angle - 0.5 * (angle_b[at] + angle_b[last]))
            if min(aside, tau - aside) > LARGEST_TURN + 0.5 * (angle_b[last] - angle_b[at]) + _SLACK:
                for p in range(at, at + EIGHT):
                    table[q, p], keys[q, p] = 0, 0
                continue
            similar_to_eight(blocks_a, place, blocks_b, at // EIGHT * BLOCK, _LEAST_CELLS, eight)
            for lane in range(EIGHT):
                k = np.uint64(at + lane)  # where no index can be negative, lanes become vectors
                turn = abs(angle - angle_b[k])
                comparable = (turn <= LARGEST_TURN) | (tau - turn <= LARGEST_TURN)
                value = eight[np.uint64(lane)] * np.float32(comparable)
                step = np.uint32(min(np.int32(_BUCKETS - 1), np.int32(value * np.float32(_BUCKETS))))
                key = np.uint32(step << np.uint32(2 * _NUMBER) | i | number_b[k])
                table[q, k], keys[q, k] = value, key * np.uint32(value > LEAST_SIMILARITY)
        highest = np.uint32(0)
        for p in range(wide):
            highest = max(highest, keys[q, p])
        best[q] = highest


@compiled_on_views
def _choose(
    place_a: Indices,
    place_b: Indices,
    columns: int,
    table: Singles,
    keys: Keys,
    best: Keys,
    pairs_a: Indices,
    pairs_b: Indices,
    strength: Singles,
) -> int:
    """The best pair of all, then the best of those whose cylinders are still free, and so on; how many there are."""
    rows, found, number = len(best), 0, np.uint32(MOST - 1)
    for found in range(min(rows, columns)):
        top = np.uint32(0)
        for q in range(rows):
            top = max(top, best[q])
        if top == 0:
            return found
        i, j = np.int64(top >> np.uint32(_NUMBER) & number), np.int64(top & number)
        q, p = place_a[i], place_b[j]
        pairs_a[found], pairs_b[found], strength[found] = i, j, table[q, p]
        best[q] = 0
        for r in range(rows):
            keys[r, p] = 0
            if best[r] != 0 and best[r] & number == np.uint32(j):
                highest = np.uint32(0)
                for c in range(columns):
                    highest = max(highest, keys[r, c])
                best[r] = highest
    return min(rows, columns)
