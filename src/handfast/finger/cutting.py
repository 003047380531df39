"""Fingertips cut out of a photo once it is known where the fingers are, and everything that was tuned on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from handfast.base.image import Image, Pixels
from handfast.base.trace import trace
from handfast.finger.hand.axes import FingerAxes, finger_axes, finger_lines
from handfast.finger.hand.location import Location, LocationParameters, shrink, turn_picture
from handfast.finger.order import OrderParameters
from handfast.finger.ridges.enhance import EnhanceParameters
from handfast.finger.tip.crop import CropParameters, Fingertip, cut_fingertip
from handfast.finger.tip.mask import MaskParameters, finger_mask
from handfast.finger.tip.nail import NailParameters, beyond_nail
from handfast.finger.tip.shaping import ShapingParameters, shaped_strips
from handfast.finger.tip.strip import Strip, StripParameters, finger_strip
from handfast.finger.types import Mask

Masked = Callable[[], Mask]
EDGE_SCALE = 2.0  # the picture on which fingers' sides are found, in sizes of the small one


@dataclass(frozen=True, slots=True)
class PhotoParameters:
    """Everything that was tuned on the way from a photo to prints."""

    location: LocationParameters = field(default_factory=LocationParameters)
    mask: MaskParameters = field(default_factory=MaskParameters)
    blind_mask: MaskParameters = field(default_factory=lambda: MaskParameters(prior=1.0))  # where colour will not do
    shaping: ShapingParameters = field(default_factory=ShapingParameters)
    strip: StripParameters = field(default_factory=StripParameters)
    nail: NailParameters = field(default_factory=NailParameters)
    crop: CropParameters = field(default_factory=CropParameters)
    enhance: EnhanceParameters = field(default_factory=EnhanceParameters)
    order: OrderParameters = field(default_factory=OrderParameters)
    rim: int = 9  # px of the photo that are taken off the mask's edge
    sharper: bool = True  # whether colours are learned for every picture, or only where a finger has no shape of one


DEFAULT = PhotoParameters()


def cut_fingertips(photo: Image, location: Location, p: PhotoParameters = DEFAULT) -> tuple[Fingertip, ...]:
    """Index, middle, ring and little fingertip at the photo's own resolution."""
    axes, lines = finger_axes(location.points), finger_lines(location.points)

    def coloured() -> Mask:
        mask = finger_mask(location.small, axes, lines, p.mask if location.seen else p.blind_mask)
        trace("mask", mask)
        return mask

    full = turn_picture(photo.pixels, location.turns)
    return _cut(full, location.small, coloured, axes, p)


def cut_along(full: Pixels, small: Pixels, mask: Mask, axes: FingerAxes, p: PhotoParameters) -> tuple[Fingertip, ...]:
    """Every finger of these axes, cut out of the upright full picture; mask and axes belong to the small one."""
    return _cut(full, small, lambda: mask, axes, p)


def _cut(full: Pixels, small: Pixels, coloured: Masked, axes: FingerAxes, p: PhotoParameters) -> tuple[Fingertip, ...]:
    scale = full.shape[1] / small.shape[1]
    return tuple(cut_fingertip(full, scale, strip, p.crop) for strip in _strips(full, small, coloured, axes, p))


def _strips(full: Pixels, small: Pixels, coloured: Masked, axes: FingerAxes, p: PhotoParameters) -> list[Strip]:
    """Each finger by its shape; by colour and edges where it has none, for which a larger picture is made once."""
    mask = coloured() if p.sharper else None
    shaped = shaped_strips(small, mask, axes, p.shaping)
    strips = [strip for strip in shaped if strip is not None]
    if len(strips) < len(shaped):
        edges, known = _edges(full, small), coloured() if mask is None else mask
        strips = [
            strip or finger_strip(edges, EDGE_SCALE, known, axes, finger, p.strip)
            for finger, strip in enumerate(shaped)
        ]
    return [beyond_nail(strip, small, p.nail) for strip in strips]


def _edges(full: Pixels, small: Pixels) -> Pixels:
    larger = shrink(full, round(EDGE_SCALE * max(small.shape)))
    return np.asarray(cv2.cvtColor(larger, cv2.COLOR_RGB2GRAY), np.uint8)
