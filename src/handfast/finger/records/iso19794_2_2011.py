"""Minutiae as an ISO/IEC 19794-2:2011 template, which can say that a print was taken without contact."""

import numpy as np

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.records.iso19794_2_2005 import TURN
from handfast.finger.records.iso_record_2005 import LARGEST_COORDINATE, MOST_MINUTIAE
from handfast.finger.records.iso_record_2011 import QUALITY_NOT_TOLD, UNKNOWN_TIME, Representation, read, write
from handfast.finger.records.units import PIXELS_PER_CM, scale, to_angles, to_codes, whole
from handfast.finger.types import Minutiae

FORMAT = "iso-19794-2:2011"

_CONTACTLESS, _UNKNOWN_DEVICE = 3, 0  # device technology
_LIVE_PLAIN, _LIVE_PLAIN_CONTACTLESS = 0, 24  # impression


def encode(minutiae: Minutiae, position: FingerPosition, quality: float, *, contactless: bool) -> bytes:
    """A record of one representation at 500 ppi, with `quality` 0..100; of more than 255 minutiae the best ones.

    It tells neither when nor by whom the print was taken.
    """
    minutiae = minutiae.strongest(MOST_MINUTIAE)
    told = Representation(
        time=UNKNOWN_TIME,
        device=(_CONTACTLESS if contactless else _UNKNOWN_DEVICE, 0, 0),
        qualities=((round(quality), 0, 0),),
        certificates=None,
        position=position,
        number=0,
        impression=_LIVE_PLAIN_CONTACTLESS if contactless else _LIVE_PLAIN,
        width=minutiae.width,
        height=minutiae.height,
        x_resolution=PIXELS_PER_CM,
        y_resolution=PIXELS_PER_CM,
        endings=0,
        type=minutiae.type.astype(np.uint16),
        x=whole(minutiae.x, min(minutiae.width - 1, LARGEST_COORDINATE)),
        y=whole(minutiae.y, min(minutiae.height - 1, LARGEST_COORDINATE)),
        angle=to_codes(minutiae.angle, TURN),
        quality=whole(minutiae.quality, 100),
    )
    return write((told,))


def decode(data: bytes) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi and the finger they are of; UnreadableTemplate if this is no record with one view.

    A minutia's quality is 0 where the record does not tell it.
    """
    record = read(data)
    if len(record) != 1:
        raise UnreadableTemplate(f"expected one representation, the record has {len(record)}")
    (told,) = record
    x_scale, y_scale = scale(told.x_resolution), scale(told.y_resolution)
    quality = np.zeros(len(told.x)) if told.quality is None else told.quality.astype(np.float64)
    minutiae = Minutiae(
        width=round(told.width * x_scale),
        height=round(told.height * y_scale),
        x=told.x.astype(np.float64) * x_scale,
        y=told.y.astype(np.float64) * y_scale,
        angle=to_angles(told.angle, TURN),
        type=told.type.astype(np.uint8),
        quality=np.where(quality >= QUALITY_NOT_TOLD, 0.0, quality),
    )
    return minutiae, FingerPosition(told.position)
