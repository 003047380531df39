"""Search codes: prints in the form in which one is sought among many.

Every cylinder becomes 128 bits, the signs of its principal components (bench/search_basis.py fits them on drawn
fingers). A print's score is the mean of its best cylinders, each compared with those of the other print that point
about the same way; nothing is aligned. It only selects: who is on the list is compared by `compare` as always.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from math import exp, tau

import numpy as np
from numpy.typing import NDArray

from handfast.base.template import Template
from handfast.finger.compiled import compiled
from handfast.finger.consolidate import Capture, Consolidated, consolidate
from handfast.finger.cylinders import build_cylinders, cell_sums
from handfast.finger.four import least_of_four, masks
from handfast.finger.iso19794_2_2005 import decode
from handfast.finger.types import Minutiae

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Scores = NDArray[np.float32]
SearchQuery = tuple[Words, Words, Words, Words, int]

BITS = 128  # a cylinder
MOST_CYLINDERS = 40  # in a code: the surest of a finger
CODE_BYTES = 8 + MOST_CYLINDERS + BITS // 8 * MOST_CYLINDERS
"""Length of every code: a word that holds the number of cylinders, their angles in 1/256 turn, rising, their bits."""

LARGEST_SUM = 0.03  # of a cell, before projection
ANGLE_GATE = 40  # 1/256 turn between two cylinders that may correspond
# How many cylinders a score is the mean of, as in LSS-R: between these, by the smaller print's number.
LEAST_AVERAGED, MOST_AVERAGED = 4, 12
AVERAGED_MIDDLE, AVERAGED_SLOPE = 20.0, 0.4

_BASIS = "search_basis.npz"
_ANGLES = 256
_FIRST_ANGLE = 8  # byte of a code
_FIRST_LOW = 1 + MOST_CYLINDERS // 8  # word of a code where the lower halves of the bits begin
_FIRST_HIGH = _FIRST_LOW + MOST_CYLINDERS
_BEYOND = 3  # words that four comparisons may reach beyond the last
_MASKS = masks(BITS)


def build_search_code(captures: Sequence[Template]) -> bytes:
    """One code of CODE_BYTES for one finger, from one capture or several of the same kind.

    UnreadableTemplate if one is damaged. A finger with nothing to say gives `EMPTY`, which compares as 0.0.
    """
    return search_code([decode(template.data)[0] for template in captures])


def search_code(captures: Sequence[Minutiae]) -> bytes:
    """As build_search_code, from minutiae."""
    return _pack(consolidate([_capture(minutiae) for minutiae in captures], MOST_CYLINDERS))


def search_scores(query: bytes, gallery: Bytes) -> Scores:
    """(N,) scores in [0, 1] of one code against a gallery of codes, (N, CODE_BYTES) and contiguous.

    Scores of several fingers of a person add up. Runs without the interpreter's lock, so a gallery can be cut into
    blocks for as many threads as there are cores. ValueError if a side does not have the shape of codes.
    """
    return query_scores(search_query(query), gallery)


def search_query(code: bytes) -> SearchQuery:
    """A code made ready to be compared with many. ValueError if it is none."""
    if len(code) != CODE_BYTES:
        raise ValueError(f"codes have {CODE_BYTES} bytes, got {len(code)}")
    return _query(code)


def query_scores(query: SearchQuery, gallery: Bytes) -> Scores:
    """As search_scores."""
    if gallery.shape[1:] != (CODE_BYTES,) or not gallery.flags.c_contiguous:
        raise ValueError(f"codes have {CODE_BYTES} bytes and lie one after the other, got {gallery.shape}")
    scores = np.zeros(len(gallery), np.float32)
    _scan(*query, gallery, gallery.view(np.uint64), scores)
    return scores


EMPTY = bytes(CODE_BYTES)
"""The code of nothing."""


def _capture(minutiae: Minutiae) -> Capture:
    cylinders = build_cylinders(minutiae)
    mean, directions = basis()
    sums = np.minimum(cell_sums(minutiae, cylinders.rows), np.float32(LARGEST_SUM))
    return Capture(minutiae, cylinders, (sums - mean) @ directions)


@cache
def basis() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean of the cell sums (D,), and the directions (D, BITS) whose signs are the bits."""
    with resources.files("handfast.finger").joinpath(_BASIS).open("rb") as file, np.load(file) as kept:
        return kept["mean"].astype(np.float32), kept["directions"].astype(np.float32)


