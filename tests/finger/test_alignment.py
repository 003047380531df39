from math import tau

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.finger.comparison.alignment import Alignment, align
from handfast.finger.comparison.prints import prepare
from handfast.finger.comparison.similarity import Likely
from handfast.finger.types import Minutiae
from support.prints import another_touch, moved, scaled, scattered


def aligned(a: Minutiae, b: Minutiae) -> Alignment | None:
    """Two prints aligned from the true pairs of their first minutiae."""
    seeds = np.arange(5)
    return align(prepare(a), prepare(b), likely(seeds, seeds))


def likely(ones: np.ndarray, others: np.ndarray) -> Likely:
    """These pairs, as if they were the likeliest of two prints."""
    return Likely(ones[None], others[None], np.ones((1, len(ones)), np.float32), np.array([len(ones)]))


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(-3.1, 3.1), st.floats(0.89, 1.13), st.floats(-300, 300))
def test_a_known_turn_and_scale_are_found(seed: int, turn: float, factor: float, shift: float) -> None:
    here = scattered(seed)
    found = aligned(here, scaled(moved(here, turn, (shift, -shift)), factor))
    assert found is not None
    assert found.scale == pytest.approx(factor, abs=0.02)
    assert abs((found.turn - turn + tau / 2) % tau - tau / 2) < 0.03
    assert found.pairs > 0.9 * len(here)


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_a_print_laid_over_itself_overlaps_whole(seed: int) -> None:
    here = scattered(seed)
    found = aligned(here, here)
    assert found is not None
    assert (found.overlap_a, found.overlap_b) == (len(here), len(here))
    assert found.pairs == pytest.approx(len(here))


def test_only_the_part_that_both_show_counts_as_overlap() -> None:
    here = scattered(7, 60)
    left, right = here.take(here.x < 200), here.take(here.x > 100)
    common = int(((here.x > 100) & (here.x < 200)).sum())
    seeds = [(i, j) for i, x in enumerate(left.x) for j, other in enumerate(right.x) if x == other]
    seeds_a, seeds_b = np.array(seeds).T
    found = align(prepare(left), prepare(right), likely(seeds_a.copy(), seeds_b.copy()))
    assert found is not None
    assert found.pairs == pytest.approx(common)
    assert common <= found.overlap_a < len(left)
    assert common <= found.overlap_b < len(right)


def test_a_scale_beyond_reason_is_not_fitted() -> None:
    here = scattered(8)
    found = aligned(here, scaled(another_touch(here, 8, kept=1.0), 1.6))
    assert found is None or found.scale <= 1.25 + 1e-9


@pytest.mark.parametrize("count", [0, 1, 2])
def test_prints_that_span_no_area_do_not_align(count: int) -> None:
    few = scattered(9, count)
    nothing = np.zeros(0, np.int64)
    assert align(prepare(few), prepare(scattered(9)), likely(nothing, nothing)) is None
