"""Several frames become one vector; strangers among them do not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.errors import FacesDiffer, UnreadableTemplate
from handfast.face.merge import agreeing, mean_direction, mean_length
from handfast.face.template import pack, unpack


def person(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=128)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def frame(seed: int, number: int) -> NDArray[np.float32]:
    """A unit vector at a cosine of about 0.8 to the person's."""
    return mean_direction([person(seed), (0.7 * person(1000 * seed + number)).astype(np.float32)])


def test_frames_of_one_person_all_count() -> None:
    assert agreeing([frame(1, n) for n in range(4)]) == [0, 1, 2, 3]


def test_one_stray_frame_is_left_out() -> None:
    assert agreeing([frame(1, 0), frame(2, 0), frame(1, 1), frame(1, 2)]) == [0, 2, 3]


def test_a_mixture_of_two_people_gives_no_template() -> None:
    with pytest.raises(FacesDiffer):
        agreeing([frame(1, 0), frame(2, 0)])
    with pytest.raises(FacesDiffer):
        agreeing([frame(1, 0), frame(1, 1), frame(2, 0), frame(2, 1)])


def test_the_mean_is_nearer_to_the_person_than_any_frame() -> None:
    frames = [frame(1, n) for n in range(4)]
    assert mean_direction(frames) @ person(1) > max(vector @ person(1) for vector in frames)


def test_a_template_survives_a_round_trip() -> None:
    assert np.array_equal(unpack(pack(person(3))), person(3))
    assert len(pack(person(3))) == 512


@pytest.mark.parametrize("data", [b"", bytes(511), bytes(512), b"\xff" * 512, pack(2 * person(1))])
def test_bytes_that_are_no_unit_vector_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableTemplate):
        unpack(data)


def test_the_mean_is_shorter_where_frames_disagree_or_are_hard_to_recognise() -> None:
    alike = [frame(1, 0)] * 3
    apart = [frame(1, n) for n in range(3)]
    assert mean_length(alike, [12.0] * 3) == pytest.approx(12.0, rel=1e-5)
    assert mean_length(apart, [12.0] * 3) < 12.0
    assert mean_length(apart, [12.0, 12.0, 8.0]) < mean_length(apart, [12.0] * 3)
