"""Search codes: prints in the form in which one is sought among many.

Every cylinder becomes 128 bits, the signs of its principal components (bench/search_basis.py fits them on drawn
fingers). A print's score is the mean of its best cylinders, each compared with those of the other print that point
about the same way (scan.py); nothing is aligned. It only selects: who is listed is compared by `compare` as always.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import tau

import numpy as np
from numpy.typing import NDArray

from handfast.base.template import Template
from handfast.finger.comparison.consolidate import Capture, Consolidated, consolidate
from handfast.finger.comparison.cylinders import cell_sums
from handfast.finger.comparison.prints import prepare
from handfast.finger.records.iso19794_2_2005 import decode
from handfast.finger.types import Minutiae

Bytes = NDArray[np.uint8]

BITS = 128  # a cylinder
MOST_CYLINDERS = 40  # in a code: the surest of a finger
CODE_BYTES = 8 + MOST_CYLINDERS + BITS // 8 * MOST_CYLINDERS
"""Length of every code: a word that holds the number of cylinders, their angles in 1/256 turn, rising, their bits."""

LARGEST_SUM = 0.03  # of a cell, before projection
_BASIS = "search_basis.npz"
_ANGLES = 256
FIRST_ANGLE = 8  # byte of a code
FIRST_LOW = 1 + MOST_CYLINDERS // 8  # word of a code where the lower halves of the bits begin
FIRST_HIGH = FIRST_LOW + MOST_CYLINDERS


def build_search_code(captures: Sequence[Template]) -> bytes:
    """One code of CODE_BYTES for one finger, from one capture or several of the same kind.

    UnreadableTemplate if one is damaged. A finger with nothing to say gives `EMPTY`, which compares as 0.0.
    """
    return search_code([decode(template.data)[0] for template in captures])


def search_code(captures: Sequence[Minutiae]) -> bytes:
    """As build_search_code, from minutiae."""
    return _pack(consolidate([_capture(minutiae) for minutiae in captures], MOST_CYLINDERS))


EMPTY = bytes(CODE_BYTES)
"""The code of nothing."""


def _capture(minutiae: Minutiae) -> Capture:
    print_, (mean, directions) = prepare(minutiae), basis()
    sums = np.minimum(cell_sums(minutiae, print_.rows), np.float32(LARGEST_SUM))
    return Capture(print_, (sums - mean) @ directions)


@cache
def basis() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean of the cell sums (D,), and the directions (D, BITS) whose signs are the bits."""
    with resources.files("handfast.finger.codes").joinpath(_BASIS).open("rb") as file, np.load(file) as kept:
        return kept["mean"].astype(np.float32), kept["directions"].astype(np.float32)


def _pack(finger: Consolidated) -> bytes:
    """A code's bytes, its cylinders by rising angle."""
    codes = np.floor(finger.angle % tau * (_ANGLES / tau)).astype(np.int64) % _ANGLES
    order = np.argsort(codes, kind="stable")
    count = len(order)
    row = np.zeros(CODE_BYTES, np.uint8)
    row[0] = count
    row[FIRST_ANGLE : FIRST_ANGLE + count] = codes[order]
    bits = np.packbits(finger.projected[order] > 0, axis=1, bitorder="little").view("<u8")
    words = row.view("<u8")
    words[FIRST_LOW : FIRST_LOW + count] = bits[:, 0]
    words[FIRST_HIGH : FIRST_HIGH + count] = bits[:, 1]
    return row.tobytes()
