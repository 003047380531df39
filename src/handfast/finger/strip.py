"""One finger's outline: a strip along the finger, its tip row, and its two sides."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.finger.axes import FingerAxes, unit
from handfast.finger.landmarks import Points
from handfast.finger.types import Mask

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StripParameters:
    """Lengths in finger spacings, or in the finger's width where it says so."""

    spacing: float = 96.0  # strip px
    width: float = 2.4
    height: float = 3.2
    above: float = 1.0  # of the landmark, where the strip begins
    axis: float = 0.12  # half width of the central band in which the tip is looked for
    start: float = 1.35  # from the top, where the first look starts; inside the finger
    rows: tuple[float, float] = (0.55, 1.35)  # finger widths below the tip between which sides are measured
    sides: tuple[float, float] = (0.3, 0.8)  # from the axis, where a side may be
    rounds: int = 3  # of finding tip, then sides, then the centre again


@dataclass(frozen=True, slots=True)
class Strip:
    """A finger turned tip up, as a window on the small picture.

    origin          (2,) px of the small picture, the window's top left corner
    right, down     (2,) px of the small picture for one px of the window
    mask, visible   (H, W) bool, finger by colour; inside the picture
    centre, width   px of the window: the finger's axis and breadth
    tip             row of the window where the finger begins
    sides_seen      how many of its sides the mask shows; the others were taken at the darkest column
    """

    origin: Points
    right: Points
    down: Points
    mask: Mask
    visible: Mask
    centre: float
    width: float
    tip: float
    sides_seen: int

    @property
    def small_width(self) -> float:
        """Breadth of the finger in px of the small picture."""
        return self.width * float(np.linalg.norm(self.right))


def finger_strip(
    gray: Pixels,
    gray_scale: float,
    mask: Mask,
    axes: FingerAxes,
    finger: int,
    p: StripParameters = StripParameters(),
) -> Strip:
    """Tip and sides of one finger (0 index .. 3 little).

    gray       (H, W) uint8, the upright picture at `gray_scale` times the small picture's size; for shadows between
    mask       (h, w) bool over the small picture
    """
    down_unit = -unit(axes.directions[finger] + axes.mean)
    right_unit = np.array([down_unit[1], -down_unit[0]])
    per_px = axes.spacing / p.spacing
    width, height = int(p.width * p.spacing), int(p.height * p.spacing)
    origin = axes.tips[finger] - down_unit * p.above * axes.spacing - right_unit * p.width / 2 * axes.spacing
    right, down = right_unit * per_px, down_unit * per_px
    window = Window(origin, right, down, (width, height))
    shade = cv2.GaussianBlur(window.view(gray, gray_scale), (0, 0), max(0.6, p.spacing / 40)).astype(np.float32)
    inside = window.view(mask.astype(np.uint8), 1.0, cv2.INTER_NEAREST) > 0
    visible = window.view(np.ones(mask.shape, np.uint8), 1.0, cv2.INTER_NEAREST) > 0
    centre, breadth, tip, seen = _outline(shade, inside, visible, p)
    return Strip(origin, right, down, inside, visible, centre, breadth, tip, seen)


@dataclass(frozen=True, slots=True)
class Window:
    """A turned rectangle on the small picture, `size` = (width, height) in its own pixels."""

    origin: Points
    right: Points
    down: Points
    size: tuple[int, int]

    def corners(self) -> Points:
        """(4, 2) px of the small picture, clockwise from the top left."""
        across, along = self.right * self.size[0], self.down * self.size[1]
        return np.stack([self.origin, self.origin + across, self.origin + across + along, self.origin + along])

    def view(self, picture: Pixels, scale: float, interpolation: int = cv2.INTER_LINEAR) -> Pixels:
        """What the window shows of a picture that is `scale` times the small one."""
        width, height = self.size
        corners = self.corners()[[0, 1, 3]]
        # Pixel centres, not corners, stay in place when a picture is shrunk.
        source = (corners * scale + (scale - 1) / 2).astype(np.float32)
        target = np.array([(0, 0), (width, 0), (0, height)], np.float32)
        return np.asarray(
            cv2.warpAffine(picture, cv2.getAffineTransform(source, target), self.size, flags=interpolation), np.uint8
        )


def _outline(shade: Plane, inside: Mask, visible: Mask, p: StripParameters) -> tuple[float, float, float, int]:
    """Centre, width, tip row and number of sides seen, by turns: the tip on the axis, the sides below the tip."""
    height = inside.shape[0]
    centre, width, seen = p.width / 2 * p.spacing, p.spacing, 0
    tip = _tip_row(inside, centre, width, int(p.start * p.spacing), p)
    for turn in range(p.rounds):
        if 0 < turn < p.rounds - 1:
            tip = _tip_row(inside, centre, width, int(min(height - 1, tip + 0.45 * width)), p)
        first, last = (int(min(height - 1, tip + share * width)) for share in p.rows)
        rows = slice(first, max(last, first + 1))
        covered = inside[rows].mean(0) * (visible[rows].mean(0) > 0.5)
        left, left_seen = _side(shade[rows].mean(0), covered, centre, -1, p)
        right, right_seen = _side(shade[rows].mean(0), covered, centre, 1, p)
        centre, width, seen = (left + right) / 2, max(right - left, 1.0), left_seen + right_seen
    return centre, width, _refined_tip(inside, centre, width, tip, p), seen


def _central(inside: Mask, centre: float, width: float, p: StripParameters) -> Mask:
    left, right = int(max(0, centre - p.axis * width)), int(centre + p.axis * width) + 1
    return np.asarray(inside[:, left:right].mean(1) > 0.5)


def _tip_row(inside: Mask, centre: float, width: float, start: int, p: StripParameters) -> float:
    """Up from `start` to where the finger ends, or down to where it begins."""
    column = _central(inside, centre, width, p)
    if column[start]:
        above = np.flatnonzero(~column[:start])
        return float(above[-1]) if len(above) else 0.0
    below = np.flatnonzero(column[start:])
    row = start + int(below[0]) if len(below) else len(column)
    fallback = 0.8 * p.spacing
    return float(row) if row < len(column) - fallback else fallback


def _refined_tip(inside: Mask, centre: float, width: float, tip: float, p: StripParameters) -> float:
    column = _central(inside, centre, width, p)
    row = int(min(len(column) - 1, tip + 0.4 * width))
    if not column[row]:
        return tip
    above = np.flatnonzero(~column[:row])
    return float(above[-1]) if len(above) else 0.0


def _side(shade: Plane, covered: Plane, centre: float, sign: int, p: StripParameters) -> tuple[float, int]:
    """Column of a side, and 1 if the mask ends there; else the darkest column, which parts touching fingers."""
    away = np.arange(p.sides[0] * p.spacing, p.sides[1] * p.spacing)
    columns = np.round(centre + sign * away).astype(int)
    columns = columns[(columns >= 0) & (columns < len(shade))]
    if not len(columns):
        return centre + sign * p.sides[0] * p.spacing, 0
    outside = np.flatnonzero(covered[columns] < 0.5)
    if len(outside):
        return float(columns[outside[0]]), 1
    middle = shade[int(np.clip(centre, 0, len(shade) - 1))]
    distance = np.abs(np.arange(len(columns)) / len(columns) - 0.4)
    return float(columns[int(np.argmin(shade[columns] + 0.15 * middle * distance))]), 0
