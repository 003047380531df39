"""What tiled_blocks does with the pixels of a row: filters, rounding, matrix products on tiles, norms, GELU."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader.blocks import AT_ONCE, Shifts
from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.tiles import (
    DEPTH,
    SIDE,
    add,
    add_narrow,
    begin,
    begin_narrow,
    end,
    end_narrow,
    store_halves,
)
from handfast.imaging.vectors import (
    NARROW,
    Floats,
    Vector,
    add_product,
    fill,
    least,
    load,
    minus,
    most,
    no_halves,
    over,
    plus,
    root,
    size_within,
    slide_five,
    slide_seven,
    store,
    store_eight,
    times,
    total_each,
    zeros_of,
)

Half = NDArray[np.uint16]
"""bfloat16, by their bits."""
Single = NDArray[np.float32]
Stored = NDArray[np.int16]
"""float16, by their bits."""
Weights = tuple[NDArray[Any], ...]
"""Filters are float16, matrices bfloat16, biases, scales and flags float32."""

_EPSILON = np.float32(1e-3)
_BOUND = np.float32(3.8)  # beyond which gelu is taken for 0 or the value itself


@compiled_for_floats
def stored_of(count: int) -> Stored:
    """As zeros_of."""
    return zeros_of((count + 1) // 2).view(np.int16)


@compiled_within
def filter_each(
    plane: Stored, at: int, pixels: int, channels: int, filters: Stored, shifts: Shifts, out: Stored, to: int
) -> None:
    """As blocks.filter_each; sums are float16 too."""
    none = no_halves()
    for first in range(0, pixels, AT_ONCE):
        for block in range(0, channels, DEPTH):
            here = at + first * channels + block
            sums = (none, none, none, none, none, none, none, none)
            if len(shifts) == 25:
                for tap in range(0, 25, 5):
                    x = here + shifts[tap]
                    sums = slide_five(sums, plane, x, channels, filters, tap * channels + block, channels)
            else:
                for tap in range(0, 49, 7):
                    x = here + shifts[tap]
                    sums = slide_seven(sums, plane, x, channels, filters, tap * channels + block, channels)
            store_eight(*sums, out, to + first * channels + block, channels)


@compiled_within
def spread(values: Single, at: int, count: int, out: Single, to: int) -> None:
    """For each of so many places NARROW values from there on, so that tiles read whole lines of the cache."""
    for n in range(count):
        store(load(values, at + n), out, to + n * NARROW)


@compiled_within
def rounded(count: int, to: int) -> int:
    """The least multiple that is not less."""
    return -(-count // to) * to


@compiled_within
def multiply(
    rows: Half,
    at: int,
    step: int,
    shifts: Shifts,
    weights: Half,
    first: int,
    bias: Single,
    column: int,
    out: Single,
    to: int,
    out_step: int,
) -> None:
    """SIDE pixels `step` apart times weights plus bias; shifts say where in rows each part of DEPTH values lies."""
    begin(bias, column)
    for n in range(len(shifts)):
        add(rows, at + shifts[n], step, weights, first + n * DEPTH * SIDE)
    end(out, to, out_step)


@compiled_within
def multiply_narrow(
    rows: Half,
    at: int,
    step: int,
    shifts: Shifts,
    weights: Half,
    first: int,
    bias: Single,
    column: int,
    out: Single,
    to: int,
    out_step: int,
) -> None:
    """The same for NARROW columns."""
    begin_narrow(bias, column)
    for n in range(len(shifts)):
        add_narrow(rows, at + shifts[n], step, weights, first + n * DEPTH * NARROW)
    end_narrow(out, to, out_step)


@compiled_within
def multiply_all(rows: Half, pixels: int, step: int, steps: Shifts, weights: Half, bias: Single, out: Single) -> None:
    """All columns of pixels whose values lie together, SIDE pixels at a time."""
    columns = len(bias)
    for column in range(0, columns, SIDE):
        for pixel in range(0, pixels, SIDE):
            y = pixel * columns + column
            multiply(rows, pixel * step, step, steps, weights, column * step, bias, column, out, y, columns)


@compiled_within
def widen(
    normal: Half,
    pixels: int,
    channels: int,
    weights: Half,
    bias: Single,
    block: Single,
    out: Half,
    step: int,
) -> None:
    """gelu(normal times weights plus bias), a block at a time while it is in the cache."""
    for column in range(0, len(bias), SIDE):
        for pixel in range(0, pixels, SIDE):
            begin(bias, column)
            for depth in range(0, channels, DEPTH):
                add(normal, pixel * channels + depth, channels, weights, column * channels + depth * SIDE)
            end(block, 0, SIDE)
            y = pixel * step + column
            for x in range(SIDE):
                low = gelu(load(block, x * SIDE))
                store_halves(low, gelu(load(block, x * SIDE + NARROW)), out, y + x * step)


@compiled_within
def as_bfloat16(values: Stored, at: int, pixels: int, channels: int, out: Half, to: int, step: int) -> None:
    """Pixels as bfloat16, `step` apart."""
    for pixel in range(pixels):
        x, y = at + pixel * channels, to + pixel * step
        for block in range(0, channels, DEPTH):
            store_halves(load(values, x + block), load(values, x + block + NARROW), out, y + block)


@compiled_for_floats
def moments_of(pixels: int) -> Single:
    """Room for what find_moments finds."""
    return zeros_of(2 * (pixels + NARROW + NARROW * NARROW))


@compiled_within
def find_moments(tile: Floats, pixels: int, channels: int, count: int, out: Single) -> None:
    """Of each pixel, whose values beyond the first `count` are 0: 1 / deviation, then -mean / deviation.

    Of NARROW pixels together, so the tile has room for whole ones.
    """
    line = rounded(pixels, NARROW)
    sums, squared = 2 * line, 2 * line + NARROW * NARROW
    none, one, least_of_all = fill(np.float32(0)), fill(np.float32(1)), fill(_EPSILON)
    share = fill(np.float32(1) / np.float32(count))
    for first in range(0, pixels, NARROW):
        for pixel in range(NARROW):
            x = (first + pixel) * channels
            summed = load(tile, x)
            squares = times(summed, summed)
            for block in range(NARROW, channels, NARROW):
                value = load(tile, x + block)
                summed, squares = plus(summed, value), add_product(squares, value, value)
            store(summed, out, sums + pixel * NARROW)
            store(squares, out, squared + pixel * NARROW)
        mean = times(total_each(out, sums), share)
        below = minus(none, mean)
        variance = add_product(times(below, mean), total_each(out, squared), share)
        gain = over(one, root(plus(most(variance, none), least_of_all)))
        store(gain, out, first)
        store(times(below, gain), out, line + first)


@compiled_within
def normalise(tile: Stored, pixels: int, channels: int, moments: Single, out: Half) -> None:
    """Mean 0 and variance 1 over each pixel's channels."""
    line = rounded(pixels, NARROW)
    for pixel in range(pixels):
        gain, offset = fill(moments[pixel]), fill(moments[line + pixel])
        for x in range(pixel * channels, (pixel + 1) * channels, DEPTH):
            low = add_product(offset, load(tile, x), gain)
            store_halves(low, add_product(offset, load(tile, x + NARROW), gain), out, x)


