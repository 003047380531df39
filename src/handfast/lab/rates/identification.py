"""Searching a gallery, from one-to-one scores: FPIR and FNIR by gallery size (ISO/IEC 19795-1:2021, 8.5).

A search of a capture compares it with every person and answers whoever reaches the threshold. No gallery is drawn: with
k of M other people at or above the threshold, a gallery of N of them, taken at random, answers with probability
1 - C(M - k, N) / C(M, N); FPIR is its mean over searches. FNIR is the share of searches whose own person, who is in
the gallery, stays below the threshold; without a limit on ranks it depends on N through the threshold alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from handfast.lab.rates.metrics import Values

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
TARGETS = (0.1, 0.01)


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """Best scores of each search.

    own      (S,) of the searcher's own person, NaN where there is no other capture of them
    others   (S, M) of every other person, NaN where they were not compared
    person   (S,) who searched
    """

    own: Values
    others: Values
    person: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SearchPoint:
    """What happens in a gallery of this size at the threshold for this FPIR.

    misses, mated   searches whose own person stays below it, of how many
    people          who made them
    """

    size: int
    fpir_target: float
    fpir: float
    threshold: float
    misses: int
    mated: int
    people: int

    @property
    def fnir(self) -> float:
        """Share of searches that miss their own person."""
        return self.misses / self.mated


def searches(score: Values, reference: NDArray[np.str_], probe: NDArray[np.str_]) -> Searches:
    """Searches of every capture, either side of each comparison; ids are `person.capture`."""
    captures, searcher = np.unique(np.concatenate((probe, reference)), return_inverse=True)
    owner = np.array([name.split(".", 1)[0] for name in captures])
    names, person = np.unique(owner, return_inverse=True)
    sought = person[np.concatenate((searcher[len(probe) :], searcher[: len(probe)]))]
    best = np.full((len(captures), len(names)), -np.inf)
    np.maximum.at(best, (searcher, sought), np.concatenate((score, score)))
    best[np.isneginf(best)] = np.nan
    rows = np.arange(len(captures))
    own = best[rows, person]
    best[rows, person] = np.nan
    return Searches(own, best, person.astype(np.int32))


def search_points(made: Searches) -> tuple[SearchPoint, ...]:
    """Every size that there are people for, at every target. A target that ties cannot meet is left out."""
    counts = np.sum(np.isfinite(made.others), axis=1)
    most = int(counts.min()) if len(counts) else 0
    mated = np.isfinite(made.own)
    if most < SIZES[0] or not mated.any():
        return ()
    points = []
    for size in (*(n for n in SIZES if n < most), most):
        for target in TARGETS:
            threshold = threshold_for(made, size, target)
            missed = made.own[mated] < threshold
            points.append(
                SearchPoint(
                    size,
                    target,
                    fpir(made, size, threshold),
                    threshold,
                    int(missed.sum()),
                    len(missed),
                    len(np.unique(made.person[mated])),
                )
            )
    return tuple(points)


def fpir(made: Searches, size: int, threshold: float) -> float:
    """Share of searches by people who are not in a random gallery of this size that answer somebody."""
    compared = np.sum(np.isfinite(made.others), axis=1)
    over = np.sum(made.others >= threshold, axis=1)
    return float(np.mean(1.0 - _none_of(compared, over, size)))


def threshold_for(made: Searches, size: int, target: float) -> float:
    """The lowest score that keeps FPIR at the target or below; infinity where only answering nobody does."""
    scores = np.unique(made.others[np.isfinite(made.others)])
    low, high = 0, len(scores)
    while low < high:
        middle = (low + high) // 2
        if fpir(made, size, float(np.nextafter(scores[middle], np.inf))) <= target:
            high = middle
        else:
            low = middle + 1
    return float(np.nextafter(scores[low], np.inf)) if low < len(scores) else float("inf")


def _none_of(compared: NDArray[np.int64], over: NDArray[np.int64], size: int) -> Values:
    """C(M - k, N) / C(M, N): no one of k among N drawn of M."""
    free = compared - over
    possible = free >= size
    kept = np.where(possible, free, size)
    logs = gammaln(kept + 1) - gammaln(kept - size + 1) - gammaln(compared + 1) + gammaln(compared - size + 1)
    return np.where(possible, np.exp(logs), 0.0)
