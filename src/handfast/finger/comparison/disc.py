"""The disc of cells round a minutia, turned with it: where they are and how they are kept as bits."""

from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

# Compiled code takes these in as they are here.
RADIUS = 75.0  # px at 500 ppi
GRID = 16  # cells across the diameter
WORDS = GRID * GRID // 64  # 64-bit words that hold one bit a cell, row by row

CELL = 2 * RADIUS / GRID  # px, side of a cell
MIDDLE = (GRID - 1) / 2  # of the disc, in cells

_AS_FAR = [floor(sqrt(RADIUS * RADIUS - ((i - MIDDLE) * CELL) ** 2) / CELL + 0.5) for i in range(GRID)]
BEGIN = np.array([GRID // 2 - far for far in _AS_FAR])
END = np.array([GRID // 2 - 1 + far for far in _AS_FAR])
"""The first and the last cell of each row that lies in the disc."""

CELLS = int((END - BEGIN + 1).sum())
WHOLE = np.array(
    [
        sum(1 << b for b in range(64) if BEGIN[(64 * w + b) // GRID] <= b % GRID <= END[(64 * w + b) // GRID])
        for w in range(WORDS)
    ],
    np.uint64,
)
"""All cells of the disc."""
