import numpy as np
import pytest
from scipy.stats import binomtest

from handfast.lab.figures import _tmr
from handfast.lab.intervals import Comparisons, bootstrap, clopper_pearson, rule_of_three, words_for
from handfast.lab.metrics import Values, operating_point


@pytest.mark.parametrize(("errors", "trials"), [(0, 1), (0, 100), (3, 100), (50, 100), (100, 100), (1, 100_000)])
def test_the_exact_interval_agrees_with_an_independent_one(errors: int, trials: int) -> None:
    expected = binomtest(errors, trials).proportion_ci(method="exact")
    assert clopper_pearson(errors, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_exact_interval_covers_in_simulation() -> None:
    rng = np.random.default_rng(1)
    for rate, trials in ((0.02, 100), (0.3, 40), (0.001, 2000)):
        covered = [
            low <= rate <= high
            for low, high in (clopper_pearson(int(e), trials) for e in rng.binomial(trials, rate, 500))
        ]
        assert np.mean(covered) >= 0.95


def test_the_rule_of_three_is_three_over_the_trials() -> None:
    assert rule_of_three(29_956) == pytest.approx(1e-4, rel=1e-3)
    assert rule_of_three(299) == pytest.approx(0.01, rel=1e-2)


def test_too_few_errors_are_said_out_loud() -> None:
    assert "rule of 3" in words_for(0, 100)
    assert "rule of 30" in words_for(29, 100)
    assert "rule" not in words_for(30, 100)


def people_who_differ(people: int, rng: np.random.Generator) -> Comparisons:
    """Scores whose mated rate belongs to the person: comparisons of one person are far from independent."""
    who = np.repeat(np.arange(people, dtype=np.int32), 6)
    easy = rng.random(people) < 0.8
    mated = np.where(rng.random(len(who)) < np.where(easy[who], 0.99, 0.5), 2.0, 0.0)
    left, right = (side.astype(np.int32) for side in np.triu_indices(people, 1))
    score = np.concatenate((mated, rng.random(len(left))))
    truth = np.repeat([True, False], [len(mated), len(left)])
    return Comparisons(score, truth, np.concatenate((who, left)), np.concatenate((who, right)), people)


def share_above_one(mated: Values, _: Values, weights: Values, __: Values) -> float:
    return float(weights[mated > 1.0].sum() / weights.sum())


def test_the_bootstrap_over_people_covers_from_fifty_people_up() -> None:
    rng = np.random.default_rng(2)
    truth = 0.8 * 0.99 + 0.2 * 0.5
    intervals = [bootstrap(people_who_differ(50, rng), share_above_one, seed=k) for k in range(200)]
    assert np.mean([low <= truth <= high for low, high in intervals]) >= 0.90  # 200 trials of a 93 % goal


def test_the_bootstrap_s_true_match_rate_is_the_plain_one_when_everyone_is_drawn_once() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        mated, nonmated = rng.integers(5, 30, 40).astype(float), rng.integers(0, 20, 300).astype(float)
        for target in (1e-2, 1e-1, 1e-4):
            drawn_once = _tmr(target, mated, nonmated, np.ones(40), np.ones(300))
            assert drawn_once == pytest.approx(operating_point(mated, nonmated, target).tmr)
