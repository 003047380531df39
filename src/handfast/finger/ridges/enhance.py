"""Ridges made plain: local normalisation, then each small window's own strong frequencies amplified.

F |F|^0.4 in overlapping windows (Watson, Candela & Grother 1994), limited to ridge-like periods and to the mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import GrayImage, Pixels
from handfast.finger.ridges.blur import gaussian_blur
from handfast.finger.ridges.spectra import Tables, sharpened
from handfast.finger.types import PRINT_PPI, Mask

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EnhanceParameters:
    """Lengths in px at 500 ppi."""

    local: float = 9.0  # Gaussian sigma of local mean and contrast
    window: int = 48
    hop: int = 16  # divides the window
    exponent: float = 0.4
    periods: tuple[float, float] = (5.0, 16.0)
    smooth: float = 1.0  # Gaussian sigma at the end
    contrast: float = 45.0  # gray levels for one local standard deviation
    background: int = 200  # gray level outside the mask


def enhance(gray: Pixels, mask: Mask, p: EnhanceParameters = EnhanceParameters()) -> GrayImage:
    """(H, W) uint8 at 500 ppi and its mask in; dark ridges on mid gray, flat outside the mask, out."""
    if not mask.any():
        return GrayImage(np.full(gray.shape, p.background, np.uint8), PRINT_PPI)
    flat = normalise(gray.astype(np.float32), mask, p.local)
    ridges = cv2.GaussianBlur(amplify(flat, mask, p), (0, 0), p.smooth)
    picture = np.clip(128 - p.contrast * ridges, 0, 255).astype(np.uint8)
    picture[~mask] = p.background
    return GrayImage(picture, PRINT_PPI)


def normalise(gray: Plane, mask: Mask, sigma: float) -> Plane:
    """Local mean 0 and local variance 1 within the mask, 0 outside it."""
    weight = mask.astype(np.float32)
    share = np.maximum(gaussian_blur(weight, sigma), np.float32(1e-3))
    centred = np.asarray(gray - gaussian_blur(gray * weight, sigma) / share, np.float32)
    variance = gaussian_blur(centred * centred * weight, sigma) / share
    return np.asarray(centred / np.sqrt(variance + 1) * weight, np.float32)


def amplify(flat: Plane, mask: Mask, p: EnhanceParameters) -> Plane:
    """Every window's spectrum times its own magnitude, put together again, at local RMS 1."""
    window, hop = p.window, p.hop
    padded, known = (_framed(plane, window) for plane in (flat, mask.astype(np.uint8)))
    count = [(side - window - 1) // hop + 1 for side in padded.shape]
    rows, columns = np.nonzero(_covered(known, count, window, hop))
    tables = _tables(window, p.periods)
    total = sharpened(padded, rows * hop, columns * hop, tables, p.exponent)[window:-window, window:-window]
    level = np.sqrt(gaussian_blur(total * total, p.local)) + np.float32(1e-3)
    return np.asarray(total / level, np.float32)


def _framed(plane: NDArray[Any], width: int) -> NDArray[Any]:
    return np.asarray(cv2.copyMakeBorder(plane, width, width, width, width, cv2.BORDER_REFLECT))


def _covered(known: Pixels, count: Sequence[int], size: int, hop: int) -> Mask:
    """Which windows hold any known pixel."""
    area = cv2.integral(known)
    top, left = np.arange(count[0]) * hop, np.arange(count[1]) * hop
    whole = area[top + size][:, left + size] - area[top][:, left + size]
    return np.asarray(whole - area[top + size][:, left] + area[top][:, left] > 0)


@lru_cache(maxsize=4)
def _tables(size: int, periods: tuple[float, float]) -> Tables:
    """Hann windows; frequencies pass whose period is within the limits, softly at the edges."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    passed = (frequency > 1 / periods[1]) & (frequency < 1 / periods[0])
    band = cv2.GaussianBlur(passed.astype(np.float32), (0, 0), 0.7)
    taper = np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)
    return Tables.of(taper, np.asarray(band, np.float32))
