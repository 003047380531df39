"""Local similarity of bit cylinders (Cappelli, Ferrara & Maltoni 2010, equation 21)."""

from math import pi, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled, population_count
from handfast.finger.cylinders import GRID, RADIUS, SECTIONS, WORDS, Cylinders, Words
from handfast.finger.types import Floats

LEAST_COMMON = 0.6  # share of the cells that must be valid in both cylinders
LARGEST_TURN = pi / 2  # rad, between two minutiae that may correspond


def similarities(a: Cylinders, b: Cylinders) -> NDArray[np.float32]:
    """(len(a), len(b)) in [0, 1]; 0 where two cylinders cannot be compared."""
    return _similarities(a.bits, a.valid, a.angle, b.bits, b.valid, b.angle, _LEAST_CELLS)


def _cells_in_disc() -> int:
    offset = (np.arange(GRID) - (GRID - 1) / 2) * 2 * RADIUS / GRID
    return int(np.count_nonzero(offset[:, None] ** 2 + offset**2 <= RADIUS**2))


_LEAST_CELLS = LEAST_COMMON * _cells_in_disc()


@compiled
def _similarities(
    bits_a: Words, valid_a: Words, angle_a: Floats, bits_b: Words, valid_b: Words, angle_b: Floats, least_cells: float
) -> NDArray[np.float32]:
    """1 - |a - b| / (|a| + |b|) over the cells valid in both; the inner loop is here so that it runs in vectors."""
    result = np.zeros((len(angle_a), len(angle_b)), np.float32)
    every_a, every_b = _in_every_section(valid_a), _in_every_section(valid_b)
    for i in range(len(angle_a)):
        for j in range(len(angle_b)):
            turn = abs(angle_a[i] - angle_b[j])
            if min(turn, tau - turn) > LARGEST_TURN:
                continue
            cells, set_a, set_b, differ = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
            for w in range(SECTIONS * WORDS):
                common = every_a[i, w] & every_b[j, w]
                a, b = bits_a[i, w] & common, bits_b[j, w] & common
                cells += population_count(common)
                set_a += population_count(a)
                set_b += population_count(b)
                differ += population_count(a ^ b)
            if cells >= SECTIONS * least_cells and set_a + set_b > 0:
                result[i, j] = 1.0 - sqrt(differ) / (sqrt(set_a) + sqrt(set_b))
    return result


@compiled
def _in_every_section(valid: Words) -> Words:
    """(K, SECTIONS * WORDS): the valid cells of each section, which are the same ones."""
    result = np.empty((len(valid), SECTIONS * WORDS), np.uint64)
    for i in range(len(valid)):
        for w in range(SECTIONS * WORDS):
            result[i, w] = valid[i, w % WORDS]
    return result
