"""The figures of one set of comparisons, with what each rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from handfast.lab.rates.intervals import (
    FEWEST_PEOPLE,
    Comparisons,
    bootstrap,
    clopper_pearson,
    words_for,
)
from handfast.lab.rates.metrics import TARGETS, OperatingPoint, Values, equal_error_rate, error_curve, operating_point
from handfast.lab.sets.captures import Capture
from handfast.lab.sets.comparing import Row

EER_RULE = (
    "FVC2000: of the highest threshold with FNMR <= FMR and the lowest with FNMR >= FMR, the one with the smaller "
    "FMR + FNMR; the mean of its two rates"
)


@dataclass(frozen=True, slots=True)
class Intervals:
    """How intervals are made: bootstrap draws (0 for none) and seed."""

    replicates: int = 200
    seed: int = 1


def figures(comparisons: Comparisons, intervals: Intervals) -> dict[str, object]:
    """EER and TMR at each target FMR, with counts, exact intervals and, from 50 people up, a bootstrap over people."""
    mated, nonmated = comparisons.split
    result: dict[str, object] = {
        "mated": len(mated),
        "nonmated": len(nonmated),
        "people": len(np.unique(comparisons.reference[comparisons.mated])),
        "eer": equal_error_rate(error_curve(mated, nonmated)),
        "tmr_at_fmr": [_at(comparisons, operating_point(mated, nonmated, target)) for target in TARGETS],
        "tmr_with_no_false_match": float(np.mean(mated > nonmated.max())),
    }
    if intervals.replicates and comparisons.people >= FEWEST_PEOPLE:
        result["bootstrap"] = _bootstrap(comparisons, intervals)
    return result


def by_group(
    rows: Sequence[Row], captures: Sequence[Capture], intervals: Intervals
) -> tuple[dict[str, dict[str, object]], dict[str, Comparisons]]:
    """The FVC protocol in each group: every mated pair, and the first sample of each person with that of each other.

    Gives the figures and the comparisons of each group.
    """
    chosen: dict[str, list[Row]] = {}
    for row in rows:
        reference, probe = captures[row.reference], captures[row.probe]
        if reference.group == probe.group and (row.mated or reference.number == probe.number == 0):
            chosen.setdefault(reference.group, []).append(row)
    sets = {group: comparisons_of(own, captures) for group, own in chosen.items()}
    return {group: figures(own, intervals) for group, own in sets.items()}, sets


def comparisons_of(rows: Sequence[Row], captures: Sequence[Capture]) -> Comparisons:
    """Rows as arrays, with people numbered afresh."""
    numbers = {
        person: n for n, person in enumerate(sorted({captures[k].person for r in rows for k in (r.reference, r.probe)}))
    }
    return Comparisons(
        score=np.array([row.score for row in rows]),
        mated=np.array([row.mated for row in rows]),
        reference=np.array([numbers[captures[row.reference].person] for row in rows], dtype=np.int32),
        probe=np.array([numbers[captures[row.probe].person] for row in rows], dtype=np.int32),
        people=len(numbers),
    )


def _at(comparisons: Comparisons, point: OperatingPoint) -> dict[str, object]:
    failed = comparisons.mated & (comparisons.score < point.threshold)
    people = len(np.unique(comparisons.reference[comparisons.mated]))
    people_failed = len(np.unique(comparisons.reference[failed]))
    return {
        "fmr_target": point.target,
        "fmr": point.fmr,
        "threshold": point.threshold,
        "tmr": point.tmr,
        "false_non_matches": point.false_non_matches,
        "false_matches": point.false_matches,
        "fmr_rests_on": words_for(point.false_matches, point.nonmated),
        "tmr_rests_on": words_for(point.false_non_matches, point.mated),
        "people_with_a_false_non_match": people_failed,
        "people_with_a_false_non_match_interval": clopper_pearson(people_failed, people),
    }


def _bootstrap(comparisons: Comparisons, intervals: Intervals) -> dict[str, object]:
    draw = partial(bootstrap, comparisons, replicates=intervals.replicates, seed=intervals.seed)
    return {
        "over": "people",
        "replicates": intervals.replicates,
        "confidence": 0.95,
        "eer": draw(_eer),
        "tmr_at_fmr": [[target, *draw(partial(_tmr, target))] for target in TARGETS],
    }


def _eer(mated: Values, nonmated: Values, mated_weights: Values, nonmated_weights: Values) -> float:
    return equal_error_rate(error_curve(mated, nonmated, mated_weights, nonmated_weights))


def _tmr(target: float, mated: Values, nonmated: Values, mated_weights: Values, nonmated_weights: Values) -> float:
    order = np.argsort(nonmated)[::-1]
    above = np.cumsum(nonmated_weights[order])
    blocking = order[int(np.searchsorted(above, target * above[-1], side="right"))]
    return float(mated_weights[mated > nonmated[blocking]].sum() / mated_weights.sum())
