"""Comparing two prints of fingers."""

import numpy as np

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.finger.cylinders import Cylinders, build_cylinders
from handfast.finger.iso19794_2_2005 import FORMAT, decode
from handfast.finger.relaxation import relaxed_score
from handfast.finger.similarity import similarities
from handfast.finger.types import Minutiae

COMPARATOR = "mcc-lssr:1"
"""Id of this comparison; calibration tables are bound to it."""


def compare_prints(a: Cylinders, b: Cylinders) -> float:
    """How alike two prints are, 0..1; 0.0 where one has fewer than two cylinders.

    Does not change when either print is moved or turned as a whole.
    """
    return relaxed_score(a, b, similarities(a, b))


def fast_form(template: Template) -> Cylinders:
    """Cylinders of a stored template; ValueError if it is none of a finger, UnreadableTemplate if it is damaged."""
    if template.modality is not Modality.FINGER or template.format != FORMAT:
        raise ValueError(f"expected a finger template as {FORMAT}, got {template.modality} as {template.format}")
    minutiae, _ = decode(template.data)
    return build_cylinders(minutiae)


def compare_templates(reference: Template, probe: Template) -> Score:
    """The score of two stored templates; that they are of the same finger position is for the caller to see to."""
    return Score(
        modality=Modality.FINGER,
        position=reference.position,
        comparator=COMPARATOR,
        reference_kind=reference.kind,
        probe_kind=probe.kind,
        value=compare_prints(fast_form(reference), fast_form(probe)),
    )


def warm_up() -> None:
    """Compile everything that a comparison runs, or read it from the cache, before the first person waits."""
    angle = np.arange(12.0) % 6.0
    ring = Minutiae(
        width=200,
        height=200,
        x=100 + 60 * np.cos(angle * 5),
        y=100 + 60 * np.sin(angle * 5),
        angle=angle,
        type=np.ones(12, np.uint8),
        quality=np.full(12, 50.0),
    )
    cylinders = build_cylinders(ring)
    compare_prints(cylinders, cylinders)
