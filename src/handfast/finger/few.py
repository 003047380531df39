"""Fingers of a hand that has fewer than four to show: counted as lobes by colour, named by their order.

Of one or two fingers without the little one a photo cannot tell whose they are, nor of which hand: names rest on what
was asked for, and only on a count that fits. Lengths are compared where they say something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from handfast.base.errors import FingerMissing, NoFingerFound, WrongHand
from handfast.base.image import Image, Pixels
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.sample import Box
from handfast.base.trace import trace
from handfast.finger.cutting import DEFAULT, PhotoParameters, cut_along
from handfast.finger.hand.axes import FingerAxes, unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.hand.lobes import Lobe, LobeParameters, find_lobes
from handfast.finger.hand.location import shrink
from handfast.finger.hand.silhouette import SilhouetteParameters, redder_than, skin_redness, split_level
from handfast.finger.order import fingers_there, lengths_fit
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.mask import MaskParameters, Seeds, colour_mask, finger_mask
from handfast.finger.types import Mask


@dataclass(frozen=True, slots=True)
class FewParameters:
    """How fingers are counted; lengths in finger widths unless said otherwise."""

    silhouette: SilhouetteParameters = field(default_factory=SilhouetteParameters)
    lobes: LobeParameters = field(default_factory=LobeParameters)
    mask: MaskParameters = field(
        default_factory=lambda: MaskParameters(above=1.25, below=2.4, beside=1.6, background=1.7)
    )
    levels: tuple[float, ...] = (0.0, 0.3)  # of redness, from Otsu's to that of the reddest
    reddest: float = 0.9  # quantile of the redder class that counts as the reddest
    kin: float = 0.1  # least area, of the largest blob's, of another that counts as a hand's
    aside: float = 0.3  # of the guide's width and height, as far outside of it as a finger may end
    smooth: int = 11  # px, median over the mask of learned colours
    near: float = 0.5  # within which two readings of a tip agree
    spacing: float = 1.07  # from one finger's middle to the next
    tip: float = 0.38  # below the top, where a tip landmark would lie
    joints: tuple[float, ...] = (1.9, 1.3, 0.7, 0.0)  # below that landmark
    frame: tuple[float, float, float, float] = (0.1, 0.3, 0.8, 0.7)  # of the picture, where no guide is known


@dataclass(frozen=True, slots=True)
class Counted:
    """Fingers in the small picture, from the left."""

    small: Pixels
    lobes: tuple[Lobe, ...]


def count_fingers(pixels: Pixels, guide: Box | None = None, f: FewParameters = FewParameters()) -> Counted | None:
    """Fingers that come from below in (H, W, 3) RGB pixels; None where they cannot be counted for certain.

    Every silhouette that shows fingers must show equally many. All must end about where the guide lies, if it is known.
    """
    small = shrink(pixels)
    lobes = _agreed(small, _by_redness(small, f), f)
    if not lobes:
        lobes = _agreed(small, _by_place(small, _frame(small, guide, small.shape[1] / pixels.shape[1], f)), f)
    if guide is not None and not all(_in_guide(lobe, guide, pixels.shape[1] / small.shape[1], f) for lobe in lobes):
        return None
    return Counted(small, lobes) if lobes else None


def asked_fingertips(
    photo: Image,
    hand: Hand,
    asked: Sequence[FingerPosition],
    guide: Box | None = None,
    p: PhotoParameters = DEFAULT,
    f: FewParameters = FewParameters(),
) -> dict[FingerPosition, Fingertip]:
    """The one to three asked fingertips by position. Raises NoFingerFound, FingerMissing, WrongHand.

    Landmarks are not asked: on ground of the skin's colour they lay three fingers' names over two.
    """
    counted = count_fingers(photo.pixels, guide, f)
    trace("counted", counted)
    if counted is None:
        raise NoFingerFound("no fingers that can be counted")
    return counted_fingertips(photo, counted, hand, asked, p, f)


def counted_fingertips(
    photo: Image,
    counted: Counted,
    hand: Hand,
    asked: Sequence[FingerPosition],
    p: PhotoParameters = DEFAULT,
    f: FewParameters = FewParameters(),
) -> dict[FingerPosition, Fingertip]:
    """The asked fingertips by position. Raises FingerMissing where the count is not the one asked for, WrongHand.

    A hand that shows all four is named by all four, and the asked ones are given.
    """
    whole = FOUR_FINGERS[hand]
    count = len(counted.lobes)
    names = whole if count == len(whole) else tuple(asked)
    if count != len(names):
        raise FingerMissing(f"{count} fingers in view, {len(asked)} asked for")
    axes = lobe_axes(counted.lobes if hand is Hand.LEFT else counted.lobes[::-1], f)
    telling = [k for k, name in enumerate(names) if len(asked) < 2 or name in asked]
    reaches = (axes.tips @ axes.mean / axes.spacing)[telling]
    if not lengths_fit(reaches, [names[k] for k in telling], p.order):
        raise WrongHand(f"the fingers' lengths do not fit those of a {hand} hand that were asked for")
    mask = finger_mask(counted.small, axes, lobe_lines(axes, f), f.mask)
    trace("mask", mask)
    tips = cut_along(photo.pixels, counted.small, mask, axes, p)
    if not all(fingers_there(tips, p.order)):
        raise FingerMissing("not all counted fingers have the colour of a finger")
    return {name: tip for name, tip in zip(names, tips, strict=True) if name in asked}


def lobe_axes(lobes: Sequence[Lobe], f: FewParameters = FewParameters()) -> FingerAxes:
    """Axes of these fingers, in their order."""
    directions = np.stack([lobe.direction for lobe in lobes])
    breadths = np.array([lobe.width for lobe in lobes])
    tips = np.stack([lobe.tip for lobe in lobes]) - directions * (f.tip * breadths)[:, None]
    mean = unit(directions.mean(0))
    spacing = f.spacing * float(np.median(breadths))
    return FingerAxes(tips, directions, mean, np.array([-mean[1], mean[0]]), spacing, spacing, breadths)


def lobe_lines(axes: FingerAxes, f: FewParameters = FewParameters()) -> list[Points]:
    """Where the joints of each finger would lie, from the knuckle to the tip."""
    below = np.array(f.joints)[:, None]
    return [
        tip - direction * breadth * below
        for tip, direction, breadth in zip(axes.tips, axes.directions, axes.breadths, strict=True)
    ]


def _agreed(upright: Pixels, masks: Iterator[Mask], f: FewParameters) -> tuple[Lobe, ...]:
    """Lobes that all these silhouettes agree on, and a mask of the colours learned along them; else none."""
    readings = [lobes for mask in masks if (lobes := find_lobes(_from_below(mask, f), f.lobes))]
    if not readings or len({len(lobes) for lobes in readings}) > 1:
        return ()
    axes = lobe_axes(readings[0], f)
    learned = finger_mask(upright, axes, lobe_lines(axes, f), f.mask)
    smooth = cv2.medianBlur(learned.astype(np.uint8), f.smooth) > 0  # a ragged edge would pass for more domes
    refined = find_lobes(smooth, f.lobes)
    return refined if _same(refined, readings[0], f) else ()


def _same(one: Sequence[Lobe], other: Sequence[Lobe], f: FewParameters) -> bool:
    return len(one) == len(other) and all(
        np.linalg.norm(a.tip - b.tip) <= f.near * b.width for a, b in zip(one, other, strict=True)
    )


def _by_redness(upright: Pixels, f: FewParameters) -> Iterator[Mask]:
    """Redder than blue, which parts skin from most grounds, then redder than green, which parts it from yellow ones."""
    lab = cv2.cvtColor(upright, cv2.COLOR_RGB2LAB)
    red_of_green = np.asarray(cv2.GaussianBlur(lab[..., 1], (0, 0), f.silhouette.blur), np.uint8)
    for redness in (skin_redness(upright, f.silhouette), red_of_green):
        level = split_level(redness)
        top = float(np.quantile(redness[redness > level], f.reddest)) if (redness > level).any() else level
        for share in f.levels:
            yield redder_than(redness, level + share * (top - level), f.silhouette) > 0


def _by_place(upright: Pixels, frame: Mask) -> Iterator[Mask]:
    """Colours that are more frequent where the guide is than elsewhere."""
    yield colour_mask(upright, Seeds(frame, ~frame))


def _in_guide(lobe: Lobe, guide: Box, scale: float, f: FewParameters) -> bool:
    """Whether a finger ends in the guide or not far from it; the scale brings it to the guide's pixels."""
    x, y = lobe.tip * scale
    beside, above = f.aside * guide.width, f.aside * guide.height
    return bool(
        guide.x - beside <= x <= guide.x + guide.width + beside and guide.y - above <= y <= guide.y + guide.height
    )


def _frame(upright: Pixels, guide: Box | None, scale: float, f: FewParameters) -> Mask:
    """(H, W) bool: inside the guide, or where a guide would be."""
    height, width = upright.shape[:2]
    x, y, w, h = (part * side for part, side in zip(f.frame, (width, height) * 2, strict=True))
    if guide is not None:
        x, y, w, h = (value * scale for value in (guide.x, guide.y, guide.width, guide.height))
    inside = np.zeros((height, width), bool)
    inside[max(0, int(y)) : max(0, int(y + h)), max(0, int(x)) : max(0, int(x + w))] = True
    return inside


def _from_below(mask: Mask, f: FewParameters) -> Mask:
    """The blobs that reach the lower edge, without crumbs."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    below = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] >= mask.shape[0] - 3
    below[0] = False
    if not below.any():
        return np.zeros_like(mask)
    keep = below & (areas >= f.kin * areas[below].max())
    return np.isin(labels, np.flatnonzero(keep[:count]))
