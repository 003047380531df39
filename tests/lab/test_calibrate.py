import numpy as np
import pytest
from scipy.stats import norm

from handfast.base.errors import RequestError
from handfast.base.modality import SampleKind
from handfast.decision.tables import Basis, Table
from handfast.lab.calibrate import About, FitParameters, count_people, fit_table
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.rates.likelihood import cllr, min_cllr

ABOUT = About("toy:1", "toy:1", SampleKind.PORTRAIT, SampleKind.PORTRAIT, Basis.PUBLIC, "simulated scores", {"seed": 1})
QUICK = FitParameters(replicates=10)


def simulated(people: int, distance: float, seed: int = 1) -> Comparisons:
    """Mated scores N(distance, 1), four a person; non-mated N(0, 1), one a pair."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people, dtype=np.int32), 4)
    left, right = (side.astype(np.int32) for side in np.triu_indices(people, 1))
    score = np.concatenate((rng.normal(distance, 1, len(who)), rng.normal(0, 1, len(left))))
    mated = np.repeat([True, False], [len(who), len(left)])
    return Comparisons(score, mated, np.concatenate((who, left)), np.concatenate((who, right)), people)


def fitted(comparisons: Comparisons) -> Table:
    return fit_table(comparisons, ABOUT, QUICK)


def test_a_table_of_simulated_scores_comes_near_the_true_ratio() -> None:
    table = fitted(simulated(200, 3.0))
    for score in (0.5, 1.0, 1.5, 2.0, 2.5):
        truth = (norm.logpdf(score, 3.0) - norm.logpdf(score)) / np.log(10)
        assert table.llr(score).llr == pytest.approx(truth, abs=0.35)


def test_a_table_is_calibrated_for_people_it_never_saw() -> None:
    table = fitted(simulated(200, 3.0))
    mated, nonmated = (np.array([table.llr(s).llr for s in side]) for side in simulated(150, 3.0, seed=2).split)
    assert cllr(mated, nonmated) - min_cllr(mated, nonmated) <= 0.02


def test_fewer_people_give_a_lower_ceiling_and_a_higher_floor_however_good_the_scores() -> None:
    few, many = fitted(simulated(20, 20.0)), fitted(simulated(100, 20.0))
    assert few.llr(1e9).llr == pytest.approx(np.log10(20 * 19 / 2 / 3), abs=1e-3)
    assert few.llr(-1e9).llr == pytest.approx(-np.log10(20 / 3), abs=1e-3)
    assert many.llr(1e9).llr > few.llr(1e9).llr
    assert many.llr(-1e9).llr < few.llr(-1e9).llr


def test_more_comparisons_of_the_same_people_do_not_raise_the_ceiling() -> None:
    once = simulated(20, 5.0)
    everything = np.tile(np.arange(len(once.score)), 2)
    twice = once.take(everything)
    assert fitted(twice).ceiling == fitted(once).ceiling
    assert count_people(twice) == count_people(once) == (20, 190)


def test_the_interval_holds_the_table() -> None:
    table = fit_table(simulated(60, 3.0), ABOUT, FitParameters(replicates=60))
    inside = [a - 0.05 <= x <= b + 0.05 for a, x, b in zip(table.lower, table.llrs, table.upper, strict=True)]
    assert np.mean(inside) > 0.8


def test_the_same_scores_give_the_same_table() -> None:
    assert fitted(simulated(30, 3.0)).to_json() == fitted(simulated(30, 3.0)).to_json()


def test_a_handful_of_people_give_no_table() -> None:
    with pytest.raises(RequestError, match="10"):
        fitted(simulated(9, 3.0))


def test_scores_that_say_nothing_give_no_table() -> None:
    with pytest.raises(RequestError, match="nothing to calibrate"):
        fitted(simulated(30, -3.0))


def test_perfect_ratios_cost_nothing_and_silent_ones_a_bit() -> None:
    assert cllr(np.full(5, 9.0), np.full(5, -9.0)) == pytest.approx(0.0, abs=1e-6)
    assert cllr(np.zeros(5), np.zeros(5)) == 1.0
    assert min_cllr(np.array([1.0, 2.0]), np.array([-1.0, 0.0])) == 0.0
