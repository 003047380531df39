"""One search code against many: what search_code.py describes, in whichever of two ways suits the processor."""

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from handfast.finger.codes.forty import COUNTS_IN_VECTORS, FAR, PLACES, near_of_all, place_of, sum_of_nearest
from handfast.finger.codes.four import least_of_four, masks
from handfast.finger.codes.search_code import BITS, CODE_BYTES, FIRST_ANGLE, FIRST_HIGH, FIRST_LOW, MOST_CYLINDERS
from handfast.imaging.compiled import compiled

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

ANGLE_GATE = 40  # 1/256 turn between two cylinders that may correspond
# How many cylinders a score is the mean of, as in LSS-R: between these, by the smaller print's number.
LEAST_AVERAGED, MOST_AVERAGED = 4, 12
AVERAGED_MIDDLE, AVERAGED_SLOPE = 20.0, 0.4

_ANGLES = 256
_BEYOND = 3  # words that four comparisons may reach beyond the last
_MASKS = masks(BITS)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A code made ready to be compared with many.

    count        its cylinders
    low, high    halves of their bits: (2 * count + 3,), written out twice so that no range of angles wraps
    start, end   (256,) where the range within the gate of each angle begins and ends in these
    all_low, all_high, gate   the same for near_of_all: (40,), (40,) and (256,) bits of those within the gate
    """

    count: int
    low: Words
    high: Words
    start: Words
    end: Words
    all_low: Words
    all_high: Words
    gate: Words


def search_scores(query: bytes, gallery: Bytes) -> Scores:
    """(N,) scores in [0, 1] of one code against a gallery of codes, (N, CODE_BYTES) and contiguous.

    Scores of several fingers of a person add up. Runs without the interpreter's lock, so a gallery can be cut into
    blocks for as many threads as there are cores. ValueError if a side does not have the shape of codes.
    """
    return query_scores(search_query(query), gallery, np.arange(len(gallery)))


def search_query(code: bytes) -> SearchQuery:
    """A code made ready to be compared with many. ValueError if it is none."""
    if len(code) != CODE_BYTES:
        raise ValueError(f"codes have {CODE_BYTES} bytes, got {len(code)}")
    row = np.frombuffer(code, np.uint8)
    count = min(int(row[0]), MOST_CYLINDERS)
    angle = row[FIRST_ANGLE : FIRST_ANGLE + count].astype(np.int64)
    twice = np.concatenate((angle, angle + _ANGLES))
    first = np.arange(_ANGLES) - ANGLE_GATE
    first[first < 0] += _ANGLES
    start = np.searchsorted(twice, first, "left").astype(np.uint64)
    end = np.searchsorted(twice, first + 2 * ANGLE_GATE, "right").astype(np.uint64)
    halves = [row.view("<u8")[at : at + count].astype(np.uint64) for at in (FIRST_LOW, FIRST_HIGH)]
    low, high = (np.concatenate((half, half, np.zeros(_BEYOND, np.uint64))) for half in halves)
    all_low, all_high = (np.concatenate((half, np.zeros(MOST_CYLINDERS - count, np.uint64))) for half in halves)
    return SearchQuery(count, low, high, start, end, all_low, all_high, _gate(angle))


def query_scores(query: SearchQuery, gallery: Bytes, rows: Rows, *, in_vectors: bool = COUNTS_IN_VECTORS) -> Scores:
    """(len(rows),) scores against these rows of a gallery; `in_vectors` is how, and changes nothing else."""
    if gallery.shape[1:] != (CODE_BYTES,) or not gallery.flags.c_contiguous:
        raise ValueError(f"codes have {CODE_BYTES} bytes and lie one after the other, got {gallery.shape}")
    scores, q = np.zeros(len(rows), np.float32), query
    if in_vectors:
        _scan_all(q.all_low, q.all_high, q.gate, q.count, rows, gallery, gallery.view(np.uint64), scores)
    else:
        _scan(q.low, q.high, q.start, q.end, q.count, rows, gallery, gallery.view(np.uint64), scores)
    return scores


def _gate(angle: NDArray[np.int64]) -> Words:
    """(256,) which of these angles, each a bit, are within the gate of each angle."""
    apart = (np.arange(_ANGLES)[:, None] - angle[None] + ANGLE_GATE) % _ANGLES
    bits = np.uint64(1) << place_of(np.arange(len(angle))).astype(np.uint64)
    within: Words = np.where(apart <= 2 * ANGLE_GATE, bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    return within


@compiled
def _scan_all(
    low: Words, high: Words, gate: Words, count: int, rows: Rows, codes: Bytes, words: Words, scores: Scores
) -> None:
    near = np.zeros(PLACES, np.uint8)
    for n in range(len(rows)):
        row = np.uint64(rows[n])
        cylinders = np.uint64(min(int(codes[row, 0]), MOST_CYLINDERS))
        near_of_all(low, high, gate, words, row, cylinders, near)
        averaged = _AVERAGED[min(np.uint64(count), cylinders)]
        scores[n] = sum_of_nearest(near, averaged) / FAR / averaged


@compiled
def _scan(
    low: Words,
    high: Words,
    start: Words,
    end: Words,
    count: int,
    rows: Rows,
    codes: Bytes,
    words: Words,
    scores: Scores,
) -> None:
    """Unsigned indices, because signed ones are tested for being negative at every access."""
    least = np.zeros(2 * count + _BEYOND, np.uint64)
    near = np.full(PLACES, FAR, np.uint8)
    four, far = np.uint64(4), np.uint64(FAR)
    for n in range(len(rows)):
        row = np.uint64(rows[n])
        cylinders = np.uint64(min(int(codes[row, 0]), MOST_CYLINDERS))
        least[:] = far
        for j in range(cylinders):
            g_low, g_high = words[row, np.uint64(FIRST_LOW) + j], words[row, np.uint64(FIRST_HIGH) + j]
            angle = np.uint64(codes[row, np.uint64(FIRST_ANGLE) + j])
            i, last = start[angle], end[angle]
            while i < last:
                least_of_four(low, high, least, i, g_low, g_high, _MASKS, min(four, last - i))
                i += four
        for i in range(count):
            near[i] = min(least[i], least[i + count])
        averaged = _AVERAGED[min(np.uint64(count), cylinders)]
        scores[n] = sum_of_nearest(near, averaged) / FAR / averaged


def _averaged(cylinders: int) -> int:
    share = 1 / (1 + exp(-AVERAGED_SLOPE * (cylinders - AVERAGED_MIDDLE)))
    return LEAST_AVERAGED + round((MOST_AVERAGED - LEAST_AVERAGED) * share)


_AVERAGED = np.array([_averaged(cylinders) for cylinders in range(MOST_CYLINDERS + 1)], np.uint64)
