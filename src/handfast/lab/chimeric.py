"""Chimeric people: the face of one set with the finger of another. Checks the plumbing of sums; claims nothing.

Face and finger of a chimeric person were never one person's, so their dependence, their captures and their rates are
not those of anybody. What can be seen is whether ratios of both runs add up the right way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handfast.base.errors import RequestError
from handfast.lab.rates.metrics import Values
from handfast.lab.ratios import Ratios


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of log10 ratios of chimeric people, mated and non-mated."""

    people: int
    mated: Values
    nonmated: Values

    @property
    def apart(self) -> bool:
        """Whether the lowest mated sum lies above the highest non-mated one."""
        return bool(self.mated.min() > self.nonmated.max())

    @property
    def words(self) -> str:
        """The finding in a sentence."""
        low, high = float(self.mated.min()), float(self.nonmated.max())
        wrong = int(np.sum(self.mated <= high))
        found = "do not overlap" if self.apart else f"overlap: {wrong:,} mated sums lie at or below the highest other"
        return (
            f"{self.people} chimeric people: {len(self.mated):,} mated and {len(self.nonmated):,} other sums {found} "
            f"(lowest mated {low:+.2f}, highest other {high:+.2f}). They are nobody's: no error rate follows."
        )


def chimeric(first: Ratios, second: Ratios) -> Sums:
    """Person k of one run with person k of the other, k-th pair with k-th pair. RequestError for one modality twice."""
    if first.modality is second.modality:
        raise RequestError("chimeric people need two modalities")
    people = min(len(first.people), len(second.people))
    parts = [_by_numbers(each, people) for each in (first, second)]
    common = sorted(set(parts[0]) & set(parts[1]))
    sums: dict[bool, list[float]] = {True: [], False: []}
    for left, right in common:
        for one, other in zip(parts[0][left, right], parts[1][left, right], strict=False):
            sums[left == right].append(one + other)
    if not sums[True] or not sums[False]:
        raise RequestError("the runs have no pairs that can be put together")
    return Sums(people, np.array(sums[True]), np.array(sums[False]))


def _by_numbers(part: Ratios, people: int) -> dict[tuple[int, int], Sequence[float]]:
    found: dict[tuple[int, int], list[float]] = {}
    for left, right, llr in zip(part.left, part.right, part.llr, strict=True):
        low, high = min(int(left), int(right)), max(int(left), int(right))
        if high < people:
            found.setdefault((low, high), []).append(float(llr))
    return dict(found)
