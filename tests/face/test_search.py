"""Searching by face: bytes order people as the vectors do, whatever the key."""

import numpy as np
import pytest

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.search import NOTHING, SearchCode
from handfast.base.template import Template
from handfast.face.compare import FaceComparer
from handfast.face.search import SCALE, FaceSearcher, _turn
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


def worst(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two unit vectors, as they lie under the key, from whose cosine rounding takes nearly as much as it can."""
    one = unit(rng, 1)[0]
    other = 0.55 * one + 0.83 * unit(rng, 1)[0]
    other /= np.linalg.norm(other)
    return rounded_against(one, other), rounded_against(other, one)


def rounded_against(vector: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A unit vector near this one, each of whose components loses nearly half a step, of the other's sign."""
    made, length = vector, SCALE
    for _ in range(20):
        made = np.rint(vector * length) + 0.47 * np.sign(other)
        length *= SCALE / float(np.linalg.norm(made))
    return np.asarray(made / np.linalg.norm(made))


def by_code_and_in_full(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """The coarse score of two vectors and the comparer's."""
    column = FaceSearcher().column(heap)
    first, second = turned(np.stack([one, other]), KEY)
    column.put(0, first)
    (score,) = FaceComparer().compare([face(one)], [face(other)])
    return float(column.scores(second, np.array([0]))[0]), score.value


def face(vector: np.ndarray) -> Template:
    return Template(Modality.FACE, None, SampleKind.PORTRAIT, FORMAT, "sface:1", pack(vector), Quality(50.0))


def test_nobody_scores_less_by_code_than_their_full_comparison_less_what_is_bounded() -> None:
    rng, bound, lost = np.random.default_rng(11), FaceSearcher.bound, list[float]()
    assert bound is not None
    turn = _turn(KEY)
    for _ in range(300):
        one, other = (np.asarray(turn.T @ side, np.float32) for side in worst(rng))
        coarse, full = by_code_and_in_full(one, other)
        if all(bound.holds(data) for data in turned(np.stack([one, other]), KEY)):
            lost.append(full - coarse)
    assert len(lost) > 250
    assert max(lost) <= 2 * bound.slack
    assert max(lost) > 1.3 * bound.slack  # the bound is no larger than it must be, by far


@pytest.mark.parametrize("large", [0.42, 0.6, 0.99])
def test_a_code_from_which_something_may_have_been_cut_is_known(large: float) -> None:
    bound, turn = FaceSearcher.bound, _turn(KEY)
    assert bound is not None
    rest = unit(np.random.default_rng(12), 1)[0] * np.float32(0.3)
    for sign in (1.0, -1.0):
        rest[5] = 0.0
        rest *= np.sqrt(1 - large**2) / np.linalg.norm(rest)
        rest[5] = sign * large
        (cut,) = turned(np.asarray(turn.T @ rest, np.float32)[None], KEY)
        assert not bound.holds(cut)
    assert all(bound.holds(data) for data in turned(unit(np.random.default_rng(13), 50), KEY))


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
    (code,) = FaceSearcher().codes([face(vector) for vector in vectors])
    mean = vectors.sum(axis=0) / np.linalg.norm(vectors.sum(axis=0))
    np.testing.assert_allclose(np.frombuffer(code.data, "<f4"), mean, atol=1e-6)
    assert FaceSearcher().codes([]) == ()


def test_bytes_that_are_no_face_are_refused() -> None:
    with pytest.raises(UnreadableTemplate):
        FaceSearcher().turned([SearchCode(Modality.FACE, None, b"short")], KEY)
    with pytest.raises(UnreadableTemplate):
        FaceSearcher().column(heap).put(0, b"short")
