"""Several captures of a finger as one: what they agree on is kept, once.

Each capture is laid over the one with most cylinders; cylinders that then stand at the same place and point the same
way are one, and what they say is averaged. Those that most captures have come first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import tau

import numpy as np

from handfast.finger.comparison.alignment import Alignment, align
from handfast.finger.comparison.prints import ANGLE, Prints, X, Y
from handfast.finger.comparison.similarity import likely_pairs
from handfast.finger.types import Floats, Singles

LEAST_COINCIDING = 6.0  # weight of the pairs of an alignment that is believed
SAME_PLACE = 10.0  # px between two cylinders that may be one
SAME_ANGLE = 0.4  # rad


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """One capture: its print of K cylinders, and (K, D) float32 that these say."""

    print_: Prints
    projected: Singles

    @property
    def places(self) -> Floats:
        """(K, 5): columns of `points` of the minutiae that the cylinders stand on."""
        return self.print_.points[self.print_.rows]

    @property
    def quality(self) -> Floats:
        """(K,) of these minutiae."""
        return self.print_.minutiae[0].quality[self.print_.rows]


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
    base, *others = sorted(captures, key=lambda capture: -len(capture.projected))
    sums = _sums_of(base, base.places[:, X], base.places[:, Y])
    for other in others:
        _add(sums, other, _laid_over(other, base))
    surest = sorted(sums, key=lambda each: (-each.count, -each.quality))[:most]
    dimension = base.projected.shape[1]
    return Consolidated(
        np.array([each.angle for each in surest], np.float64),
        np.array([each.projected for each in surest], np.float32).reshape(-1, dimension),
    )


def _sums_of(capture: Capture, x: Floats, y: Floats) -> list[_Sum]:
    """A sum of each cylinder alone, which stands there."""
    angles, quality = capture.places[:, ANGLE].tolist(), capture.quality.tolist()
    each = zip(x.tolist(), y.tolist(), angles, capture.projected, quality, strict=True)
    return [_Sum(at_x, at_y, angle, says.copy(), 1, good) for at_x, at_y, angle, says, good in each]


def _laid_over(capture: Capture, base: Capture) -> Alignment | None:
    """The alignment of a capture with another; None where it is not believed."""
    found = align(capture.print_, base.print_, likely_pairs(capture.print_, base.print_))
    return found if found is not None and found.pairs >= LEAST_COINCIDING else None


def _add(sums: list[_Sum], capture: Capture, alignment: Alignment | None) -> None:
    """Add each cylinder to the one that it is another sight of, or as one more."""
    if alignment is None:
        nowhere = np.full(len(capture.projected), np.inf)
        sums += _sums_of(capture, nowhere, nowhere)
        return
    before, taken = list(sums), set[int]()
    for here in _sums_of(capture, *alignment.moved(capture.places[:, X], capture.places[:, Y])):
        here.angle += alignment.turn
        at = _same(before, here)
        if at is None or at in taken:
            sums.append(here)
            continue
        taken.add(at)
        one = before[at]
        one.projected += here.projected
        one.count += 1
        one.quality = max(one.quality, here.quality)


def _same(sums: list[_Sum], here: _Sum) -> int | None:
    """Which of these stands at this place and points this way."""
    nearest, square = None, SAME_PLACE**2
    for at, one in enumerate(sums):
        apart = (one.x - here.x) ** 2 + (one.y - here.y) ** 2
        if apart < square and abs((one.angle - here.angle + tau / 2) % tau - tau / 2) < SAME_ANGLE:
            nearest, square = at, apart
    return nearest
