"""Comparing two prints of fingers: by how alike the surroundings of their minutiae are, and how many coincide.

The first is minutia cylinders with relaxation; it bears distortion and needs no alignment, but not a wrong scale.
The second lays one print over the other and fits the scale; it holds up on partial prints and on photos, whose
scale is only estimated. Each is counted by its logarithm, from a floor below which it says nothing. Where enough
minutiae coincide at another scale, the larger print is brought down to the smaller and both are looked at again.
"""

from dataclasses import dataclass, replace
from math import log

import numpy as np

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.finger.alignment import Alignment, Outline, align, outline
from handfast.finger.cylinders import Cylinders, build_cylinders
from handfast.finger.iso19794_2_2005 import FORMAT, decode
from handfast.finger.relaxation import best_pairs, relaxed_score
from handfast.finger.similarity import similarities
from handfast.finger.types import Minutiae

COMPARATOR = "mcc-align:2"
"""Id of this comparison; calibration tables are bound to it."""

SEEDS = 20  # pairs of minutiae that may each propose an alignment
SURROUNDINGS_FLOOR = 0.02
COINCIDENCE_FLOOR = 0.3
COINCIDENCE_WEIGHT = 0.5
LEAST_OVERLAP = 8  # minutiae; an overlap that has fewer counts as if it had these
RESCALED_FROM = 8.0  # minutiae that coincide at another scale, before that scale is believed
SCALE_SLACK = 0.03  # of the scale's logarithm, which cylinders bear as they are


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A print in the form that is fast to compare."""

    minutiae: Minutiae
    cylinders: Cylinders
    outline: Outline


def fast_form(template: Template) -> Print:
    """The fast form of a stored template.

    ValueError if it is none of a finger, UnreadableTemplate if its bytes are damaged.
    """
    if template.modality is not Modality.FINGER or template.format != FORMAT:
        raise ValueError(f"expected a finger template as {FORMAT}, got {template.modality} as {template.format}")
    minutiae, _ = decode(template.data)
    return prepare(minutiae)


def prepare(minutiae: Minutiae) -> Print:
    """The fast form of a print."""
    return Print(minutiae, build_cylinders(minutiae), outline(minutiae))


def compare_prints(a: Print, b: Print) -> float:
    """How alike two prints are, from 0.0 (nothing in common, or too few minutiae to tell) to about 5.

    Does not change when either print is moved or turned as a whole.
    """
    value, alignment = _compared(a, b)
    if alignment is None or alignment.pairs < RESCALED_FROM or abs(log(alignment.scale)) <= SCALE_SLACK:
        return value
    one, other = (a, _resized(b, 1 / alignment.scale)) if alignment.scale > 1 else (_resized(a, alignment.scale), b)
    return max(value, _compared(one, other)[0])


def _compared(a: Print, b: Print) -> tuple[float, Alignment | None]:
    """The score of two prints at the scale that they have, and how they were laid over each other."""
    similarity = similarities(a.cylinders, b.cylinders)
    pairs = best_pairs(similarity)
    surroundings = relaxed_score(a.cylinders, b.cylinders, similarity, pairs)
    seeds_a, seeds_b = a.cylinders.rows[pairs[0][:SEEDS]], b.cylinders.rows[pairs[1][:SEEDS]]
    alignment = align(a.outline, b.outline, seeds_a, seeds_b)
    coinciding = log(1 + coincidence(alignment) / COINCIDENCE_FLOOR)
    return log(1 + surroundings / SURROUNDINGS_FLOOR) + COINCIDENCE_WEIGHT * coinciding, alignment


def _resized(print_: Print, factor: float) -> Print:
    """A print as if its picture had been enlarged by this factor."""
    minutiae = print_.minutiae
    return prepare(replace(minutiae, x=minutiae.x * factor, y=minutiae.y * factor))


def coincidence(alignment: Alignment | None) -> float:
    """How many minutiae coincide, times the share (squared) of those in the overlap that do; 0.0 if not aligned."""
    if alignment is None:
        return 0.0
    overlap = max(alignment.overlap_a, LEAST_OVERLAP) * max(alignment.overlap_b, LEAST_OVERLAP)
    return alignment.pairs**3 / overlap


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
    fast = prepare(ring)
    compare_prints(fast, fast)
