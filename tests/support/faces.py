"""Observed faces made of numbers: a mean head, turned and moved, without any picture."""

import numpy as np

from handfast.base.image import Image
from handfast.base.sample import Box
from handfast.face.pose import MEAN_HEAD
from handfast.face.types import Conditions, DetectedFace, FaceObservation, Pose
from handfast.imaging.geometry import Points

_HEAD = np.array(list(MEAN_HEAD.values())) * [1.0, -1.0, -1.0]
_BLANK = Image(np.zeros((112, 112, 3), np.uint8))


def points(yaw: float, size: float = 0.4, *, flat: bool = False, nod: float = 0.0) -> Points:
    """Points of the mean head (or of a print of it), turned by `yaw` and then nodded degrees, 480 px high."""
    angle, tilt = np.radians([yaw, nod])
    x, y, z = (_HEAD * ([1, 1, 0] if flat else [1, 1, 1])).T
    x, z = x * np.cos(angle) - z * np.sin(angle), x * np.sin(angle) + z * np.cos(angle)
    scale = 480 * size / 18.0
    return np.column_stack([180 + scale * x, 240 + scale * (y * np.cos(tilt) + z * np.sin(tilt))]).astype(np.float32)


def observed(
    yaw: float = 0.0,
    size: float = 0.4,
    hint: str = "good",
    *,
    pitch: float = 0.0,
    flat: bool = False,
    nod: float = 0.0,
    noise: np.random.Generator | None = None,
) -> FaceObservation:
    """One frame. `nod` moves its points as a pitch does; `flat` shows a print, taken for turned by a pose estimate."""
    rigid = points(yaw, size, flat=flat, nod=nod)
    if noise is not None:
        rigid = (rigid + noise.normal(0, 0.7, rigid.shape)).astype(np.float32)
        yaw, size = yaw + noise.normal(0, 2.5), size * (1 + noise.normal(0, 0.02))
    side = 480 * size
    landmarks = np.array([[160, 200], [200, 200], [180, 220], [165, 240], [195, 240]], np.float32)
    face = DetectedFace(Box(180 - side / 2, 240 - side / 2, side, side), landmarks, 0.9)
    return FaceObservation(face, rigid, Pose(yaw, pitch, 0.0), Conditions(0.6, 120.0, 0.9, 70.0, size), _BLANK, hint)
