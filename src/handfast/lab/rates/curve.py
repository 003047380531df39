"""From scores of both kinds to what a score is worth: a smooth, never falling curve of log10 likelihood ratios.

There are always many non-mated scores and few mated ones. So the scale of the score is bent until the non-mated ones
are normal (the many fix it well), and there the mated ones are taken for a normal distribution that gives way to their
own shape a little: a kernel density of wide kernels, drawn together so that mean and variance stay (Jones 1991). The
ratio of the two densities is made monotone by pooling adjacent violators, each place weighed by both kinds alike.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression

from handfast.lab.rates.metrics import Values

BANDWIDTH = 0.7  # of a kernel, in standard deviations of the mated scores; anything from 0.5 to 1 does as well
PLACES = 200  # of the curve, evenly; as many lie where the scores of each kind do
BINS = 128  # of the mated scores on the bent scale
BEYOND = 0.5  # of the scores' span, on either side, that the curve is told beyond them
FARTHEST = 30.0  # natural logarithm of the largest ratio looked at
TAIL, FEWEST_IN_TAIL = 1e-3, 20  # non-mated scores farther out than this are taken for those of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """scores (K,) rising, llrs (K,) log10, never falling; straight between them and level beyond."""

    scores: Values
    llrs: Values

    def at(self, scores: Values) -> Values:
        """The ratios of scores, without floor or ceiling."""
        return np.asarray(np.interp(scores, self.scores, self.llrs), dtype=np.float64)


def fit_curve(
    mated: Values, nonmated: Values, mated_weights: Values | None = None, nonmated_weights: Values | None = None
) -> Curve:
    """The curve of (M,) mated and (N,) non-mated scores, each counted by its weight (1 where none is given)."""
    own, own_share = _sorted(mated, mated_weights)
    other, other_share = _sorted(nonmated, nonmated_weights)
    places = _places(own, other)
    bent = _Bent.of(other, other_share, float(places[-1] - places[0]))
    z = bent.at(places)
    ratio = np.clip(_log_density(bent.at(own), own_share, z) - norm.logpdf(z), -FARTHEST, FARTHEST)
    weights = _histogram(own, own_share, places) + _histogram(other, other_share, places) + 1e-9
    llrs = IsotonicRegression().fit_transform(places, ratio, sample_weight=weights) / np.log(10.0)
    return Curve(places, np.asarray(llrs, dtype=np.float64))


def _places(own: Values, other: Values) -> Values:
    """Where the curve is told: evenly over all scores and beyond, and at the quantiles of both kinds."""
    low, high = min(own[0], other[0]), max(own[-1], other[-1])
    even = np.linspace(low - BEYOND * (high - low), high + BEYOND * (high - low), PLACES)
    dense = [scores[np.linspace(0, len(scores) - 1, PLACES).astype(np.int64)] for scores in (own, other)]
    return np.unique(np.concatenate((even, *dense)))


@dataclass(frozen=True, slots=True, eq=False)
class _Bent:
    """The scale on which some scores are normal; beyond (low, high) it runs on straight, as the outer ones suggest.

    scores, below   (N,) rising, (N + 1,) share of their weight below each
    low, high       (score, normal deviate, deviates a unit of the score)
    """

    scores: Values
    below: Values
    low: tuple[float, float, float]
    high: tuple[float, float, float]

    @staticmethod
    def of(scores: Values, share: Values, span: float) -> "_Bent":
        """`span` is of all that will be asked for; it serves where the outer scores are all the same."""
        tail = min(0.1, max(TAIL, FEWEST_IN_TAIL / len(scores)))
        inner = min(10.0 * tail, 0.4)
        ends = []
        for outer, nearer in ((tail, inner), (1.0 - tail, 1.0 - inner)):
            at, from_ = (_quantile(scores, share, q) for q in (outer, nearer))
            steps = float(ndtri(outer) - ndtri(nearer)), at - from_
            slope = steps[0] / steps[1] if steps[1] != 0.0 else 12.0 / max(span, 1e-9)
            ends.append((at, float(ndtri(outer)), slope))
        return _Bent(scores, np.concatenate(([0.0], np.cumsum(share))), ends[0], ends[1])

    def at(self, scores: Values) -> Values:
        """Normal deviates: of a tied score, that of the middle of its ties."""
        middle = sum(self.below[np.searchsorted(self.scores, scores, side)] for side in ("left", "right")) / 2.0
        count = len(self.scores)
        z = ndtri((middle * count + 0.5) / (count + 1.0))
        for (end, deviate, slope), outside in ((self.low, scores < self.low[0]), (self.high, scores > self.high[0])):
            z = np.where(outside, deviate + (scores - end) * slope, z)
        return np.asarray(z, dtype=np.float64)


def _log_density(z: Values, share: Values, at: Values) -> Values:
    """Of the mated scores on the bent scale, by wide kernels drawn together to keep mean and variance."""
    mean = float(share @ z)
    spread = max(float(np.sqrt(share @ (z - mean) ** 2)), 1e-3)
    shrink = 1.0 / np.sqrt(1.0 + BANDWIDTH**2)
    edges = np.linspace(z.min(), max(z.max(), z.min() + 1e-6), BINS + 1)
    mass, _ = np.histogram(z, edges, weights=share)
    centres = mean + ((edges[1:] + edges[:-1]) / 2.0 - mean) * shrink
    kernels = norm.logpdf(at[:, None], centres[None, :], BANDWIDTH * spread * shrink)
    with np.errstate(divide="ignore"):
        return np.asarray(np.logaddexp.reduce(kernels + np.log(mass)[None, :], axis=1), dtype=np.float64)


def _sorted(scores: Values, weights: Values | None) -> tuple[Values, Values]:
    """Scores that count, rising, and the share of each in all their weight."""
    given = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(scores, kind="stable")
    order = order[given[order] > 0.0]
    return scores[order], given[order] / given.sum()


def _quantile(scores: Values, share: Values, at: float) -> float:
    return float(scores[min(int(np.searchsorted(np.cumsum(share), at)), len(scores) - 1)])


def _histogram(scores: Values, share: Values, places: Values) -> Values:
    nearest = np.searchsorted((places[1:] + places[:-1]) / 2.0, scores)
    return np.asarray(np.bincount(nearest, share, len(places)), dtype=np.float64)
