"""Whether the fingers in view can belong to the hand that was asked for."""

from dataclasses import dataclass

from handfast.finger.axes import finger_axes
from handfast.finger.landmarks import Points


@dataclass(frozen=True, slots=True)
class OrderParameters:
    """Lengths in finger spacings."""

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