def _pack(finger: Consolidated) -> bytes:
    """A code's bytes, its cylinders by rising angle."""
    codes = np.floor(finger.angle % tau * (_ANGLES / tau)).astype(np.int64) % _ANGLES
    order = np.argsort(codes, kind="stable")
    count = len(order)
    row = np.zeros(CODE_BYTES, np.uint8)
    row[0] = count
    row[_FIRST_ANGLE : _FIRST_ANGLE + count] = codes[order]
    bits = np.packbits(finger.projected[order] > 0, axis=1, bitorder="little").view("<u8")
    words = row.view("<u8")
    words[_FIRST_LOW : _FIRST_LOW + count] = bits[:, 0]
    words[_FIRST_HIGH : _FIRST_HIGH + count] = bits[:, 1]
    return row.tobytes()


def _query(code: bytes) -> SearchQuery:
    """Both halves of the bits, written out twice so that no range of angles wraps; where the range of the cylinders
    within the gate of each angle begins and ends; their number."""
    row = np.frombuffer(code, np.uint8)
    count = min(int(row[0]), MOST_CYLINDERS)
    angle = row[_FIRST_ANGLE : _FIRST_ANGLE + count].astype(np.int64)
    twice = np.concatenate((angle, angle + _ANGLES))
    first = np.arange(_ANGLES) - ANGLE_GATE
    first[first < 0] += _ANGLES
    start = np.searchsorted(twice, first, "left")
    end = np.searchsorted(twice, first + 2 * ANGLE_GATE, "right")
    words = row.view("<u8")
    low, high = words[_FIRST_LOW : _FIRST_LOW + count], words[_FIRST_HIGH : _FIRST_HIGH + count]
    low, high = (np.concatenate((half, half, np.zeros(_BEYOND, np.uint64))) for half in (low, high))
    return low, high, start.astype(np.uint64), end.astype(np.uint64), count


@compiled
def _scan(
    low: Words, high: Words, start: Words, end: Words, count: int, rows: Bytes, words: Words, scores: Scores
) -> None:
    """Unsigned indices, because signed ones are tested for being negative at every access."""
    least = np.zeros(2 * count + _BEYOND, np.uint64)
    histogram = np.zeros(BITS // 2 + 1, np.int64)
    four = np.uint64(4)
    for p in range(len(rows)):
        cylinders = min(int(rows[p, 0]), MOST_CYLINDERS)
        least[:] = np.uint64(BITS)
        for j in range(np.uint64(cylinders)):
            g_low, g_high = words[p, np.uint64(_FIRST_LOW) + j], words[p, np.uint64(_FIRST_HIGH) + j]
            angle = np.uint64(rows[p, np.uint64(_FIRST_ANGLE) + j])
            i, last = start[angle], end[angle]
            while i < last:
                least_of_four(low, high, least, i, g_low, g_high, _MASKS, min(four, last - i))
                i += four
        scores[p] = _mean_of_best(least, count, cylinders, histogram)


@compiled
def _mean_of_best(least: Words, count: int, cylinders: int, histogram: NDArray[np.int64]) -> float:
    """The mean agreement of the query's best cylinders, each as 1 - distance / half the bits, from 0."""
    if count == 0 or cylinders == 0:
        return 0.0
    histogram[:] = 0
    far = nearest = np.int64(BITS // 2)
    for i in range(count):
        distance = min(far, np.int64(min(least[i], least[i + count])))
        nearest = min(nearest, distance)
        histogram[distance] += 1
    averaged: np.int64 = _AVERAGED[min(count, cylinders)]
    left, total = averaged, 0.0
    for apart in range(nearest, far):
        taken = min(left, histogram[apart])
        total += taken * (1 - apart / (BITS / 2))
        left -= taken
        if left == 0:
            break
    return total / averaged


def _averaged(cylinders: int) -> int:
    share = 1 / (1 + exp(-AVERAGED_SLOPE * (cylinders - AVERAGED_MIDDLE)))
    return LEAST_AVERAGED + round((MOST_AVERAGED - LEAST_AVERAGED) * share)


_AVERAGED = np.array([_averaged(cylinders) for cylinders in range(MOST_CYLINDERS + 1)])
