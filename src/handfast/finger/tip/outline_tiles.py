"""The outline network with matrix products on tiles (handfast.imaging.tiles): bfloat16, summed in float32.

Pixel lies beside pixel and channel beside channel, so the three taps of a filter's row are values that follow each
other. A plane has a margin of one pixel of zeros; its rows are walked through as one, and what falls into the margin is
taken out again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.packing import bfloat16, packed
from handfast.imaging.tiles import (
    CONFIGURATION,
    DEPTH,
    SIDE,
    add,
    add_narrow,
    begin,
    begin_narrow,
    configure,
    end,
    end_narrow,
    release,
    store_halves,
)
from handfast.imaging.vectors import NARROW, fill, halves_of, load, most, zeros_of

Half = NDArray[np.uint16]
"""bfloat16, by their bits."""
Single = NDArray[np.float32]

_LEVELS = 4
_MIDDLE = 127.5  # of the values of a pixel, which the network takes for 0
_SLACK = SIDE + DEPTH  # pixels after a plane that may be read or written with its last
_VALUES = bfloat16(np.arange(256, dtype=np.float32) - np.float32(_MIDDLE))  # exact


@dataclass(frozen=True, slots=True, eq=False)
class _Plane:
    """Values of (height + 2) x (width + 2) pixels, and of some more after them."""

    values: Half
    height: int
    width: int
    channels: int

    @classmethod
    def empty(cls, height: int, width: int, channels: int) -> "_Plane":
        pixels = (height + 2) * (width + 2) + _SLACK
        return cls(halves_of(pixels * channels), height, width, channels)

    @property
    def cells(self) -> Half:
        """(height + 2, width + 2, channels), the same memory."""
        count = (self.height + 2) * (self.width + 2) * self.channels
        return self.values[:count].reshape(self.height + 2, self.width + 2, self.channels)


class _Filters:
    """Filters of 3 x 3 pixels and what follows them: weights (3, 3, channels, count) and bias (count,)."""

    def __init__(self, weights: Single, bias: Single) -> None:
        depth, self.count = 3 * weights.shape[2], len(bias)
        columns = NARROW if self.count <= NARROW else SIDE
        rows = [packed(row.reshape(depth, self.count), columns) for row in weights]
        self._weights = halves_of(3 * len(rows[0]))
        self._weights[:] = np.concatenate(rows)
        self._bias = np.zeros(columns, np.float32)
        self._bias[: self.count] = bias

    def __call__(self, plane: _Plane) -> _Plane:
        """Filtered, and 0 where that is less."""
        out = _Plane.empty(plane.height, plane.width, self.count)
        _filter(plane.values, plane.channels, plane.height, plane.width, self._weights, self._bias, out.values)
        cells = out.cells
        cells[0] = cells[-1] = 0
        cells[:, 0] = cells[:, -1] = 0
        return out


class TiledOutlineNet:
    """May be called from several threads at once. Weights are by name, as bench/outline_net/train.py writes them."""

    def __init__(self, weights: Mapping[str, Single]) -> None:
        w = dict(weights)
        w["down0a_w"] = w["down0a_w"] / np.float32(_MIDDLE)
        names = [f"down{level}{part}" for level in range(_LEVELS) for part in "ab"]
        names += [f"up{level}" for level in range(_LEVELS - 1)]
        self._filters = {name: _Filters(w[f"{name}_w"], w[f"{name}_b"]) for name in names}
        self._last, self._last_bias = w["out_w"][0, 0, :, 0], float(w["out_b"][0])

    def __call__(self, strip: Pixels) -> Single:
        """The logit (H, W) that a pixel of a strip (H, W, 3) uint8 is the finger; sides are multiples of 8."""
        height, width = strip.shape[:2]
        plane = _Plane.empty(height, width, 3)
        plane.cells[1:-1, 1:-1] = _VALUES[strip]
        across = []
        for level in range(_LEVELS):
            plane = _pooled(plane) if level else plane
            plane = self._filters[f"down{level}b"](self._filters[f"down{level}a"](plane))
            across.append(plane)
        for level in reversed(range(_LEVELS - 1)):
            plane = self._filters[f"up{level}"](_beside(plane, across[level]))
        inside = plane.cells[1:-1, 1:-1].astype(np.uint32) << 16
        return np.asarray(inside.view(np.float32) @ self._last + np.float32(self._last_bias), np.float32)


def _pooled(plane: _Plane) -> _Plane:
    """The largest of two by two."""
    out = _Plane.empty(plane.height // 2, plane.width // 2, plane.channels)
    _pool(plane.cells, out.cells)
    return out


def _beside(below: _Plane, across: _Plane) -> _Plane:
    """Each pixel from below four times, then the channels that come across."""
    out = _Plane.empty(across.height, across.width, below.channels + across.channels)
    _join(below.cells, across.cells, out.cells)
    return out


@compiled_for_floats
def _filter(values: Half, channels: int, height: int, width: int, weights: Half, bias: Single, out: Half) -> None:
    """All pixels of a plane but its first and last row, SIDE at a time."""
    columns, row = len(bias), (width + 2) * channels
    parts = (3 * channels + DEPTH - 1) // DEPTH
    count = len(out) // (len(values) // channels)
    sums, nothing = zeros_of(SIDE * columns), fill(np.float32(0))
    configure(CONFIGURATION)
    for first in range(width + 3, (height + 1) * (width + 2) - 1, SIDE):
        start = first * channels - row - channels
        if columns == NARROW:
            begin_narrow(bias, 0)
            for part in range(3 * parts):
                at = start + part // parts * row + part % parts * DEPTH
                add_narrow(values, at, channels, weights, part * DEPTH * NARROW)
            end_narrow(sums, 0, NARROW)
            for pixel in range(SIDE):
                value = most(load(sums, pixel * NARROW), nothing)
                store_halves(value, nothing, out, (first + pixel) * count)
        else:
            begin(bias, 0)
            for part in range(3 * parts):
                at = start + part // parts * row + part % parts * DEPTH
                add(values, at, channels, weights, part * DEPTH * SIDE)
            end(sums, 0, SIDE)
            for pixel in range(SIDE):
                low, high = load(sums, pixel * SIDE), load(sums, pixel * SIDE + NARROW)
                store_halves(most(low, nothing), most(high, nothing), out, (first + pixel) * count)
    release()


@compiled_for_floats
def _pool(cells: Half, out: Half) -> None:
    """Numbers that are not negative are ordered as their bits are."""
    for y in range(out.shape[0] - 2):
        for x in range(out.shape[1] - 2):
            for channel in range(out.shape[2]):
                upper = max(cells[2 * y + 1, 2 * x + 1, channel], cells[2 * y + 1, 2 * x + 2, channel])
                lower = max(cells[2 * y + 2, 2 * x + 1, channel], cells[2 * y + 2, 2 * x + 2, channel])
                out[y + 1, x + 1, channel] = max(upper, lower)


@compiled_for_floats
def _join(below: Half, across: Half, out: Half) -> None:
    first = below.shape[2]
    for y in range(out.shape[0] - 2):
        for x in range(out.shape[1] - 2):
            for channel in range(first):
                out[y + 1, x + 1, channel] = below[y // 2 + 1, x // 2 + 1, channel]
            for channel in range(across.shape[2]):
                out[y + 1, x + 1, first + channel] = across[y + 1, x + 1, channel]
