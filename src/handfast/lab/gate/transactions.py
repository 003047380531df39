"""Whole transactions from compared pairs: a person's sessions one after the other, every required modality in each.

A session of person B against person A's references takes one compared pair of each modality; where both modalities
were captured of the same people (one salt), their pairs are put together in order and their ratios are added, as the
product does. A transaction is up to the policy's attempts of such sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.decision.policy import Policy
from handfast.lab.rates.metrics import Values
from handfast.lab.ratios import Ratios


@dataclass(frozen=True, slots=True, eq=False)
class Transactions:
    """One row for every two people that can meet, or one with themselves.

    first      (N,) the first session's sum of log10 ratios
    best       (N,) the highest sum of the transaction's sessions
    lowest     (N,) the lowest
    sessions   (N,) how many sessions it has
    """

    people: tuple[str, ...]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    first: Values
    best: Values
    lowest: Values
    sessions: NDArray[np.int32]

    @property
    def mated(self) -> NDArray[np.bool_]:
        """(N,) whether it is a person's own transaction."""
        return np.asarray(self.left == self.right)


def transactions(parts: Sequence[Ratios], policy: Policy) -> Transactions:
    """Every transaction that the compared pairs make. RequestError where a required modality or its people lack."""
    missing = policy.required - {part.modality for part in parts}
    if missing:
        raise RequestError(f"the policy requires {' and '.join(sorted(missing))}: give a run of it too")
    sums = [_by_people(part) for part in parts]
    common = sorted(set(sums[0]).intersection(*sums[1:]))
    if not common:
        raise RequestError("the runs have no two people in common: make the second with --ids-of the first")
    people = tuple(sorted({name for pair in common for name in pair}))
    number = {name: n for n, name in enumerate(people)}
    rows = []
    for pair in common:
        own = [each[pair][: policy.attempts] for each in sums]
        total = np.sum([each[: min(map(len, own))] for each in own], axis=0)
        rows.append((number[pair[0]], number[pair[1]], total[0], total.max(), total.min(), len(total)))
    left, right, first, best, lowest, sessions = zip(*rows, strict=True)
    return Transactions(
        people,
        np.array(left, dtype=np.int32),
        np.array(right, dtype=np.int32),
        np.array(first),
        np.array(best),
        np.array(lowest),
        np.array(sessions, dtype=np.int32),
    )


def _by_people(part: Ratios) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for left, right, llr in zip(part.left, part.right, part.llr, strict=True):
        found.setdefault((part.people[left], part.people[right]), []).append(float(llr))
    return found
