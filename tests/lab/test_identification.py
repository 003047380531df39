"""FPIR and FNIR by gallery size, against galleries that are really drawn."""

from itertools import combinations

import numpy as np
import pytest

from handfast.lab.rates.identification import fpir, search_points, searches, threshold_for


def compared(people: int, seed: int = 1, shift: float = 3.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ids = [f"p{a:03d}.{i}" for a in range(people) for i in range(2)]
    pairs = list(combinations(range(len(ids)), 2))
    score = np.array([rng.normal(shift if ids[a][:4] == ids[b][:4] else 0.0) for a, b in pairs])
    left, right = (np.array([ids[pair[side]] for pair in pairs]) for side in (0, 1))
    return score, left, right


@pytest.mark.parametrize("size", [1, 2, 3])
def test_fpir_is_the_mean_over_every_gallery_there_is(size: int) -> None:
    made = searches(*compared(5))
    for threshold in (-0.5, 0.3, 1.2):
        answered = [
            np.nanmax(row[list(gallery)]) >= threshold
            for row in made.others
            for gallery in combinations(np.flatnonzero(np.isfinite(row)), size)
        ]
        assert fpir(made, size, threshold) == pytest.approx(np.mean(answered), abs=1e-12)


def test_a_search_takes_the_best_of_a_persons_captures_and_never_itself() -> None:
    score = np.array([0.9, 0.2, 0.4, 0.1, 0.3, 0.8])
    reference = np.array(["a.1", "a.1", "a.1", "a.2", "a.2", "b.1"])
    probe = np.array(["a.2", "b.1", "b.2", "b.1", "b.2", "b.2"])
    made = searches(score, reference, probe)
    assert made.own.tolist() == [0.9, 0.9, 0.8, 0.8]
    assert [float(np.nanmax(row)) for row in made.others] == [0.4, 0.3, 0.2, 0.4]


def test_the_threshold_is_the_lowest_that_keeps_the_target() -> None:
    made = searches(*compared(12))
    for target in (0.5, 0.1, 0.01):
        threshold = threshold_for(made, 6, target)
        assert fpir(made, 6, threshold) <= target
        assert fpir(made, 6, float(np.nextafter(threshold, -np.inf))) > target


def test_a_larger_gallery_misses_no_fewer_and_none_larger_than_the_set_is_told() -> None:
    points = search_points(searches(*compared(40)))
    assert [point.size for point in points] == [10, 10, 30, 30, 39, 39]
    for target in (0.1, 0.01):
        missed = [point.fnir for point in points if point.fpir_target == target]
        assert missed == sorted(missed)
    assert search_points(searches(*compared(8))) == ()
