"""Head pose: the camera that would see a mean head's points where the mesh found them (perspective-n-point)."""

from math import asin, atan2, degrees

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.face.types import Pose

MEAN_HEAD: dict[int, tuple[float, float, float]] = {
    1: (0.0, -1.13, 7.48),
    4: (0.0, -0.46, 7.59),
    6: (0.0, 2.47, 5.79),
    10: (0.0, 8.26, 4.48),
    33: (-4.45, 2.66, 3.17),
    61: (-2.46, -4.34, 4.28),
    133: (-1.86, 2.59, 3.76),
    168: (0.0, 3.27, 5.24),
    199: (0.0, -7.94, 5.18),
    263: (4.45, 2.66, 3.17),
    291: (2.46, -4.34, 4.28),
    362: (1.86, 2.59, 3.76),
}
"""Mesh point: centimetres on a mean adult head (MediaPipe's canonical face): x to its left, y up, z out of the face."""

_INDEX = list(MEAN_HEAD)
_OBJECT = np.array(list(MEAN_HEAD.values()), np.float64) * [1.0, -1.0, -1.0]  # to the camera's axes: y down, z away
_FOCAL = 1.1  # focal length over the picture's long side: a phone's front camera, about 49 degrees across


def head_pose(mesh: NDArray[np.float32], size: tuple[int, int]) -> Pose:
    """Pose from mesh points (468, 2 or 3) px in a picture of (width, height) px."""
    width, height = size
    focal = _FOCAL * max(width, height)
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    places = mesh[_INDEX, :2].astype(np.float64)
    _, rotation, _ = cv2.solvePnP(_OBJECT, places, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    turn = cv2.Rodrigues(rotation)[0]
    (across, _, left), (sinking, _, down), (_, _, away) = turn.tolist()  # of the head's x axis, and of its nose
    return Pose(
        yaw=degrees(atan2(-left, away)),
        pitch=degrees(asin(max(-1.0, min(1.0, down)))),
        roll=degrees(atan2(sinking, across)),
    )
