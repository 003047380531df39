"""Gaussian blur of planes of floats, as OpenCV's but faster where the kernel is long."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import NARROW, Vector, add_scaled, fill, load, store

Plane = NDArray[np.float32]
_STRIP = 4 * NARROW  # columns that go down together


def gaussian_blur(plane: Plane, sigma: float) -> Plane:
    """(H, W) float32 as cv2.GaussianBlur(plane, (0, 0), sigma) gives it, mirrored at its edges, to rounding."""
    kernel, (height, width) = _kernel(sigma), plane.shape
    columns, rows = (_mirrored(side, len(kernel) // 2) for side in (width, height))
    out = np.empty((height, -(-width // _STRIP) * _STRIP), np.float32)
    _blur(np.ascontiguousarray(plane, np.float32), kernel, columns, rows, out)
    return out[:, :width]


@lru_cache(maxsize=8)
def _kernel(sigma: float) -> Plane:
    size = round(8 * sigma + 1) | 1  # as OpenCV chooses it for floats
    return np.asarray(cv2.getGaussianKernel(size, sigma, cv2.CV_32F)[:, 0], np.float32)


@lru_cache(maxsize=64)
def _mirrored(count: int, beyond: int) -> NDArray[np.int64]:
    """Places of so many values and of what mirrors them beyond both ends, the last value not repeated."""
    period = max(1, 2 * count - 2)
    place = np.arange(-beyond, count + beyond) % period
    return np.minimum(place, period - place) if count > 1 else np.zeros_like(place)


@compiled_for_floats
def _blur(plane: Plane, kernel: Plane, columns: NDArray[np.int64], rows: NDArray[np.int64], out: Plane) -> None:
    height, stride = out.shape
    line, across, down = np.zeros(stride + len(kernel), np.float32), np.empty(out.size, np.float32), out.reshape(-1)
    for row in range(height):
        for x in range(len(columns)):
            line[x] = plane[row, columns[x]]
        for x in range(0, stride, _STRIP):
            a = b = c = d = fill(np.float32(0))
            for tap in range(len(kernel)):
                a = add_scaled(a, load(line, x + tap), kernel, tap)
                b = add_scaled(b, load(line, x + tap + NARROW), kernel, tap)
                c = add_scaled(c, load(line, x + tap + 2 * NARROW), kernel, tap)
                d = add_scaled(d, load(line, x + tap + 3 * NARROW), kernel, tap)
            _store_four(a, b, c, d, across, row * stride + x)
    for x in range(0, stride, _STRIP):
        for row in range(height):
            a = b = c = d = fill(np.float32(0))
            for tap in range(len(kernel)):
                at = rows[row + tap] * stride + x
                a = add_scaled(a, load(across, at), kernel, tap)
                b = add_scaled(b, load(across, at + NARROW), kernel, tap)
                c = add_scaled(c, load(across, at + 2 * NARROW), kernel, tap)
                d = add_scaled(d, load(across, at + 3 * NARROW), kernel, tap)
            _store_four(a, b, c, d, down, row * stride + x)


@compiled_for_floats
def _store_four(a: Vector, b: Vector, c: Vector, d: Vector, out: Plane, at: int) -> None:
    store(a, out, at)
    store(b, out, at + NARROW)
    store(c, out, at + 2 * NARROW)
    store(d, out, at + 3 * NARROW)
