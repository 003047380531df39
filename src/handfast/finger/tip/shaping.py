"""A finger's strip from what the outline network sees: axis, breadth and tip, each looked at twice.

The landmark model puts a tip up to a third of a breadth off, so the strip is first laid where it says, then once more
along the axis that was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.hand.axes import FingerAxes, unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.tip import outline_net
from handfast.finger.tip.crop import fingertip_shape
from handfast.finger.tip.outline import Outline
from handfast.finger.tip.outline_net import Likely, read_strips
from handfast.finger.tip.strip import Strip, Window
from handfast.finger.types import Floats, Mask


@dataclass(frozen=True, slots=True)
class ShapingParameters:
    """Lengths in finger breadths unless said otherwise."""

    looks: int = 2
    beyond: float = 0.33  # how far the tip reaches beyond its landmark
    rows: tuple[float, float] = (0.5, 1.3)  # below the tip, between which axis and breadth are measured
    breadths: tuple[float, float] = (0.6, 1.55)  # found over foretold, that are believed
    dome: float = 0.6
    height: float = 1.35  # of the part of the fingertip that has to fit
    fit: float = 0.8  # overlap of the mask with a fingertip's shape at which it is believed
    off: float = 0.55  # most that the tip lies from where it was foretold
    inside: float = 0.98  # share of the fingertip's surroundings in the picture; an edge would pass for the finger's
    agree: float = 0.88  # overlap with the mask by colour at which that one is used
    enlarge: int = 4  # the mask's pixels are made this many times smaller


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a finger is taken to be, px of the small picture: its tip's landmark, direction and breadth."""

    tip: Points
    up: Points
    breadth: float


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A finger in its strip, px of the strip; lean in columns a row."""

    outline: Outline
    lean: float
    fit: float


DEFAULT = ShapingParameters()


def shaped_strips(
    small: Pixels, coloured: Mask | None, axes: FingerAxes, p: ShapingParameters = DEFAULT
) -> tuple[Strip | None, ...]:
    """For each finger of these axes in the small upright RGB picture, its strip; None where it is shaped like none.

    A mask by colour (H, W) is sharper than the network's where both agree, so where there is one it is then used.
    """
    placed = [
        Placed(tip, unit(direction + axes.mean), float(breadth))
        for tip, direction, breadth in zip(axes.tips, axes.directions, axes.breadths, strict=True)
    ]
    foretold: list[Placed] = placed
    windows: list[Window] = []
    readings: tuple[Likely, ...] = ()
    shapes: list[Shape | None] = []
    for _ in range(p.looks):
        windows = [window_of(place) for place in placed]
        readings = read_strips([window.view(small, 1.0) for window in windows])
        shapes = [finger_shape(reading, p) for reading in readings]
        placed = [_moved(*some, p) for some in zip(placed, windows, shapes, strict=True)]
    near = [
        float(np.linalg.norm(now.tip - then.tip)) <= p.off * then.breadth
        for now, then in zip(placed, foretold, strict=True)
    ]
    return tuple(
        _strip(window, reading, shape, small.shape[:2], coloured, p) if is_near else None
        for is_near, window, reading, shape in zip(near, windows, readings, shapes, strict=True)
    )


def window_of(place: Placed) -> Window:
    """The part of the small picture that the network looks at."""
    down = -place.up
    right = np.array([down[1], -down[0]])
    per_px = place.breadth / outline_net.BREADTH
    half = outline_net.WIDTH / 2 / outline_net.BREADTH
    origin = place.tip - place.breadth * (down * outline_net.ABOVE + right * half)
    return Window(origin, right * per_px, down * per_px, (outline_net.WIDTH, outline_net.HEIGHT))


def finger_shape(likely: Likely, p: ShapingParameters = DEFAULT) -> Shape | None:
    """Axis, breadth and tip of the finger that runs through the strip's middle; None where there is none."""
    mask = middle_blob(likely > 0.5)
    if not mask.any():
        return None
    near = cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8))
    soft = np.multiply(likely, near, dtype=np.float64)
    breadths, columns = soft.sum(1), np.arange(likely.shape[1], dtype=np.float64)
    filled = np.flatnonzero(mask.any(1))
    top = float(filled[0])
    width = _middle_of(breadths[filled])
    centres, rows = np.zeros(0), np.zeros(0, np.intp)
    for _ in range(2):
        rows = np.flatnonzero(breadths[: int(top + p.rows[1] * width)] > 0.3 * width)
        rows = rows[rows >= top + p.rows[0] * width]
        if len(rows) < 6:
            return None
        width = _middle_of(breadths[rows])
        centres = soft[rows] @ columns / breadths[rows]
    lean, start = _line(rows.astype(np.float64), centres)
    tip = _tip(soft, float(start + lean * top), width)
    middle = float(start + lean * (tip + 0.7 * width))
    return Shape(Outline(middle, width, tip, by_colour=True), float(lean), _fit(mask, middle, width, tip, p))


