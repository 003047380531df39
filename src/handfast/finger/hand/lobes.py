"""Fingers as lobes of a silhouette: how many there are, where each ends, which way it points and how wide it is.

A hand with fewer than four fingers is none to the landmark model, but each of its fingers still ends in a dome of its
own, even beside a touching neighbour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import find_peaks, peak_prominences

from handfast.finger.hand.axes import unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.types import Floats, Mask


@dataclass(frozen=True, slots=True)
class LobeParameters:
    """Lengths in the lobe's own width unless said otherwise."""

    smooth: int = 5  # columns, median over the upper contour
    strong: float = 8.0  # px; height of a dome over its notches that is a finger's for a first measure of width
    clear: float = 0.14  # such a height that parts two fingers for certain
    faint: float = 0.055  # such a height that may be noise; between the two nothing can be counted
    deep: int = 200  # px below the tip, as far as sides are looked for
    start: float = 40.0  # px of the small picture, where the width is first guessed
    rounds: int = 4  # of measuring the width where the last width says
    rows: tuple[float, float] = (0.5, 1.25)  # below the tip, where the width is taken
    axis_rows: tuple[float, float] = (0.45, 1.9)  # below the tip, where the axis is fitted
    free: float = 0.6  # share of those rows in which a side must be a side of the silhouette
    least_rows: int = 8  # px, of a side, below which no line is laid through it
    least_width: float = 20.0  # px of the small picture
    most_width: float = 0.4  # of the picture's width
    length: float = 1.8  # below the tip, so far at least a finger goes on
    filled: float = 0.92  # share of that middle line that is skin
    steady: float = 0.35  # most that a free finger's breadth varies, 90th over 10th percentile less 1
    shoulder: tuple[float, float] = (0.15, 0.5)  # so far below the tip, a finger is at least so wide
    aside: float = 0.15  # most that the tip lies beside the middle line
    lean: float = 0.6  # most that a finger leans, columns per row
    low: float = 3.2  # so far below the highest tip no finger ends: a thumb, a knuckle or a stump
    alike: tuple[float, float] = (0.65, 1.5)  # a finger's width over the median of all


@dataclass(frozen=True, slots=True)
class Lobe:
    """One finger of a silhouette, px: the middle of its tip, its lean in columns per row, its width."""

    tip: Points
    lean: float
    width: float

    @property
    def direction(self) -> Points:
        """Unit vector towards the tip."""
        return unit(np.array([-self.lean, -1.0]))


def find_lobes(mask: Mask, p: LobeParameters = LobeParameters()) -> tuple[Lobe, ...]:
    """The fingers of an (H, W) silhouette with the tips up, from the left; empty where they cannot be counted."""
    contour = _upper_contour(mask, p)
    peaks, heights = _domes(contour, 1.0)
    strong = heights >= p.strong
    sides = _all_sides(mask, contour, peaks[strong], p)
    if not sides:
        return ()
    width = float(np.median([_width(side, p) for side in sides]))
    if np.any((heights >= p.faint * width) & (heights < p.clear * width)):
        return ()
    clear = heights >= p.clear * width
    if np.any(clear != strong):
        sides = _all_sides(mask, contour, peaks[clear], p)
    if not sides:
        return ()
    highest = min(side.tip for side in sides)
    shown = [side for side in sides if side.tip <= highest + p.low * width]
    return _alike([_lobe(mask, side, p) for side in shown], p)


@dataclass(frozen=True, slots=True)
class _Sides:
    """A lobe row by row from its tip: where it begins and ends, and whether the silhouette does so too."""

    tip: int
    column: int
    left: Floats
    right: Floats
    left_free: Mask
    right_free: Mask


def _upper_contour(mask: Mask, p: LobeParameters) -> Floats:
    """Per column, how high above the lower edge the silhouette begins; 0 where there is none."""
    heights = np.where(mask.any(0), mask.shape[0] - mask.argmax(0), 0)
    return np.asarray(median_filter(heights, p.smooth, mode="constant"), np.float64)


def _domes(contour: Floats, least: float) -> tuple[NDArray[np.intp], Floats]:
    """Columns of the contour's domes, and how high each stands over the higher of the notches beside it."""
    padded = np.pad(contour, 1)
    peaks, _ = find_peaks(padded, prominence=least, plateau_size=1)
    return peaks - 1, np.asarray(peak_prominences(padded, peaks)[0], np.float64)


