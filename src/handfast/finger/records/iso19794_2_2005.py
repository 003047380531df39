"""Minutiae as an ISO/IEC 19794-2:2005 template: the form in which prints are stored.

The standard counts angles anticlockwise with y up, in steps of 1/256 turn, and lengths in pixels at a stated
resolution; our angles run from +x towards +y, which is down, and our lengths are at 500 ppi. record_units and
one_view turn one into the other, nothing else.
"""

from handfast.base.modality import FingerPosition
from handfast.finger.records.iso_record_2005 import FingerRecord, read, write
from handfast.finger.records.one_view import from_record, to_view
from handfast.finger.records.units import PIXELS_PER_CM
from handfast.finger.types import Minutiae

FORMAT = "iso-19794-2:2005"

TURN = 256  # angle codes


def encode(minutiae: Minutiae, position: FingerPosition, quality: float) -> bytes:
    """A record of one view at 500 ppi, with `quality` 0..100; of more than 255 minutiae the best ones.

    Places are rounded to whole pixels, angles to 1/256 turn and qualities to whole percent.
    """
    view = to_view(minutiae, position, quality, TURN)
    return write(FingerRecord(0, minutiae.width, minutiae.height, PIXELS_PER_CM, PIXELS_PER_CM, (view,)))


def decode(data: bytes) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi and the finger they are of; UnreadableTemplate if this is no record with one view."""
    return from_record(read(data), TURN)
