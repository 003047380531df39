"""The curve from scores to likelihood ratios: near the truth, monotone, and sane where data are tied, few or apart."""

import numpy as np
import pytest
from scipy.stats import norm

from handfast.lab.rates.curve import fit_curve

LN10 = np.log(10.0)


def test_the_curve_of_skewed_scores_comes_near_the_true_ratio() -> None:
    """Any rising function of normal scores has the same ratio."""
    rng = np.random.default_rng(1)
    mated, nonmated = np.exp(rng.normal(3.0, 1.0, 400) / 4.0), np.exp(rng.normal(0.0, 1.0, 40_000) / 4.0)
    curve = fit_curve(mated, nonmated)
    for score in (0.5, 1.0, 1.5, 2.0, 2.5):
        truth = (norm.logpdf(score, 3.0) - norm.logpdf(score)) / LN10
        assert curve.at(np.exp([score / 4.0]))[0] == pytest.approx(truth, abs=0.3)


def test_a_curve_never_falls_though_the_ratio_of_its_normals_does() -> None:
    rng = np.random.default_rng(2)
    wide = fit_curve(rng.normal(1.5, 3.0, 300), rng.normal(0.0, 1.0, 5_000))
    assert np.all(np.diff(wide.llrs) >= 0.0)
    assert wide.at(np.array([-1e9]))[0] > -1.0  # low scores are likelier of a wide mated distribution
    assert wide.at(np.array([1e9]))[0] > 3.0


def test_whole_numbers_with_many_ties_are_calibrated_as_any_scores() -> None:
    rng = np.random.default_rng(3)
    mated, nonmated = rng.poisson(12, 500).astype(float), rng.poisson(4, 50_000).astype(float)
    curve = fit_curve(mated, nonmated)
    for score in (5.0, 7.0, 9.0):
        truth = (score * np.log(12 / 4) - 8.0) / LN10
        assert curve.at(np.array([score]))[0] == pytest.approx(truth, abs=0.35)


def test_scores_that_are_nearly_all_the_same_give_a_curve_that_is_finite() -> None:
    curve = fit_curve(np.array([0.0, *np.linspace(0.5, 1.0, 30)]), np.zeros(200))
    assert np.all(np.isfinite(curve.llrs))
    assert curve.at(np.array([0.9]))[0] > curve.at(np.array([0.0]))[0]


def test_a_weight_of_two_is_the_same_as_saying_it_twice() -> None:
    rng = np.random.default_rng(4)
    mated, nonmated = rng.normal(2.0, 1.0, 50), rng.normal(0.0, 1.0, 500)
    weights = rng.integers(0, 3, 50).astype(float)
    weighted = fit_curve(mated, nonmated, weights, np.ones(500))
    repeated = fit_curve(np.repeat(mated, weights.astype(int)), nonmated)
    np.testing.assert_allclose(weighted.llrs, repeated.llrs, atol=0.02)