def _all_sides(mask: Mask, contour: Floats, peaks: NDArray[np.intp], p: LobeParameters) -> list[_Sides]:
    notches = [int(a + np.argmin(contour[a : b + 1])) for a, b in pairwise(peaks)]
    bounds = [-1, *notches, mask.shape[1]]
    return [
        _sides(mask, int(column), round(mask.shape[0] - contour[column]), bounds[k], bounds[k + 1], p)
        for k, column in enumerate(peaks)
    ]


def _sides(mask: Mask, column: int, tip: int, low: int, high: int, p: LobeParameters) -> _Sides:
    """The lobe some way down from its dome, no further aside than the notches beside the dome."""
    rows = mask[tip : tip + p.deep]
    left, right = np.full(len(rows), float(column)), np.full(len(rows), float(column))
    free = np.zeros((2, len(rows)), bool)
    centre = column
    for row, inside in enumerate(rows):
        if not inside[centre]:
            left[row:], right[row:] = centre, centre
            break
        gaps = np.flatnonzero(~inside)
        at = int(np.searchsorted(gaps, centre))
        start = gaps[at - 1] + 1 if at > 0 else 0
        stop = gaps[at] if at < len(gaps) else len(inside)
        free[:, row] = start > low, stop <= high
        left[row], right[row] = max(start, low + 1), min(stop, high)
        if free[:, row].all():
            centre = int((left[row] + right[row]) / 2)
    return _Sides(tip, column, left, right, free[0], free[1])


def _rows(side: _Sides, width: float, share: tuple[float, float]) -> slice:
    first, last = (int(width * part) for part in share)
    return slice(min(first, len(side.left) - 1), max(first + 1, last))


def _width(side: _Sides, p: LobeParameters) -> float:
    width = p.start
    for _ in range(p.rounds):
        rows = _rows(side, width, p.rows)
        width = float(np.median(side.right[rows] - side.left[rows]))
    return width


def _lobe(mask: Mask, side: _Sides, p: LobeParameters) -> Lobe | None:
    """The finger of these sides; None where they are not a finger's."""
    width = _width(side, p)
    if not p.least_width <= width <= p.most_width * mask.shape[1]:
        return None
    rows = _rows(side, width, p.axis_rows)
    left, right = side.left[rows], side.right[rows]
    y = side.tip + np.arange(rows.start, rows.start + len(left), dtype=np.float64)
    leans, middles = [], []
    for edge, free, sign in ((left, side.left_free[rows], 0.5), (right, side.right_free[rows], -0.5)):
        if free.mean() >= p.free and free.sum() >= p.least_rows:
            lean, start = np.polyfit(y[free], edge[free], 1)
            leans.append(float(lean))
            middles.append(float(start + lean * side.tip + sign * width))
    lean = float(np.mean(leans)) if leans else 0.0
    middle = float(np.mean(middles)) if middles else float(side.column)
    if len(leans) == 2:
        thin, thick = np.percentile(right - left, (10, 90))
        if thick > (1 + p.steady) * max(float(thin), 1.0):
            return None
    if not _is_domed(side, middle, width, p):
        return None
    if abs(lean) > p.lean or _filled(mask, side.tip, middle, lean, p.length * width) < p.filled:
        return None
    return Lobe(np.array([middle, float(side.tip)]), lean, width)


def _is_domed(side: _Sides, middle: float, width: float, p: LobeParameters) -> bool:
    """Whether the lobe rises in its middle, and broadly; fingers that touch rise aside, or like steps."""
    row = min(round(p.shoulder[0] * width), len(side.left) - 1)
    broad = side.right[row] - side.left[row] >= p.shoulder[1] * width
    return bool(broad and abs(side.column - middle) <= p.aside * width)


def _filled(mask: Mask, tip: int, middle: float, lean: float, length: float) -> float:
    """Share of the finger's middle line that lies in the silhouette; what is below the picture does not."""
    down = np.arange(2, int(length))
    y, x = (tip + down), np.round(middle + lean * down).astype(int)
    inside = (y < mask.shape[0]) & (x >= 0) & (x < mask.shape[1])
    return float(mask[y[inside], x[inside]].sum() / max(len(down), 1))


def _alike(lobes: Sequence[Lobe | None], p: LobeParameters) -> tuple[Lobe, ...]:
    """All of the lobes if each is a finger about as wide as the others, else none."""
    found = [lobe for lobe in lobes if lobe is not None]
    if len(found) < len(lobes) or not found:
        return ()
    median = float(np.median([lobe.width for lobe in found]))
    low, high = p.alike
    return tuple(found) if all(low <= lobe.width / median <= high for lobe in found) else ()
