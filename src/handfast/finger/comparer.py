"""Comparing the fingers of two sides, each with its best pair. No model is needed for it."""

from collections.abc import Sequence

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.finger.compare import COMPARATOR, compare_prints, fast_form


class FingerComparer:
    """Fulfils Comparer."""

    modality = Modality.FINGER

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
            _best(
                [r for r in references if r.position is position],
                [p for p in probes if p.position is position],
            )
            for position in positions
        )


def _best(references: Sequence[Template], probes: Sequence[Template]) -> Score:
    reference_kind, probe_kind = references[0].kind, probes[0].kind
    rows = [fast_form(r) for r in references if r.kind is reference_kind]
    columns = [fast_form(p) for p in probes if p.kind is probe_kind]
    value = max(compare_prints(row, column) for row in rows for column in columns)
    return Score(Modality.FINGER, references[0].position, COMPARATOR, reference_kind, probe_kind, value)
