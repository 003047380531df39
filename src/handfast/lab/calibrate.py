"""Fitting a calibration table: logistic regression of a monotone, piecewise linear function of the score.

Mated and non-mated comparisons weigh the same in all, so the fitted log odds are log likelihood ratios. The pieces lie
between the medians of the two classes; every slope is held at or above zero and its change is penalised, so few data
give a nearly straight line. Beyond the data the outer pieces run on until they meet the table's floor or ceiling.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from handfast.base.errors import RequestError
from handfast.base.modality import SampleKind
from handfast.decision.tables import Basis, Table
from handfast.lab.intervals import Comparisons
from handfast.lab.likelihood import cllr, min_cllr
from handfast.lab.metrics import Values


@dataclass(frozen=True, slots=True)
class FitParameters:
    """How a table is fitted.

    knots        places where the slope may change
    smoothness   penalty on changes of slope
    shrinkage    penalty on slopes, so that separated classes give a finite one
    most_pairs   non-mated comparisons used at most, drawn at random
    replicates   bootstrap draws of people for the interval
    """

    knots: int = 10
    smoothness: float = 1e-5
    shrinkage: float = 1e-6
    most_pairs: int = 20_000
    replicates: int = 100
    seed: int = 1


@dataclass(frozen=True, slots=True)
class About:
    """What a table says of itself: for what, and from what."""

    id: str
    comparator: str
    reference_kind: SampleKind
    probe_kind: SampleKind
    basis: Basis
    description: str
    protocol: Mapping[str, object]


def fit_table(comparisons: Comparisons, about: About, p: FitParameters = FitParameters()) -> Table:
    """A calibration table from labelled scores; RequestError if there are too few people to bound anything."""
    people, pairs = count_people(comparisons)
    if people < 10:
        raise RequestError(f"{people} people with mated comparisons; a table needs 10 at the very least")
    rng = np.random.default_rng(p.seed)
    used = thin(comparisons, p.most_pairs, rng)
    mated, nonmated = used.split
    knots = np.linspace(np.median(nonmated), np.median(mated), p.knots)
    values = fit(mated, nonmated, knots, p)
    floor, ceiling = -math.log10(people / 3.0), math.log10(pairs / 3.0)
    scores = with_ends(knots, values, floor, ceiling)
    lower, upper = _interval(used, knots, scores, rng, p)
    held_out = cross_validated(used, p)
    return Table(
        id=about.id,
        comparator=about.comparator,
        reference_kind=about.reference_kind,
        probe_kind=about.probe_kind,
        basis=about.basis,
        description=about.description,
        counts={
            "people": people,
            "person_pairs": pairs,
            "mated": int(comparisons.mated.sum()),
            "nonmated": int((~comparisons.mated).sum()),
        },
        floor=_round(floor),
        ceiling=_round(ceiling),
        scores=tuple(float(f"{score:.6g}") for score in scores),
        llrs=tuple(
            np.maximum.accumulate([_round(x) for x in np.clip(evaluate(scores, knots, values), floor, ceiling)])
        ),
        lower=tuple(_round(x) for x in np.clip(lower, floor, ceiling)),
        upper=tuple(_round(x) for x in np.clip(upper, floor, ceiling)),
        protocol={**about.protocol, "cllr_held_out": _round(held_out[0]), "min_cllr_held_out": _round(held_out[1])},
    )


def count_people(comparisons: Comparisons) -> tuple[int, int]:
    """(people with a mated comparison, unordered pairs of different people that were compared)."""
    people = len(np.unique(comparisons.reference[comparisons.mated]))
    pairs = np.sort(np.stack((comparisons.reference, comparisons.probe), axis=1)[~comparisons.mated], axis=1)
    return people, len(np.unique(pairs, axis=0))


def thin(comparisons: Comparisons, most: int, rng: np.random.Generator) -> Comparisons:
    """All mated and at most so many non-mated comparisons."""
    nonmated = np.flatnonzero(~comparisons.mated)
    if len(nonmated) <= most:
        return comparisons
    mask = comparisons.mated.copy()
    mask[rng.choice(nonmated, most, replace=False)] = True
    return comparisons.take(mask)


def fit(
    mated: Values,
    nonmated: Values,
    knots: Values,
    p: FitParameters,
    mated_weights: Values | None = None,
    nonmated_weights: Values | None = None,
) -> Values:
    """(1 + pieces,) intercept and slopes of the log odds, natural logarithm, in units of the knots' span."""
    if not knots[0] < knots[-1]:
        raise RequestError("mated comparisons do not score higher than non-mated ones: nothing to calibrate")
    truth = np.concatenate((np.ones(len(mated)), np.zeros(len(nonmated))))
    weights = np.concatenate((_share(mated, mated_weights), _share(nonmated, nonmated_weights)))
    basis = _pieces(np.concatenate((mated, nonmated)), knots)

    def loss(values: Values) -> tuple[float, Values]:
        z = values[0] + basis @ values[1:]
        change = np.diff(values[1:])
        slope = weights * (expit(z) - truth)
        gradient = np.concatenate(([slope.sum()], basis.T @ slope + 2.0 * p.shrinkage * values[1:]))
        gradient[2:] += 2.0 * p.smoothness * change / len(change)
        gradient[1:-1] -= 2.0 * p.smoothness * change / len(change)
        penalty = p.smoothness * np.mean(change**2) + p.shrinkage * np.sum(values[1:] ** 2)
        return float(np.sum(weights * (np.logaddexp(0.0, z) - truth * z)) + penalty), gradient

    start = np.concatenate(([-3.0], np.full(len(knots) - 1, 6.0)))
    bounds = [(None, None)] + [(0.0, None)] * (len(knots) - 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, dtype=np.float64)


