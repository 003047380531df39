"""Comparing faces: the cosine of two directions. No model is loaded for it."""

from collections.abc import Sequence

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.face.merge import mean_direction
from handfast.face.template import unpack

MODEL = "sface:1"
COMPARATOR = "sface-cosine:1"


class FaceComparer:
    """Fulfils Comparer.

    models   id of each model and of what compares its vectors, the newest first
    """

    modality = Modality.FACE

    def __init__(self, models: Sequence[tuple[str, str]] = ((MODEL, COMPARATOR),)) -> None:
        self._models = tuple(models)

    def for_one_search(self) -> "FaceComparer":
        """Itself: nothing is made of a probe that would be worth keeping."""
        return self

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        """The cosine of the mean reference and the mean probe, in the newest model that both sides have.

        Nothing where they have none in common: a vector of one model says nothing of another's.
        """
        held = {template.model for template in references} & {template.model for template in probes}
        newest = next(((model, comparator) for model, comparator in self._models if model in held), None)
        if newest is None:
            return ()
        model, comparator = newest
        alike = [[t for t in side if t.model == model] for side in (references, probes)]
        sides = [mean_direction([unpack(template.data) for template in side]) for side in alike]
        value = float(sides[0] @ sides[1])
        return (Score(Modality.FACE, None, comparator, alike[0][0].kind, alike[1][0].kind, value),)
