import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.finger.codes import scan
from handfast.finger.codes import search_code as code
from handfast.finger.codes.scan import search_scores
from handfast.finger.codes.search_code import CODE_BYTES, EMPTY, build_search_code
from handfast.finger.records.iso19794_2_2005 import FORMAT, encode
from handfast.finger.ridges.minutiae import MODEL
from handfast.finger.types import Minutiae
from support.prints import another_touch, moved, scattered


def stacked(*codes: bytes) -> np.ndarray:
    return np.frombuffer(b"".join(codes), np.uint8).reshape(-1, CODE_BYTES)


def slow_score(query: bytes, other: bytes) -> float:
    """The score as the module's docstring tells it, cylinder by cylinder."""
    a, b = cylinders(query), cylinders(other)
    if not a or not b:
        return 0.0
    best = []
    for angle_a, bits_a in a:
        near = [bits_b for angle_b, bits_b in b if abs((angle_a - angle_b + 128) % 256 - 128) <= scan.ANGLE_GATE]
        best.append(min([(bits_a ^ bits_b).bit_count() for bits_b in near], default=code.BITS))
    share = 1 / (1 + np.exp(-scan.AVERAGED_SLOPE * (min(len(a), len(b)) - scan.AVERAGED_MIDDLE)))
    averaged = scan.LEAST_AVERAGED + round((scan.MOST_AVERAGED - scan.LEAST_AVERAGED) * float(share))
    return float(sum(max(0.0, 1 - distance / 64) for distance in sorted(best)[:averaged])) / float(averaged)


def cylinders(data: bytes) -> list[tuple[int, int]]:
    words = np.frombuffer(data, "<u8").tolist()
    at = 1 + code.MOST_CYLINDERS // 8
    return [
        (data[8 + k], words[at + k] | words[at + code.MOST_CYLINDERS + k] << 64)
        for k in range(min(data[0], code.MOST_CYLINDERS))
    ]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 60))
def test_the_fast_scan_is_the_slow_one(seed: int, here: int, there: int) -> None:
    query = code.search_code([scattered(seed, here)]) if here else EMPTY
    gallery = [code.search_code([scattered(seed + other, there)]) if there else EMPTY for other in range(3)]
    expected = [slow_score(query, other) for other in gallery]
    rows = np.array([2, 0])
    for in_vectors in (False, True):
        scores = scan.query_scores(scan.search_query(query), stacked(*gallery), rows, in_vectors=in_vectors)
        assert scores.tolist() == pytest.approx([expected[2], expected[0]], abs=1e-6)


def test_a_finger_that_is_touched_again_comes_first_among_two_hundred() -> None:
    gallery = stacked(*(code.search_code([scattered(seed)]) for seed in range(200)))
    for seed in range(0, 200, 10):
        probe = code.search_code([another_touch(moved(scattered(seed), 0.4, (30, -20)), seed)])
        assert int(search_scores(probe, gallery).argmax()) == seed


def test_a_code_of_three_poor_captures_is_nearer_than_one_of_a_single() -> None:
    nearer = 0
    for seed in range(20):
        captures = [another_touch(scattered(seed), 7 * seed + n, kept=0.6, shake=3.0) for n in range(4)]
        one, three = code.search_code(captures[:1]), code.search_code(captures[:3])
        scores = search_scores(code.search_code(captures[3:]), stacked(one, three))
        nearer += bool(scores[1] > scores[0])
    assert nearer >= 15


def test_captures_seen_twice_count_once() -> None:
    print_ = scattered(5)
    assert code.search_code([print_, moved(print_, 0.3, (20, 10))])[0] == code.search_code([print_])[0]


def test_a_code_is_made_of_stored_templates() -> None:
    minutiae = scattered(3)
    data = encode(minutiae, FingerPosition.RIGHT_INDEX, 80)
    template = Template(
        Modality.FINGER, FingerPosition.RIGHT_INDEX, SampleKind.HAND, FORMAT, MODEL, data, Quality(80.0)
    )
    made = build_search_code([template])
    assert len(made) == CODE_BYTES
    assert search_scores(made, stacked(code.search_code([minutiae])))[0] > 0.9


def test_nothing_compares_as_nothing() -> None:
    nothing = np.zeros(0)
    empty = code.search_code([Minutiae(300, 400, nothing, nothing, nothing, nothing.astype(np.uint8), nothing)])
    assert empty == EMPTY
    assert search_scores(EMPTY, stacked(EMPTY, code.search_code([scattered(1)]))).tolist() == [0.0, 0.0]


@settings(deadline=None, max_examples=50)
@given(st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES), st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES))
def test_no_bytes_lead_a_scan_out_of_its_bounds(query: bytes, other: bytes) -> None:
    assert 0.0 <= search_scores(query, stacked(other))[0] <= 1.0


@pytest.mark.parametrize("shape", [(2, CODE_BYTES - 8), (2, CODE_BYTES + 8), (CODE_BYTES,)])
def test_a_gallery_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="codes have"):
        search_scores(EMPTY, np.zeros(shape, np.uint8))
