"""Gaussian blur of planes of floats, as OpenCV's but faster where the kernel is long.

A blur leaves so little of what is fine that between two blurs of less, which together are it, fewer rows will do: down
to every few rows, along those, and from them back to all. What is fine and would pass for coarse is 2e-5 of itself.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import NARROW, Vector, add_scaled, fill, load, store

Plane = NDArray[np.float32]
Mixture = tuple[NDArray[np.int64], Plane]
"""For each row that comes out, the rows that go into it, and their weights: (rows, count)."""
_STRIP = 4 * NARROW  # columns that go together
_FEWER = ((6.0, 4), (3.0, 2))  # from which sigma on every how many rows will do


def gaussian_blur(plane: Plane, sigma: float) -> Plane:
    """(H, W) float32 as cv2.GaussianBlur(plane, (0, 0), sigma) gives it, mirrored at its edges, to 1e-4 of contrasts.

    The difference is that OpenCV leaves out what lies more than 4 sigma away.
    """
    (height, width), kernel = plane.shape, _kernel(sigma)
    stride = -(-width // _STRIP) * _STRIP
    if stride > width:
        plane = np.asarray(cv2.copyMakeBorder(plane, 0, 0, 0, stride - width, cv2.BORDER_CONSTANT))
    down, up = _mixtures(sigma, height)
    columns = _mirrored(np.arange(-(len(kernel) // 2), width + len(kernel) // 2), width)
    out = np.empty((height, stride), np.float32)
    _blur(np.ascontiguousarray(plane, np.float32), kernel, columns, down, up, out)
    return out if stride == width else np.ascontiguousarray(out[:, :width])


@lru_cache(maxsize=32)
def _mixtures(sigma: float, height: int) -> tuple[Mixture, Mixture]:
    """From so many rows to every few of them, and from those to all."""
    step = next((step for least, step in _FEWER if sigma >= least), 1)
    if step == 1:
        each = np.arange(height)[:, None]
        return _mixture(each, _kernel(sigma), height), (each, np.ones((height, 1), np.float32))
    kernel = _kernel(sigma / 2**0.5)
    reach = len(kernel) // 2
    few = np.arange(-(reach // step) - 1, (height - 1 + reach) // step + 2) * step
    near = np.arange(len(kernel) // step + 1)
    first = (np.arange(height) - reach - few[0] + step - 1) // step
    places = first[:, None] + near
    away = few[np.minimum(places, len(few) - 1)] - np.arange(height)[:, None]
    weights = np.where(np.abs(away) <= reach, kernel[np.clip(away + reach, 0, 2 * reach)], 0)
    weights = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return _mixture(few[:, None], kernel, height), (np.minimum(places, len(few) - 1), weights)


def _mixture(rows: NDArray[np.int64], kernel: Plane, height: int) -> Mixture:
    reach = len(kernel) // 2
    places = _mirrored(rows + np.arange(-reach, reach + 1), height)
    return places, np.ascontiguousarray(np.broadcast_to(kernel, places.shape))


@lru_cache(maxsize=8)
def _kernel(sigma: float) -> Plane:
    size = round(8 * sigma + 1) | 1  # as OpenCV chooses it for floats
    return np.asarray(cv2.getGaussianKernel(size, sigma, cv2.CV_32F)[:, 0], np.float32)


def _mirrored(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Where in so many values each place is found, the first and the last of them not repeated."""
    period = max(1, 2 * count - 2)
    place = places % period
    return np.minimum(place, period - place) if count > 1 else np.zeros_like(place)


@compiled_for_floats
def _blur(plane: Plane, kernel: Plane, columns: NDArray[np.int64], down: Mixture, up: Mixture, out: Plane) -> None:
    rows, stride = len(down[0]), out.shape[1]
    few, across = np.empty(rows * stride, np.float32), np.empty(rows * stride, np.float32)
    line = np.zeros(stride + len(kernel), np.float32)
    _mix(plane.reshape(-1), stride, down, few)
    for row in range(rows):
        for x in range(len(columns)):
            line[x] = few[row * stride + columns[x]]
        for x in range(0, stride, _STRIP):
            a = b = c = d = fill(np.float32(0))
            for tap in range(len(kernel)):
                a = add_scaled(a, load(line, x + tap), kernel, tap)
                b = add_scaled(b, load(line, x + tap + NARROW), kernel, tap)
                c = add_scaled(c, load(line, x + tap + 2 * NARROW), kernel, tap)
                d = add_scaled(d, load(line, x + tap + 3 * NARROW), kernel, tap)
            _store_four(a, b, c, d, across, row * stride + x)
    _mix(across, stride, up, out.reshape(-1))


@compiled_for_floats
def _mix(plane: Plane, stride: int, mixture: Mixture, out: Plane) -> None:
    places, shares = mixture
    weights = shares.reshape(-1)
    count = places.shape[1]
    for row in range(len(places)):
        for x in range(0, stride, _STRIP):
            a = b = c = d = fill(np.float32(0))
            for n in range(count):
                at = places[row, n] * stride + x
                a = add_scaled(a, load(plane, at), weights, row * count + n)
                b = add_scaled(b, load(plane, at + NARROW), weights, row * count + n)
                c = add_scaled(c, load(plane, at + 2 * NARROW), weights, row * count + n)
                d = add_scaled(d, load(plane, at + 3 * NARROW), weights, row * count + n)
            _store_four(a, b, c, d, out, row * stride + x)


@compiled_for_floats
def _store_four(a: Vector, b: Vector, c: Vector, d: Vector, out: Plane, at: int) -> None:
    store(a, out, at)
    store(b, out, at + NARROW)
    store(c, out, at + 2 * NARROW)
    store(d, out, at + 3 * NARROW)
