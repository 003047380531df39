"""How often intervals hold the truth, in simulation; `scripts/campaign coverage` draws as often as one likes."""

import numpy as np
from scipy.stats import binom

from handfast.lab.rates.intervals import Comparisons, bootstrap, clopper_pearson
from handfast.lab.rates.metrics import Values

EXACT = ((0.02, 100), (0.3, 40), (0.001, 2000), (0.1, 20), (0.0001, 50_000))
PEOPLE = (50, 100, 200)
HARD, EASY, DIFFICULT = 0.2, 0.99, 0.5  # share of difficult people; how often the others and they match
TRUTH = (1.0 - HARD) * EASY + HARD * DIFFICULT


def exact_coverage(rate: float, trials: int) -> float:
    """How often the exact interval holds the rate: summed over every outcome, nothing drawn."""
    counts = np.arange(trials + 1)
    likely = counts[binom.pmf(counts, trials, rate) > 1e-12]
    holds = [low <= rate <= high for low, high in (clopper_pearson(int(count), trials) for count in likely)]
    return float(binom.pmf(likely, trials, rate)[np.array(holds)].sum())


def bootstrap_coverage(people: int, draws: int, seed: int) -> float:
    """How often the bootstrap over so many people holds the rate that all people have."""
    rng = np.random.default_rng(seed)
    intervals = [bootstrap(people_who_differ(people, rng), share_above_one, seed=seed + k) for k in range(draws)]
    return float(np.mean([low <= TRUTH <= high for low, high in intervals]))


def people_who_differ(people: int, rng: np.random.Generator) -> Comparisons:
    """Scores whose mated rate belongs to the person: comparisons of one person are far from independent."""
    number = np.arange(people, dtype=np.int32)
    who = np.repeat(number, 6)
    easy = rng.random(people) >= HARD
    mated = np.where(rng.random(len(who)) < np.where(easy[who], EASY, DIFFICULT), 2.0, 0.0)
    score = np.concatenate((mated, rng.random(people)))
    truth = np.repeat([True, False], [len(mated), people])
    left, right = np.concatenate((who, number)), np.concatenate((who, np.roll(number, 1)))
    return Comparisons(score, truth, left, right, people)


def share_above_one(mated: Values, _: Values, weights: Values, __: Values) -> float:
    """The weighted share of mated scores above one."""
    return float(weights[mated > 1.0].sum() / weights.sum())
