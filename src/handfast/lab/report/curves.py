"""What the plots of a report show, as numbers: trade-off, distributions, reliability of ratios, error by discard.

Error versus discard: ISO/IEC 29794-1 (Grother & Tabassi 2007). Reliability: observed against told log likelihood ratio.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from handfast.lab.rates.intervals import clopper_pearson
from handfast.lab.rates.likelihood import cllr, min_cllr
from handfast.lab.rates.metrics import Values, error_curve

BINS = 60
RATIO_BINS = np.arange(-4.25, 4.5, 0.5)  # log10, edges half way between told values
DISCARD = np.round(np.arange(0.0, 0.51, 0.02), 2)
START = 0.05  # FNMR before anything is discarded, so that there are errors to see


@dataclass(frozen=True, slots=True)
class Reliability:
    """How ratios that were told compare with what happened.

    told       mean log10 ratio in each bin
    observed   log10 of (share of mated in the bin / share of non-mated in it); None where one of them is empty
    interval   95 % of it, by exact intervals of both shares, comparisons counted as independent; None likewise
    counts     (mated, non-mated) in each bin
    """

    told: tuple[float, ...]
    observed: tuple[float | None, ...]
    interval: tuple[tuple[float, float] | None, ...]
    counts: tuple[tuple[int, int], ...]
    cllr: float
    min_cllr: float


def det_points(mated: Values, nonmated: Values, step: float = 0.01) -> list[tuple[float, float]]:
    """(FMR, FNMR) where both rest on an error or more, no two nearer than `step` on normal deviate axes."""
    curve = error_curve(mated, nonmated)
    seen = (curve.fmr > 0) & (curve.fnmr > 0) & (curve.fmr < 1) & (curve.fnmr < 1)
    points = np.stack((curve.fmr[seen], curve.fnmr[seen]), axis=1)
    if len(points) == 0:
        return []
    cells = np.floor(norm.ppf(points) / step)
    kept = np.append(True, np.any(np.diff(cells, axis=0) != 0, axis=1))
    kept[-1] = True
    return [(float(a), float(b)) for a, b in points[kept]]


def distribution(mated: Values, nonmated: Values, bins: int = BINS) -> dict[str, list[float]]:
    """Shares of mated and of non-mated scores in equal bins over the range of all."""
    both = np.concatenate((mated, nonmated))
    edges = np.linspace(both.min(), both.max() + 1e-9, bins + 1)
    shares = [np.histogram(scores, edges)[0] / len(scores) for scores in (mated, nonmated)]
    return {"edges": edges.tolist(), "mated": shares[0].tolist(), "nonmated": shares[1].tolist()}


def reliability(mated: Values, nonmated: Values) -> Reliability | None:
    """Observed beside told ratios; None unless both kinds of comparison have ratios."""
    mated, nonmated = mated[np.isfinite(mated)], nonmated[np.isfinite(nonmated)]
    if len(mated) == 0 or len(nonmated) == 0:
        return None
    bins = [np.clip(np.digitize(llrs, RATIO_BINS), 0, len(RATIO_BINS)) for llrs in (mated, nonmated)]
    counts = [np.bincount(own, minlength=len(RATIO_BINS) + 1) for own in bins]
    used = np.flatnonzero(counts[0] + counts[1])
    both, place = np.concatenate((mated, nonmated)), np.concatenate(bins)
    pairs = [(int(counts[0][b]), int(counts[1][b])) for b in used]
    return Reliability(
        told=tuple(float(both[place == b].mean()) for b in used),
        observed=tuple(_ratio(a, len(mated), b, len(nonmated)) for a, b in pairs),
        interval=tuple(_ratio_interval(a, len(mated), b, len(nonmated)) for a, b in pairs),
        counts=tuple(pairs),
        cllr=cllr(mated, nonmated),
        min_cllr=min_cllr(mated, nonmated),
    )


def discard_curve(mated: Values, quality: Values, start: float = START) -> dict[str, object] | None:
    """FNMR of what is left when the mated comparisons of lowest quality are left out, at one threshold throughout.

    The threshold is the one at which a share of `start` of all fails. None where quality is not known, or all alike.
    """
    known = np.isfinite(quality)
    scores, quality = mated[known], quality[known]
    if len(scores) < 30 or quality.min() == quality.max():
        return None
    order = np.argsort(quality, kind="stable")
    failed = (scores < np.quantile(scores, start))[order]
    rates = [float(failed[int(share * len(failed)) :].mean()) for share in DISCARD]
    return {"discarded": DISCARD.tolist(), "fnmr": rates, "failed": int(failed.sum()), "mated": len(failed)}


def _ratio(mated: int, all_mated: int, nonmated: int, all_nonmated: int) -> float | None:
    if mated == 0 or nonmated == 0:
        return None
    return float(np.log10(mated / all_mated) - np.log10(nonmated / all_nonmated))


def _ratio_interval(mated: int, all_mated: int, nonmated: int, all_nonmated: int) -> tuple[float, float] | None:
    if mated == 0 or nonmated == 0:
        return None
    confidence = 1 - 0.05 / 2  # of each share, so that both hold with 95 %
    low, high = clopper_pearson(mated, all_mated, confidence)
    least, most = clopper_pearson(nonmated, all_nonmated, confidence)
    return float(np.log10(low / most)), float(np.log10(high / least))
