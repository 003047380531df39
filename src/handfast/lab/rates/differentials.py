"""Differences of error rates between groups of people (ISO/IEC 19795-10).

One threshold for all; each group's rate beside that of everybody else. Comparisons of one person are not independent:
intervals are exact ones on an effective number of trials (Korn & Graubard 1998), with the variance of a rate over pairs
of people clustered on both (Aronow, Samii & Assenova 2015); p by permuting who belongs to a group. Holm (1979) corrects
for the number of questions that were asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.stats import beta

ALPHA = 0.05
FEWEST = 10  # people in a group, and outside it, below which nothing is said
ENOUGH_ERRORS = 30  # rule of 30: with fewer in all, no difference shown is no evidence of none
DRAWS = 4_999


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """What can go wrong, and with whom: (N,) errors, and the numbers of the two people (twice one for one person)."""

    errors: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]

    def among(self, members: NDArray[np.bool_]) -> "Trials":
        """The trials whose people are all members."""
        inside = members[self.left] & members[self.right]
        return Trials(self.errors[inside], self.left[inside], self.right[inside])


@dataclass(frozen=True, slots=True)
class Group:
    """One group's rate, and whether it differs from everybody else's.

    rate        None without a trial
    interval    95 %
    p, p_holm   two-sided, before and after Holm's correction; None where it was not asked
    finding     "higher", "lower", "no difference shown", "no evidence: ..."
    unasked     why p was not asked, where it was not
    """

    column: str
    value: str
    measure: str
    people: int
    trials: int
    errors: int
    rate: float | None
    interval: tuple[float, float]
    others: float | None
    p: float | None
    p_holm: float | None = None
    finding: str = ""
    unasked: str = f"fewer than {FEWEST} people here or elsewhere"


def differentials(
    column: str,
    values: Sequence[str],
    measure: str,
    trials: Trials,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> tuple[Group, ...]:
    """A group for each value; `values` holds each person's, "" where not known. Findings come by `conclude`."""
    labels = np.array(values)
    everyone = Trials(trials.errors, trials.left, trials.right).among(labels != "")
    return tuple(
        _group(column, value, measure, everyone, labels, np.random.default_rng(seed), draws)
        for value in sorted(set(values) - {""})
    )


def conclude(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with Holm's correction over all of them, and in words what was found."""
    asked = [group.p for group in groups if group.p is not None]
    corrected = iter(holm(asked))
    done = [replace(group, p_holm=None if group.p is None else next(corrected)) for group in groups]
    errors = {
        (g.column, g.measure): sum(o.errors for o in groups if (o.column, o.measure) == (g.column, g.measure))
        for g in groups
    }
    return tuple(replace(g, finding=_finding(g, errors[g.column, g.measure])) for g in done)


def worst(groups: Sequence[Group], column: str, measure: str) -> Group | None:
    """The group with the highest rate of those with people enough, or None if no error was seen."""
    candidates = [g for g in groups if (g.column, g.measure) == (column, measure) and g.people >= FEWEST and g.rate]
    return max(candidates, key=lambda g: g.rate or 0.0, default=None)


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Step-down corrected p values, in the order given."""
    order = np.argsort(p, kind="stable")
    steps = np.array(p, dtype=float)[order] * (len(p) - np.arange(len(p)))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(p) else steps
    return tuple(float(x) for x in corrected)


def clustered_interval(trials: Trials, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a rate on as many independent trials as the clustered ones are worth.

    Where no or every trial failed, or the errors are of one person, that is the number of people.
    """
    n = len(trials.errors)
    if n == 0:
        return 0.0, 1.0
    people = len(np.unique(np.concatenate((trials.left, trials.right))))
    rate = float(trials.errors.mean())
    concerned = np.unique(np.concatenate((trials.left[trials.errors], trials.right[trials.errors])))
    worth = float(min(n, people))
    if 0.0 < rate < 1.0 and len(concerned) > 2:
        worth = min(float(n), max(1.0, rate * (1.0 - rate) / max(_variance(trials, rate), 1e-15)))
    tail, errors = (1.0 - confidence) / 2.0, rate * worth
    low = 0.0 if rate == 0.0 else float(beta.ppf(tail, errors, worth - errors + 1.0))
    high = 1.0 if rate == 1.0 else float(beta.ppf(1.0 - tail, errors + 1.0, worth - errors))
    return low, high


def _variance(trials: Trials, rate: float) -> float:
    """Of a rate, clustered on both people of each trial: what a person shares in, less what a pair counts twice."""
    residual = trials.errors - rate
    size = int(max(trials.left.max(), trials.right.max())) + 1
    low, high = np.minimum(trials.left, trials.right), np.maximum(trials.left, trials.right)
    _, pair = np.unique(low.astype(np.int64) * size + high, return_inverse=True)
    of_pair = np.bincount(pair, residual)
    of_person = np.bincount(low, residual, size) + np.bincount(high, np.where(low == high, 0.0, residual), size)
    twice = np.bincount(pair, np.where(low == high, 0.0, residual))
    squares = float(np.sum(of_person**2) - np.sum(twice**2))
    return max(squares, float(np.sum(of_pair**2))) / len(residual) ** 2


def _group(
    column: str,
    value: str,
    measure: str,
    trials: Trials,
    labels: NDArray[np.str_],
    rng: np.random.Generator,
    draws: int,
) -> Group:
    members = labels == value
    own, rest = trials.among(members), trials.among((labels != "") & ~members)
    size, others = int(members.sum()), int(((labels != "") & ~members).sum())
    askable = min(size, others) >= FEWEST and len(own.errors) > 0 and len(rest.errors) > 0
    return Group(
        column=column,
        value=value,
        measure=measure,
        people=size,
        trials=len(own.errors),
        errors=int(own.errors.sum()),
        rate=float(own.errors.mean()) if len(own.errors) else None,
        interval=clustered_interval(own),
        others=float(rest.errors.mean()) if len(rest.errors) else None,
        p=_permutation(trials, members, labels != "", rng, draws) if askable else None,
    )


def _permutation(
    trials: Trials, members: NDArray[np.bool_], known: NDArray[np.bool_], rng: np.random.Generator, draws: int
) -> float:
    """Two-sided p of the difference in rates between trials within the group and trials within the rest."""
    who = np.flatnonzero(known)
    shape = (len(members), len(members))
    places = (trials.left, trials.right)
    errors = coo_array((trials.errors.astype(float), places), shape).tocsr()
    counts = coo_array((np.ones(len(trials.errors)), places), shape).tocsr()
    chosen = np.zeros((len(members), draws + 1))
    chosen[:, 0] = members
    for column in range(1, draws + 1):
        chosen[who, column] = rng.permutation(members[who])
    rest = known[:, None] - chosen
    within = [
        np.sum(side * np.asarray(matrix @ side), axis=0) for side in (chosen, rest) for matrix in (errors, counts)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = np.abs(np.nan_to_num(within[0] / within[1] - within[2] / within[3]))
    return float(np.count_nonzero(difference >= difference[0] - 1e-12) / (draws + 1))


def _finding(group: Group, errors: int) -> str:
    if group.p_holm is None or group.rate is None or group.others is None:
        return f"no evidence: {group.unasked}"
    if group.p_holm <= ALPHA:
        return "higher" if group.rate > group.others else "lower"
    if errors < ENOUGH_ERRORS:
        return f"no evidence: too few errors ({errors})"
    return "no difference shown"
