"""SFace's layers as compiled code, with matrix products on tiles (handfast.imaging.tiles).

A picture is a row of numbers: row by row, pixel by pixel, channel by channel, with a margin of one pixel of zeros. What
is multiplied across channels is rounded to bfloat16; sums, filters of one channel and what lies between two layers stay
float32. Each layer ends as its weights say: below 0, each channel is multiplied by a slope of its own.
"""

import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.tiles import CONFIGURATION, DEPTH, SIDE, add, begin_empty, configure, end, release, store_halves
from handfast.imaging.vectors import (
    NARROW,
    Eight,
    Vector,
    add_product,
    fill,
    halves_of,
    least,
    load,
    most,
    plus,
    slide_three,
    slide_three_by_two,
    store,
    zeros_of,
)

Single = NDArray[np.float32]
Half = NDArray[np.uint16]
"""bfloat16, by their bits."""
Affine = tuple[Single, Single, Single]
"""Filters or nothing, bias, slopes below 0."""

AT_ONCE = 8  # pixels that a filter slides over
_TOGETHER = 224  # pixels whose values of all channels stay in the cache, a multiple of SIDE


@compiled_for_floats
def first(picture: Half, side: int, weights: Half, bias: Single, slope: Single, out: Single) -> None:
    """A 3x3 convolution of (side + 2, side + 2, 3) to SIDE channels.

    weights   for each row of the filter its 9 values and zeros up to DEPTH, packed
    """
    block = zeros_of(SIDE * SIDE)
    pitch = side + 2
    configure(CONFIGURATION)
    for row in range(side):
        for pixel in range(0, side, SIDE):
            begin_empty()
            for tap in range(3):
                add(picture, 3 * ((row + tap) * pitch + pixel), 3, weights, tap * DEPTH * SIDE)
            end(block, 0, SIDE)
            to = ((row + 1) * pitch + pixel + 1) * SIDE
            for x in range(min(SIDE, side - pixel)):
                for part in range(0, SIDE, NARROW):
                    value = plus(load(block, x * SIDE + part), load(bias, part))
                    store(_bent(value, load(slope, part)), out, to + x * SIDE + part)
    release()


@compiled_for_floats
def separable(
    plane: Single,
    side: int,
    stride: int,
    filters: Affine,
    mix: Half,
    bias: Single,
    slope: Single,
    out: Single,
    margin: int,
) -> None:
    """Each channel by a 3x3 filter of its own, every `stride`-th pixel, then a product over channels.

    filters   with (9, channels), then their bias and slopes
    margin    of what goes out: 0 where the next layer wants none
    """
    channels, columns, pitch, new = len(filters[1]), len(bias), side + 2, side // stride
    line = new + 2 * margin
    rows = max(1, _TOGETHER // new)
    halves, block = halves_of((_TOGETHER + SIDE) * channels), zeros_of(SIDE * SIDE)
    to = np.empty(_TOGETHER, np.int64)
    configure(CONFIGURATION)
    for top in range(0, new, rows):
        count = min(rows, new - top)
        for row in range(count):
            at = (top + row) * stride * pitch * channels
            _filter(plane, at, pitch, stride, channels, filters, new, halves, row * new * channels)
            for x in range(new):
                to[row * new + x] = ((top + row + margin) * line + x + margin) * columns
        for column in range(0, columns, SIDE):
            for pixel in range(0, count * new, SIDE):
                begin_empty()
                for n in range(0, channels, DEPTH):
                    add(halves, pixel * channels + n, channels, mix, column * channels + n * SIDE)
                end(block, 0, SIDE)
                for part in range(0, SIDE, NARROW):
                    offset, bend = load(bias, column + part), load(slope, column + part)
                    for x in range(min(SIDE, count * new - pixel)):
                        value = _bent(plus(load(block, x * SIDE + part), offset), bend)
                        store(value, out, to[pixel + x] + column + part)
    release()


@compiled_for_floats
def last(values: Single, mix: Half, bias: Single, out: Single) -> None:
    """A product over all values."""
    halves, block = halves_of(len(values)), zeros_of(SIDE * SIDE)
    for n in range(0, len(values), 2 * NARROW):
        store_halves(load(values, n), load(values, n + NARROW), halves, n)
    configure(CONFIGURATION)
    for column in range(0, len(bias), SIDE):
        begin_empty()
        for n in range(0, len(values), DEPTH):
            add(halves, n, 0, mix, column * len(values) + n * SIDE)  # every row of the tile is the same
        end(block, 0, SIDE)
        for n in range(SIDE):
            out[column + n] = block[n] + bias[column + n]
    release()


@compiled_within
def _filter(
    plane: Single,
    at: int,
    pitch: int,
    stride: int,
    channels: int,
    weights: Affine,
    pixels: int,
    out: Half,
    to: int,
) -> None:
    """A row of pixels, and up to AT_ONCE - 1 more that mean nothing."""
    filters, bias, slope = weights
    for first in range(0, pixels, AT_ONCE):
        for part in range(0, channels, 2 * NARROW):
            here, there = at + first * stride * channels + part, to + first * channels + part
            low = _slid(plane, here, pitch, stride, channels, filters, bias, part)
            high = _slid(plane, here + NARROW, pitch, stride, channels, filters, bias, part + NARROW)
            left, right = load(slope, part), load(slope, part + NARROW)
            store_halves(_bent(low[0], left), _bent(high[0], right), out, there)
            store_halves(_bent(low[1], left), _bent(high[1], right), out, there + channels)
            store_halves(_bent(low[2], left), _bent(high[2], right), out, there + 2 * channels)
            store_halves(_bent(low[3], left), _bent(high[3], right), out, there + 3 * channels)
            store_halves(_bent(low[4], left), _bent(high[4], right), out, there + 4 * channels)
            store_halves(_bent(low[5], left), _bent(high[5], right), out, there + 5 * channels)
            store_halves(_bent(low[6], left), _bent(high[6], right), out, there + 6 * channels)
            store_halves(_bent(low[7], left), _bent(high[7], right), out, there + 7 * channels)


@compiled_within
def _slid(
    plane: Single, at: int, pitch: int, stride: int, channels: int, filters: Single, bias: Single, part: int
) -> Eight:
    none = load(bias, part)
    sums = (none, none, none, none, none, none, none, none)
    for row in range(3):
        x, w = at + row * pitch * channels, 3 * row * channels + part
        if stride == 1:
            sums = slide_three(sums, plane, x, channels, filters, w, channels)
        else:
            sums = slide_three_by_two(sums, plane, x, channels, filters, w, channels)
    return sums


@compiled_within
def _bent(value: Vector, slope: Vector) -> Vector:
    """Times the slope below 0."""
    none = fill(np.float32(0))
    return add_product(most(value, none), slope, least(value, none))
