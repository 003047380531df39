"""Searching by face: bytes order people as the vectors do, whatever the key."""

import numpy as np
import pytest

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.search import NOTHING, SearchCode
from handfast.base.template import Template
from handfast.face.search import FaceSearcher
from handfast.face.template import FORMAT, pack

KEY, OTHER = bytes(range(32)), bytes(32)


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    vectors = rng.standard_normal((count, 128)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def turned(vectors: np.ndarray, key: bytes) -> list[bytes]:
    codes = [SearchCode(Modality.FACE, None, v.astype("<f4").tobytes()) for v in vectors]
    return [code.data for code in FaceSearcher().turned(codes, key)]


def heap(size: int) -> memoryview:
    return memoryview(bytearray(size))


def test_scores_are_the_cosines_to_two_digits() -> None:
    vectors = unit(np.random.default_rng(1), 5000)
    column = FaceSearcher().column(heap)
    for row, data in enumerate(turned(vectors, KEY)):
        column.put(row, data)
    near = vectors[7] + 0.05 * unit(np.random.default_rng(2), 1)[0]
    (probe,) = turned((near / np.linalg.norm(near))[None], KEY)
    scores = column.scores(probe, np.arange(5000))
    np.testing.assert_allclose(scores, vectors @ (near / np.linalg.norm(near)), atol=0.01)
    assert int(scores.argmax()) == 7
    column.drop(7)
    assert column.scores(probe, np.array([7, 9999])).tolist() == [NOTHING, NOTHING]


def test_a_column_filled_at_once_is_one_filled_row_by_row() -> None:
    codes = turned(unit(np.random.default_rng(5), 4100), KEY)
    filled, put = FaceSearcher().column(heap), FaceSearcher().column(heap)
    filled.fill(np.frombuffer(b"".join(codes), np.uint8).reshape(-1, 128))
    for row, data in enumerate(codes):
        put.put(row, data)
    everyone = np.arange(5000)
    np.testing.assert_array_equal(filled.scores(codes[3], everyone), put.scores(codes[3], everyone))
    with pytest.raises(UnreadableTemplate):
        filled.fill(np.zeros((3, 127), np.uint8))


def test_the_same_face_under_two_keys_looks_like_two_people() -> None:
    vectors = unit(np.random.default_rng(3), 300)
    column = FaceSearcher().column(heap)
    for row, data in enumerate(turned(vectors, KEY)):
        column.put(row, data)
    mated = [column.scores(p, np.array([n]))[0] for n, p in enumerate(turned(vectors, OTHER))]
    assert abs(float(np.mean(mated))) < 0.03


def test_a_code_is_the_mean_direction_of_all_faces() -> None:
    vectors = unit(np.random.default_rng(4), 2)
    faces = [
        Template(Modality.FACE, None, SampleKind.PORTRAIT, FORMAT, "sface:1", pack(v), Quality(50.0)) for v in vectors
    ]
    (code,) = FaceSearcher().codes(faces)
    mean = vectors.sum(axis=0) / np.linalg.norm(vectors.sum(axis=0))
    np.testing.assert_allclose(np.frombuffer(code.data, "<f4"), mean, atol=1e-6)
    assert FaceSearcher().codes([]) == ()


def test_bytes_that_are_no_face_are_refused() -> None:
    with pytest.raises(UnreadableTemplate):
        FaceSearcher().turned([SearchCode(Modality.FACE, None, b"short")], KEY)
    with pytest.raises(UnreadableTemplate):
        FaceSearcher().column(heap).put(0, b"short")
