import numpy as np
import pytest
from scipy.stats import binomtest

from handfast.lab.figures import _tmr
from handfast.lab.rates.intervals import clopper_pearson, rule_of_three, words_for
from handfast.lab.rates.metrics import operating_point
from support.coverage import EXACT, bootstrap_coverage, exact_coverage


@pytest.mark.parametrize(("errors", "trials"), [(0, 1), (0, 100), (3, 100), (50, 100), (100, 100), (1, 100_000)])
def test_the_exact_interval_agrees_with_an_independent_one(errors: int, trials: int) -> None:
    expected = binomtest(errors, trials).proportion_ci(method="exact")
    assert clopper_pearson(errors, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("rate", "trials"), EXACT)
def test_the_exact_interval_covers(rate: float, trials: int) -> None:
    assert exact_coverage(rate, trials) >= 0.95


def test_the_rule_of_three_is_three_over_the_trials() -> None:
    assert rule_of_three(29_956) == pytest.approx(1e-4, rel=1e-3)
    assert rule_of_three(299) == pytest.approx(0.01, rel=1e-2)


def test_too_few_errors_are_said_out_loud() -> None:
    assert "rule of 3" in words_for(0, 100)
    assert "rule of 30" in words_for(29, 100)
    assert "rule" not in words_for(30, 100)


def test_the_bootstrap_over_people_covers_from_fifty_people_up() -> None:
    assert bootstrap_coverage(50, 200, seed=2) >= 0.90  # `scripts/campaign coverage` draws enough for the goal of 93 %


def test_the_bootstrap_s_true_match_rate_is_the_plain_one_when_everyone_is_drawn_once() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        mated, nonmated = rng.integers(5, 30, 40).astype(float), rng.integers(0, 20, 300).astype(float)
        for target in (1e-2, 1e-1, 1e-4):
            drawn_once = _tmr(target, mated, nonmated, np.ones(40), np.ones(300))
            assert drawn_once == pytest.approx(operating_point(mated, nonmated, target).tmr)
