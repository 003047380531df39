"""The aligned face: eyes, nose and mouth at the places that recognition nets are trained on."""

import numpy as np

from handfast.base.image import Image
from handfast.face.types import DetectedFace
from handfast.imaging.geometry import similarity, warp

SIZE = 112  # px, width and height
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
"""Where the five points go, px."""


def align(image: Image, face: DetectedFace) -> Image:
    """The face at 112 x 112."""
    return warp(image, similarity(face.landmarks, TEMPLATE), (SIZE, SIZE))
