"""Minutiae as an ISO/IEC 19794-2:2005 template: the form in which prints are stored.

The standard counts angles anticlockwise with y up, in steps of 1/256 turn, and lengths in pixels at a stated
resolution; our angles run from +x towards +y, which is down, and our lengths are at 500 ppi. Only this module
turns one into the other, with record_units.
"""

import numpy as np

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.iso_record_2005 import (
    LARGEST_COORDINATE,
    MOST_MINUTIAE,
    Codes,
    FingerRecord,
    FingerView,
    read,
    write,
)
from handfast.finger.record_units import PIXELS_PER_CM, scale, to_angles, to_codes, whole
from handfast.finger.types import Floats, Minutiae

FORMAT = "iso-19794-2:2005"

TURN = 256  # angle codes


def encode(minutiae: Minutiae, position: FingerPosition, quality: float) -> bytes:
    """A record of one view at 500 ppi, with `quality` 0..100; of more than 255 minutiae the best ones.

    Places are rounded to whole pixels, angles to 1/256 turn and qualities to whole percent.
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
        angle=angle_codes(minutiae.angle),
        qualities=whole(minutiae.quality, 100),
    )
    return write(FingerRecord(0, minutiae.width, minutiae.height, PIXELS_PER_CM, PIXELS_PER_CM, (view,)))


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
        angle=angles(view.angle),
        type=view.type.astype(np.uint8),
        quality=view.qualities.astype(np.float64),
    )
    return minutiae, FingerPosition(view.position)


def angle_codes(angle: Floats) -> Codes:
    """The standard's codes of angles from +x towards +y."""
    return to_codes(angle, TURN)


def angles(codes: Codes) -> Floats:
    """The angles in [0, tau), from +x towards +y, of the standard's codes."""
    return to_angles(codes, TURN)
