"""Moire on the skin: two grids that beat, as peaks in the spectrum (Garcia & de Queiroz 2015; Patel et al. 2015).

A screen's pixels sampled by a sensor's give waves of a few pixels of the frame, where skin has none. Looked at are
squares of forehead and cheeks alone: wallpaper, blinds and shirts have waves too.
"""

from collections.abc import Sequence
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import BROW, CHIN, LEFT_EYE, RIGHT_EYE, CueFrame

SIDE = 32  # px of a square
BLOCK = 8  # px of a JPEG block, whose own edges are waves of 8, 4 and 8/3 px along the axes
LONGEST, SHORTEST = 11.0, 2.4  # px of a wave that is looked for


def moire(frames: Sequence[CueFrame]) -> float | None:
    """log10 of how far the strongest wave stands out from waves nearly like it, median of frames; None without skin."""
    peaks = [peak for frame in frames if (peak := skin_wave(frame)) is not None]
    return float(np.median(peaks)) if peaks else None


def skin_wave(frame: CueFrame) -> float | None:
    """The same of one frame, the larger of grey and red against green; None where a square leaves the frame."""
    eyes, height = frame.rigid[[RIGHT_EYE, LEFT_EYE]], frame.rigid[CHIN] - frame.rigid[BROW]
    middle = eyes.mean(0)
    places = [middle - 0.3 * height, *(eye + 0.25 * height + 0.35 * (middle - eye) for eye in eyes)]
    corners = [(place - SIDE / 2).astype(int) for place in places]
    tall, wide = frame.pixels.shape[:2]
    if any(x < 0 or y < 0 or x + SIDE > wide or y + SIDE > tall for x, y in corners):
        return None
    squares = [frame.pixels[y : y + SIDE, x : x + SIDE].astype(np.float32) for x, y in corners]
    grey = standing_out([square.mean(2) for square in squares])[0]
    return max(grey, standing_out([square[..., 0] - square[..., 1] for square in squares])[0])


def alias(frequency: float) -> float:
    """Cycles a sample, 0 to 0.5, that a wave of this many cycles a sample looks like once it is sampled."""
    return abs(frequency - round(frequency))


def standing_out(squares: Sequence[NDArray[np.float32]]) -> tuple[float, float]:
    """Of the wave that all the squares (SIDE, SIDE) share most: log10 of its power over its like, cycles a pixel.

    What squares share is the geometric mean of their spectra: an eye's corner in one of them is not in the others.
    """
    shared = np.mean([_log_power(square) for square in squares], axis=0).astype(np.float32)
    above = np.where(_LOOKED_AT, shared - cv2.medianBlur(shared, 5), 0)
    place = np.unravel_index(int(np.argmax(above)), above.shape)
    return float(above[place]), float(_LENGTH[place])


def _log_power(square: NDArray[np.float32]) -> NDArray[np.float64]:
    window = np.hanning(SIDE)
    smooth = cv2.GaussianBlur(square, (0, 0), LONGEST / 2)
    spectrum = np.fft.fft2((square - smooth) * window * window[:, None])
    return np.asarray(np.fft.fftshift(np.log10(np.abs(spectrum) ** 2 + 1.0)), np.float64)


_STEP = np.fft.fftshift(np.fft.fftfreq(SIDE))
_LENGTH = np.hypot(_STEP[:, None], _STEP)


def _looked_at() -> NDArray[np.bool_]:
    """Waves of the right length that the edges of JPEG blocks do not make."""
    band = (_LENGTH >= 1 / LONGEST) & (_LENGTH <= 1 / SHORTEST)
    cells = SIDE // BLOCK
    for row, column in product(range(SIDE), repeat=2):
        down, across = row - SIDE // 2, column - SIDE // 2
        whole = [min(n % cells, -n % cells) <= 1 for n in (down, across)]
        band[row, column] &= not ((abs(down) <= 1 and whole[1]) or (abs(across) <= 1 and whole[0]))
    return band


_LOOKED_AT = _looked_at()
