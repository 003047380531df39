"""Windows of a plane times a power of their own spectra, in compiled code, one window at a time in the cache.

Only some frequencies are let through, a small corner of the spectrum. To have those alone, products with tables of
sines and cosines take less time than fast transforms, which give all of them. Waves are counted from a window's middle,
which changes no spectrum's size: there a cosine is the same to both sides and a sine its negative, so a window is
folded, down and across, and every table is half as large.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.powers import raise_each
from handfast.imaging.compiled import compiled_for_floats, compiled_within
from handfast.imaging.vectors import (
    NARROW,
    add_product,
    add_scaled,
    fill,
    load,
    minus,
    mirror,
    plus,
    store,
    store_eight,
    times,
    zeros_of,
)

Plane = NDArray[np.float32]
Places = NDArray[np.int64]
_LANES = 16  # what counts of frequencies across are rounded up to; a window's side is a multiple of it, and 32 or more
_ROWS = 8  # rows of a window at once; half its side is a multiple of this
_AT_ONCE = 4  # what counts of frequencies down are rounded up to
_NOTHING = np.float32(1e-30)  # beside a frequency's magnitude squared, so that it has a logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """For windows of one size n, h half of it, flat; k frequencies across and l down, without a sign. Cosines, sines.

    taper      (n, n)
    across     (h, k) each, from a folded row
    back       (k, h) each, to it, with zeros up to a multiple of 2 _LANES
    down       (l, h) each, from a folded column
    up         (h, l) each, to it
    band       (2, l, k): how much is let through of each frequency, of those downwards and of those upwards
    """

    size: int
    taper: Plane
    across: tuple[Plane, Plane]
    back: tuple[Plane, Plane]
    down: tuple[Plane, Plane]
    up: tuple[Plane, Plane]
    band: Plane

    @classmethod
    def of(cls, taper: Plane, band: Plane) -> "Tables":
        """band (n, n // 2 + 1): by frequency down, as numpy.fft.fftfreq has them, and across, as rfftfreq has them."""
        size, half = len(taper), len(taper) // 2
        high, low = (int(np.flatnonzero(each)[-1]) + 1 for each in (band.any(0), _folded(band).any(1)))
        count, rows = (-(-many // to) * to for many, to in ((high, _LANES), (low, _AT_ONCE)))
        across, down = (_waves(size, many) for many in (count, rows))
        twice = np.where(np.arange(count) % half == 0, 1, 2)[:, None] / size**2
        columns = -(-half // (2 * _LANES)) * 2 * _LANES - half
        back = [np.pad(twice * wave.T, ((0, 0), (0, columns))) for wave in across]
        let_through = np.zeros((2, rows, count))
        let_through[0, :low, :high] = band[:low, :high]
        upwards = np.arange(1, min(low, half))
        let_through[1, upwards, :high] = band[-upwards, :high]
        return cls(
            size,
            _flat(taper),
            (_flat(across[0]), _flat(across[1])),
            (_flat(back[0]), _flat(back[1])),
            (_flat(down[0].T), _flat(down[1].T)),
            (_flat(down[0]), _flat(down[1])),
            _flat(let_through),
        )


def sharpened(plane: Plane, tops: Places, lefts: Places, tables: Tables, power: float) -> Plane:
    """(H, W) sum of the plane's windows at these corners, each F |F|^power and tapered before and after."""
    out = np.zeros_like(plane)
    parts = tables.taper, *tables.across, *tables.back, *tables.down, *tables.up, tables.band
    _sharpen(
        np.ascontiguousarray(plane).reshape(-1),
        plane.shape[1],
        tops,
        lefts,
        parts,
        np.float32(power / 2),
        out.reshape(-1),
    )
    return out


def _folded(band: Plane) -> Plane:
    """By frequency down without its sign: what is let through of either."""
    half = len(band) // 2
    both = band[: half + 1].copy()
    both[1:half] += band[:half:-1]
    return both


def _waves(size: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosines and sines (size / 2, count) of so many frequencies, over the first half of a window, from its middle."""
    turns = np.outer(np.arange(size // 2) - (size - 1) / 2, np.arange(count)) * (2 * np.pi / size)
    return np.cos(turns), np.sin(turns)


def _flat(values: NDArray[np.floating]) -> Plane:
    return np.ascontiguousarray(values, np.float32).reshape(-1)


@compiled_for_floats
def _sharpen(
    plane: Plane, stride: int, tops: Places, lefts: Places, tables: tuple[Plane, ...], power: np.float32, out: Plane
) -> None:
    """Of folded windows: what is alike in both halves of a row, then what is not; in each the same of columns."""
    taper, across, across_odd, back, back_odd, down, down_odd, up, up_odd, band = tables
    size = int(np.sqrt(len(taper)))
    half = size // 2
    rows, count, wide = len(down) // half, len(across) // half, len(back) * half // len(across)
    both = 2 * count
    tile, even, odd = zeros_of(size * size), zeros_of(size * half), zeros_of(size * half)
    lines, spectrum = zeros_of(size * both), zeros_of(2 * rows * both)
    alike, unlike = zeros_of(size * wide), zeros_of(size * wide)
    gains, room = np.empty(len(band), np.float32), np.empty(len(band), np.float32)
    for window in range(len(tops)):
        corner = tops[window] * stride + lefts[window]
        _fold(plane, corner, stride, size, taper, even, odd)
        _multiply(even, half, across, count, lines, 0, both)
        _multiply(odd, half, across_odd, count, lines, count, both)
        _combine(down, 0, half, half, lines, 0, both, spectrum, 0, rows)
        _combine(down_odd, 0, half, half, lines, half * both, both, spectrum, rows * both, rows)
        _gain(spectrum, band, count, power, gains, room)
        _combine(up, 0, rows, rows, spectrum, 0, both, lines, 0, half)
        _combine(up_odd, 0, rows, rows, spectrum, rows * both, both, lines, half * both, half)
        _unfold_columns(lines, half * both)
        _combine(lines, 0, both, count, back, 0, wide, alike, 0, size)
        _combine(lines, count, both, count, back_odd, 0, wide, unlike, 0, size)
        _unfold_rows(alike, unlike, size, wide, tile)
        for y in range(size):
            for x in range(0, size, NARROW):
                at, to = y * size + x, corner + y * stride + x
                store(add_product(load(out, to), load(tile, at), load(taper, at)), out, to)


@compiled_within
def _fold(plane: Plane, corner: int, stride: int, size: int, taper: Plane, even: Plane, odd: Plane) -> None:
    """Sums (even) and differences (odd) of a tapered window's left and right half, and of what is above and below."""
    half = size // 2
    for y in range(half):
        above, below = y * size, (size - 1 - y) * size
        upper, lower = corner + y * stride, corner + (size - 1 - y) * stride
        for block in range(0, half, NARROW):
            x = min(block, half - NARROW)
            end = size - NARROW - x
            a = times(load(plane, upper + x), load(taper, above + x))
            b = mirror(times(load(plane, upper + end), load(taper, above + end)))
            c = times(load(plane, lower + x), load(taper, below + x))
            d = mirror(times(load(plane, lower + end), load(taper, below + end)))
            to, more = y * half + x, (half + y) * half + x
            store(plus(plus(a, b), plus(c, d)), even, to)
            store(minus(plus(a, b), plus(c, d)), even, more)
            store(plus(minus(a, b), minus(c, d)), odd, to)
            store(minus(minus(a, b), minus(c, d)), odd, more)


@compiled_within
def _unfold_columns(lines: Plane, count: int) -> None:
    """Of what is alike above and below and what is not: rows from above on, then rows from below on, in place."""
    for n in range(0, count, NARROW):
        a, b = load(lines, n), load(lines, count + n)
        store(plus(a, b), lines, n)
        store(minus(a, b), lines, count + n)


@compiled_within
def _unfold_rows(alike: Plane, unlike: Plane, size: int, wide: int, tile: Plane) -> None:
    half = size // 2
    for row in range(size):
        y = row if row < half else half + size - 1 - row
        for block in range(0, half, NARROW):
            x = min(block, half - NARROW)
            a, b = load(alike, row * wide + x), load(unlike, row * wide + x)
            store(plus(a, b), tile, y * size + x)
            store(mirror(minus(a, b)), tile, (y + 1) * size - NARROW - x)


@compiled_for_floats
def _gain(spectrum: Plane, band: Plane, count: int, power: np.float32, gains: Plane, room: Plane) -> None:
    """Each frequency times its magnitude squared to a power, and what the band lets through.

    A row of the spectrum has cosines of its frequency down by cosines across, then by sines; rows of sines down follow.
    """
    half, nothing = len(band) // 2, fill(_NOTHING)
    for row in range(0, half, count):
        for x in range(0, count, NARROW):
            at = 2 * row + x
            cosines, crossed = load(spectrum, at), load(spectrum, at + count)
            turned, sines = load(spectrum, 2 * half + at), load(spectrum, 2 * half + at + count)
            real, imaginary = minus(cosines, sines), plus(crossed, turned)
            store(add_product(add_product(nothing, real, real), imaginary, imaginary), gains, row + x)
            real, imaginary = plus(cosines, sines), minus(crossed, turned)
            store(add_product(add_product(nothing, real, real), imaginary, imaginary), gains, half + row + x)
    raise_each(gains, power, room)
    for row in range(0, half, count):
        for x in range(0, count, NARROW):
            at = 2 * row + x
            gain = times(load(gains, row + x), load(band, row + x))
            other = times(load(gains, half + row + x), load(band, half + row + x))
            cosines, crossed = load(spectrum, at), load(spectrum, at + count)
            turned, sines = load(spectrum, 2 * half + at), load(spectrum, 2 * half + at + count)
            real, imaginary = times(gain, minus(cosines, sines)), times(gain, plus(crossed, turned))
            back, aside = times(other, plus(cosines, sines)), times(other, minus(crossed, turned))
            store(plus(real, back), spectrum, at)
            store(plus(imaginary, aside), spectrum, at + count)
            store(minus(imaginary, aside), spectrum, 2 * half + at)
            store(minus(back, real), spectrum, 2 * half + at + count)


@compiled_within
def _combine(
    rows: Plane,
    at: int,
    step: int,
    depth: int,
    matrix: Plane,
    first: int,
    columns: int,
    out: Plane,
    to: int,
    count: int,
) -> None:
    """So many rows, `step` apart, times (depth, columns); four rows by two vectors at once."""
    for block in range(0, columns, 2 * NARROW):
        for row in range(0, count, _AT_ONCE):
            a = b = c = d = e = f = g = h = fill(np.float32(0))
            x, m = at + row * step, first + block
            for _ in range(depth):
                left, right = load(matrix, m), load(matrix, m + NARROW)
                a = add_scaled(a, left, rows, x)
                e = add_scaled(e, right, rows, x)
                b = add_scaled(b, left, rows, x + step)
                f = add_scaled(f, right, rows, x + step)
                c = add_scaled(c, left, rows, x + 2 * step)
                g = add_scaled(g, right, rows, x + 2 * step)
                d = add_scaled(d, left, rows, x + 3 * step)
                h = add_scaled(h, right, rows, x + 3 * step)
                x, m = x + 1, m + columns
            y = to + row * columns + block
            store(a, out, y)
            store(e, out, y + NARROW)
            store(b, out, y + columns)
            store(f, out, y + columns + NARROW)
            store(c, out, y + 2 * columns)
            store(g, out, y + 2 * columns + NARROW)
            store(d, out, y + 3 * columns)
            store(h, out, y + 3 * columns + NARROW)


@compiled_within
def _multiply(rows: Plane, depth: int, matrix: Plane, columns: int, out: Plane, at: int, pitch: int) -> None:
    """(rows, depth) times (depth, columns), into rows that are `pitch` apart."""
    for block in range(0, columns, NARROW):
        for first in range(0, len(rows) // depth, _ROWS):
            a = b = c = d = e = f = g = h = fill(np.float32(0))
            for k in range(depth):
                weight, x = load(matrix, k * columns + block), first * depth + k
                a = add_scaled(a, weight, rows, x)
                b = add_scaled(b, weight, rows, x + depth)
                c = add_scaled(c, weight, rows, x + 2 * depth)
                d = add_scaled(d, weight, rows, x + 3 * depth)
                e = add_scaled(e, weight, rows, x + 4 * depth)
                f = add_scaled(f, weight, rows, x + 5 * depth)
                g = add_scaled(g, weight, rows, x + 6 * depth)
                h = add_scaled(h, weight, rows, x + 7 * depth)
            store_eight(a, b, c, d, e, f, g, h, out, at + first * pitch + block, pitch)
