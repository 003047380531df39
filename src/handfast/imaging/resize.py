"""Making pictures smaller or larger."""

import cv2
import numpy as np

from handfast.base.image import Image


def fit(image: Image, long_side: int) -> tuple[Image, float]:
    """The picture with its long side at `long_side` px, and the scale that was applied."""
    width, height = image.size
    scale = long_side / max(width, height)
    if scale == 1.0:
        return image, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return Image(np.asarray(cv2.resize(image.pixels, size, interpolation=how), np.uint8)), scale
