"""From a photo of a hand's fingers to clean prints: the list of steps."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from handfast.base.errors import CaptureError, WrongHand
from handfast.base.image import GrayImage, Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.sample import Box
from handfast.base.trace import trace
from handfast.finger.cutting import DEFAULT, PhotoParameters, cut_fingertips
from handfast.finger.few import asked_fingertips
from handfast.finger.hand.landmarks import Landmarker
from handfast.finger.hand.location import Location, locate
from handfast.finger.order import fingers_there, is_other_hand, named
from handfast.finger.ridges.enhance import enhance
from handfast.finger.tip.crease import crease_row
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.quality import TipMeasures, cut_off, measure, readable
from handfast.finger.tip.scale import print_scale
from handfast.finger.types import Fingerprint

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

    Raises NoHandFound, NoFingerFound, WrongHand, FingerMissing. Of fewer than four a photo may not tell whose they are;
    see handfast.finger.few.
    """
    if fewer_than_four(hand, asked):
        return _usable(asked_fingertips(photo, hand, asked, guide, p))
    location = locate(photo.pixels, hand, landmarker, guide, p=p.location)
    return located_fingertips(photo, hand, location, asked, p)


def located_fingertips(
    photo: Image,
    hand: Hand,
    location: Location,
    asked: Sequence[FingerPosition] = (),
    p: PhotoParameters = DEFAULT,
) -> Tips:
    """The same of four fingers that were found already. Raises WrongHand, FingerMissing."""
    trace("location", location)
    found = cut_fingertips(photo, location, p)
    if all(fingers_there(found, p.order)) and is_other_hand(location.points, p.order):
        raise WrongHand(f"the fingers' lengths do not fit a {hand} hand")
    return _usable(named(found, hand, asked, p.order))


def fewer_than_four(hand: Hand, asked: Sequence[FingerPosition]) -> bool:
    """Whether only some of a hand's fingers are asked for, so that landmarks of four say nothing."""
    return 0 < len(asked) < len(FOUR_FINGERS[hand])


def _usable(tips: Mapping[FingerPosition, Fingertip]) -> Tips:
    return {position: cut_off(tip) or tip for position, tip in tips.items()}


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
    mask = readable(gray, mask)
    measures = measure(tip, gray, mask)
    enhanced = enhance(gray, mask, p.enhance)
    trace(f"enhanced {position.plain_name}", enhanced)
    # A photo sees the finger; a print on paper is its mirror image.
    mirrored = GrayImage(np.ascontiguousarray(enhanced.pixels[:, ::-1]), enhanced.ppi)
    return Fingerprint(mirrored, np.ascontiguousarray(mask[:, ::-1]), position), measures
