"""Fitting a calibration table: the curve of likelihood ratios (see `curve`) at a few knots, within bounds.

Knots lie evenly from where the curve meets the table's floor to where it meets its ceiling.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.base.modality import SampleKind
from handfast.decision.tables import Basis, Table
from handfast.lab.rates.curve import Curve, fit_curve
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.rates.likelihood import cllr, min_cllr
from handfast.lab.rates.metrics import Values


@dataclass(frozen=True, slots=True)
class FitParameters:
    """How a table is fitted.

    knots        places where the table's slope may change
    most_pairs   non-mated comparisons used at most, drawn at random
    replicates   bootstrap draws of people for the interval
    """

    knots: int = 24
    most_pairs: int = 100_000
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
    if not np.median(nonmated) < np.median(mated):
        raise RequestError("mated comparisons do not score higher than non-mated ones: nothing to calibrate")
    curve = fit_curve(mated, nonmated)
    floor, ceiling = -math.log10(people / 3.0), math.log10(pairs / 3.0)
    scores = knots_of(curve, floor, ceiling, p.knots)
    lower, upper = _interval(used, scores, rng, p)
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
        llrs=tuple(_round(x) for x in np.clip(curve.at(scores), floor, ceiling)),
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


def knots_of(curve: Curve, floor: float, ceiling: float, count: int) -> Values:
    """(count,) scores, evenly from the last place at the floor to the first at the ceiling."""
    first = max(int(np.searchsorted(curve.llrs, max(floor, curve.llrs[0]), side="right")) - 1, 0)
    last = int(np.searchsorted(curve.llrs, min(ceiling, curve.llrs[-1]), side="left"))
    return np.linspace(curve.scores[first], curve.scores[max(last, first + 1)], count)


def cross_validated(comparisons: Comparisons, p: FitParameters) -> tuple[float, float]:
    """(Cllr, its minimum) on the half of the people that a table was not fitted on, mean of both ways."""
    half = np.random.default_rng(p.seed).permutation(comparisons.people) % 2
    results = []
    for part in (0, 1):
        train, test = (comparisons.take(_within(comparisons, half == side)) for side in (part, 1 - part))
        curve = fit_curve(*train.split)
        people, pairs = count_people(train)
        bounds = -math.log10(people / 3.0), math.log10(pairs / 3.0)
        ratios = [np.clip(curve.at(scores), *bounds) for scores in test.split]
        results.append((cllr(ratios[0], ratios[1]), min_cllr(*test.split)))
    return float(np.mean([r[0] for r in results])), float(np.mean([r[1] for r in results]))


def _within(comparisons: Comparisons, people: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return people[comparisons.reference] & people[comparisons.probe]


def _interval(
    comparisons: Comparisons, scores: Values, rng: np.random.Generator, p: FitParameters
) -> tuple[Values, Values]:
    mated, nonmated = comparisons.split
    who = comparisons.reference[comparisons.mated]
    left, right = comparisons.reference[~comparisons.mated], comparisons.probe[~comparisons.mated]
    curves = []
    for _ in range(p.replicates):
        drawn = np.bincount(rng.integers(0, comparisons.people, comparisons.people), minlength=comparisons.people)
        weights = drawn[who].astype(np.float64), (drawn[left] * drawn[right]).astype(np.float64)
        curves.append(fit_curve(mated, nonmated, *weights).at(scores))
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    return np.asarray(low), np.asarray(high)


def _round(value: float) -> float:
    return round(float(value), 4)
