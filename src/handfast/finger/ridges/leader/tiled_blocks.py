"""LEADER's layers as blocks has them, with matrix products on tiles (handfast.imaging.tiles).

What is multiplied is rounded to bfloat16; sums, filters, norms and planes stay float32. Weights are as
handfast.finger.ridges.leader.tiled_layers packs them: first what is summed over, in parts of DEPTH, for SIDE columns.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader.blocks import (
    Place,
    Shifts,
    filter_each,
    four_last,
    line_of,
    pool,
    put,
    tanh,
    whole_of,
)
from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.tiles import (
    CONFIGURATION,
    DEPTH,
    SIDE,
    add,
    add_narrow,
    begin,
    begin_empty,
    begin_narrow,
    configure,
    end,
    end_narrow,
    release,
    store_halves,
)
from handfast.imaging.vectors import (
    NARROW,
    Vector,
    add_product,
    fill,
    least,
    load,
    most,
    over,
    plus,
    store,
    times,
    total,
)

Half = NDArray[np.uint16]
"""bfloat16, by their bits."""
Single = NDArray[np.float32]
Weights = tuple[NDArray[Any], ...]
"""Filters, biases, scales and flags are float32, matrices bfloat16."""

VIEWS = 3  # of the attention
PAIRS = 5  # of rows that the stems' filters for two rows reach
_TILE = 160  # pixels, about, that go through all layers of a block together
_EPSILON = np.float32(1e-3)
_BOUND = np.float32(3.75)  # beyond which gelu is taken for 0 or the value itself


@compiled_for_floats
def stem(
    pairs: Half,
    pitch: int,
    weights: Weights,
    out: Single,
    place: Place,
    at: int,
) -> None:
    """As blocks.stem, of a picture whose rows lie two by two, pixel beside pixel, `pitch` values for a pair.

    The filters lie in PAIRS of rows: those for a pair's first row, then the same for its second; bias likewise.
    """
    filters, bias, scale, offset, highest = weights
    height, width, channels, out_pitch, margin = place
    columns, both = len(highest), len(bias)
    tile, moments = np.empty(SIDE * both, np.float32), np.empty(4 * SIDE, np.float32)
    shifts = np.arange(PAIRS) * pitch
    configure(CONFIGURATION)
    for row in range(height):
        for first in range(0, 2 * width, SIDE):
            for column in range(0, both, SIDE):
                w = column * PAIRS * DEPTH
                _multiply(pairs, row * pitch + 2 * first, 2, shifts, filters, w, bias, column, tile, column, both)
            _find_moments(tile, 2 * SIDE, columns, columns, moments)
            _finish(tile, 2 * SIDE, columns, moments, scale, offset)
            to = ((row + margin) * out_pitch + margin + first // 2) * channels + at
            for x in range(min(SIDE // 2, width - first // 2)):
                pool(tile, 2 * x * both, both, columns, highest, out, to + x * channels)
    release()


@compiled_for_floats
def separable(
    plane: Single,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Single,
    to: Place,
    at: int,
    size: int,
) -> None:
    """As blocks.separable."""
    filters, mix, bias, real, scale, offset = weights
    height, width, channels, pitch, margin = place
    pixels, columns, deep = whole_of(width), len(bias), _rounded(channels, DEPTH)
    room, count = _rounded(pixels, SIDE), int(np.sum(real))
    tile, mixed = np.empty(pixels * channels, np.float32), np.empty(room * columns, np.float32)
    halves, moments = np.zeros(room * deep, np.uint16), np.empty(2 * pixels, np.float32)
    steps = np.arange(0, deep, DEPTH)
    configure(CONFIGURATION)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        _round(tile, 0, pixels, channels, halves, 0, deep)
        _multiply_all(halves, pixels, deep, steps, mix, bias, mixed)
        _find_moments(mixed, pixels, columns, count, moments)
        _finish(mixed, pixels, columns, moments, scale, offset)
        put(mixed, 0, columns, row, width, out, to, at, size)
    release()


@compiled_for_floats
def bottleneck(
    plane: Single,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Single,
    to: Place,
    at: int,
    size: int,
) -> None:
    """As blocks.bottleneck; back is its reduce and, below it, its adjust."""
    filters, real, expand, expand_bias, back, bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide, columns, deep = whole_of(width), len(expand_bias), len(bias), _rounded(channels, DEPTH)
    together, step, count = max(1, _TILE // pixels), wide + deep, int(np.sum(real))
    room = _rounded(together * pixels, SIDE)
    tile, block = np.empty(room * channels, np.float32), np.empty(SIDE * SIDE, np.float32)
    moments, reduced = np.empty(2 * room, np.float32), np.empty(room * columns, np.float32)
    normal, middle = np.zeros(room * deep, np.uint16), np.zeros(room * step, np.uint16)
    deeps, steps = np.arange(0, deep, DEPTH), np.arange(0, step, DEPTH)
    configure(CONFIGURATION)
    for first in range(0, height, together):
        rows = min(together, height - first)
        for row in range(rows):
            here = ((first + row + margin) * pitch + margin) * channels
            filter_each(plane, here, pixels, channels, filters, shifts, tile, row * pixels * channels)
            _round(plane, here, pixels, channels, middle, row * pixels * step + wide, step)
        _find_moments(tile, rows * pixels, channels, count, moments)
        _normalise(tile, rows * pixels, channels, moments, normal, deep)
        _expand(normal, rows * pixels, deep, deeps, expand, expand_bias, block, middle, step)
        _multiply_all(middle, rows * pixels, step, steps, back, bias, reduced)
        for row in range(rows):
            put(reduced, row * pixels * columns, columns, first + row, width, out, to, at, size)
    release()


@compiled_for_floats
def attention(
    plane: Single,
    place: Place,
    reaches: Shifts,
    weights: Weights,
    out: Single,
    to: Place,
    at: int,
) -> None:
    """As blocks.attention, of a plane of DEPTH channels, with VIEWS of NARROW columns each."""
    views, bias, gate, gate_bias = weights
    height, width, channels, pitch, margin = place
    pixels, columns, seen = whole_of(width), len(gate_bias), VIEWS * NARROW
    room, step = _rounded(pixels, SIDE), _rounded(seen, DEPTH)
    halves = np.zeros(((height + 2 * margin) * pitch + 2 * SIDE) * channels, np.uint16)
    _round(plane, 0, (height + 2 * margin) * pitch, channels, halves, 0, channels)
    block, looked = np.empty(SIDE * seen, np.float32), np.zeros(room * step, np.uint16)
    gated, none = np.empty(room * columns, np.float32), fill(np.float32(0))
    taps, steps = np.empty((VIEWS, 9), np.int64), np.arange(0, step, DEPTH)
    for view in range(VIEWS):
        for tap in range(9):
            taps[view, tap] = ((tap // 3 - 1) * pitch + tap % 3 - 1) * reaches[view] * channels
    configure(CONFIGURATION)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        for pixel in range(0, pixels, SIDE):
            for view in range(VIEWS):
                x, w, column = here + pixel * channels, view * 9 * DEPTH * NARROW, view * NARROW
                _multiply_narrow(halves, x, channels, taps[view], views, w, bias, column, block, column, seen)
            for x in range(SIDE):
                a, y = x * seen, (pixel + x) * step
                store_halves(_gelu(load(block, a)), _gelu(load(block, a + NARROW)), looked, y)
                store_halves(_gelu(load(block, a + 2 * NARROW)), none, looked, y + DEPTH)
        _multiply_all(looked, pixels, step, steps, gate, gate_bias, gated)
        for pixel in range(pixels):
            for part in range(0, columns, NARROW):
                y = pixel * columns + part
                store(times(_sigmoid(load(gated, y)), load(plane, here + pixel * channels + part)), gated, y)
        put(gated, 0, columns, row, width, out, to, at, 1)
    release()


@compiled_for_floats
def position(
    plane: Single,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Single,
) -> None:
    """As blocks.position; back is its reduce and, below it, its adjust, NARROW columns of which four are real."""
    filters, real, expand, expand_bias, back, bias, second, second_bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide, deep, line = whole_of(width), len(expand_bias), _rounded(channels, DEPTH), line_of(width)
    room, step, count = _rounded(pixels, SIDE), wide + deep, int(np.sum(real))
    tile, block = np.empty(pixels * channels, np.float32), np.empty(SIDE * SIDE, np.float32)
    normal, middle = np.zeros(room * deep, np.uint16), np.zeros(room * step, np.uint16)
    moments, deeps, steps = np.empty(2 * pixels, np.float32), np.arange(0, deep, DEPTH), np.arange(0, step, DEPTH)
    values, last = np.zeros(4 * line, np.float32), np.zeros(4 * line, np.float32)
    configure(CONFIGURATION)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        _round(plane, here, pixels, channels, middle, wide, step)
        _find_moments(tile, pixels, channels, count, moments)
        _normalise(tile, pixels, channels, moments, normal, deep)
        _expand(normal, pixels, deep, deeps, expand, expand_bias, block, middle, step)
        for pixel in range(0, pixels, SIDE):
            _multiply_narrow(middle, pixel * step, step, steps, back, 0, bias, 0, block, 0, NARROW)
            for x in range(min(SIDE, width - pixel)):
                for value in range(4):
                    values[value * line + pixel + x] = block[x * NARROW + value]
        four_last(values, second, second_bias, width, last)
        for x in range(0, 4 * line, NARROW):
            store(_gelu(load(last, x)), last, x)
        for value in range(4):
            out[value, row + 1, 1:-1] = last[value * line : value * line + width]
    release()


@compiled_within
def _rounded(count: int, to: int) -> int:
    return -(-count // to) * to


@compiled_within
def _multiply(
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
def _multiply_narrow(
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
def _multiply_all(rows: Half, pixels: int, step: int, steps: Shifts, weights: Half, bias: Single, out: Single) -> None:
    """All columns of pixels whose values lie together, SIDE pixels at a time."""
    columns = len(bias)
    for column in range(0, columns, SIDE):
        for pixel in range(0, pixels, SIDE):
            y = pixel * columns + column
            _multiply(rows, pixel * step, step, steps, weights, column * step, bias, column, out, y, columns)


@compiled_within
def _expand(
    normal: Half,
    pixels: int,
    deep: int,
    deeps: Shifts,
    weights: Half,
    bias: Single,
    block: Single,
    out: Half,
    step: int,
) -> None:
    """gelu(normal times weights plus bias), a block at a time while it is in the cache."""
    for column in range(0, len(bias), SIDE):
        left, right = load(bias, column), load(bias, column + NARROW)
        for pixel in range(0, pixels, SIDE):
            begin_empty()
            for n in range(len(deeps)):
                add(normal, pixel * deep + deeps[n], deep, weights, column * deep + n * DEPTH * SIDE)
            end(block, 0, SIDE)
            y = pixel * step + column
            for x in range(SIDE):
                low = _gelu(plus(left, load(block, x * SIDE)))
                store_halves(low, _gelu(plus(right, load(block, x * SIDE + NARROW))), out, y + x * step)


@compiled_within
def _round(values: Single, at: int, pixels: int, channels: int, out: Half, to: int, step: int) -> None:
    """Pixels as bfloat16, `step` apart, with zeros up to a multiple of DEPTH channels."""
    paired = channels // DEPTH * DEPTH
    for pixel in range(pixels):
        x, y = at + pixel * channels, to + pixel * step
        for block in range(0, paired, DEPTH):
            store_halves(load(values, x + block), load(values, x + block + NARROW), out, y + block)
        if paired < channels:
            store_halves(load(values, x + paired), fill(np.float32(0)), out, y + paired)


@compiled_within
def _find_moments(tile: Single, pixels: int, channels: int, count: int, out: Single) -> None:
    """Of each pixel, whose values beyond the first `count` are 0: 1 / deviation, then -mean / deviation."""
    for pixel in range(pixels):
        x = pixel * channels
        summed = load(tile, x)
        squares = times(summed, summed)
        for block in range(NARROW, channels, NARROW):
            value = load(tile, x + block)
            summed, squares = plus(summed, value), add_product(squares, value, value)
        out[pixel], out[pixels + pixel] = total(squares), total(summed)
    share = np.float32(1) / np.float32(count)
    for pixel in range(pixels):
        mean = out[pixels + pixel] * share
        gain = np.float32(1) / np.sqrt(max(out[pixel] * share - mean * mean, np.float32(0)) + _EPSILON)
        out[pixel], out[pixels + pixel] = gain, -mean * gain


@compiled_within
def _normalise(tile: Single, pixels: int, channels: int, moments: Single, out: Half, step: int) -> None:
    """Mean 0 and variance 1 over each pixel's channels, as `_round` stores them."""
    paired = channels // DEPTH * DEPTH
    for pixel in range(pixels):
        x, y = pixel * channels, pixel * step
        gain, offset = fill(moments[pixel]), fill(moments[pixels + pixel])
        for block in range(0, paired, DEPTH):
            low = add_product(offset, load(tile, x + block), gain)
            store_halves(low, add_product(offset, load(tile, x + block + NARROW), gain), out, y + block)
        if paired < channels:
            store_halves(add_product(offset, load(tile, x + paired), gain), fill(np.float32(0)), out, y + paired)


