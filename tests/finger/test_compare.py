from math import tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.finger.comparison import alignment, compare, cylinders, hull, prints, relaxation, seen, similarity
from handfast.finger.comparison.compare import (
    COMPARATOR,
    compare_prints,
    compare_templates,
    compare_with_each,
    fast_form,
    warm_up,
)
from handfast.finger.comparison.prints import joined, prepare
from handfast.finger.records.iso19794_2_2005 import FORMAT, decode, encode
from handfast.finger.types import Minutiae
from support.plain_compare import plain_score
from support.prints import another_touch, mirrored, moved, scaled, scattered

seeds = st.integers(0, 10_000)


def score(a: Minutiae, b: Minutiae) -> float:
    return compare_prints(prepare(a), prepare(b))


def template(minutiae: Minutiae, data: bytes | None = None, kind: SampleKind = SampleKind.HAND) -> Template:
    encoded = encode(minutiae, FingerPosition.RIGHT_INDEX, 50) if data is None else data
    return Template(Modality.FINGER, FingerPosition.RIGHT_INDEX, kind, FORMAT, "leader:1", encoded, Quality(50))


@settings(deadline=None)
@given(seeds, st.floats(-tau, tau), st.floats(-500, 500), st.floats(-500, 500))
def test_moving_and_turning_a_print_does_not_change_its_score(seed: int, turn: float, dx: float, dy: float) -> None:
    here = scattered(seed)
    touched = another_touch(here, seed)
    # Cells at a threshold may tip over by rounding, and minutiae more than a quarter turn apart are never paired.
    assert score(here, moved(touched, turn / 8, (dx, dy))) == pytest.approx(score(here, touched), rel=0.1)
    assert score(moved(here, turn, (dx, dy)), moved(touched, turn, (dx, dy))) == pytest.approx(
        score(here, touched), rel=0.1
    )


@settings(deadline=None)
@given(seeds)
def test_the_order_of_two_prints_hardly_matters(seed: int) -> None:
    here = scattered(seed)
    touched = another_touch(here, seed)
    assert score(here, touched) == pytest.approx(score(touched, here), rel=0.1)


@settings(deadline=None)
@given(seeds)
def test_no_print_is_more_alike_than_the_same_one(seed: int) -> None:
    here = scattered(seed)
    same = score(here, here)
    assert same > score(here, another_touch(here, seed)) > score(here, scattered(seed + 1))


@settings(deadline=None)
@given(seeds)
def test_a_mirror_image_is_another_finger(seed: int) -> None:
    here = scattered(seed)
    assert score(here, mirrored(here)) < 0.5 * score(here, another_touch(here, seed))


def test_other_touches_of_a_finger_score_above_other_fingers() -> None:
    fingers = [scattered(seed) for seed in range(12)]
    mated = [score(finger, another_touch(finger, 50 + n)) for n, finger in enumerate(fingers)]
    others = [score(a, b) for a in fingers for b in fingers if a is not b]
    assert min(mated) > 1.5 * max(others)


@settings(deadline=None)
@given(seeds, st.integers(0, 12), st.integers(0, 12))
def test_prints_of_any_few_minutiae_compare_without_error(seed: int, few: int, fewer: int) -> None:
    value = score(scattered(seed, few), scattered(seed + 1, fewer))
    assert 0 <= value < 10


@settings(deadline=None)
@given(seeds, st.floats(0.87, 1.15))
def test_a_print_whose_scale_was_guessed_wrong_still_compares(seed: int, factor: float) -> None:
    here = scattered(seed)
    assert score(here, scaled(another_touch(here, seed), factor)) > 1.5 * score(here, scattered(seed + 1))


@settings(deadline=None)
@given(seeds)
def test_half_a_print_still_compares(seed: int) -> None:
    here = scattered(seed, 60)
    part = another_touch(here, seed)
    part = part.take(part.y < part.height / 2)
    assert score(here, part) > score(here, scattered(seed + 1, 60)) + 0.5


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_print_with_too_few_minutiae_is_like_none(count: int) -> None:
    assert score(scattered(1, count), scattered(2)) == 0.0


def test_minutiae_in_one_place_compare_as_nothing() -> None:
    each = np.full(5, 7.0)
    heap = Minutiae(20, 20, each, each, each, np.ones(5, np.uint8), each)
    assert score(heap, heap) == 0.0


def test_a_stored_print_compares_as_the_one_in_memory() -> None:
    here = scattered(3)
    touched = another_touch(here, 3)
    stored = compare_templates(template(here), template(touched, kind=SampleKind.CONTACT))
    assert stored.value == pytest.approx(score(here, touched), rel=0.1)
    assert (stored.comparator, stored.reference_kind, stored.probe_kind) == (
        COMPARATOR,
        SampleKind.HAND,
        SampleKind.CONTACT,
    )


def test_a_damaged_template_is_refused() -> None:
    with pytest.raises(UnreadableTemplate):
        fast_form(template(scattered(4), b"FMR\0 30\0"))


def test_a_template_of_a_face_is_refused() -> None:
    face = Template(Modality.FACE, None, SampleKind.PORTRAIT, "handfast-face:1", "sface:1", b"", Quality(50))
    with pytest.raises(ValueError, match="finger"):
        fast_form(face)


@pytest.mark.parametrize("seed", range(8))
def test_the_fast_comparison_is_the_plain_one(seed: int) -> None:
    """Of touches that coincide, of parts that hardly do, and of strangers, stored as they are in whole pixels."""
    here = scattered(seed, 30, 220, 260)
    touched = moved(another_touch(here, seed, kept=0.7), 0.3, (5.0, -9.0))
    others = [touched, touched.take(touched.y < 120), scattered(seed + 100, 24, 200, 240)]
    for other in (decode(encode(each, FingerPosition.RIGHT_INDEX, 50))[0] for each in others):
        assert compare._looked_at(prepare(here), prepare(other))[0][0] == pytest.approx(
            plain_score(here, other), abs=2e-6
        )


@settings(deadline=None, max_examples=20)
@given(seeds, st.lists(st.integers(0, 30), min_size=1, max_size=6), st.floats(0.9, 1.1))
def test_a_print_compares_with_each_of_many_as_with_one(seed: int, sizes: list[int], factor: float) -> None:
    here = prepare(scattered(seed, 30))
    others = [prepare(scaled(another_touch(scattered(seed, size), seed), factor)) for size in sizes]
    many = joined(others)
    singly = [compare_prints(here, other) for other in others]
    assert compare_with_each(here, many).tolist() == singly
    assert compare_with_each(here, many.part(1, len(many))).tolist() == singly[1:]
    assert [compare_prints(here, many.only(n)) for n in range(len(many))] == singly


def test_prints_beyond_what_one_call_takes_are_compared_as_well() -> None:
    here, other = prepare(scattered(1)), prepare(scattered(2))
    scores = compare_with_each(here, joined([other] * compare.AT_ONCE + [here]))
    assert scores[:-1].tolist() == [compare_prints(here, other)] * compare.AT_ONCE
    assert scores[-1] == compare_prints(here, here)


def compiled_forms() -> int:
    """In how many forms the comparison's functions are compiled in this process."""
    functions = [
        each
        for module in (alignment, compare, cylinders, hull, prints, relaxation, seen, similarity)
        for each in vars(module).values()
    ]
    return sum(len(each.signatures) for each in functions if hasattr(each, "signatures"))


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    warm_up()
    ready = compiled_forms()
    here = scattered(11)
    compare_templates(template(here), template(another_touch(here, 11)))
    assert ready > 0
    assert compiled_forms() == ready
