"""LEADER's layers as blocks has them, with matrix products on tiles (handfast.imaging.tiles).

Planes and filters of one channel are float16, by their bits as int16, of multiples of DEPTH channels; what matrices
multiply is rounded to bfloat16; their sums and norms are float32. Weights are as
handfast.finger.ridges.leader.tiled_layers packs them: first what is summed over, in parts of DEPTH, for SIDE columns.
"""

import numpy as np

from handfast.finger.ridges.leader.blocks import Place, Shifts, four_last, line_of, pool, put, tanh, whole_of
from handfast.finger.ridges.leader.tiled_rows import (
    Single,
    Stored,
    Weights,
    as_bfloat16,
    filter_each,
    find_moments,
    finish,
    finish_highest,
    gelu,
    moments_of,
    multiply,
    multiply_all,
    multiply_narrow,
    normalise,
    rounded,
    spread,
    stored_of,
    widen,
)
from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.tiles import CONFIGURATION, DEPTH, SIDE, configure, release, store_halves
from handfast.imaging.vectors import (
    NARROW,
    Vector,
    add_product,
    fill,
    halves_of,
    load,
    over,
    store,
    times,
    zeros_of,
)

VIEWS = 3  # of the attention
PAIRS = 5  # of rows that the stems' filters for two rows reach
_ACROSS = 2 * SIDE  # pixels that the stems read from row to row
_TILE = 160  # pixels, about, that go through all layers of a block together


