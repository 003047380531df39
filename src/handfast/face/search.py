"""Looking for a face: every reference's direction in 128 signed bytes, compared with all of them, none left out.

Scanning bytes with our own loop measured faster than faiss's scalar quantiser (fp16, and 8 bit), in half fp16's
memory: bench/scale.py prints both. What is lost to rounding is far below what two pictures of one person differ by.

It is bounded, too: with u, v unit vectors, a, b their codes and no component cut, |u - a| and |v - b| are ROUNDED at
most, so |u.v - a.b| = |(u - a).b + u.(v - b)| is ROUNDED (1 + ROUNDED) + ROUNDED at most (Cauchy-Schwarz).
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from handfast.base.column import BlockColumn
from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import Modality
from handfast.base.search import Allocate, Bound, Rows, Scores, SearchCode
from handfast.base.template import Template
from handfast.face.compare import COMPARATOR
from handfast.face.compare import MODEL as FACE_MODEL
from handfast.face.merge import mean_direction
from handfast.face.template import DIMENSIONS, unpack
from handfast.imaging.compiled import compiled

MODEL = "sface-int8:1"
SCALE = 127 / 0.42  # a turned unit vector of 128 has components of sd 0.088; those beyond 0.42 are cut
ROWS = 4096  # people in one block of memory
ROUNDED = math.sqrt(DIMENSIONS) * 0.5 / SCALE  # length that rounding can take from a vector or add to it
FLOATS = 1e-4  # what float32 loses where vectors are turned, far more than it does

Bytes = NDArray[np.int8]


def uncut(data: bytes) -> bool:
    """Whether no component of a turned code lies at the end of the scale, where more may have been cut from it."""
    return int(np.abs(np.frombuffer(data, np.int8).astype(np.int16)).max()) < 127


class FaceSearcher:
    """Fulfils Searcher for faces."""

    modality = Modality.FACE
    model = MODEL
    bound: Bound | None = Bound(COMPARATOR, ROUNDED * (1 + ROUNDED / 2) + FLOATS, uncut)

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        """The mean direction of all face templates of the model that is searched, as float32, if any."""
        faces = [unpack(t.data) for t in templates if t.modality is Modality.FACE and t.model == FACE_MODEL]
        return (SearchCode(Modality.FACE, None, mean_direction(faces).astype("<f4").tobytes()),) if faces else ()

    def turned(self, codes: Sequence[SearchCode], key: bytes) -> tuple[SearchCode, ...]:
        """Vectors turned by the key's rotation, then rounded to bytes."""
        return tuple(replace(code, data=rounded(_turn(key) @ _vector(code.data)).tobytes()) for code in codes)

    def column(self, allocate: Allocate) -> BlockColumn:
        return BlockColumn(allocate, DIMENSIONS, ROWS, lambda probe: partial(_scan, np.frombuffer(probe, np.int8)))


def rounded(vector: NDArray[np.floating]) -> Bytes:
    """Components of unit vectors as signed bytes."""
    return np.asarray(np.clip(np.rint(vector * SCALE), -127, 127), np.int8)


def _scan(query: Bytes, block: NDArray[np.uint8], rows: Rows, scores: Scores) -> None:
    _dots(block.view(np.int8), rows, query, scores)


@compiled
def _dots(vectors: Bytes, rows: Rows, query: Bytes, scores: Scores) -> None:
    for n in range(len(rows)):
        row = np.uint64(rows[n])  # unsigned, because a signed index is tested for being negative
        total = np.int32(0)
        for k in range(DIMENSIONS):
            total = np.int32(total + np.int32(np.int32(vectors[row, k]) * np.int32(query[k])))
        scores[n] = np.float32(total) / np.float32(SCALE * SCALE)


def _vector(data: bytes) -> NDArray[np.float32]:
    if len(data) != 4 * DIMENSIONS:
        raise UnreadableTemplate(f"{len(data)} bytes are not a face code")
    return np.frombuffer(data, "<f4").astype(np.float32)


@lru_cache(maxsize=4)
def _turn(key: bytes) -> NDArray[np.float32]:
    """A uniformly random rotation that is the same for the same key."""
    count = DIMENSIONS * DIMENSIONS
    words = np.frombuffer(hashlib.shake_256(b"handfast-search-face:1" + key).digest(16 * count), "<u8")
    uniform = (words.astype(np.float64) + 0.5) / 2.0**64
    normal = np.sqrt(-2.0 * np.log(uniform[:count])) * np.cos(2.0 * np.pi * uniform[count:])
    matrix, upper = np.linalg.qr(normal.reshape(DIMENSIONS, DIMENSIONS))
    return np.asarray(matrix * np.sign(np.diag(upper)), np.float32)
