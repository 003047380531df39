"""What the product would make of each compared pair: its fingers fused to a hand, by the tables that are to go live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.template import Score
from handfast.decision.fuse import fuse
from handfast.decision.tables import Table, Tables
from handfast.lab.rates.metrics import Values
from handfast.lab.runs import Row, Run

POSITIONS = {position.plain_name: position for position in FingerPosition if position}


@dataclass(frozen=True, slots=True, eq=False)
class Ratios:
    """One modality of a run, pair of captures by pair.

    pairs         (N,) salted ids of the captures, reference and probe
    left, right   (N,) numbers of the two people in `people`; equal where mated
    llr           (N,) log10, of the whole face or hand
    """

    modality: Modality
    people: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    llr: Values

    @property
    def mated(self) -> NDArray[np.bool_]:
        """(N,) whether both captures are of one person."""
        return np.asarray(self.left == self.right)


def table_of(run: Run, tables: Tables) -> Table:
    """The table that holds for what a run compared. RequestError if there is none."""
    summary = run.summary
    comparators, kind = summary.get("comparators") or [], summary.get("kind")
    if len(comparators) != 1 or kind is None:
        raise RequestError(f"{run.name} is not a run of `lab compare` with one comparator")
    table = tables.by_key.get((comparators[0], SampleKind(kind), SampleKind(kind)))
    if table is None:
        raise RequestError(f"{run.name}: no calibration table for {comparators[0]} on {kind} samples")
    return table


def ratios_of(run: Run, rows: Sequence[Row], tables: Tables) -> Ratios:
    """The ratio of every pair of captures; `rows` are those of scores.csv. Raises RequestError."""
    table_of(run, tables)
    modality = Modality(run.summary["modality"])
    by_pair: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row["unit"].endswith("hand"):
            by_pair.setdefault((row["reference"], row["probe"]), []).append(row)
    llr = [_fused(modality, own, run.summary, tables) for own in by_pair.values()]
    sides = [[pair[side].split(".", 1)[0] for pair in by_pair] for side in (0, 1)]
    people = tuple(sorted({*sides[0], *sides[1]}))
    number = {name: n for n, name in enumerate(people)}
    left, right = (np.array([number[name] for name in side], dtype=np.int32) for side in sides)
    return Ratios(modality, people, tuple(by_pair), left, right, np.array(llr))


def _fused(modality: Modality, rows: Sequence[Row], summary: Mapping[str, Any], tables: Tables) -> float:
    kind, comparator = SampleKind(summary["kind"]), summary["comparators"][0]
    scores = [Score(modality, POSITIONS.get(row["unit"]), comparator, kind, kind, float(row["score"])) for row in rows]
    return fuse(modality, scores, tables, live=True).llr
