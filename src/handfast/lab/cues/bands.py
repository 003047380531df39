"""Bands that roll over the picture: light that pulses faster than the rows are read (Sheinin et al. 2017).

The backlight of a screen does it, and so does every lamp on the mains: what it tells is flicker, not a screen.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.lab.cues.frame import CueFrame

ROWS, COLUMNS = 128, 48  # px to which frames are made small
FEWEST, MOST = 2, 24  # bands in the height of a frame


def bands(frames: Sequence[CueFrame]) -> float | None:
    """Depth of the strongest band in per mille of the light, median of pairs of frames."""
    small = [_small(frame.pixels) for frame in frames]
    depths = [_depth(np.median(after - before, axis=1)) for before, after in pairwise(small)]
    return float(np.median(depths)) if depths else None


def _small(pixels: Pixels) -> np.ndarray:
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.log(grey.astype(np.float64) + 2.0)


def _depth(profile: np.ndarray) -> float:
    window = np.hanning(ROWS)
    waves = np.abs(np.fft.rfft((profile - profile.mean()) * window)) * 2 / window.sum()
    return 1000 * float(waves[FEWEST : MOST + 1].max())
