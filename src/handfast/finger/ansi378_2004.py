"""Minutiae as an ANSI INCITS 378-2004 template: angles in steps of 2 degrees, else much as ISO/IEC 19794-2:2005."""

import numpy as np

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.ansi_record_2004 import ANGLES, AnsiRecord, read, write
from handfast.finger.iso_record_2005 import LARGEST_COORDINATE, MOST_MINUTIAE, FingerView
from handfast.finger.record_units import PIXELS_PER_CM, scale, to_angles, to_codes, whole
from handfast.finger.types import Minutiae

FORMAT = "ansi-378:2004"

_NO_MAKER = 0x0103  # CBEFF: not known


def encode(minutiae: Minutiae, position: FingerPosition, quality: float) -> bytes:
    """A record of one view at 500 ppi, with `quality` 0..100; of more than 255 minutiae the best ones.

    Places are rounded to whole pixels, angles to 2 degrees and qualities to whole percent.
    """
    minutiae = minutiae.strongest(MOST_MINUTIAE)
    view = FingerView(
        position=position,
        number=0,
        impression=0,
        quality=round(quality),
        type=minutiae.type.astype(np.uint16),
        x=whole(minutiae.x, min(minutiae.width - 1, LARGEST_COORDINATE)),
        y=whole(minutiae.y, min(minutiae.height - 1, LARGEST_COORDINATE)),
        angle=to_codes(minutiae.angle, ANGLES),
        qualities=whole(minutiae.quality, 100),
    )
    return write(AnsiRecord(_NO_MAKER, 0, 0, minutiae.width, minutiae.height, PIXELS_PER_CM, PIXELS_PER_CM, (view,)))


def decode(data: bytes) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi and the finger they are of; UnreadableTemplate if this is no record with one view."""
    record = read(data)
    if len(record.views) != 1:
        raise UnreadableTemplate(f"expected one view, the record has {len(record.views)}")
    view = record.views[0]
    x_scale, y_scale = scale(record.x_resolution), scale(record.y_resolution)
    minutiae = Minutiae(
        width=round(record.width * x_scale),
        height=round(record.height * y_scale),
        x=view.x.astype(np.float64) * x_scale,
        y=view.y.astype(np.float64) * y_scale,
        angle=to_angles(view.angle, ANGLES),
        type=view.type.astype(np.uint8),
        quality=view.qualities.astype(np.float64),
    )
    return minutiae, FingerPosition(view.position)
