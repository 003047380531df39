"""Two runs on the same comparisons: does one fail less often? A sign-flip test over people (Good 2005).

Each run has its own threshold for the same false match rate. A person's difference is the number of their mated
comparisons that only one run fails; under the null hypothesis its sign is a coin. People are what is independent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.lab.rates.metrics import Values, threshold_at

DRAWS = 9_999
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Paired:
    """What two runs do to the same mated comparisons at one target FMR.

    only_first, only_second, both   mated comparisons that fail in that run alone, or in both
    people_differing                people whose counts of failures differ
    p                               two-sided; None where so few people differ that no p below 0.05 could come out
    """

    target: float
    mated: int
    only_first: int
    only_second: int
    both: int
    people_differing: int
    p: float | None

    @property
    def words(self) -> str:
        """The finding as a sentence."""
        if self.p is None:
            return f"no evidence: {self.people_differing} people differ, too few to tell"
        if self.p > ALPHA:
            return f"no difference shown (p = {self.p:.2g})"
        return f"the {'second' if self.only_second < self.only_first else 'first'} fails less often (p = {self.p:.2g})"


def paired(
    first: Values,
    second: Values,
    mated: NDArray[np.bool_],
    person: NDArray[np.int32],
    target: float,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> Paired:
    """Scores of two runs for the same comparisons, in the same order; `person` is the reference's number."""
    failed = [
        scores[mated] < threshold_at(scores[~mated], target)
        for scores in (np.asarray(first, float), np.asarray(second, float))
    ]
    only_first, only_second = failed[0] & ~failed[1], failed[1] & ~failed[0]
    change = np.bincount(person[mated], only_first.astype(float) - only_second.astype(float))
    change = change[change != 0]
    return Paired(
        target=target,
        mated=int(mated.sum()),
        only_first=int(only_first.sum()),
        only_second=int(only_second.sum()),
        both=int((failed[0] & failed[1]).sum()),
        people_differing=len(change),
        p=_sign_flip(change, draws, seed),
    )


def _sign_flip(change: Values, draws: int, seed: int) -> float | None:
    if 2.0 * 0.5 ** len(change) > ALPHA:
        return None
    observed = abs(change.sum())
    if len(change) <= 13:  # all sign patterns at once
        signs = 1 - 2 * ((np.arange(2 ** len(change))[:, None] >> np.arange(len(change))) & 1)
        return float(np.mean(np.abs(signs @ change) >= observed))
    signs = np.random.default_rng(seed).choice((-1, 1), (draws, len(change)))
    return float((1 + np.count_nonzero(np.abs(signs @ change) >= observed)) / (draws + 1))
