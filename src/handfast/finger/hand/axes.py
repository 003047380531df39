"""Where four fingers point: the geometry of a landmark hypothesis."""

from dataclasses import dataclass

import numpy as np

from handfast.finger.hand.landmarks import FINGER_BASES, TIPS, Points

PIPS = tuple(base + 1 for base in FINGER_BASES)
DIPS = tuple(base + 2 for base in FINGER_BASES)
BREADTH_OF_LAST = 0.95  # a finger's breadth over the distance of its last two landmarks
BREADTH_OF_SPACING = 0.87
BREADTH_BY_FINGER = (1.03, 1.03, 1.0, 0.88)


@dataclass(frozen=True, slots=True)
class FingerAxes:
    """Tips and directions of four fingers, all in pixels of the picture.

    tips         (4, 2)
    directions   (4, 2) unit, from the middle joint to the tip
    mean         (2,) unit, the direction of the four together
    across       (2,) unit, at right angles to it
    spacing      median gap between neighbouring tips, measured across
    pitch        median distance between neighbouring tips
    breadths     (4,) about how wide each finger is
    """

    tips: Points
    directions: Points
    mean: Points
    across: Points
    spacing: float
    pitch: float
    breadths: Points


def finger_axes(points: Points) -> FingerAxes:
    """Axes of the four fingers of 21 landmarks."""
    tips = points[list(TIPS)]
    directions = unit(tips - points[list(PIPS)])
    mean = unit(directions.mean(0))
    across = np.array([-mean[1], mean[0]])
    spacing = float(np.median(np.abs(np.diff(tips @ across))))
    pitch = float(np.median(np.linalg.norm(np.diff(tips, axis=0), axis=1)))
    last = float(np.median(np.linalg.norm(tips - points[list(DIPS)], axis=1)))
    breadth = float(np.sqrt(BREADTH_OF_LAST * last * BREADTH_OF_SPACING * spacing))
    return FingerAxes(tips, directions, mean, across, spacing, pitch, breadth * np.array(BREADTH_BY_FINGER))


def finger_lines(points: Points) -> tuple[Points, ...]:
    """(4, 2) joints of each of the four fingers, from knuckle to tip."""
    return tuple(points[base : base + 4] for base in FINGER_BASES)


def unit(vectors: Points) -> Points:
    """The vectors at length one; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9))


def swap_order(points: Points) -> Points:
    """The same landmarks with the four fingers named from the other side."""
    swapped = points.copy()
    for a, b in ((0, 3), (1, 2)):
        first, second = FINGER_BASES[a], FINGER_BASES[b]
        swapped[first : first + 4], swapped[second : second + 4] = (
            points[second : second + 4],
            points[first : first + 4],
        )
    return swapped
