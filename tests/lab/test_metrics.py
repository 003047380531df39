import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from handfast.base.errors import RequestError
from handfast.lab.rates.metrics import Values, equal_error_rate, error_curve, operating_point, threshold_at


def arrays(values: st.SearchStrategy[float]) -> st.SearchStrategy[Values]:
    return st.lists(values, min_size=1, max_size=60).map(np.array)


distinct = st.floats(-1e6, 1e6, width=32)
tied = st.integers(0, 5).map(float)
any_scores = arrays(distinct) | arrays(tied)


@given(any_scores, any_scores)
def test_both_rates_agree_with_an_independent_roc_at_every_threshold(mated: Values, nonmated: Values) -> None:
    truth = np.repeat([1, 0], [len(mated), len(nonmated)])
    fpr, tpr, thresholds = roc_curve(truth, np.concatenate((mated, nonmated)), drop_intermediate=False)
    curve = error_curve(mated, nonmated)
    place = np.searchsorted(curve.thresholds, thresholds)
    np.testing.assert_array_equal(curve.thresholds[place], thresholds)
    np.testing.assert_allclose(curve.fmr[place], fpr, rtol=0, atol=1e-12)
    np.testing.assert_allclose(1.0 - curve.fnmr[place], tpr, rtol=0, atol=1e-12)
    assert set(curve.thresholds) == set(thresholds)


@given(any_scores, any_scores)
def test_a_higher_threshold_never_matches_more(mated: Values, nonmated: Values) -> None:
    curve = error_curve(mated, nonmated)
    assert np.all(np.diff(curve.fmr) <= 0)
    assert np.all(np.diff(curve.fnmr) >= 0)
    assert (curve.fmr[0], curve.fmr[-1], curve.fnmr[0], curve.fnmr[-1]) == (1.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("mated", "nonmated", "expected"),
    [
        ([2, 3], [0, 1], 0.0),  # apart
        ([0, 1], [2, 3], 1.0),  # apart, the wrong way round
        ([1, 1], [1, 1], 0.5),  # one value for all
        ([1, 2, 3, 4], [0, 0, 0, 1.5], 0.25),  # both rates 1/4 between 1 and 2
        ([1, 3, 4, 5], [0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 0.05),  # at 1: FMR 1/10, FNMR 0; at 3: FMR 0, FNMR 1/4
        ([1, 3], [0, 0, 0, 2], 0.125),  # at 1: FMR 1/4, FNMR 0; at 2: FMR 1/4, FNMR 1/2
    ],
)
def test_the_equal_error_rate_follows_its_rule(mated: list[float], nonmated: list[float], expected: float) -> None:
    curve = error_curve(np.array(mated, float), np.array(nonmated, float))
    assert equal_error_rate(curve) == pytest.approx(expected, abs=1e-15)


@given(any_scores, any_scores)
def test_the_equal_error_rate_lies_between_the_rates_that_cross(mated: Values, nonmated: Values) -> None:
    curve = error_curve(mated, nonmated)
    eer = equal_error_rate(curve)
    assert 0.0 <= eer <= 1.0
    assert eer <= float(np.min(np.maximum(curve.fmr, curve.fnmr))) + 1e-12


@given(any_scores, st.sampled_from([1.0, 0.5, 0.1, 0.01, 1e-4]))
def test_the_threshold_for_a_target_is_the_lowest_that_meets_it(nonmated: Values, target: float) -> None:
    threshold = threshold_at(nonmated, target)
    assert np.mean(nonmated >= threshold) <= target + 1e-12
    if np.isfinite(threshold):
        assert np.mean(nonmated >= np.nextafter(threshold, -np.inf)) > target


def test_an_operating_point_counts_what_it_rests_on() -> None:
    point = operating_point(np.array([1.0, 5.0, 9.0]), np.arange(10.0), 0.25)
    assert (point.false_matches, point.nonmated, point.false_non_matches, point.mated) == (2, 10, 2, 3)
    assert point.fmr == 0.2
    assert point.tmr == pytest.approx(1 / 3)


def test_a_weight_of_two_is_the_same_as_saying_it_twice() -> None:
    mated, nonmated = np.array([1.0, 2.0, 2.0]), np.array([0.0, 1.5])
    weighted = error_curve(mated, nonmated, np.array([2.0, 1.0, 0.0]), np.array([1.0, 3.0]))
    repeated = error_curve(np.array([1.0, 1.0, 2.0]), np.array([0.0, 1.5, 1.5, 1.5]))
    np.testing.assert_array_equal(weighted.fmr, repeated.fmr)
    np.testing.assert_array_equal(weighted.fnmr, repeated.fnmr)


def test_one_kind_of_comparison_alone_gives_no_rate() -> None:
    with pytest.raises(RequestError):
        error_curve(np.array([1.0]), np.array([]))
