"""How far a measured rate can be trusted: exact binomial intervals (Clopper & Pearson 1934), bootstrap over people,
and the rules of 3 and of 30 (ISO/IEC 19795-1, annex B).

Comparisons of one person are not independent trials; people are. So an exact interval is told for people, and the
bootstrap draws people, with all their comparisons, never comparisons.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm
from scipy.stats import t as student_t

from handfast.lab.rates.metrics import Values

FEWEST_PEOPLE = 50  # with fewer, a bootstrap over people is a regression check and no claim


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """Comparison scores with who was compared.

    score              (N,) float64
    mated              (N,) bool
    reference, probe   (N,) int32, the people as numbers 0..people-1; equal exactly where mated
    """

    score: Values
    mated: NDArray[np.bool_]
    reference: NDArray[np.int32]
    probe: NDArray[np.int32]
    people: int

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Comparisons":
        """The comparisons of a mask or of indices, with the same numbering of people."""
        return Comparisons(self.score[which], self.mated[which], self.reference[which], self.probe[which], self.people)

    @property
    def split(self) -> tuple[Values, Values]:
        """(mated scores, non-mated scores)."""
        return self.score[self.mated], self.score[~self.mated]


Statistic = Callable[[Values, Values, Values, Values], float]
"""From mated scores, non-mated scores and the weights of each to one number."""


def clopper_pearson(errors: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval for a rate with `errors` in `trials` independent trials."""
    if not 0 <= errors <= trials or trials == 0:
        raise ValueError(f"{errors} errors in {trials} trials is no count")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if errors == 0 else float(beta.ppf(tail, errors, trials - errors + 1))
    high = 1.0 if errors == trials else float(beta.ppf(1.0 - tail, errors + 1, trials - errors))
    return low, high


def rule_of_three(trials: int) -> float:
    """The rate that no error in `trials` independent trials still allows, at 95 % one-sided."""
    return 1.0 - float(0.05 ** (1.0 / trials))


def words_for(errors: int, trials: int) -> str:
    """What so many errors can and cannot say."""
    if errors == 0:
        return f"no error in {trials:,}: by the rule of 3 the rate may still be {100 * rule_of_three(trials):.2g} %"
    if errors < 30:
        return f"rests on {errors} errors; the rule of 30 asks for 30 to be within 30 % at 90 % confidence"
    return f"rests on {errors} errors"


def bootstrap(
    comparisons: Comparisons, statistic: Statistic, *, replicates: int = 200, confidence: float = 0.95, seed: int = 1
) -> tuple[float, float]:
    """Percentile interval of a statistic over draws of people with replacement, widened as t is beyond the normal
    distribution, since so few people spread too little (Hesterberg 2015, section 4.3).

    A person drawn k times counts k times in each mated comparison; a pair of people counts by the product of theirs.
    """
    rng = np.random.default_rng(seed)
    mated, nonmated = comparisons.split
    who = comparisons.reference[comparisons.mated]
    left, right = comparisons.reference[~comparisons.mated], comparisons.probe[~comparisons.mated]
    values: list[float] = []
    while len(values) < replicates:
        drawn = rng.multinomial(comparisons.people, np.full(comparisons.people, 1.0 / comparisons.people))
        mated_weights = drawn[who].astype(np.float64)
        nonmated_weights = (drawn[left] * drawn[right]).astype(np.float64)
        if mated_weights.any() and nonmated_weights.any():
            values.append(statistic(mated, nonmated, mated_weights, nonmated_weights))
    people = comparisons.people
    deviate = student_t.ppf((1.0 - confidence) / 2.0, people - 1) * np.sqrt(people / (people - 1.0))
    tail = float(norm.cdf(deviate))
    low, high = np.quantile(values, [tail, 1.0 - tail], method="weibull")  # unbiased however few the draws
    return float(low), float(high)
