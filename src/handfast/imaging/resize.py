"""Making pictures smaller or larger."""

import cv2
import numpy as np

from handfast.base.image import Image
from handfast.imaging.area import smaller


def fit(image: Image, long_side: int) -> tuple[Image, float]:
    """The picture with its long side at `long_side` px, and the scale that was applied."""
    width, height = image.size
    scale = long_side / max(width, height)
    if scale == 1.0:
        return image, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if scale < 1.0:
        return Image(smaller(image.pixels, size)), scale
    return Image(np.asarray(cv2.resize(image.pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)), scale
