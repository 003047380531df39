"""Several captures of a finger as one: what they agree on is kept, once.

Each capture is laid over the one with most cylinders; cylinders that then stand at the same place and point the same
way are one, and what they say is averaged. Those that most captures have come first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.alignment import Alignment, align, outline
from handfast.finger.cylinders import Cylinders
from handfast.finger.relaxation import best_pairs
from handfast.finger.similarity import similarities
from handfast.finger.types import Floats, Minutiae

Singles = NDArray[np.float32]

SEEDS = 20  # pairs of minutiae that may each propose an alignment
LEAST_COINCIDING = 6.0  # weight of the pairs of an alignment that is believed
SAME_PLACE = 10.0  # px between two cylinders that may be one
SAME_ANGLE = 0.4  # rad


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """One capture: its minutiae, its K cylinders, and (K, D) float32 that these say."""

    minutiae: Minutiae
    cylinders: Cylinders
    projected: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Consolidated:
    """A finger's surest K cylinders: angle (K,) in radians, (K, D) float32 that they say."""

    angle: Floats
    projected: Singles


@dataclass(slots=True, eq=False)
class _Sum:
    """Cylinders taken for one: where the first stands, what they say in all, how many, the best quality."""

    x: float
    y: float
    angle: float
    projected: Singles
    count: int
    quality: float


def consolidate(captures: Sequence[Capture], most: int) -> Consolidated:
    """One or more captures of the same finger as one, of at most so many cylinders."""
    base, *others = sorted(captures, key=lambda capture: -len(capture.cylinders))
    sums = [_sum_of(base, k, base.cylinders.x[k], base.cylinders.y[k], base.cylinders.angle[k]) for k in _all(base)]
    for other in others:
        _add(sums, other, _laid_over(other, base))
    surest = sorted(sums, key=lambda each: (-each.count, -each.quality))[:most]
    dimension = base.projected.shape[1]
    return Consolidated(
        np.array([each.angle for each in surest], np.float64),
        np.array([each.projected for each in surest], np.float32).reshape(-1, dimension),
    )


def _all(capture: Capture) -> range:
    return range(len(capture.cylinders))


def _sum_of(capture: Capture, k: int, x: float, y: float, angle: float) -> _Sum:
    quality = float(capture.minutiae.quality[capture.cylinders.rows[k]])
    return _Sum(x, y, angle, capture.projected[k].copy(), 1, quality)


def _laid_over(capture: Capture, base: Capture) -> Alignment | None:
    """The alignment of a capture with another; None where it is not believed."""
    a, b = capture.cylinders, base.cylinders
    rows, columns = best_pairs(similarities(a, b))
    found = align(outline(capture.minutiae), outline(base.minutiae), a.rows[rows[:SEEDS]], b.rows[columns[:SEEDS]])
    return found if found is not None and found.pairs >= LEAST_COINCIDING else None


def _add(sums: list[_Sum], capture: Capture, alignment: Alignment | None) -> None:
    """Add each cylinder to the one that it is another sight of, or as one more."""
    if alignment is None:
        sums += [_sum_of(capture, k, np.inf, np.inf, capture.cylinders.angle[k]) for k in _all(capture)]
        return
    x, y = alignment.moved(capture.cylinders.x, capture.cylinders.y)
    before, taken = list(sums), set[int]()
    for k in _all(capture):
        angle = float(capture.cylinders.angle[k] + alignment.turn)
        at = _same(before, float(x[k]), float(y[k]), angle)
        if at is None or at in taken:
            sums.append(_sum_of(capture, k, float(x[k]), float(y[k]), angle))
            continue
        taken.add(at)
        one = before[at]
        one.projected += capture.projected[k]
        one.count += 1
        one.quality = max(one.quality, float(capture.minutiae.quality[capture.cylinders.rows[k]]))


def _same(sums: list[_Sum], x: float, y: float, angle: float) -> int | None:
    """Which of these stands at this place and points this way."""
    nearest, square = None, SAME_PLACE**2
    for at, one in enumerate(sums):
        apart = (one.x - x) ** 2 + (one.y - y) ** 2
        if apart < square and abs((one.angle - angle + tau / 2) % tau - tau / 2) < SAME_ANGLE:
            nearest, square = at, apart
    return nearest
