"""Making a large picture small by the mean over each new pixel's area, as OpenCV's INTER_AREA but faster."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.imaging.compiled import compiled_for_floats

Single = NDArray[np.float32]
Whole = NDArray[np.int64]
_NOTHING = 1e-3  # px of an old pixel that do not count


def smaller(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """(H, W, 3) uint8 at another (width, height), neither of them larger than it was."""
    out = np.empty((size[1], size[0], 3), np.uint8)
    rows, columns = _shares(pixels.shape[0], size[1]), _shares(pixels.shape[1], size[0])
    _smaller(np.ascontiguousarray(pixels), rows, columns, out)
    return out


@lru_cache(maxsize=16)
def _shares(old: int, new: int) -> tuple[Whole, Whole, Single]:
    """Of each new pixel: where its old ones begin and its weights begin (one more than there are), and the weights."""
    scale = old / new
    starts, weights, counts = [], list[float](), [0]
    for place in range(new):
        low, high = place * scale, min((place + 1) * scale, old)
        cells = np.arange(int(low), min(int(np.ceil(high)), old))
        share = np.minimum(cells + 1, high) - np.maximum(cells, low)
        kept = share > _NOTHING
        starts.append(int(cells[kept][0]))
        weights.extend(share[kept] / (high - low))
        counts.append(len(weights))
    return np.array(starts, np.int64), np.array(counts, np.int64), np.array(weights, np.float32)


@compiled_for_floats
def _smaller(
    pixels: Pixels, rows: tuple[Whole, Whole, Single], columns: tuple[Whole, Whole, Single], out: Pixels
) -> None:
    tops, row_begins, row_weights = rows
    lefts, begins, weights = columns
    lines = pixels.reshape(pixels.shape[0], pixels.shape[1] * 3)
    line = np.empty(lines.shape[1], np.float32)
    for row in range(len(tops)):
        line[:] = np.float32(0)
        for n in range(row_begins[row + 1] - row_begins[row]):
            weight, source = row_weights[row_begins[row] + n], lines[tops[row] + n]
            for x in range(len(line)):
                line[x] += weight * np.float32(source[x])
        for x in range(len(lefts)):
            red = green = blue = np.float32(0)
            at = 3 * lefts[x]
            for n in range(begins[x], begins[x + 1]):
                red += weights[n] * line[at]
                green += weights[n] * line[at + 1]
                blue += weights[n] * line[at + 2]
                at += 3
            out[row, x, 0], out[row, x, 1] = np.uint8(np.rint(red)), np.uint8(np.rint(green))
            out[row, x, 2] = np.uint8(np.rint(blue))
