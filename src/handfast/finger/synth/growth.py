"""Ridges grown from noise by oriented band-pass filters (SFinGe: Cappelli, Maio & Maltoni 2002), coarse then fine."""

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.finger.synth.compiled import Floats, compiled

ORIENTATIONS, PERIODS = 36, 7
PERIOD_RANGE = (7.4, 11.2)  # px at 500 ppi
RADIUS = 11  # px at 500 ppi
ALONG = 6.0  # px at 500 ppi, deviation of the window along the ridge
ACROSS = 0.43  # periods, deviation of the window across the ridge
COARSE_PASSES, FINE_PASSES = 18, 3
SEED_GAIN, GAIN = 4.0, 1.6  # soft clip of the first three passes, and of the others


def grow_ridges(rng: np.random.Generator, direction: Floats, period: Floats) -> Floats:
    """Ridge height -1..1 from direction (radians, +x towards -y) and period (px at 500 ppi), all (H, W).

    The pattern and its minutiae form at half resolution, which costs a sixteenth; the last passes run in full.
    """
    height, width = direction.shape
    half = (height // 2, width // 2)
    choice = _kernel_choice(direction, period)
    coarse = rng.standard_normal(half, dtype=np.float32)
    coarse = _grow(coarse, np.ascontiguousarray(choice[::2, ::2][: half[0], : half[1]]), 2, COARSE_PASSES)
    # Coarse pixel i stands for fine pixel 2 i.
    row, column = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(2)
    fine = cv2.remap(coarse, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return _grow(np.asarray(fine, np.float32), choice, 1, FINE_PASSES)


def _kernel_choice(direction: Floats, period: Floats) -> NDArray[np.int32]:
    low, high = PERIOD_RANGE
    turn = np.round(direction / np.pi * ORIENTATIONS).astype(np.int32) % ORIENTATIONS
    width = np.round((period - low) / (high - low) * (PERIODS - 1)).astype(np.int32)
    return turn * PERIODS + np.clip(width, 0, PERIODS - 1).astype(np.int32)


def _grow(image: Floats, choice: NDArray[np.int32], shrink: int, passes: int) -> Floats:
    kernels = _kernels(shrink)
    rows, columns = kernels.shape[1:]
    border = (rows // 2, rows // 2), (rows // 2, columns - rows // 2)
    for step in range(passes):
        gain = SEED_GAIN if shrink > 1 and step < 3 else GAIN
        padded = np.pad(image, border, mode="reflect")
        image = _filter(padded, choice, kernels, np.float32(gain))
    return image


@lru_cache
def _kernels(shrink: int) -> Floats:
    """Gabor kernels (orientations * periods, rows, columns), zero mean, unit gain on the matching wave."""
    radius = -(-RADIUS // shrink)
    columns = -(-(2 * radius + 1) // 8) * 8  # whole vectors
    y, x = np.mgrid[-radius : radius + 1, -radius : columns - radius].astype(float) * shrink
    disc = np.hypot(x, y) <= RADIUS + 0.5
    kernels = np.zeros((ORIENTATIONS * PERIODS, 2 * radius + 1, columns), np.float32)
    for turn in range(ORIENTATIONS):
        angle = math.pi * turn / ORIENTATIONS
        along = x * math.cos(angle) - y * math.sin(angle)
        across = x * math.sin(angle) + y * math.cos(angle)
        for number, period in enumerate(np.linspace(*PERIOD_RANGE, PERIODS)):
            window = np.exp(-((along / ALONG) ** 2 + (across / (ACROSS * period)) ** 2) / 2) * disc
            wave = np.cos(2 * np.pi * across / period)
            kernel = window * (wave - (window * wave).sum() / window.sum())
            kernels[turn * PERIODS + number] = kernel / (kernel * wave).sum()
    return kernels


@compiled
def _filter(padded: Floats, choice: NDArray[np.int32], kernels: Floats, gain: np.float32) -> Floats:
    """One oriented band-pass per pixel, then a soft clip."""
    _, rows, columns = kernels.shape
    height, width = choice.shape
    out = np.empty((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            kernel = choice[y, x]
            total = np.float32(0)
            for i in range(rows):
                for j in range(columns):
                    total += kernels[kernel, i, j] * padded[y + i, x + j]
            out[y, x] = math.tanh(gain * total)
    return out
