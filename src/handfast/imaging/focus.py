"""How sharp a picture is, by what a second blur still takes away (Crete-Roffet et al. 2007)."""

import numpy as np

from handfast.base.image import GrayImage, Pixels
from handfast.imaging.compiled import compiled_for_floats, compiled_within

_TAPS = 9  # px, length of the second blur


def sharpness(image: GrayImage) -> float:
    """0 (blurred or flat) .. 1 (every edge one pixel wide). Means something only at one fixed size of the subject."""
    return min(_kept_by_blur(image.pixels), _kept_by_blur(np.ascontiguousarray(image.pixels.T)))


@compiled_for_floats
def _kept_by_blur(pixels: Pixels) -> float:
    """The part of the variation between neighbours in a column that a vertical blur removes.

    From one blurred row to the next a single row comes in and another goes, so none need be blurred.
    """
    total = removed = np.float32(0)
    height, reach, share = pixels.shape[0], _TAPS // 2, np.float32(1 / _TAPS)
    for row in range(1, height):
        here, above = pixels[row], pixels[row - 1]
        comes, goes = pixels[_within(row + reach, height)], pixels[_within(row - reach - 1, height)]
        whole = part = np.float32(0)
        for x in range(pixels.shape[1]):
            before = abs(np.float32(here[x]) - np.float32(above[x]))
            after = abs(np.float32(comes[x]) - np.float32(goes[x])) * share
            whole += before
            part += max(before - after, np.float32(0))
        total += whole
        removed += part
    return float(removed / total) if total > 0 else 0.0


@compiled_within
def _within(row: int, height: int) -> int:
    """The row of a picture that is mirrored at its first and last."""
    row = abs(row)
    return row if row < height else max(0, 2 * (height - 1) - row)
