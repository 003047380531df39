"""Which finger is which: whether the hand is the one that was asked for, and whether every finger is really there.

The landmark model always names four fingers. Where one is missing or hidden it puts the fourth on empty ground, or two
on one finger, and may shift all names by one; so names are given only when the count is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from handfast.base.errors import FingerMissing
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.hand.axes import finger_axes
from handfast.finger.hand.landmarks import Points
from handfast.finger.tip.crop import Fingertip
from handfast.finger.types import Floats


@dataclass(frozen=True, slots=True)
class OrderParameters:
    """Lengths in finger spacings, unless said otherwise."""

    least_covered: float = 0.35  # share of a fingertip's shape with skin colour; below it there is no finger
    least_visible: float = 0.3  # share of it in the picture
    apart: float = 0.8  # breadths between the middles of two fingertips; closer ones are one finger named twice
    reaches: tuple[float, ...] = (-0.5, 0.0, -0.4, -1.45)  # of index to little finger, beyond the middle finger
    doubt: float = 0.2  # excess of squared misfit over another reading of the same fingers, at which names are refused
    margin: float = 0.3  # hands seen reach 0.05 to 1.2 further with the index than with the little finger


def reach_of_index(points: Points) -> float:
    """How much further the index finger reaches than the little finger, in finger spacings."""
    axes = finger_axes(points)
    along = axes.tips @ axes.mean
    return float((along[0] - along[3]) / axes.spacing)


def is_other_hand(points: Points, p: OrderParameters = OrderParameters()) -> bool:
    """True where the finger named index is clearly the shortest: the little finger of the other hand.

    A hand held askew hides the difference; then nothing can be told, and this says False.
    """
    return reach_of_index(points) < -p.margin


def lengths_fit(reaches: Floats, names: Sequence[FingerPosition], p: OrderParameters = OrderParameters()) -> bool:
    """Whether fingers that reach so far (finger spacings) may be those named, of one hand, in order from the index.

    False where the fingers of the other hand, or other fingers of this one, fit clearly better. One finger always fits.
    Index with ring finger, or index to ring finger, fit both hands: their mirror image reaches alike.
    """
    usual = np.array(p.reaches)
    chosen = [FOUR_FINGERS[name.hand].index(name) for name in names if name.hand is not None]
    others = [list(some) for some in combinations(range(len(usual)), len(chosen))]
    readings = usual[[chosen, *others, *(some[::-1] for some in others)]]
    misfit = (((readings - readings.mean(1, keepdims=True)) - (reaches - reaches.mean())) ** 2).sum(1)
    return bool(misfit[0] - misfit.min() <= p.doubt)


def fingers_there(tips: Sequence[Fingertip], p: OrderParameters = OrderParameters()) -> tuple[bool, ...]:
    """For each of these neighbouring fingertips, whether there is a finger; of one named twice, the better covered."""
    there = [tip.covered >= p.least_covered and tip.visible >= p.least_visible for tip in tips]
    for first, second in pairwise(range(len(tips))):
        a, b = tips[first], tips[second]
        gap = np.linalg.norm(a.corners[:2].mean(0) - b.corners[:2].mean(0))
        if gap < p.apart * (a.width + b.width) / 2:
            there[first if a.covered < b.covered else second] = False
    return tuple(there)


def named(
    tips: Sequence[Fingertip], hand: Hand, asked: Sequence[FingerPosition] = (), p: OrderParameters = OrderParameters()
) -> dict[FingerPosition, Fingertip]:
    """The asked fingertips by position (all four if none is named). Raises FingerMissing where the count is wrong.

    A hand that shows all four is named by all four; a hand that shows as many as were asked for, by those in order.
    """
    wanted = tuple(asked) or FOUR_FINGERS[hand]
    there = [tip for tip, is_there in zip(tips, fingers_there(tips, p), strict=True) if is_there]
    if len(there) == len(FOUR_FINGERS[hand]):
        return {name: tip for name, tip in zip(FOUR_FINGERS[hand], there, strict=True) if name in wanted}
    if len(there) == len(wanted):
        return dict(zip(wanted, there, strict=True))
    raise FingerMissing(f"{len(there)} fingers in view, {len(wanted)} asked for")
