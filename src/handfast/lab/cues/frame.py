"""What the cues look at: the frames of one attempt, each with the places of the face in it and its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handfast.base.errors import CaptureError
from handfast.base.image import Pixels
from handfast.face.observe import FaceObserver
from handfast.face.pose import MEAN_HEAD
from handfast.imaging.decode import decode
from handfast.imaging.geometry import Points

_POINTS = list(MEAN_HEAD)
RIGHT_EYE, LEFT_EYE = _POINTS.index(33), _POINTS.index(263)  # outer corners
BROW, CHIN = _POINTS.index(10), _POINTS.index(199)
FACE = 1.55  # breadth of a face over the distance of the outer corners of its eyes


@dataclass(frozen=True, slots=True, eq=False)
class CueFrame:
    """One frame.

    pixels   (H, W, 3) uint8, as decoded
    rigid    (12, 2) px, see FaceObservation
    at       seconds
    """

    pixels: Pixels
    rigid: Points
    at: float

    @property
    def centre(self) -> Points:
        """(2,) px: the middle of the face."""
        return np.asarray(self.rigid.mean(axis=0), np.float32)

    @property
    def breadth(self) -> float:
        """Of the face, px."""
        return FACE * float(np.linalg.norm(self.rigid[LEFT_EYE] - self.rigid[RIGHT_EYE]))


def frames_of(pictures: Sequence[Path], observer: FaceObserver) -> Iterator[CueFrame]:
    """The frames with one face among JPEG files whose names are milliseconds. Raises ImageError, ValueError."""
    for path in pictures:
        image = decode(path.read_bytes())
        try:
            seen = observer.observe(image)
        except CaptureError:
            continue
        yield CueFrame(image.pixels, seen.rigid, int(path.stem) / 1000)
