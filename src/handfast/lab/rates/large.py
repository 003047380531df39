"""Figures of more comparisons than one would keep as rows: scores as float32 in one array, sorted once in place.

10^8 non-mated scores take 400 MB. Every figure is exact on those scores, by the same rules as in `metrics`: rates come
from counting in the sorted arrays, and the EER from binary searches, since FNMR - FMR never falls as thresholds rise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.lab.rates.metrics import TARGETS, OperatingPoint

Scores = NDArray[np.float32]


class Tally:
    """Collects scores block by block; holds at most as many non-mated ones as it was made for."""

    def __init__(self, nonmated: int) -> None:
        self._nonmated: Scores = np.empty(nonmated, np.float32)
        self._filled = 0
        self._mated: list[Scores] = []

    def add(self, scores: Scores, mated: NDArray[np.bool_]) -> None:
        """One block: (N,) scores and whether each comparison is mated. RequestError where there are too many."""
        others = scores[~mated]
        if self._filled + len(others) > len(self._nonmated):
            raise RequestError(f"more non-mated comparisons than the {len(self._nonmated):,} that were announced")
        self._nonmated[self._filled : self._filled + len(others)] = others
        self._filled += len(others)
        self._mated.append(scores[mated])

    def figures(self) -> "Figures":
        """The figures of all that was added; sorts in place. RequestError without a mated and a non-mated one."""
        nonmated = self._nonmated[: self._filled]
        mated = np.concatenate(self._mated) if self._mated else np.empty(0, np.float32)
        if len(mated) == 0 or len(nonmated) == 0:
            raise RequestError("error rates need mated and non-mated comparisons")
        nonmated.sort()
        mated.sort()
        return Figures(mated, nonmated)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Both kinds of score, sorted, and what follows from them."""

    mated: Scores
    nonmated: Scores

    def fmr(self, threshold: float) -> float:
        """Share of non-mated scores at or above the threshold."""
        return (len(self.nonmated) - _below(self.nonmated, threshold)) / len(self.nonmated)

    def fnmr(self, threshold: float) -> float:
        """Share of mated scores below the threshold."""
        return _below(self.mated, threshold) / len(self.mated)

    def equal_error_rate(self) -> float:
        """The EER by the one rule of `metrics`."""
        last = max(self._last(scores) for scores in (self.mated, self.nonmated))
        first = min(self._first(scores) for scores in (self.mated, self.nonmated))
        sums = [self.fmr(threshold) + self.fnmr(threshold) for threshold in (last, first)]
        return min(sums) / 2.0

    def operating_point(self, target: float) -> OperatingPoint:
        """As `metrics.operating_point`: one step of float32 above the highest score that must not match."""
        allowed = int(np.floor(target * len(self.nonmated) + 1e-9))
        threshold = -np.inf
        if allowed < len(self.nonmated):
            threshold = float(np.nextafter(self.nonmated[len(self.nonmated) - 1 - allowed], np.float32(np.inf)))
        return OperatingPoint(
            target=target,
            threshold=threshold,
            false_matches=len(self.nonmated) - _below(self.nonmated, threshold),
            nonmated=len(self.nonmated),
            false_non_matches=_below(self.mated, threshold),
            mated=len(self.mated),
        )

    def points(self) -> tuple[OperatingPoint, ...]:
        """The operating points at every target."""
        return tuple(self.operating_point(target) for target in TARGETS)

    def _last(self, scores: Scores) -> float:
        """The highest of these scores at which FNMR <= FMR; -infinity where there is none."""
        n = _bisect(len(scores), lambda i: self.fnmr(float(scores[i])) > self.fmr(float(scores[i])))
        return float(scores[n - 1]) if n else -np.inf

    def _first(self, scores: Scores) -> float:
        """The lowest of these scores at which FNMR >= FMR; infinity where there is none."""
        n = _bisect(len(scores), lambda i: self.fnmr(float(scores[i])) >= self.fmr(float(scores[i])))
        return float(scores[n]) if n < len(scores) else np.inf


def _below(scores: Scores, threshold: float) -> int:
    return int(np.searchsorted(scores, np.float32(threshold), side="left"))


def _bisect(count: int, holds: Callable[[int], bool]) -> int:
    """The first place from which `holds` is true, it being false before; `count` where it never is."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
