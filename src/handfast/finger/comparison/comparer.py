"""Comparing the fingers of two sides, each with its best pair. No model is needed for it."""

from collections.abc import Sequence

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.finger.comparison.compare import COMPARATOR, compare_prints, fast_form
from handfast.finger.comparison.prints import Prints


class FingerComparer:
    """Fulfils Comparer."""

    modality = Modality.FINGER

    def __init__(self, kept: dict[tuple[str, bytes], Prints] | None = None) -> None:
        self._kept = kept

    def for_one_search(self) -> "FingerComparer":
        """Another one, that keeps the fast forms of probes as long as it lives."""
        return FingerComparer({})

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """For each finger that both sides have, the best score over all its references and probes.

        Fingers of which nobody said which they are compare with each other, as prints in measuring sets do.
        Scores of different kinds of sample cannot be ranked, so where a finger has several pairs of kinds, only the
        first reference's kind is compared.
        """
        positions = sorted(
            {r.position for r in references if r.position is not None}
            & {p.position for p in probes if p.position is not None}
        )
        return tuple(
            self._best(
                [r for r in references if r.position is position],
                [p for p in probes if p.position is position],
            )
            for position in positions
        )

    def _best(self, references: Sequence[Template], probes: Sequence[Template]) -> Score:
        reference_kind, probe_kind = references[0].kind, probes[0].kind
        rows = [fast_form(r) for r in references if r.kind is reference_kind]
        columns = [self._probe(p) for p in probes if p.kind is probe_kind]
        value = max(compare_prints(row, column) for row in rows for column in columns)
        return Score(Modality.FINGER, references[0].position, COMPARATOR, reference_kind, probe_kind, value)

    def _probe(self, probe: Template) -> Prints:
        """Two threads may make the same one; both make the same of it."""
        if self._kept is None:
            return fast_form(probe)
        key = (probe.format, probe.data)
        if (known := self._kept.get(key)) is None:
            known = self._kept[key] = fast_form(probe)
        return known
