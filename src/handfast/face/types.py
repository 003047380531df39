"""What is found of a face in one picture."""

from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image
from handfast.base.sample import Box
from handfast.face.expression import NEUTRAL, Expression
from handfast.imaging.geometry import Points

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """One detected face.

    box          pixels of the picture
    landmarks    (5, 2) px: the person's right eye, left eye, nose tip, right and left corner of the mouth
    confidence   0..1
    """

    box: Box
    landmarks: Points
    confidence: float

    @property
    def eye_distance(self) -> float:
        """Between the pupils, px."""
        (x, y), (other_x, other_y) = self.landmarks[:2].tolist()
        return hypot(other_x - x, other_y - y)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head points, degrees; all 0 when it faces the camera upright. Left is the person's own.

    yaw     > 0: turned to the left (in an unmirrored picture the nose moves right)
    pitch   > 0: chin up
    roll    > 0: tilted to the left shoulder (clockwise in an unmirrored picture)
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What SFace makes of one aligned face.

    vector   (128,) float32, unit length
    norm     its length before; grows with how recognisable the face is
    """

    vector: Vector
    norm: float


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the face was shown, before anything is compared.

    sharpness      0..1, of the aligned face (handfast.imaging.focus)
    brightness     mean luma of the aligned face, 0..255
    balance        darker half over brighter half, left against right, 0..1
    eye_distance   px in the picture
    size           height of the face over height of the picture
    backlight      mean luma of the face over that of the picture around it
    expression     eyes, mouth and smile
    cut            share of the face's points beyond the edge of the picture
    """

    sharpness: float
    brightness: float
    balance: float
    eye_distance: float
    size: float
    backlight: float = 1.0
    expression: Expression = NEUTRAL
    cut: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class FaceObservation:
    """One live frame with one face in it.

    rigid        (N, 2) px, the points of handfast.face.pose.MEAN_HEAD, that keep their place on the skull
    aligned      the face at 112 x 112, eyes level
    hint         the one thing to change, or "good" (words of the capture page)
    """

    face: DetectedFace
    rigid: Points
    pose: Pose
    conditions: Conditions
    aligned: Image
    hint: str
