"""Verification error rates of comparison scores (ISO/IEC 19795-1). A comparison is a match when score >= threshold.

EER rule, the only one used here (FVC2000; Maio et al. 2002): let t1 be the highest threshold with FNMR <= FMR and t2
the lowest with FNMR >= FMR. Of the two, take the one with the smaller FMR + FNMR; the EER is the mean of its two rates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError

Values = NDArray[np.float64]

TARGETS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
"""False match rates at which the true match rate is told."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCurve:
    """Both error rates at every threshold where one changes.

    thresholds   (K,) rising, every distinct score and +infinity
    fmr, fnmr    (K,) share of non-mated scores at or above it, share of mated scores below it
    """

    thresholds: Values
    fmr: Values
    fnmr: Values


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The threshold for a target FMR and what it does to mated comparisons.

    false_matches       non-mated comparisons at or above the threshold: what the threshold rests on
    false_non_matches   mated comparisons below it
    """

    target: float
    threshold: float
    false_matches: int
    nonmated: int
    false_non_matches: int
    mated: int

    @property
    def fmr(self) -> float:
        """The FMR that the threshold really has here; at most the target."""
        return self.false_matches / self.nonmated

    @property
    def tmr(self) -> float:
        """Share of mated comparisons that match."""
        return 1.0 - self.false_non_matches / self.mated


def error_curve(
    mated: Values, nonmated: Values, mated_weights: Values | None = None, nonmated_weights: Values | None = None
) -> ErrorCurve:
    """FMR and FNMR at every threshold, each comparison counted by its weight (1 where none is given).

    Raises RequestError without a mated and a non-mated comparison.
    """
    if len(mated) == 0 or len(nonmated) == 0:
        raise RequestError("error rates need mated and non-mated comparisons: two people with two samples at least")
    scores = np.concatenate((mated, nonmated))
    weights = np.zeros((2, len(scores)))
    weights[0, : len(mated)] = 1.0 if mated_weights is None else mated_weights
    weights[1, len(mated) :] = 1.0 if nonmated_weights is None else nonmated_weights
    distinct, place = np.unique(scores, return_inverse=True)
    below = np.zeros((2, len(distinct) + 1))
    for row in range(2):
        np.cumsum(np.bincount(place, weights[row], len(distinct)), out=below[row, 1:])
    total = below[:, -1:]
    return ErrorCurve(
        thresholds=np.append(distinct, np.inf),
        fmr=(total[1] - below[1]) / total[1],  # subtract counts before dividing: ties between the rates stay ties
        fnmr=below[0] / total[0],
    )


def equal_error_rate(curve: ErrorCurve) -> float:
    """The EER by the rule above, 0..1."""
    first = int(np.flatnonzero(curve.fnmr <= curve.fmr)[-1])
    second = int(np.flatnonzero(curve.fnmr >= curve.fmr)[0])
    sums = curve.fmr + curve.fnmr
    best = first if sums[first] <= sums[second] else second
    return float(sums[best]) / 2.0


def threshold_at(nonmated: Values, target: float) -> float:
    """The lowest threshold whose FMR is at most the target: one step above the highest score that must not match."""
    allowed = int(np.floor(target * len(nonmated) + 1e-9))
    if allowed >= len(nonmated):
        return -np.inf
    blocking = np.partition(nonmated, len(nonmated) - 1 - allowed)[len(nonmated) - 1 - allowed]
    return float(np.nextafter(blocking, np.inf))


def operating_point(mated: Values, nonmated: Values, target: float) -> OperatingPoint:
    """True matches at the threshold for a target FMR, with the counts that it rests on."""
    threshold = threshold_at(nonmated, target)
    return OperatingPoint(
        target=target,
        threshold=threshold,
        false_matches=int(np.count_nonzero(nonmated >= threshold)),
        nonmated=len(nonmated),
        false_non_matches=int(np.count_nonzero(mated < threshold)),
        mated=len(mated),
    )