def _middle_of(values: Floats) -> float:
    """The median; of a few values numpy's own takes ten times as long."""
    ordered = np.sort(values)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and start of the line with the least squared distances in y."""
    middle, height = float(x.mean()), float(y.mean())
    away = x - middle
    slope = float(away @ (y - height) / (away @ away))
    return slope, height - slope * middle


def middle_blob(mask: Mask) -> Mask:
    """The blob that covers most of the strip's central columns."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8))
    third = mask.shape[1] // 3
    sizes = np.bincount(labels[:, third : mask.shape[1] - third].ravel(), minlength=count)
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax()) if sizes.any() else np.zeros_like(mask)


def _tip(soft: Floats, column: float, width: float) -> float:
    """Row where the finger begins, to a part of a pixel, on a band round its axis."""
    left, right = (int(np.clip(column + side * 0.12 * width, 0, soft.shape[1] - 1)) for side in (-1, 1))
    band = soft[:, left : right + 1].mean(1)
    inside = np.flatnonzero(band > 0.5)
    if not len(inside):
        return 0.0
    row = int(inside[0])
    before = float(band[row - 1]) if row else 0.0
    return row - before if row else 0.0


def _fit(mask: Mask, centre: float, width: float, tip: float, p: ShapingParameters) -> float:
    """Intersection over union of the mask's upper part with the shape that a fingertip has."""
    shape = fingertip_shape(max(2, round(width)), max(2, round(p.height * width)), p.dome)
    left, top = round(centre - width / 2), round(tip)
    part = mask[: top + shape.shape[0]]
    first, last = max(0, left), min(mask.shape[1], left + shape.shape[1])
    beside = shape[: len(part) - top, first - left : max(first, last) - left]
    common = int(np.count_nonzero(part[top:, first : max(first, last)] & beside))
    either = int(np.count_nonzero(shape)) + int(np.count_nonzero(part)) - common
    return common / max(1, either)


def _moved(place: Placed, window: Window, shape: Shape | None, p: ShapingParameters) -> Placed:
    """The place as the shape shows it; unchanged where there is no shape, or one that cannot be."""
    if shape is None or not p.breadths[0] <= shape.outline.width / outline_net.BREADTH <= p.breadths[1]:
        return place
    up = unit(-window.down - window.right * shape.lean)
    breadth = shape.outline.width * float(np.linalg.norm(window.right))
    apex = window.origin + window.right * _axis_at(shape, shape.outline.tip) + window.down * shape.outline.tip
    return Placed(apex - up * p.beyond * breadth, up, breadth)


def _axis_at(shape: Shape, row: float) -> float:
    return shape.outline.centre + shape.lean * (row - shape.outline.tip - 0.7 * shape.outline.width)


def _strip(
    window: Window,
    likely: Likely,
    shape: Shape | None,
    size_of_small: tuple[int, ...],
    coloured: Mask | None,
    p: ShapingParameters,
) -> Strip | None:
    """The strip with a finer mask, where the shape is believed."""
    if shape is None or shape.fit < p.fit:
        return None
    size = (outline_net.WIDTH * p.enlarge, outline_net.HEIGHT * p.enlarge)
    fine = Window(window.origin, window.right / p.enlarge, window.down / p.enlarge, size)
    mask = np.asarray(cv2.resize(likely, size, interpolation=cv2.INTER_LINEAR) > 0.5)
    visible = fine.inside(size_of_small)
    found = shape.outline
    outline = Outline(found.centre * p.enlarge, found.width * p.enlarge, found.tip * p.enlarge, by_colour=True)
    if _box(visible, outline, p).mean() < p.inside:
        return None
    if coloured is not None:
        by_colour = fine.view(coloured.astype(np.uint8) * 255, 1.0) > 127
        mask = by_colour if _agree(mask, by_colour, outline, p) else mask
    return Strip(fine, mask, visible, outline)


def _agree(mask: Mask, by_colour: Mask, outline: Outline, p: ShapingParameters) -> bool:
    """Whether two masks of a strip are nearly the same over the fingertip and a little beside it."""
    one, other = (_box(plane, outline, p) for plane in (mask, by_colour))
    return bool((one & other).sum() >= p.agree * max(1, int((one | other).sum())))


def _box(plane: Mask, outline: Outline, p: ShapingParameters) -> Mask:
    """The part of a strip's plane round the fingertip, from the strip's upper edge."""
    rows = slice(0, max(1, int(outline.tip + p.height * outline.width)))
    reach = 0.6 * outline.width
    return plane[rows, max(0, int(outline.centre - reach)) : max(1, int(outline.centre + reach))]


def believed(strips: Sequence[Strip | None]) -> int:
    """How many fingers have the shape of one."""
    return sum(strip is not None for strip in strips)