@compiled_within
def _finish(tile: Single, pixels: int, channels: int, moments: Single, scale: Single, offset: Single) -> None:
    """gelu(norm scale + offset), in place."""
    for pixel in range(pixels):
        gain, bias = fill(moments[pixel]), fill(moments[pixels + pixel])
        for block in range(0, channels, NARROW):
            y = pixel * channels + block
            normal = add_product(bias, load(tile, y), gain)
            store(_gelu(add_product(load(offset, block), normal, load(scale, block))), tile, y)


@compiled_within
def _gelu(value: Vector) -> Vector:
    """x (1/2 + tanh(..)/2) by a polynomial fitted to it, within 2.2e-4, less than bfloat16 rounds a value of 0.1."""
    bounded = most(least(value, fill(_BOUND)), fill(-_BOUND))
    square = times(bounded, bounded)
    share = fill(np.float32(2.85671966e-08))
    share = add_product(fill(np.float32(-1.86463595e-06)), share, square)
    share = add_product(fill(np.float32(5.25970255e-05)), share, square)
    share = add_product(fill(np.float32(-8.51680362e-04)), share, square)
    share = add_product(fill(np.float32(8.90758964e-03)), share, square)
    share = add_product(fill(np.float32(-6.46998774e-02)), share, square)
    share = add_product(fill(np.float32(3.97731299e-01)), share, square)
    return times(value, add_product(fill(np.float32(0.5)), bounded, share))


@compiled_within
def _sigmoid(value: Vector) -> Vector:
    half = fill(np.float32(0.5))
    above, below = tanh(times(half, value))
    return add_product(half, half, over(above, below))
