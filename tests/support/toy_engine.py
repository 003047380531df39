"""A modality made up for tests: the mean grey of a picture is the person; noise in its left column is the sample."""

import time
from collections.abc import Sequence

import numpy as np

from handfast.base.errors import PoorFace
from handfast.base.modality import FingerPosition, Modality
from handfast.base.quality import Quality
from handfast.base.sample import Acquisition, Comparer, Failure, Sample
from handfast.base.template import Score, Template
from handfast.base.trace import trace


class ToyEngine:
    modality = Modality.FACE

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        time.sleep(0.001)
        trace("looked", None)
        values = [float(sample.image.pixels.mean()) for sample in samples]
        if max(values) > 250.0:
            raise PoorFace("too bright")
        positions: tuple[FingerPosition | None, ...] = samples[0].positions or (None,)
        lost = (FingerPosition.RIGHT_LITTLE,) if positions[0] is not None and np.mean(values) > 200.0 else ()
        made = tuple(self._template(samples, p, float(np.mean(values))) for p in positions if p not in lost)
        return Acquisition(made, tuple(Failure(p, PoorFace("lost")) for p in lost))

    def for_one_search(self) -> Comparer:
        return self

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        best: dict[FingerPosition | None, Score] = {}
        for a in references:
            for b in probes:
                value = 100.0 - abs(float(a.data) - float(b.data))
                if a.position == b.position and (a.position not in best or value > best[a.position].value):
                    best[a.position] = Score(self.modality, a.position, "toy:1", a.kind, b.kind, value)
        return tuple(best.values())

    def _template(self, samples: Sequence[Sample], position: FingerPosition | None, value: float) -> Template:
        data = f"{value:.6f}".encode()
        quality = Quality(50.0, {"frames": float(len(samples))})
        modality = Modality.FACE if position is None else Modality.FINGER
        return Template(modality, position, samples[0].kind, "toy", "toy-model:1", data, quality)


class ToyFingerEngine(ToyEngine):
    modality = Modality.FINGER
