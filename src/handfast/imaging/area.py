"""Making a large picture small by the mean over each new pixel's area, as OpenCV's INTER_AREA but faster."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import add_scaled, load_four, store

Single = NDArray[np.float32]
Whole = NDArray[np.int64]
_AT_ONCE = 4  # weights
_NOTHING = 1e-3  # px of an old pixel that do not count


def smaller(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """(H, W, 3) uint8 at another (width, height), neither of them larger than it was."""
    out = np.empty((size[1], size[0], 3), np.uint8)
    rows, columns = _shares(pixels.shape[0], size[1]), _shares(pixels.shape[1], size[0])
    _smaller(np.ascontiguousarray(pixels), rows, columns, out)
    return out


@lru_cache(maxsize=16)
def _shares(old: int, new: int) -> tuple[Whole, Single]:
    """Of each new pixel: where its old ones begin, and their weights, with zeros up to a multiple of _AT_ONCE."""
    scale = old / new
    starts, weights = [], list[NDArray[np.float64]]()
    for place in range(new):
        low, high = place * scale, min((place + 1) * scale, old)
        cells = np.arange(int(low), min(int(np.ceil(high)), old))
        share = np.minimum(cells + 1, high) - np.maximum(cells, low)
        kept = share > _NOTHING
        starts.append(int(cells[kept][0]))
        weights.append(share[kept] / (high - low))
    most = -(-max(map(len, weights)) // _AT_ONCE) * _AT_ONCE
    padded = [np.pad(share, (0, most - len(share))) for share in weights]
    return np.array(starts, np.int64), np.array(padded, np.float32)


@compiled_for_floats
def _smaller(pixels: Pixels, rows: tuple[Whole, Single], columns: tuple[Whole, Single], out: Pixels) -> None:
    tops, row_weights = rows
    lefts, weights = columns
    lines = pixels.reshape(pixels.shape[0], pixels.shape[1] * 3)
    wide = lines.shape[1]
    count, shares, to = weights.shape[1], weights.reshape(-1), out.reshape(len(tops), len(lefts) * 3)
    line = np.zeros(wide + 3 * count + 1, np.float32)  # no weight falls on what lies beyond
    across = np.zeros(len(lefts) * 3 + 1, np.float32)
    none = load_four(across, 0)
    for row in range(len(tops)):
        line[:wide] = np.float32(0)
        for n in range(row_weights.shape[1]):
            weight = row_weights[row, n]
            if weight:
                source = lines[tops[row] + n]
                for x in range(wide):
                    line[x] += weight * np.float32(source[x])
        for x in range(len(lefts)):
            colour, at = none, 3 * lefts[x]
            for n in range(0, count, _AT_ONCE):
                w = x * count + n
                colour = add_scaled(colour, load_four(line, at), shares, w)
                colour = add_scaled(colour, load_four(line, at + 3), shares, w + 1)
                colour = add_scaled(colour, load_four(line, at + 6), shares, w + 2)
                colour = add_scaled(colour, load_four(line, at + 9), shares, w + 3)
                at += 3 * _AT_ONCE
            store(colour, across, 3 * x)
        for n in range(len(lefts) * 3):
            to[row, n] = np.uint8(np.int32(np.rint(across[n])))