@compiled_within
def finish(tile: Single, pixels: int, channels: int, moments: Single, scale: Single, offset: Single) -> None:
    """gelu(norm scale + offset), in place."""
    line = rounded(pixels, NARROW)
    for pixel in range(pixels):
        gain, bias = fill(moments[pixel]), fill(moments[line + pixel])
        for block in range(0, channels, NARROW):
            y = pixel * channels + block
            normal = add_product(bias, load(tile, y), gain)
            store(gelu(add_product(load(offset, block), normal, load(scale, block))), tile, y)


@compiled_within
def finish_highest(
    tile: Single,
    pixel: int,
    line: int,
    channels: int,
    moments: Single,
    scale: Single,
    offset: Single,
    out: Stored,
    to: int,
) -> None:
    """The highest of four pixels' gelu(norm scale + offset).

    gelu falls and then rises, so it is that of the least or of the most.
    """
    for block in range(0, channels, NARROW):
        a = _normal(tile, pixel, line, channels, block, moments, scale, offset)
        b = _normal(tile, pixel + 1, line, channels, block, moments, scale, offset)
        c = _normal(tile, pixel + 2, line, channels, block, moments, scale, offset)
        d = _normal(tile, pixel + 3, line, channels, block, moments, scale, offset)
        low, high = least(least(a, b), least(c, d)), most(most(a, b), most(c, d))
        store(most(gelu(low), gelu(high)), out, to + block)


@compiled_within
def _normal(
    tile: Single, pixel: int, line: int, channels: int, block: int, moments: Single, scale: Single, offset: Single
) -> Vector:
    gain, bias = fill(moments[pixel]), fill(moments[line + pixel])
    bare = add_product(bias, load(tile, pixel * channels + block), gain)
    return add_product(load(offset, block), bare, load(scale, block))


@compiled_within
def gelu(value: Vector) -> Vector:
    """What is above 0 of a value, less what gelu takes from either side of 0: a polynomial fitted to that.

    Within 1.1e-4, less than bfloat16 rounds a value of 0.05.
    """
    away = size_within(value, fill(_BOUND))
    less = fill(np.float32(0.00070442))
    less = add_product(fill(np.float32(-0.01068698)), less, away)
    less = add_product(fill(np.float32(0.06132646)), less, away)
    less = add_product(fill(np.float32(-0.14932442)), less, away)
    less = add_product(fill(np.float32(0.05525442)), less, away)
    less = add_product(fill(np.float32(0.3826187)), less, away)
    less = add_product(fill(np.float32(-0.49863521)), less, away)
    return add_product(most(value, fill(np.float32(0))), less, away)
