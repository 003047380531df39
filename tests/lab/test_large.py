"""Figures of very many comparisons are those of the same scores by the plain rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import RequestError
from handfast.lab.blocks import face_blocks
from handfast.lab.rates.large import Figures, Tally
from handfast.lab.rates.metrics import TARGETS, equal_error_rate, error_curve, operating_point

scores = st.lists(st.integers(0, 12), min_size=1, max_size=60)


@given(scores, scores)
def test_every_figure_is_exactly_that_of_the_plain_rules_ties_included(own: list[int], others: list[int]) -> None:
    mated, nonmated = np.array(own, np.float32) / 7, np.array(others, np.float32) / 7
    tally = Tally(len(nonmated))
    for part in np.array_split(np.arange(len(own) + len(others)), 3):
        both = np.concatenate((mated, nonmated)).astype(np.float32)
        which = np.arange(len(own) + len(others)) < len(own)
        tally.add(both[part], which[part])
    found = tally.figures()
    plain = mated.astype(np.float64), nonmated.astype(np.float64)
    assert found.equal_error_rate() == equal_error_rate(error_curve(*plain))
    for target in (*TARGETS, 0.1, 0.5, 0.9, 1.0):
        here, there = found.operating_point(target), operating_point(*plain, target)
        assert (here.false_matches, here.false_non_matches) == (there.false_matches, there.false_non_matches)


def test_blocks_of_faces_hold_every_pair_once() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(37, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    people = rng.integers(0, 9, 37).astype(np.int32)
    parts = list(face_blocks(vectors, people, rows=10))
    cosines, mated = (np.concatenate(side) for side in zip(*parts, strict=True))
    upper = np.triu_indices(37, 1)
    assert np.allclose(np.sort(cosines), np.sort((vectors @ vectors.T)[upper]), atol=1e-6)
    assert mated.sum() == (people[:, None] == people)[upper].sum()


def test_more_than_was_announced_or_nothing_at_all_is_refused() -> None:
    with pytest.raises(RequestError, match="announced"):
        Tally(1).add(np.zeros(2, np.float32), np.zeros(2, bool))
    with pytest.raises(RequestError, match="mated and non-mated"):
        Tally(1).figures()
    assert Figures(np.ones(1, np.float32), np.zeros(1, np.float32)).equal_error_rate() == 0.0
