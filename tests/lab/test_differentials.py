import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.lab.rates.differentials import Trials, clustered_interval, conclude, differentials, holm, worst
from handfast.lab.rates.intervals import clopper_pearson
from handfast.lab.rates.paired import paired


def simulated(rates: list[float], trials: int = 6, seed: int = 1) -> Trials:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(len(rates), dtype=np.int32), trials)
    return Trials(rng.random(len(who)) < np.array(rates)[who], who, who)


def test_holm_follows_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_and_keeps_their_order(p: list[float]) -> None:
    corrected = holm(p)
    assert all(a <= b <= 1.0 for a, b in zip(p, corrected, strict=True))
    assert np.all(np.diff(np.array(corrected)[np.argsort(p, kind="stable")]) >= 0)


def test_independent_trials_get_nearly_the_exact_interval() -> None:
    trials = simulated([0.2] * 400, trials=1)
    exact = clopper_pearson(int(trials.errors.sum()), 400)
    assert clustered_interval(trials) == pytest.approx(exact, abs=0.005)


def test_no_error_is_worth_as_many_trials_as_there_are_people() -> None:
    assert clustered_interval(simulated([0.0] * 20, trials=50)) == pytest.approx(clopper_pearson(0, 20))


def test_the_interval_covers_the_rate_when_people_differ() -> None:
    rng = np.random.default_rng(1)
    covered = []
    for seed in range(300):
        low, high = clustered_interval(simulated(rng.beta(1, 9, 60).tolist(), 8, seed))
        covered.append(low <= 0.1 <= high)
    assert np.mean(covered) >= 0.93


def test_the_interval_of_pairs_covers_the_rate_when_a_person_is_in_many() -> None:
    rng = np.random.default_rng(2)
    left, right = (side.astype(np.int32) for side in np.triu_indices(40, 1))
    covered = []
    for _ in range(200):
        easy = rng.normal(0, 0.7, 40)
        low, high = clustered_interval(Trials(easy[left] + easy[right] + rng.normal(0, 1, len(left)) > 2, left, right))
        covered.append(low <= 0.0787 <= high)  # P(N(0, 1 + 2 * 0.49) > 2)
    assert np.mean(covered) >= 0.93


def test_without_a_difference_one_is_seldom_found() -> None:
    values = ["a"] * 20 + ["b"] * 20
    found = [
        conclude(differentials("sex", values, "FNMR", simulated([0.1] * 40, seed=seed), draws=199))[0].finding
        for seed in range(100)
    ]
    assert found.count("higher") + found.count("lower") <= 10


def test_a_real_difference_is_found_and_its_group_is_the_worst() -> None:
    groups = conclude(differentials("age", ["old"] * 20 + ["young"] * 40, "FNMR", simulated([0.4] * 20 + [0.1] * 40)))
    assert [group.finding for group in groups] == ["higher", "lower"]
    found = worst(groups, "age", "FNMR")
    assert found is not None
    assert found.value == "old"


def test_too_few_people_or_errors_are_no_evidence() -> None:
    few = conclude(differentials("age", ["old"] * 9 + ["young"] * 40, "FNMR", simulated([0.4] * 9 + [0.1] * 40)))
    assert {group.finding for group in few} == {"no evidence: fewer than 10 people here or elsewhere"}
    rare = conclude(differentials("age", ["old"] * 20 + ["young"] * 20, "FNMR", simulated([0.01] * 40)))
    assert all(group.finding.startswith("no evidence") for group in rare)


def test_people_without_a_value_take_no_part() -> None:
    trials = simulated([1.0] * 10 + [0.0] * 20)
    (group,) = differentials("age", [""] * 10 + ["young"] * 20, "FNMR", trials)
    assert (group.people, group.errors, group.others) == (20, 0, None)


def test_the_sign_flip_follows_a_worked_example() -> None:
    nonmated = np.zeros(100)
    mated = np.ones(6)  # six people, each fails in the first run only: p = 2 / 2^6
    score = [np.concatenate((side, nonmated)) for side in (-mated, mated)]
    flags = np.arange(106) < 6
    person = np.concatenate((np.arange(6), np.zeros(100))).astype(np.int32)
    test = paired(score[0], score[1], flags, person, 0.01)
    assert (test.only_first, test.only_second, test.people_differing) == (6, 0, 6)
    assert test.p == pytest.approx(2 / 64)
    assert test.words.startswith("the second fails less often")
