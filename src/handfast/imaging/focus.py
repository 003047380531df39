"""How sharp a picture is, by what a second blur still takes away (Crete-Roffet et al. 2007)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import GrayImage

_TAPS = 9  # px, length of the second blur


def sharpness(image: GrayImage) -> float:
    """0 (blurred or flat) .. 1 (every edge one pixel wide). Means something only at one fixed size of the subject."""
    pixels = image.pixels.astype(np.float32)
    return min(_kept_by_blur(pixels), _kept_by_blur(pixels.T))


def _kept_by_blur(pixels: NDArray[np.float32]) -> float:
    """The part of the variation between neighbours in a column that a vertical blur removes."""
    blurred = cv2.blur(np.ascontiguousarray(pixels), (1, _TAPS))
    before = np.abs(np.diff(pixels, axis=0))
    after = np.abs(np.diff(blurred, axis=0))
    total = float(before.sum())
    return float(np.maximum(before - after, 0.0).sum()) / total if total > 0.0 else 0.0
