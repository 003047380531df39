"""Arrays as tiles and vectors of compiled code want them in memory."""

import numpy as np
from numpy.typing import NDArray

from handfast.imaging.tiles import DEPTH, SIDE
from handfast.imaging.vectors import LINE

Single = NDArray[np.float32]
Half = NDArray[np.uint16]
"""bfloat16, by their bits."""


def packed(matrix: Single, columns: int = SIDE) -> Half:
    """(depth, count) in bfloat16 as tiles read it: so many columns of DEPTH rows at a time, 16 of two rows together."""
    depth, count = (rounded(size, to) for size, to in zip(matrix.shape, (DEPTH, columns), strict=True))
    whole = np.zeros((depth, count), np.float32)
    whole[: matrix.shape[0], : matrix.shape[1]] = matrix
    parts = whole.reshape(-1, DEPTH // 2, 2, count // columns, columns // 16, 16).transpose(3, 0, 4, 1, 5, 2)
    out = aligned(whole.size // 2).view(np.uint16)
    out[:] = bfloat16(parts).reshape(-1)
    return out


def bfloat16(values: Single) -> Half:
    """The nearest, by their bits; of two, the even one."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def float16(values: Single) -> NDArray[np.int16]:
    """The numbers in a row, aligned, by their bits."""
    out = aligned(rounded(values.size, 2) // 2).view(np.int16)[: values.size]
    out[:] = values.reshape(-1).astype(np.float16).view(np.int16)
    return out


def from_bfloat16(bits: Half) -> Single:
    """What they stand for."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def rounded(count: int, to: int) -> int:
    """The least multiple that is not less."""
    return -(-count // to) * to


def aligned(count: int) -> Single:
    """(count,) zeros that begin where a line of the cache does."""
    values = np.zeros(count + LINE, np.float32)
    first = -values.ctypes.data // 4 % LINE
    return values[first : first + count]
