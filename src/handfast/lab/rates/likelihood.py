"""How good a set of log-likelihood ratios is: Cllr and its best possible value (Brümmer & du Preez 2006)."""

import numpy as np
from sklearn.isotonic import IsotonicRegression

from handfast.lab.rates.metrics import Values


def cllr(mated: Values, nonmated: Values) -> float:
    """Cost of log10 likelihood ratios in bits: 0 for perfect knowledge, 1 for none. Calibration and separation."""
    cost_mated = np.logaddexp2(0.0, -mated * np.log2(10.0)).mean()
    cost_nonmated = np.logaddexp2(0.0, nonmated * np.log2(10.0)).mean()
    return float(cost_mated + cost_nonmated) / 2.0


def min_cllr(mated: Values, nonmated: Values) -> float:
    """Cllr after the best monotone map of these very scores (pool adjacent violators): separation alone."""
    truth = np.concatenate((np.ones(len(mated)), np.zeros(len(nonmated))))
    weights = np.where(truth == 1.0, 0.5 / len(mated), 0.5 / len(nonmated))
    posterior = IsotonicRegression().fit_transform(np.concatenate((mated, nonmated)), truth, sample_weight=weights)
    with np.errstate(divide="ignore"):
        llr = np.log10(posterior) - np.log10(1.0 - posterior)
    return cllr(llr[: len(mated)], llr[len(mated) :])
