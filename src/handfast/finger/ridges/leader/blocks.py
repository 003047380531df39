"""LEADER's layers (Cappelli 2024) in compiled code, a few rows of a picture at a time, while they are in the cache.

A plane is flat: pixels one after another, each with its channels side by side (a multiple of CHANNELS), and a margin of
zeros round the picture. A `place` says how a plane lies: height, width, channels, pitch (px from row to row), margin.
Where a part of a plane begins is counted in floats. Weights are as handfast.finger.ridges.leader.layers packs them.
"""

import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.vectors import (
    NARROW,
    WIDE,
    Floats,
    Vector,
    add_product,
    add_scaled,
    fill,
    least,
    load,
    load_wide,
    minus,
    most,
    over,
    plus,
    slide_five,
    slide_seven,
    store,
    store_eight,
    times,
    total,
    zeros_of,
)

Single = NDArray[np.float32]
Shifts = NDArray[np.int64]
Place = tuple[int, int, int, int, int]

CHANNELS = 16  # what counts of channels are rounded up to
COLUMNS = 32  # what columns of a product are rounded up to
AT_ONCE = 8  # pixels that a kernel works on; what reads a row may read as many less one beyond it
_TILE = 160  # pixels, about, that go through all layers of a block together
_STEM_TILE = 16  # pixels of each of two rows
_EPSILON = np.float32(1e-3)


