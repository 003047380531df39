"""Windows of a plane times a power of their own spectra, in compiled code, one window at a time in the cache.

Only some frequencies are let through, a small corner of the spectrum. To have those alone, products with tables of
sines and cosines take less time than fast transforms, which give all of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.powers import raise_each
from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import NARROW, add_product, add_scaled, fill, load, store, store_eight, times

Plane = NDArray[np.float32]
Places = NDArray[np.int64]
_LANES = 16  # what counts of frequencies across are rounded up to; a window's side is a multiple of it
_ROWS = 8  # rows of a window at once; its side is a multiple of this too
_AT_ONCE = 4  # what counts of frequencies down are rounded up to
_NOTHING = np.float32(1e-30)  # beside a frequency's magnitude squared, so that it has a logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """For windows of one size, flat. Parts of a spectrum have a row for each frequency down, real values first.

    taper      (n, n)
    across     (n, 2 k), to the k frequencies across
    back       (2 k, n), from them
    waves      cosine, sine and sine the other way round of each of n rows and each frequency down
    band       how much of each frequency is let through
    """

    size: int
    taper: Plane
    across: Plane
    back: Plane
    waves: tuple[Plane, Plane, Plane]
    band: Plane

    @classmethod
    def of(cls, taper: Plane, band: Plane) -> "Tables":
        """band (n, n // 2 + 1): by frequency down, as numpy.fft.fftfreq has them, and across, as rfftfreq has them."""
        size = len(taper)
        low, high = np.flatnonzero(band.any(1)), int(np.flatnonzero(band.any(0))[-1]) + 1
        down, count = -(-len(low) // _AT_ONCE) * _AT_ONCE, -(-high // _LANES) * _LANES
        turns = np.outer(np.arange(size), np.arange(high)) * (2 * np.pi / size)
        across, back = np.zeros((size, 2, count)), np.zeros((2, count, size))
        across[:, 0, :high], across[:, 1, :high] = np.cos(turns), -np.sin(turns)
        twice = np.where(np.arange(high) % (size // 2) == 0, 1, 2)[:, None] / size**2
        back[0, :high], back[1, :high] = twice * np.cos(turns.T), -twice * np.sin(turns.T)
        waves = np.zeros((2, size, down))
        waves[:, :, : len(low)] = [f(np.outer(np.arange(size), low) * (2 * np.pi / size)) for f in (np.cos, np.sin)]
        let_through = np.zeros((down, count))
        let_through[: len(low), :high] = band[low, :high]
        cosine, sine = (_flat(wave) for wave in waves)
        return cls(size, _flat(taper), _flat(across), _flat(back), (cosine, sine, -sine), _flat(let_through))


def sharpened(plane: Plane, tops: Places, lefts: Places, tables: Tables, power: float) -> Plane:
    """(H, W) sum of the plane's windows at these corners, each F |F|^power and tapered before and after."""
    out = np.zeros_like(plane)
    parts = tables.taper, tables.across, tables.back, *tables.waves, tables.band
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


def _flat(values: NDArray[np.floating]) -> Plane:
    return np.ascontiguousarray(values, np.float32).reshape(-1)


@compiled_for_floats
def _sharpen(
    plane: Plane, stride: int, tops: Places, lefts: Places, tables: tuple[Plane, ...], power: np.float32, out: Plane
) -> None:
    taper, across, back, cosine, sine, enis, band = tables
    size = int(np.sqrt(len(taper)))
    down, count = len(cosine) // size, len(across) // (2 * size)
    tile, rows = np.empty(size * size, np.float32), np.empty(size * 2 * count, np.float32)
    spectrum = np.empty(down * 2 * count, np.float32)
    gains, room = np.empty(len(band), np.float32), np.empty(len(band), np.float32)
    for window in range(len(tops)):
        corner = tops[window] * stride + lefts[window]
        for y in range(size):
            for x in range(0, size, NARROW):
                at = y * size + x
                store(times(load(plane, corner + y * stride + x), load(taper, at)), tile, at)
        _multiply(tile, size, across, 2 * count, rows)
        _turn(rows, count, cosine, down, 1, sine, enis, spectrum)
        _gain(spectrum, band, count, power, gains, room)
        _turn(spectrum, count, cosine, 1, down, enis, sine, rows)
        _multiply(rows, 2 * count, back, size, tile)
        for y in range(size):
            for x in range(0, size, NARROW):
                at, to = y * size + x, corner + y * stride + x
                store(add_product(load(out, to), load(tile, at), load(taper, at)), out, to)


@compiled_for_floats
def _gain(spectrum: Plane, band: Plane, count: int, power: np.float32, gains: Plane, room: Plane) -> None:
    """Each frequency times its magnitude squared to a power, and what the band lets through."""
    down = len(band) // count
    for row in range(down):
        for x in range(count):
            real, imaginary = spectrum[2 * row * count + x], spectrum[(2 * row + 1) * count + x]
            gains[row * count + x] = real * real + imaginary * imaginary + _NOTHING
    raise_each(gains, power, room)
    for row in range(down):
        for x in range(count):
            gain = gains[row * count + x] * band[row * count + x]
            spectrum[2 * row * count + x] *= gain
            spectrum[(2 * row + 1) * count + x] *= gain


@compiled_for_floats
def _turn(rows: Plane, count: int, cosine: Plane, step: int, rise: int, sine: Plane, enis: Plane, out: Plane) -> None:
    """Sums over rows, each a real and an imaginary half, turned: the angles of the waves `step` apart from row to row.

    `rise` apart from one outcome to the next.
    """
    many, results = len(rows) // (2 * count), len(out) // (2 * count)
    for block in range(0, count, NARROW):
        for result in range(0, results, _AT_ONCE):
            a = b = c = d = e = f = g = h = fill(np.float32(0))
            for row in range(many):
                real, imaginary = load(rows, 2 * row * count + block), load(rows, (2 * row + 1) * count + block)
                at = row * step + result * rise
                a = add_scaled(add_scaled(a, real, cosine, at), imaginary, sine, at)
                b = add_scaled(add_scaled(b, imaginary, cosine, at), real, enis, at)
                at += rise
                c = add_scaled(add_scaled(c, real, cosine, at), imaginary, sine, at)
                d = add_scaled(add_scaled(d, imaginary, cosine, at), real, enis, at)
                at += rise
                e = add_scaled(add_scaled(e, real, cosine, at), imaginary, sine, at)
                f = add_scaled(add_scaled(f, imaginary, cosine, at), real, enis, at)
                at += rise
                g = add_scaled(add_scaled(g, real, cosine, at), imaginary, sine, at)
                h = add_scaled(add_scaled(h, imaginary, cosine, at), real, enis, at)
            store_eight(a, b, c, d, e, f, g, h, out, 2 * result * count + block, count)


@compiled_for_floats
def _multiply(rows: Plane, depth: int, matrix: Plane, columns: int, out: Plane) -> None:
    """(rows, depth) times (depth, columns)."""
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
            store_eight(a, b, c, d, e, f, g, h, out, first * columns + block, columns)
