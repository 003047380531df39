"""The one view of a record of minutiae that is ours, as ISO/IEC 19794-2:2005 and ANSI INCITS 378-2004 both have it.

Lengths in a record are pixels at its stated resolution, ours are at 500 ppi. The two differ in the codes of a turn.
"""

import numpy as np

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.records.ansi_record_2004 import AnsiRecord
from handfast.finger.records.iso_record_2005 import LARGEST_COORDINATE, MOST_MINUTIAE, FingerRecord, FingerView
from handfast.finger.records.units import scale, to_angles, to_codes, whole
from handfast.finger.types import Minutiae


def to_view(minutiae: Minutiae, position: FingerPosition, quality: float, turn: int) -> FingerView:
    """A view at 500 ppi, with `quality` 0..100 and `turn` codes of angle; of more than 255 minutiae the best ones."""
    minutiae = minutiae.strongest(MOST_MINUTIAE)
    return FingerView(
        position=position,
        number=0,
        impression=0,
        quality=round(quality),
        type=minutiae.type.astype(np.uint16),
        x=whole(minutiae.x, min(minutiae.width - 1, LARGEST_COORDINATE)),
        y=whole(minutiae.y, min(minutiae.height - 1, LARGEST_COORDINATE)),
        angle=to_codes(minutiae.angle, turn),
        qualities=whole(minutiae.quality, 100),
    )


def from_record(record: FingerRecord | AnsiRecord, turn: int) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi and the finger they are of; UnreadableTemplate if the record has not one view."""
    if len(record.views) != 1:
        raise UnreadableTemplate(f"expected one view, the record has {len(record.views)}")
    view = record.views[0]
    x_scale, y_scale = scale(record.x_resolution), scale(record.y_resolution)
    minutiae = Minutiae(
        width=round(record.width * x_scale),
        height=round(record.height * y_scale),
        x=view.x.astype(np.float64) * x_scale,
        y=view.y.astype(np.float64) * y_scale,
        angle=to_angles(view.angle, turn),
        type=view.type.astype(np.uint8),
        quality=view.qualities.astype(np.float64),
    )
    return minutiae, FingerPosition(view.position)
