"""From a photo of four fingers to clean prints: the list of steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from handfast.base.errors import CaptureError, WrongHand
from handfast.base.image import GrayImage, Image, Pixels
from handfast.base.modality import FingerPosition, Hand
from handfast.base.sample import Box
from handfast.base.trace import trace
from handfast.finger.axes import FingerAxes, finger_axes, finger_lines
from handfast.finger.crease import crease_row
from handfast.finger.crop import CropParameters, Fingertip, cut_fingertip
from handfast.finger.enhance import EnhanceParameters, enhance
from handfast.finger.landmarks import Landmarker
from handfast.finger.location import Location, LocationParameters, locate, shrink, turn_picture
from handfast.finger.mask import MaskParameters, finger_mask
from handfast.finger.order import OrderParameters, fingers_there, is_other_hand, named
from handfast.finger.quality import TipMeasures, cut_off, measure
from handfast.finger.scale import print_scale
from handfast.finger.strip import StripParameters, finger_strip
from handfast.finger.types import Fingerprint, Mask

EDGE_SCALE = 2.0  # the picture on which fingers' sides are found, in sizes of the small one


@dataclass(frozen=True, slots=True)
class PhotoParameters:
    """Everything that was tuned on the way from a photo to prints."""

    location: LocationParameters = field(default_factory=LocationParameters)
    mask: MaskParameters = field(default_factory=MaskParameters)
    blind_mask: MaskParameters = field(default_factory=lambda: MaskParameters(prior=1.0))  # where colour will not do
    strip: StripParameters = field(default_factory=StripParameters)
    crop: CropParameters = field(default_factory=CropParameters)
    enhance: EnhanceParameters = field(default_factory=EnhanceParameters)
    order: OrderParameters = field(default_factory=OrderParameters)
    rim: int = 9  # px of the photo that are taken off the mask's edge


DEFAULT = PhotoParameters()

Tips = dict[FingerPosition, Fingertip | CaptureError]


def photo_fingertips(
    photo: Image,
    hand: Hand,
    landmarker: Landmarker,
    guide: Box | None = None,
    asked: Sequence[FingerPosition] = (),
    p: PhotoParameters = DEFAULT,
) -> Tips:
    """The asked fingertips of one hand (all four if none is named), each usable or with the reason why not.

    Raises NoHandFound, WrongHand, FingerMissing.
    """
    location = locate(photo.pixels, hand, landmarker, guide, p=p.location)
    trace("location", location)
    found = cut_fingertips(photo, location, p)
    if all(fingers_there(found, p.order)) and is_other_hand(location.points, p.order):
        raise WrongHand(f"the fingers' lengths do not fit a {hand} hand")
    tips = named(found, hand, asked, p.order)
    return {position: cut_off(tip) or tip for position, tip in tips.items()}


def cut_fingertips(photo: Image, location: Location, p: PhotoParameters = DEFAULT) -> tuple[Fingertip, ...]:
    """Index, middle, ring and little fingertip at the photo's own resolution."""
    axes, lines = finger_axes(location.points), finger_lines(location.points)
    mask = finger_mask(location.small, axes, lines, p.mask if location.seen else p.blind_mask)
    trace("mask", mask)
    full = turn_picture(photo.pixels, location.turns)
    return cut_along(full, location.small, mask, axes, p)


def cut_along(full: Pixels, small: Pixels, mask: Mask, axes: FingerAxes, p: PhotoParameters) -> tuple[Fingertip, ...]:
    """Every finger of these axes, cut out of the upright full picture; mask and axes belong to the small one."""
    side = round(EDGE_SCALE * max(small.shape))
    edges = np.asarray(cv2.cvtColor(shrink(full, side), cv2.COLOR_RGB2GRAY), np.uint8)
    strips = [finger_strip(edges, EDGE_SCALE, mask, axes, finger, p.strip) for finger in range(len(axes.tips))]
    scale = full.shape[1] / small.shape[1]
    return tuple(cut_fingertip(full, scale, strip, p.crop) for strip in strips)


def fingertip_print(
    tip: Fingertip, position: FingerPosition, p: PhotoParameters = DEFAULT
) -> tuple[Fingerprint, TipMeasures]:
    """A fingertip as a clean print at 500 ppi, and what was measured on the way."""
    scale = print_scale(tip.width)
    rim = np.ones((p.rim, p.rim), np.uint8)
    inner = cv2.erode(tip.mask.astype(np.uint8), rim, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    resampling = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    gray = np.asarray(cv2.resize(tip.pixels[..., 1], None, fx=scale, fy=scale, interpolation=resampling), np.uint8)
    mask = cv2.resize(inner, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    crease = crease_row(gray)
    if crease is not None:
        mask[crease:] = False
    measures = measure(tip, gray, mask)
    enhanced = enhance(gray, mask, p.enhance)
    trace(f"enhanced {position.plain_name}", enhanced)
    # A photo sees the finger; a print on paper is its mirror image.
    mirrored = GrayImage(np.ascontiguousarray(enhanced.pixels[:, ::-1]), enhanced.ppi)
    return Fingerprint(mirrored, np.ascontiguousarray(mask[:, ::-1]), position), measures
