"""Comparing captures with each other: one row a finger or face, and one more a hand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from handfast.base.errors import NoCalibration
from handfast.base.modality import FingerPosition, SampleKind
from handfast.base.sample import ModalityEngine
from handfast.base.template import Score
from handfast.decision.fuse import fuse
from handfast.decision.tables import Tables
from handfast.lab.sets.acquired import Acquired
from handfast.lab.sets.captures import Capture, pairs


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    reference, probe   indices of the captures
    unit               what was compared: "face", a finger's name, "finger" where not known, "right-hand"
    score              the comparator's; for a hand the mean of its fingers'
    llr                log10 likelihood ratio by the shipped tables, None where there is no table for it
    """

    reference: int
    probe: int
    unit: str
    mated: bool
    score: float
    llr: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """All comparisons, and how many pairs could not be compared because a side has no template in common.

    comparators   ids of the comparators that gave the scores
    """

    rows: tuple[Row, ...]
    not_compared: dict[bool, int]
    comparators: tuple[str, ...]


def compare_all(
    captures: tuple[Capture, ...],
    acquired: Sequence[Acquired],
    engine: ModalityEngine,
    tables: Tables,
    advance: Callable[[], None] = lambda: None,
    asked: Iterable[tuple[int, int]] | None = None,
) -> Compared:
    """The pairs of captures that are asked for, or all of them; `advance` is called after each pair."""
    rows: list[Row] = []
    missed = {True: 0, False: 0}
    comparators: dict[str, None] = {}
    for i, j in pairs(captures) if asked is None else asked:
        mated = captures[i].person == captures[j].person
        references, probes = acquired[i].templates, acquired[j].templates
        scores = engine.compare(references, probes) if references and probes else ()
        rows += _rows(i, j, mated, scores, tables)
        comparators |= dict.fromkeys(score.comparator for score in scores)
        missed[mated] += not scores
        advance()
    return Compared(tuple(rows), missed, tuple(comparators))


def _rows(i: int, j: int, mated: bool, scores: Sequence[Score], tables: Tables) -> list[Row]:
    rows = [Row(i, j, unit_of(score.position), mated, score.value, _llr((score,), tables)) for score in scores]
    if scores and scores[0].probe_kind is SampleKind.HAND:
        mean = sum(score.value for score in scores) / len(scores)
        rows.append(Row(i, j, hand_of(scores[0].position), mated, mean, _llr(scores, tables)))
    return rows


def unit_of(position: FingerPosition | None) -> str:
    """The word for what one template is of."""
    if position is None:
        return "face"
    return "finger" if position is FingerPosition.UNKNOWN else position.plain_name


def level_of(unit: str) -> str:
    """What is measured together: "face", "finger" (any of them) or "hand"."""
    if unit.endswith("hand"):
        return "hand"
    return "face" if unit == "face" else "finger"


def hand_of(position: FingerPosition | None) -> str:
    """The word for the hand that a finger is of."""
    return f"{position.hand}-hand" if position and position.hand else "hand"


def _llr(scores: Sequence[Score], tables: Tables) -> float | None:
    try:
        return fuse(scores[0].modality, scores, tables, live=True).llr
    except NoCalibration:
        return None
