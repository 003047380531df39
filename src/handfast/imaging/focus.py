"""How sharp a picture is, by what a second blur still takes away (Crete-Roffet et al. 2007)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import GrayImage
from handfast.imaging.compiled import compiled_for_floats

Single = NDArray[np.float32]

_TAPS = 9  # px, length of the second blur


def sharpness(image: GrayImage) -> float:
    """0 (blurred or flat) .. 1 (every edge one pixel wide). Means something only at one fixed size of the subject."""
    pixels = image.pixels.astype(np.float32)
    return min(_kept_by_blur(pixels), _kept_by_blur(np.ascontiguousarray(pixels.T)))


def _kept_by_blur(pixels: Single) -> float:
    """The part of the variation between neighbours in a column that a vertical blur removes."""
    return _removed(pixels, np.asarray(cv2.blur(pixels, (1, _TAPS)), np.float32))


@compiled_for_floats
def _removed(pixels: Single, blurred: Single) -> float:
    total = removed = np.float32(0)
    for row in range(1, pixels.shape[0]):
        whole = part = np.float32(0)
        for x in range(pixels.shape[1]):
            before = abs(pixels[row, x] - pixels[row - 1, x])
            whole += before
            part += max(before - abs(blurred[row, x] - blurred[row - 1, x]), np.float32(0))
        total += whole
        removed += part
    return float(removed / total) if total > 0 else 0.0
