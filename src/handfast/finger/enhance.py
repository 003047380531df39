"""Ridges made plain: local normalisation, then each small window's own strong frequencies amplified.

F |F|^0.4 in overlapping windows (Watson, Candela & Grother 1994), limited to ridge-like periods and to the mask.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from handfast.base.image import GrayImage, Pixels
from handfast.finger.types import PRINT_PPI, Mask

Plane = NDArray[np.float32]
_AT_ONCE = 64  # windows, so that what they hold in between stays in the cache


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
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
    centred = gray - cv2.GaussianBlur(gray * weight, (0, 0), sigma) / share
    variance = cv2.GaussianBlur(centred * centred * weight, (0, 0), sigma) / share
    return np.asarray(centred / np.sqrt(variance + 1) * weight, np.float32)


def amplify(flat: Plane, mask: Mask, p: EnhanceParameters) -> Plane:
    """Every window's spectrum times its own magnitude, put together again, at local RMS 1."""
    window, hop = p.window, p.hop
    padded, known = (_framed(plane, window) for plane in (flat, mask.astype(np.uint8)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (window, window))[:-1:hop, :-1:hop]
    rows, columns = np.nonzero(_covered(known, views.shape[:2], window, hop))
    tiles = np.zeros((*views.shape[:2], window, window), np.float32)
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE], columns[first : first + _AT_ONCE]
        tiles[some] = _amplified(views[some], p)
    total = overlap_add(tiles, hop, padded.shape)[window:-window, window:-window]
    level = np.sqrt(cv2.GaussianBlur(total * total, (0, 0), p.local)) + 1e-3
    return np.asarray(total / level, np.float32)


def _amplified(windows: Plane, p: EnhanceParameters) -> Plane:
    """Each of (N, n, n) windows, tapered, by its own spectrum; only frequencies that are let through are computed."""
    taper, band = _taper(p.window), _band(p.window, p.periods)
    across = fft.rfft(windows * taper, axis=2)[:, :, : len(band)]
    spectrum = fft.fft(np.ascontiguousarray(across.transpose(0, 2, 1)), axis=2, overwrite_x=True)
    power = spectrum.real**2 + spectrum.imag**2
    spectrum *= np.power(power, np.float32(p.exponent / 2)) * band
    across = fft.ifft(spectrum, axis=2, overwrite_x=True).transpose(0, 2, 1)
    return np.asarray(fft.irfft(across, p.window, axis=2) * taper, np.float32)


def overlap_add(tiles: Plane, hop: int, shape: tuple[int, ...]) -> Plane:
    """Sum of (rows, columns, n, n) tiles laid `hop` apart; tiles n apart do not overlap and go in at one stroke."""
    size = tiles.shape[2]
    total = np.zeros((shape[0] + size, shape[1] + size), np.float32)
    for i in range(size // hop):
        for j in range(size // hop):
            block = tiles[i :: size // hop, j :: size // hop]
            sheet = block.transpose(0, 2, 1, 3).reshape(block.shape[0] * size, block.shape[1] * size)
            total[i * hop : i * hop + sheet.shape[0], j * hop : j * hop + sheet.shape[1]] += sheet
    return total[: shape[0], : shape[1]]


def _framed(plane: NDArray[Any], width: int) -> NDArray[Any]:
    return np.asarray(cv2.copyMakeBorder(plane, width, width, width, width, cv2.BORDER_REFLECT))


def _covered(known: Pixels, count: tuple[int, ...], size: int, hop: int) -> Mask:
    """Which windows hold any known pixel."""
    area = cv2.integral(known)
    top, left = np.arange(count[0]) * hop, np.arange(count[1]) * hop
    whole = area[top + size][:, left + size] - area[top][:, left + size]
    return np.asarray(whole - area[top + size][:, left] + area[top][:, left] > 0)


@lru_cache(maxsize=4)
def _taper(size: int) -> Plane:
    return np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)


@lru_cache(maxsize=4)
def _band(size: int, periods: tuple[float, float]) -> Plane:
    """By column, then row: 1 where a frequency's period is within the limits, soft at the edges; no columns of 0."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    passed = (frequency > 1 / periods[1]) & (frequency < 1 / periods[0])
    band = cv2.GaussianBlur(passed.astype(np.float32), (0, 0), 0.7)
    return np.ascontiguousarray(band[:, : 1 + int(np.flatnonzero(band.any(0))[-1])].T, np.float32)
