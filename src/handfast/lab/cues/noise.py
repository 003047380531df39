"""What a sensor's noise does and a file's does not: it is another in every picture (after Pinto et al. 2015).

Two numbers: how still the stillest parts are from one frame to the next, and how like each other two frames are that
lie apart, as where a film begins again.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import CueFrame

CELL = 16  # px of a frame's part
STILLEST = 0.1  # share of parts that are looked at
APART = 4  # frames at least between two that are like each other


def stillness(frames: Sequence[CueFrame]) -> float | None:
    """Minus the median grey levels by which the stillest tenth of a frame differs from the frame before."""
    parts = [_parts(frame) for frame in frames]
    changes = [np.quantile(np.abs(after - before).mean(axis=1), STILLEST) for before, after in pairwise(parts)]
    return -float(np.median(changes)) if changes else None


def again(frames: Sequence[CueFrame]) -> float | None:
    """Minus log10 of the least difference of two frames apart, over the usual difference of neighbours."""
    if len(frames) <= APART:
        return None
    small = [_grey(frame)[::2, ::2] for frame in frames]
    neighbours = float(np.median([np.abs(after - before).mean() for before, after in pairwise(small)]))
    least = min(
        float(np.abs(small[later] - small[earlier]).mean())
        for earlier in range(len(small))
        for later in range(earlier + APART, len(small))
    )
    return float(np.log10((neighbours + 0.1) / (least + 0.1)))


def _grey(frame: CueFrame) -> NDArray[np.float32]:
    return cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _parts(frame: CueFrame) -> NDArray[np.float32]:
    """(parts, px of each)"""
    grey = _grey(frame)
    rows, columns = grey.shape[0] // CELL, grey.shape[1] // CELL
    cells = grey[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL)
    return np.asarray(cells.transpose(0, 2, 1, 3).reshape(rows * columns, -1), np.float32)