@compiled_for_floats
def stem(
    padded: Single,
    pitch: int,
    taps: Shifts,
    shifts: Shifts,
    weights: tuple[Single, ...],
    out: Single,
    place: Place,
    at: int,
) -> None:
    """Filters of a grey picture, norm, gelu, then of each 2x2 pixels the highest value or their mean.

    Of each NARROW channels, taps says where their filters' taps begin in shifts.
    """
    filters, bias, real, scale, offset, highest = weights
    height, width, channels, out_pitch, margin = place
    columns, pixels = len(bias), 2 * _STEM_TILE
    tile = zeros_of(pixels * columns)
    for row in range(height):
        for first in range(0, width, _STEM_TILE // 2):
            for group in range(columns // NARROW):
                for half in range(2):
                    for x in range(0, _STEM_TILE, AT_ONCE):
                        here = (2 * row + half) * pitch + 2 * first + x
                        a = b = c = d = e = f = g = h = load(bias, group * NARROW)
                        for tap in range(taps[group], taps[group + 1]):
                            weight, y = load(filters, tap * NARROW), here + shifts[tap]
                            a = add_scaled(a, weight, padded, y)
                            b = add_scaled(b, weight, padded, y + 1)
                            c = add_scaled(c, weight, padded, y + 2)
                            d = add_scaled(d, weight, padded, y + 3)
                            e = add_scaled(e, weight, padded, y + 4)
                            f = add_scaled(f, weight, padded, y + 5)
                            g = add_scaled(g, weight, padded, y + 6)
                            h = add_scaled(h, weight, padded, y + 7)
                        store_eight(
                            a, b, c, d, e, f, g, h, tile, (half * _STEM_TILE + x) * columns + group * NARROW, columns
                        )
            _normalise(tile, 0, pixels, columns, real, scale, offset)
            _gelu(tile, 0, pixels * columns)
            to = ((row + margin) * out_pitch + margin + first) * channels + at
            for x in range(min(_STEM_TILE // 2, width - first)):
                y = 2 * x * columns
                pool(tile, y, columns, _STEM_TILE * columns, highest, out, to + x * channels)


@compiled_for_floats
def separable(
    plane: Single, place: Place, shifts: Shifts, weights: tuple[Single, ...], out: Single, to: Place, at: int, size: int
) -> None:
    """gelu(norm(mixed(filtered(x)))) into channels of `out` from `at` on, size x size pixels for each."""
    filters, mix, bias, real, scale, offset = weights
    height, width, channels, pitch, margin = place
    pixels, columns = whole_of(width), len(bias)
    tile, mixed = zeros_of(pixels * channels), zeros_of(pixels * columns)
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        _multiply(tile, 0, channels, pixels, bias, mix, mixed, 0, columns)
        _normalise(mixed, 0, pixels, columns, real, scale, offset)
        _gelu(mixed, 0, pixels * columns)
        put(mixed, 0, columns, row, width, out, to, at, size)


@compiled_for_floats
def bottleneck(
    plane: Single, place: Place, shifts: Shifts, weights: tuple[Single, ...], out: Single, to: Place, at: int, size: int
) -> None:
    """adjust(x) + reduce(gelu(expand(norm(filtered(x))))) into channels of `out`, as `separable` does."""
    filters, real, none, expand, expand_bias, reduce, adjust, bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide, columns = whole_of(width), len(expand_bias), len(bias)
    together = max(1, _TILE // pixels)
    tile, middle = zeros_of(together * pixels * channels), zeros_of(together * pixels * wide)
    reduced = zeros_of(pixels * columns)
    for first in range(0, height, together):
        rows = min(together, height - first)
        for row in range(rows):
            here = ((first + row + margin) * pitch + margin) * channels
            filter_each(plane, here, pixels, channels, filters, shifts, tile, row * pixels * channels)
        _normalise(tile, 0, rows * pixels, channels, real, real, none)
        _multiply(tile, 0, channels, rows * pixels, expand_bias, expand, middle, 0, wide)
        _gelu(middle, 0, rows * pixels * wide)
        for row in range(rows):
            here = ((first + row + margin) * pitch + margin) * channels
            _multiply(plane, here, channels, pixels, bias, adjust, reduced, 0, columns)
            _multiply(middle, row * pixels * wide, wide, pixels, bias[:0], reduce, reduced, 0, columns)
            put(reduced, 0, columns, first + row, width, out, to, at, size)


@compiled_for_floats
def attention(
    plane: Single, place: Place, reaches: Shifts, weights: tuple[Single, ...], out: Single, to: Place, at: int
) -> None:
    """x sigmoid(gate(views of x)); a view is gelu of a 3x3 convolution whose taps lie `reach` apart."""
    views, bias, gate, gate_bias = weights
    height, width, channels, pitch, margin = place
    pixels, seen, columns = whole_of(width), len(bias), len(gate_bias)
    tile, gated = zeros_of(pixels * seen), zeros_of(pixels * columns)
    half = fill(np.float32(0.5))
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        for block in range(0, seen, NARROW):
            _look(plane, here, pixels, channels, pitch, reaches[block * len(reaches) // seen], views, block, bias, tile)
        _gelu(tile, 0, pixels * seen)
        _multiply(tile, 0, seen, pixels, gate_bias, gate, gated, 0, columns)
        for pixel in range(pixels):
            for block in range(0, columns, NARROW):
                y = pixel * columns + block
                above, below = tanh(times(half, load(gated, y)))
                share = add_product(half, half, over(above, below))
                store(times(share, load(plane, here + pixel * channels + block)), gated, y)
        put(gated, 0, columns, row, width, out, to, at, 1)


@compiled_for_floats
def position(plane: Single, place: Place, shifts: Shifts, weights: tuple[Single, ...], out: Single) -> None:
    """A bottleneck that leaves four values with mean 0, their norm, a last layer of four, gelu.

    reduce and adjust have a row for each value, second (4, 4) and its bias are flat; out (4, height + 2, width + 2)
    has a margin of its own.
    """
    filters, real, none, expand, expand_bias, reduce, adjust, bias, second, second_bias = weights
    height, width, channels, pitch, margin = place
    pixels, wide = whole_of(width), len(expand_bias)
    tile, middle = zeros_of(pixels * channels), zeros_of(pixels * wide)
    values, last = zeros_of(4 * line_of(width)), zeros_of(4 * line_of(width))
    for row in range(height):
        here = ((row + margin) * pitch + margin) * channels
        filter_each(plane, here, pixels, channels, filters, shifts, tile, 0)
        _normalise(tile, 0, pixels, channels, real, real, none)
        _multiply(tile, 0, channels, pixels, expand_bias, expand, middle, 0, wide)
        _gelu(middle, 0, pixels * wide)
        _four_sums(middle, wide, reduce, plane, here, channels, adjust, bias, width, values)
        four_last(values, second, second_bias, width, last)
        _gelu(last, 0, len(last))
        for value in range(4):
            out[value, row + 1, 1:-1] = last[value * line_of(width) : value * line_of(width) + width]


@compiled_for_floats
def four_phases(values: Single, filters: Single, bias: Single, out: Single) -> None:
    """A 3x3 convolution (4, values, 3, 3) of (values, H + 2, W + 2), each of whose outcomes is one of 2x2 pixels."""
    line = np.empty(values.shape[2] - 2, np.float32)
    for row in range(values.shape[1] - 2):
        for phase in range(4):
            line[:] = bias[phase]
            for value in range(len(values)):
                for i in range(3):
                    above = values[value, row + i]
                    a, b, c = filters[phase, value, i, 0], filters[phase, value, i, 1], filters[phase, value, i, 2]
                    for x in range(len(line)):
                        line[x] += a * above[x] + b * above[x + 1] + c * above[x + 2]
            out[2 * row + phase // 2, phase % 2 :: 2] = line


@compiled_within
def halve(plane: Floats, place: Place, highest: Single, out: Floats, to: Place) -> None:
    """The first channels of a plane at half its size: where `highest` is 1 the maximum, else the mean."""
    _, _, channels, pitch, margin = place
    height, width, out_channels, out_pitch, out_margin = to
    for row in range(height):
        for x in range(width):
            here = ((2 * row + margin) * pitch + margin + 2 * x) * channels
            there = ((row + out_margin) * out_pitch + out_margin + x) * out_channels
            pool(plane, here, channels, pitch * channels, highest, out, there)


@compiled_within
def whole_of(width: int) -> int:
    """Pixels of a row in whole parts of AT_ONCE."""
    return -(-width // AT_ONCE) * AT_ONCE


@compiled_within
def line_of(width: int) -> int:
    """Pixels of a row in whole vectors."""
    return -(-width // NARROW) * NARROW


@compiled_within
def put(
    tile: Single, first: int, columns: int, row: int, width: int, out: Floats, to: Place, at: int, size: int
) -> None:
    """A row of pixels into channels of a plane from `at` on, size x size pixels for each."""
    _, _, channels, pitch, margin = to
    count = min(columns, channels - at)
    for again in range(size):
        for x in range(width * size):
            there = ((row * size + again + margin) * pitch + margin + x) * channels + at
            here = first + x // size * columns
            for block in range(0, count, NARROW):
                store(load(tile, here + block), out, there + block)


@compiled_within
def pool(plane: Floats, at: int, right: int, down: int, highest: Single, out: Floats, to: int) -> None:
    """2x2 pixels as one: the maximum of channels where `highest` is 1, the mean of the others."""
    quarter = fill(np.float32(0.25))
    for block in range(0, len(highest), NARROW):
        x = at + block
        a, b, c, d = load(plane, x), load(plane, x + right), load(plane, x + down), load(plane, x + down + right)
        mean = times(quarter, plus(plus(a, b), plus(c, d)))
        store(add_product(mean, load(highest, block), minus(most(most(a, b), most(c, d)), mean)), out, to + block)


@compiled_within
def filter_each(
    plane: Single, at: int, pixels: int, channels: int, filters: Single, shifts: Shifts, out: Single, to: int
) -> None:
    """Each channel by a filter of its own, for pixels in a row; shifts say where its taps lie."""
    none = fill(np.float32(0))
    for first in range(0, pixels, AT_ONCE):
        for block in range(0, channels, NARROW):  # a pixel's channels are next to each other in the cache
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
def _look(
    plane: Single,
    at: int,
    pixels: int,
    channels: int,
    pitch: int,
    reach: int,
    views: Single,
    block: int,
    bias: Single,
    out: Single,
) -> None:
    """NARROW columns of (pixels, all views' channels): a 3x3 convolution whose taps lie `reach` apart."""
    for first in range(0, pixels, AT_ONCE):
        a = b = c = d = e = f = g = h = load(bias, block)
        w = block * 9 * channels
        for tap in range(9):
            x = at + (((tap // 3 - 1) * pitch + tap % 3 - 1) * reach + first) * channels
            for _ in range(channels):
                weight = load(views, w)
                a = add_scaled(a, weight, plane, x)
                b = add_scaled(b, weight, plane, x + channels)
                c = add_scaled(c, weight, plane, x + 2 * channels)
                d = add_scaled(d, weight, plane, x + 3 * channels)
                e = add_scaled(e, weight, plane, x + 4 * channels)
                f = add_scaled(f, weight, plane, x + 5 * channels)
                g = add_scaled(g, weight, plane, x + 6 * channels)
                h = add_scaled(h, weight, plane, x + 7 * channels)
                x, w = x + 1, w + NARROW
        store_eight(a, b, c, d, e, f, g, h, out, first * len(bias) + block, len(bias))


@compiled_within
def _multiply(
    rows: Single, at: int, step: int, pixels: int, bias: Single, weights: Single, out: Single, to: int, columns: int
) -> None:
    """Pixels `step` apart, each of as many channels, times weights plus bias; added to `out` where there is no bias."""
    for block in range(0, columns, WIDE):
        for first in range(0, pixels, AT_ONCE):
            y = to + first * columns + block
            if len(bias) > 0:
                a = b = c = d = e = f = g = h = load_wide(bias, block)
            else:
                a, b = load_wide(out, y), load_wide(out, y + columns)
                c, d = load_wide(out, y + 2 * columns), load_wide(out, y + 3 * columns)
                e, f = load_wide(out, y + 4 * columns), load_wide(out, y + 5 * columns)
                g, h = load_wide(out, y + 6 * columns), load_wide(out, y + 7 * columns)
            x = at + first * step
            for k in range(step):
                weight = load_wide(weights, block * step + k * WIDE)
                a = add_scaled(a, weight, rows, x + k)
                b = add_scaled(b, weight, rows, x + k + step)
                c = add_scaled(c, weight, rows, x + k + 2 * step)
                d = add_scaled(d, weight, rows, x + k + 3 * step)
                e = add_scaled(e, weight, rows, x + k + 4 * step)
                f = add_scaled(f, weight, rows, x + k + 5 * step)
                g = add_scaled(g, weight, rows, x + k + 6 * step)
                h = add_scaled(h, weight, rows, x + k + 7 * step)
            store_eight(a, b, c, d, e, f, g, h, out, y, columns)


@compiled_within
def _normalise(tile: Single, at: int, pixels: int, channels: int, real: Single, scale: Single, offset: Single) -> None:
    """Mean 0 and variance 1 over each pixel's real channels (those where `real` is 1), scale, offset, in place."""
    share = np.float32(1) / np.sum(real)
    for pixel in range(at, at + pixels * channels, channels):
        summed, squares = load(tile, pixel), fill(np.float32(0))
        for block in range(NARROW, channels, NARROW):
            summed = plus(summed, load(tile, pixel + block))
        mean = fill(total(summed) * share)
        for block in range(0, channels, NARROW):
            centred = times(minus(load(tile, pixel + block), mean), load(real, block))
            squares = add_product(squares, centred, centred)
        gain = fill(np.float32(1) / np.sqrt(total(squares) * share + _EPSILON))
        for block in range(0, channels, NARROW):
            bare = times(minus(load(tile, pixel + block), mean), gain)
            store(add_product(load(offset, block), bare, load(scale, block)), tile, pixel + block)


@compiled_within
def _gelu(values: Single, at: int, count: int) -> None:
    """x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) in place, of a multiple of four vectors, which share a division."""
    for x in range(at, at + count, 4 * NARROW):
        half_a, above_a, below_a = _halves(load(values, x))
        half_b, above_b, below_b = _halves(load(values, x + NARROW))
        half_c, above_c, below_c = _halves(load(values, x + 2 * NARROW))
        half_d, above_d, below_d = _halves(load(values, x + 3 * NARROW))
        first, second = times(below_a, below_b), times(below_c, below_d)
        both = over(fill(np.float32(1)), times(first, second))
        first, second = times(second, both), times(first, both)
        store(add_product(half_a, times(above_a, below_b), first), values, x)
        store(add_product(half_b, times(above_b, below_a), first), values, x + NARROW)
        store(add_product(half_c, times(above_c, below_d), second), values, x + 2 * NARROW)
        store(add_product(half_d, times(above_d, below_c), second), values, x + 3 * NARROW)


@compiled_within
def _halves(value: Vector) -> tuple[Vector, Vector, Vector]:
    """x/2; and x/2 tanh(...) as a quotient."""
    inner = add_product(fill(np.float32(0.7978845608)), times(value, value), fill(np.float32(0.0356774081)))
    above, below = tanh(times(value, inner))
    half = times(value, fill(np.float32(0.5)))
    return half, times(half, above), below


@compiled_within
def tanh(value: Vector) -> tuple[Vector, Vector]:
    """tanh as a quotient of polynomials (as Eigen has it), to 1e-6; the lower one lies between 0.004 and 1."""
    bound = np.float32(7.90531110763549805)  # beyond which tanh is 1
    value = most(least(value, fill(bound)), fill(-bound))
    square = times(value, value)
    above = fill(np.float32(-2.76076847742355e-16))
    above = add_product(fill(np.float32(2.00018790482477e-13)), above, square)
    above = add_product(fill(np.float32(-8.60467152213735e-11)), above, square)
    above = add_product(fill(np.float32(5.12229709037114e-08)), above, square)
    above = add_product(fill(np.float32(1.48572235717979e-05)), above, square)
    above = add_product(fill(np.float32(6.37261928875436e-04)), above, square)
    above = add_product(fill(np.float32(4.89352455891786e-03)), above, square)
    below = fill(np.float32(1.19825839466702e-06))
    below = add_product(fill(np.float32(1.18534705686654e-04)), below, square)
    below = add_product(fill(np.float32(2.26843463243900e-03)), below, square)
    below = add_product(fill(np.float32(4.89352518554385e-03)), below, square)
    return times(value, above), below


@compiled_within
def _four_sums(
    middle: Single,
    wide: int,
    reduce: Single,
    plane: Single,
    at: int,
    channels: int,
    adjust: Single,
    bias: Single,
    width: int,
    out: Single,
) -> None:
    """Four weighted sums for each pixel, of its wide values and of its channels; out is a line for each."""
    line = line_of(width)
    for x in range(width):
        a = b = c = d = fill(np.float32(0))
        for block in range(0, wide, NARROW):
            value = load(middle, x * wide + block)
            a = add_product(a, value, load(reduce, block))
            b = add_product(b, value, load(reduce, wide + block))
            c = add_product(c, value, load(reduce, 2 * wide + block))
            d = add_product(d, value, load(reduce, 3 * wide + block))
        for block in range(0, channels, NARROW):
            value = load(plane, at + x * channels + block)
            a = add_product(a, value, load(adjust, block))
            b = add_product(b, value, load(adjust, channels + block))
            c = add_product(c, value, load(adjust, 2 * channels + block))
            d = add_product(d, value, load(adjust, 3 * channels + block))
        out[x], out[line + x] = total(a) + bias[0], total(b) + bias[1]
        out[2 * line + x], out[3 * line + x] = total(c) + bias[2], total(d) + bias[3]


@compiled_within
def four_last(values: Single, second: Single, bias: Single, width: int, out: Single) -> None:
    """Lines of four values over their root mean square, times second, plus bias."""
    line = line_of(width)
    for x in range(width):
        a, b, c, d = values[x], values[line + x], values[2 * line + x], values[3 * line + x]
        gain = np.float32(1) / np.sqrt((a * a + b * b + c * c + d * d) * np.float32(0.25) + _EPSILON)
        for to in range(4):
            summed = second[4 * to] * a + second[4 * to + 1] * b + second[4 * to + 2] * c + second[4 * to + 3] * d
            out[to * line + x] = summed * gain + bias[to]