@compiled_for_floats
def stem(
    pairs: Single,
    pitch: int,
    weights: Weights,
    out: Stored,
    place: Place,
    at: int,
) -> None:
    """As blocks.stem, of a picture whose rows lie two by two: in a float32 a pixel of each, both bfloat16.

    The filters lie in PAIRS of rows: those for a pair's first row, then the same for its second; bias likewise. Of
    NARROW channels, as many more become 0.
    """
    filters, bias, scale, offset, highest = weights
    height, width, channels, out_pitch, margin = place
    columns, both, maximum = len(highest), len(bias), highest.min() == 1
    tile, moments, none = zeros_of(SIDE * both), moments_of(2 * SIDE), fill(np.float32(0))
    windows, shifts = zeros_of(PAIRS * _ACROSS * NARROW), np.empty(PAIRS, np.int64)
    halves = windows.view(np.uint16)
    configure(CONFIGURATION)
    for start in range(0, 2 * width, _ACROSS):
        across = min(_ACROSS, 2 * width - start)
        for pair in range(PAIRS - 1):
            spread(pairs, pair * pitch + start, across, windows, pair * _ACROSS * NARROW)
        for row in range(height):
            pair = row + PAIRS - 1
            spread(pairs, pair * pitch + start, across, windows, pair % PAIRS * _ACROSS * NARROW)
            for n in range(PAIRS):
                shifts[n] = (row + n) % PAIRS * _ACROSS * DEPTH
            for first in range(0, across, SIDE):
                for column in range(0, both, SIDE):
                    x, w = first * DEPTH, column * PAIRS * DEPTH
                    multiply(halves, x, DEPTH, shifts, filters, w, bias, column, tile, column, both)
                find_moments(tile, 2 * SIDE, columns, columns, moments)
                left = (start + first) // 2
                to = ((row + margin) * out_pitch + margin + left) * channels + at
                if not maximum:
                    finish(tile, 2 * SIDE, columns, moments, scale, offset)
                for x in range(min(SIDE // 2, width - left)):
                    if maximum:
                        finish_highest(tile, 4 * x, 2 * SIDE, columns, moments, scale, offset, out, to + x * channels)
                    else:
                        pool(tile, 2 * x * both, both, columns, highest, out, to + x * channels)
                    if columns < DEPTH:
                        store(none, out, to + x * channels + columns)
    release()


@compiled_for_floats
def separable(
    plane: Stored,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Stored,
    to: Place,
    at: int,
    size: int,
) -> None:
    """As blocks.separable."""
    filters, mix, bias, real, scale, offset = weights
    height, width, channels, pitch, margin = place
    pixels, columns, count = whole_of(width), len(bias), int(np.sum(real))
    room, steps = rounded(pixels, SIDE), np.arange(0, channels, DEPTH)
    tile, mixed = stored_of(pixels * channels), zeros_of(room * columns)
    halves, moments = halves_of(room * channels), moments_of(pixels)
    configure(CONFIGURATION)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        as_bfloat16(tile, 0, pixels, channels, halves, 0, channels)
        multiply_all(halves, pixels, channels, steps, mix, bias, mixed)
        find_moments(mixed, pixels, columns, count, moments)
        finish(mixed, pixels, columns, moments, scale, offset)
        put(mixed, 0, columns, row, width, out, to, at, size)
    release()


@compiled_for_floats
def bottleneck(
    plane: Stored,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Stored,
    to: Place,
    at: int,
    size: int,
) -> None:
    """As blocks.bottleneck; back is its reduce and, below it, its adjust."""
    filters, real, expand, expand_bias, back, bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide, columns = whole_of(width), len(expand_bias), len(bias)
    together, step, count = max(1, _TILE // pixels), wide + channels, int(np.sum(real))
    room = rounded(together * pixels, SIDE)
    tile, block = stored_of(room * channels), zeros_of(SIDE * SIDE)
    moments, reduced = moments_of(room), zeros_of(room * columns)
    normal, middle = halves_of(room * channels), halves_of(room * step)
    steps = np.arange(0, step, DEPTH)
    configure(CONFIGURATION)
    for first in range(0, height, together):
        rows = min(together, height - first)
        for row in range(rows):
            here = ((first + row + margin) * pitch + margin) * channels
            filter_each(plane, here, pixels, channels, filters, shifts, tile, row * pixels * channels)
            as_bfloat16(plane, here, pixels, channels, middle, row * pixels * step + wide, step)
        find_moments(tile, rows * pixels, channels, count, moments)
        normalise(tile, rows * pixels, channels, moments, normal)
        widen(normal, rows * pixels, channels, expand, expand_bias, block, middle, step)
        multiply_all(middle, rows * pixels, step, steps, back, bias, reduced)
        for row in range(rows):
            put(reduced, row * pixels * columns, columns, first + row, width, out, to, at, size)
    release()


@compiled_for_floats
def attention(
    plane: Stored,
    place: Place,
    reaches: Shifts,
    weights: Weights,
    out: Stored,
    to: Place,
    at: int,
) -> None:
    """As blocks.attention, of a plane of DEPTH channels, with VIEWS of NARROW columns each."""
    views, bias, gate, gate_bias = weights
    height, width, channels, pitch, margin = place
    pixels, columns, seen = whole_of(width), len(gate_bias), VIEWS * NARROW
    room, step = rounded(pixels, SIDE), rounded(seen, DEPTH)
    halves = halves_of(((height + 2 * margin) * pitch + 2 * SIDE) * channels)
    as_bfloat16(plane, 0, (height + 2 * margin) * pitch, channels, halves, 0, channels)
    block, looked = zeros_of(SIDE * seen), halves_of(room * step)
    gated, none = zeros_of(room * columns), fill(np.float32(0))
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
                multiply_narrow(halves, x, channels, taps[view], views, w, bias, column, block, column, seen)
            for x in range(SIDE):
                a, y = x * seen, (pixel + x) * step
                store_halves(gelu(load(block, a)), gelu(load(block, a + NARROW)), looked, y)
                store_halves(gelu(load(block, a + 2 * NARROW)), none, looked, y + DEPTH)
        multiply_all(looked, pixels, step, steps, gate, gate_bias, gated)
        for pixel in range(pixels):
            for part in range(0, columns, NARROW):
                y = pixel * columns + part
                store(times(_sigmoid(load(gated, y)), load(plane, here + pixel * channels + part)), gated, y)
        put(gated, 0, columns, row, width, out, to, at, 1)
    release()


@compiled_for_floats
def position(
    plane: Stored,
    place: Place,
    shifts: Shifts,
    weights: Weights,
    out: Single,
) -> None:
    """As blocks.position; back is its reduce and, below it, its adjust, NARROW columns of which four are real."""
    filters, real, expand, expand_bias, back, bias, second, second_bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide, line = whole_of(width), len(expand_bias), line_of(width)
    room, step, count = rounded(pixels, SIDE), wide + channels, int(np.sum(real))
    tile, block = stored_of(room * channels), zeros_of(SIDE * SIDE)
    normal, middle = halves_of(room * channels), halves_of(room * step)
    moments, steps = moments_of(pixels), np.arange(0, step, DEPTH)
    values, last = zeros_of(4 * line), zeros_of(4 * line)
    configure(CONFIGURATION)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        as_bfloat16(plane, here, pixels, channels, middle, wide, step)
        find_moments(tile, pixels, channels, count, moments)
        normalise(tile, pixels, channels, moments, normal)
        widen(normal, pixels, channels, expand, expand_bias, block, middle, step)
        for pixel in range(0, pixels, SIDE):
            multiply_narrow(middle, pixel * step, step, steps, back, 0, bias, 0, block, 0, NARROW)
            for x in range(min(SIDE, width - pixel)):
                for value in range(4):
                    values[value * line + pixel + x] = block[x * NARROW + value]
        four_last(values, second, second_bias, width, last)
        for x in range(0, 4 * line, NARROW):
            store(gelu(load(last, x)), last, x)
        for value in range(4):
            out[value, row + 1, 1:-1] = last[value * line : value * line + width]
    release()


@compiled_within
def _sigmoid(value: Vector) -> Vector:
    half = fill(np.float32(0.5))
    above, below = tanh(times(half, value))
    return add_product(half, half, over(above, below))