def evaluate(scores: Values, knots: Values, values: Values) -> Values:
    """log10 likelihood ratios of scores by fitted values, without floor or ceiling."""
    return np.asarray((values[0] + _pieces(scores, knots) @ values[1:]) / np.log(10.0), dtype=np.float64)


def with_ends(knots: Values, values: Values, floor: float, ceiling: float) -> Values:
    """The knots within floor and ceiling, and where the function meets each of them."""
    span = knots[-1] - knots[0]
    ends = evaluate(knots[[0, -1]], knots, values)
    slopes = np.maximum(values[[1, -1]], 1e-3) / span / np.log(10.0)
    first = knots[0] - max(ends[0] - floor, 0.01) / slopes[0]
    last = knots[-1] + max(ceiling - ends[1], 0.01) / slopes[1]
    return np.concatenate(([first], knots, [last]))


def cross_validated(comparisons: Comparisons, p: FitParameters) -> tuple[float, float]:
    """(Cllr, its minimum) on the half of the people that a table was not fitted on, mean of both ways."""
    half = np.random.default_rng(p.seed).permutation(comparisons.people) % 2
    results = []
    for part in (0, 1):
        train, test = (comparisons.take(_within(comparisons, half == side)) for side in (part, 1 - part))
        mated, nonmated = train.split
        knots = np.linspace(np.median(nonmated), np.median(mated), p.knots)
        values = fit(mated, nonmated, knots, p)
        people, pairs = count_people(train)
        bounds = -math.log10(people / 3.0), math.log10(pairs / 3.0)
        ratios = [np.clip(evaluate(scores, knots, values), *bounds) for scores in test.split]
        results.append((cllr(ratios[0], ratios[1]), min_cllr(*test.split)))
    return float(np.mean([r[0] for r in results])), float(np.mean([r[1] for r in results]))


def _within(comparisons: Comparisons, people: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return people[comparisons.reference] & people[comparisons.probe]


def _interval(
    comparisons: Comparisons, knots: Values, scores: Values, rng: np.random.Generator, p: FitParameters
) -> tuple[Values, Values]:
    mated, nonmated = comparisons.split
    who = comparisons.reference[comparisons.mated]
    left, right = comparisons.reference[~comparisons.mated], comparisons.probe[~comparisons.mated]
    curves = []
    for _ in range(p.replicates):
        drawn = np.bincount(rng.integers(0, comparisons.people, comparisons.people), minlength=comparisons.people)
        values = fit(mated, nonmated, knots, p, drawn[who].astype(float), (drawn[left] * drawn[right]).astype(float))
        curves.append(evaluate(scores, knots, values))
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    return np.asarray(low), np.asarray(high)


def _pieces(scores: Values, knots: Values) -> Values:
    edges = np.concatenate(([-np.inf], knots[1:-1], [np.inf]))
    starts = np.concatenate(([knots[0]], knots[1:-1]))
    pieces = [np.clip(scores, a, b) - s for a, b, s in zip(edges[:-1], edges[1:], starts, strict=True)]
    return np.asarray(np.stack(pieces, axis=1) / (knots[-1] - knots[0]), dtype=np.float64)


def _share(scores: Values, weights: Values | None) -> Values:
    given = np.ones(len(scores)) if weights is None else weights
    return np.asarray(0.5 * given / given.sum(), dtype=np.float64)


def _round(value: float) -> float:
    return round(float(value), 4)
