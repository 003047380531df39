"""One finger held up to the camera, tip up: its axis from the silhouette instead of hand landmarks."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from handfast.base.errors import NoFingerFound
from handfast.base.image import Image, Pixels
from handfast.base.sample import Box
from handfast.base.trace import trace
from handfast.finger.cutting import DEFAULT, PhotoParameters, cut_along
from handfast.finger.hand.axes import FingerAxes, unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.hand.location import shrink, turn_picture
from handfast.finger.hand.silhouette import SilhouetteParameters, redder_than, skin_redness, split_level
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.mask import MaskParameters, finger_mask
from handfast.finger.tip.quality import cut_off
from handfast.finger.types import Mask


@dataclass(frozen=True, slots=True)
class SingleParameters:
    """Lengths in finger widths unless said otherwise."""

    silhouette: SilhouetteParameters = field(default_factory=lambda: SilhouetteParameters(opening=9))
    mask: MaskParameters = field(
        default_factory=lambda: MaskParameters(above=1.25, below=1.75, beside=1.6, background=1.5)
    )
    floating: float = 0.3  # weight of a blob that does not touch the lower edge
    aside: float = 0.25  # of the picture's width; blobs this far from the middle weigh 1/e
    least_rows: int = 40  # px of the small picture
    least_width: float = 20.0  # px of the small picture
    rows: tuple[float, float] = (0.35, 1.7)  # below the top, where the axis is fitted
    tip: float = 0.45  # below the top, where a tip landmark would lie
    joints: tuple[float, ...] = (1.9, 1.3, 0.7, 0.0)  # below that landmark
    lean: float = 0.6  # most that the axis may lean, columns per row
    levels: int = 6  # of redness that are tried
    reddest: float = 0.9  # quantile of the redder class that is the highest level
    steady: float = 0.35  # most that the finger's breadth may vary, 90th over 10th percentile less 1


def single_fingertip(
    photo: Image,
    guide: Box | None = None,
    turns: tuple[int, ...] = (0, 1, 3, 2),
    p: PhotoParameters = DEFAULT,
    s: SingleParameters = SingleParameters(),
) -> Fingertip:
    """The fingertip of a photo in any of the given quarter turns. Raises NoFingerFound, FingerTooClose."""
    small = shrink(photo.pixels)
    for turn in turns:
        upright = turn_picture(small, turn)
        axes = find_axis(upright, s)
        if axes is None and guide is not None and turn == 0:
            axes = guide_axis(guide, small.shape[1] / photo.pixels.shape[1], s)
        if axes is None:
            continue
        mask = _around_tip(finger_mask(upright, axes, [finger_line(axes, s)], s.mask), axes)
        trace("mask", mask)
        tip = cut_along(turn_picture(photo.pixels, turn), upright, mask, axes, p)[0]
        problem = cut_off(tip)
        if problem is not None:
            raise problem
        return tip
    raise NoFingerFound("no single finger that comes from one edge of the picture")


def find_axis(small: Pixels, s: SingleParameters = SingleParameters()) -> FingerAxes | None:
    """The axis of the steadiest finger-like blob over several levels of redness; None where there is none."""
    redness = skin_redness(small, s.silhouette)
    level = split_level(redness)
    top = float(np.quantile(redness[redness > level], s.reddest)) if (redness > level).any() else level
    skins = (redder_than(redness, at, s.silhouette) for at in np.linspace(level, top, s.levels))
    shapes = [shape for skin in skins if (shape := finger_shape(finger_blob(skin, s), s)) is not None]
    return min(shapes, key=lambda shape: shape.unsteady).axes if shapes else None


def finger_blob(skin: Pixels, s: SingleParameters = SingleParameters()) -> Mask:
    """The skin-coloured blob that most likely is the finger; all False where there is none."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(skin)
    if count < 2:
        return np.zeros(skin.shape, bool)
    height, width = skin.shape
    blobs = stats[1:]
    from_below = blobs[:, cv2.CC_STAT_TOP] + blobs[:, cv2.CC_STAT_HEIGHT] >= height - 3
    central = np.exp(-(((centres[1:, 0] / width - 0.5) / s.aside) ** 2))
    weight = blobs[:, cv2.CC_STAT_AREA] * np.where(from_below, 1.0, s.floating) * central
    return np.asarray(labels == 1 + int(np.argmax(weight)))


@dataclass(frozen=True, slots=True)
class FingerShape:
    """An upright finger: its axis, and how much its breadth varies (90th over 10th percentile, less 1)."""

    axes: FingerAxes
    unsteady: float


def finger_shape(blob: Mask, s: SingleParameters = SingleParameters()) -> FingerShape | None:
    """Axis and breadth (as spacing) of an upright finger; None where the blob is not shaped like one."""
    rows = np.flatnonzero(blob.any(1))
    if len(rows) < s.least_rows or rows[0] < 2:
        return None
    top, height = int(rows[0]), blob.shape[0]
    breadth = blob[rows].sum(1)
    upper = breadth[(rows > top + 0.06 * height) & (rows < top + 0.35 * height)]
    width = float(np.median(upper)) if len(upper) else 0.0
    if width < s.least_width:
        return None
    fitted = (rows > top + s.rows[0] * width) & (rows < top + s.rows[1] * width)
    y, x = rows[fitted].astype(float), _row_centres(blob[rows[fitted]])
    if len(y) < 10 or blob[rows[fitted]][:, [0, -1]].any():
        return None
    thin, thick = np.percentile(breadth[fitted], (10, 90))
    half = len(y) // 2
    lean = float(np.median((x[-half:] - x[:half]) / (y[-half:] - y[:half])))
    unsteady = float(thick / max(thin, 1.0)) - 1
    if unsteady > s.steady or abs(lean) > s.lean:
        return None
    row = top + s.tip * width
    start = float(np.median(x - lean * y))
    axes = _axes(np.array([start + lean * row, row]), unit(np.array([-lean, -1.0])), width)
    return FingerShape(axes, unsteady)


def guide_axis(guide: Box, scale: float, s: SingleParameters = SingleParameters()) -> FingerAxes:
    """The axis of a finger that fills the page's guide."""
    width = guide.width * scale
    tip = np.array([(guide.x + guide.width / 2) * scale, guide.y * scale + s.tip * width])
    return _axes(tip, np.array([0.0, -1.0]), width)


def finger_line(axes: FingerAxes, s: SingleParameters = SingleParameters()) -> Points:
    """Where the joints would lie, from the knuckle to the tip."""
    return np.stack([axes.tips[0] - axes.mean * axes.spacing * below for below in s.joints])


def _axes(tip: Points, direction: Points, width: float) -> FingerAxes:
    across = np.array([-direction[1], direction[0]])
    return FingerAxes(tip[None], direction[None], direction, across, width, width, np.array([width]))


def _row_centres(rows: Mask) -> Points:
    columns = np.arange(rows.shape[1], dtype=np.float64)
    return np.asarray(rows @ columns / np.maximum(rows.sum(1), 1))


def _around_tip(mask: Mask, axes: FingerAxes) -> Mask:
    """The part of the mask that hangs together with the tip."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    x, y = (axes.tips[0] - 0.3 * axes.spacing * axes.mean).astype(int)
    label = labels[int(np.clip(y, 0, mask.shape[0] - 1)), int(np.clip(x, 0, mask.shape[1] - 1))]
    return np.asarray(labels == label) if label else mask
