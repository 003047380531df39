"""Long varnished nails: what stands out beyond the fingertips when the palm side is photographed."""

from collections.abc import Sequence

import cv2
import numpy as np

from handfast.finger.synth.camera import Camera
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.finger_mesh import MIDDLE, FingerMesh
from handfast.finger.synth.person import Person

LONGEST = 7.0  # mm beyond the tip
BREADTH = 0.62  # of the finger's width
BEHIND = 0.12  # widths from the tip's foremost point back to the nail's middle
SAGITTA = 0.10  # widths by which its sides lie nearer to the camera than its middle
VARNISHES = np.array(  # linear reflectance: red, plum, pale pink, black, turquoise, skin-like
    [
        [0.55, 0.02, 0.04],
        [0.10, 0.01, 0.06],
        [0.72, 0.42, 0.45],
        [0.02, 0.02, 0.02],
        [0.05, 0.42, 0.42],
        [0.55, 0.34, 0.25],
    ],
    np.float32,
)
SHINE = 0.5  # of white, where the streak of light along the nail is brightest
_ACROSS, _ALONG, _BITS = 25, 14, 4


def draw_nails(ground: Floats, fingers: Sequence[FingerMesh], camera: Camera, length: float, person: Person) -> None:
    """Paint nails into (H, W, 3) linear light behind the fingers, in place; length 0..1, 1 is LONGEST."""
    varnish = VARNISHES[person.seed % len(VARNISHES)]
    for finger in fingers:
        corners = camera.project(_plate(finger, length * LONGEST))
        streak = np.exp(-((np.linspace(-1, 1, _ACROSS) - 0.25) ** 2) / 0.02)
        for column in range(_ACROSS - 1):
            colour = varnish + np.float32(SHINE * streak[column]) * (1 - varnish)
            strip = np.concatenate([corners[:, column], corners[::-1, column + 1]])
            points = np.round(strip * 2**_BITS).astype(np.int32)
            cv2.fillPoly(ground, [points], [float(c) for c in colour], cv2.LINE_8, _BITS)


def _plate(finger: FingerMesh, beyond: float) -> Floats:
    """(along, across, 3) scene points of a nail, from under the tip to its rounded free edge."""
    side = finger.vertices[len(finger.vertices) // 8, -1] - finger.vertices[len(finger.vertices) // 8, 0]
    side = side / np.linalg.norm(side)
    front = np.cross(side, finger.axis)
    front = front if front[2] > 0 else -front
    u = np.linspace(-1, 1, _ACROSS)
    edge = beyond * np.sqrt(np.clip(1 - 0.9 * u**2, 0, 1))
    along = -0.25 * finger.width + np.linspace(0, 1, _ALONG)[:, None] * (0.25 * finger.width + edge)[None]
    deep = finger.width * (SAGITTA * u**2 - BEHIND)
    points = (
        finger.vertices[0, MIDDLE]
        + along[..., None] * finger.axis
        + (u * BREADTH / 2 * finger.width)[None, :, None] * side
        + deep[None, :, None] * front
    )
    return np.asarray(points, np.float32)
