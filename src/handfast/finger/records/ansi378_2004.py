"""Minutiae as an ANSI INCITS 378-2004 template: angles in steps of 2 degrees, else much as ISO/IEC 19794-2:2005."""

from handfast.base.modality import FingerPosition
from handfast.finger.records.ansi_record_2004 import ANGLES, AnsiRecord, read, write
from handfast.finger.records.one_view import from_record, to_view
from handfast.finger.records.units import PIXELS_PER_CM
from handfast.finger.types import Minutiae

FORMAT = "ansi-378:2004"

_NO_MAKER = 0x0103  # CBEFF: not known


def encode(minutiae: Minutiae, position: FingerPosition, quality: float) -> bytes:
    """A record of one view at 500 ppi, with `quality` 0..100; of more than 255 minutiae the best ones.

    Places are rounded to whole pixels, angles to 2 degrees and qualities to whole percent.
    """
    view = to_view(minutiae, position, quality, ANGLES)
    return write(AnsiRecord(_NO_MAKER, 0, 0, minutiae.width, minutiae.height, PIXELS_PER_CM, PIXELS_PER_CM, (view,)))


def decode(data: bytes) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi and the finger they are of; UnreadableTemplate if this is no record with one view."""
    return from_record(read(data), ANGLES)
