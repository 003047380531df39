"""Search codes under a keyed transform that leaves every comparison as it is.

All codes' bits are shuffled in one order and the same of them inverted, so that the distance of two cylinders stays;
all angles are moved on by one turn, so that their differences stay. It keeps two programmes' codes from being compared
with each other, and one epoch's with the next; it does not hide a finger from who has the key, or many known pairs.
"""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from handfast.finger.codes.search_code import BITS, CODE_BYTES, MOST_CYLINDERS

Bytes = NDArray[np.uint8]

_FIRST_ANGLE = 8
_FIRST_LOW = _FIRST_ANGLE + MOST_CYLINDERS
_HALF = BITS // 16  # bytes of a cylinder in each of the two halves


def turned_codes(rows: Bytes, key: bytes) -> Bytes:
    """(N, CODE_BYTES) codes under a 32-byte key, their cylinders by rising angle again."""
    order, inverted, turn = _transform(key)
    counts = np.minimum(rows[:, 0].astype(np.int64), MOST_CYLINDERS)
    there = np.arange(MOST_CYLINDERS) < counts[:, None]
    angles = rows[:, _FIRST_ANGLE:_FIRST_LOW] + np.uint8(turn)
    by_angle = np.argsort(np.where(there, angles.astype(np.int16), 256), axis=1, kind="stable")
    halves = rows[:, _FIRST_LOW:].reshape(len(rows), 2, MOST_CYLINDERS, _HALF)
    whole = np.concatenate((halves[:, 0], halves[:, 1]), axis=2)
    bits = np.unpackbits(whole, axis=2, bitorder="little")[:, :, order] ^ inverted
    shuffled = np.packbits(bits, axis=2, bitorder="little") * there[:, :, None].astype(np.uint8)
    sorted_ = np.take_along_axis(shuffled, by_angle[:, :, None], axis=1)
    turned = np.zeros_like(rows)
    turned[:, :_FIRST_ANGLE] = rows[:, :_FIRST_ANGLE]
    turned[:, _FIRST_ANGLE:_FIRST_LOW] = np.take_along_axis(np.where(there, angles, np.uint8(0)), by_angle, axis=1)
    turned[:, _FIRST_LOW:] = np.stack((sorted_[:, :, :_HALF], sorted_[:, :, _HALF:]), axis=1).reshape(len(rows), -1)
    return turned


@lru_cache(maxsize=4)
def _transform(key: bytes) -> tuple[NDArray[np.intp], Bytes, int]:
    """Order of the bits, which of them are inverted, and the turn, from SHAKE-256 of the key."""
    stream = hashlib.shake_256(b"handfast-search-finger:1" + key).digest(8 * BITS + BITS // 8 + 1)
    order = np.argsort(np.frombuffer(stream[: 8 * BITS], "<u8"), kind="stable")
    inverted = np.unpackbits(np.frombuffer(stream[8 * BITS : -1], np.uint8))
    return order, inverted, stream[-1]


assert CODE_BYTES == _FIRST_LOW + 2 * _HALF * MOST_CYLINDERS  # noqa: S101  the layout that this file knows
