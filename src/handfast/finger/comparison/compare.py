"""Comparing two prints of fingers: by how alike the surroundings of their minutiae are, and how many coincide.

The first is minutia cylinders with relaxation; it bears distortion and needs no alignment, but not a wrong scale.
The second lays one print over the other and fits the scale; it holds up on partial prints and on photos, whose
scale is only estimated. Each is counted by its logarithm, from a floor below which it says nothing. Where enough
minutiae coincide at another scale, the larger print is brought down to the smaller and both are looked at again.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import log, sqrt

import numpy as np

from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.finger.comparison.alignment import ALONG, ASIDE, OVERLAP_A, OVERLAP_B, WEIGHT, align_all
from handfast.finger.comparison.prints import Prints, joined, prepare
from handfast.finger.comparison.relaxation import relaxed_scores
from handfast.finger.comparison.similarity import likely_pairs
from handfast.finger.records.iso19794_2_2005 import FORMAT, decode
from handfast.finger.types import Floats, Minutiae
from handfast.imaging.compiled import compiled

COMPARATOR = "mcc-align:2"
"""Id of this comparison; calibration tables are bound to it."""

# Compiled code takes these in as they are here.
SURROUNDINGS_FLOOR = 0.02
COINCIDENCE_FLOOR = 0.3
COINCIDENCE_WEIGHT = 0.5
LEAST_OVERLAP = 8.0  # minutiae; an overlap that has fewer counts as if it had these
RESCALED_FROM = 8.0  # minutiae that coincide at another scale, before that scale is believed
SCALE_SLACK = 0.03  # of the scale's logarithm, which cylinders bear as they are

AT_ONCE = 256  # prints that are compared with one in a call, so that what is found of them stays in the cache


def fast_form(template: Template) -> Prints:
    """The fast form of a stored template.

    ValueError if it is none of a finger, UnreadableTemplate if its bytes are damaged.
    """
    if template.modality is not Modality.FINGER or template.format != FORMAT:
        raise ValueError(f"expected a finger template as {FORMAT}, got {template.modality} as {template.format}")
    minutiae, _ = decode(template.data)
    return prepare(minutiae)


def fast_forms(templates: Sequence[Template]) -> Prints:
    """At least one stored template in the fast form, in their order; errors as of `fast_form`."""
    return joined([fast_form(template) for template in templates])


def compare_prints(one: Prints, other: Prints) -> float:
    """How alike two prints are, from 0.0 (nothing in common, or too few minutiae to tell) to about 5.

    Does not change when either print is moved or turned as a whole.
    """
    scores, scales = _looked_at(one, other)
    score, scale = float(scores[0]), float(scales[0])
    return max(score, _at_one_scale(one, other, scale)) if scale else score


def compare_with_each(one: Prints, others: Prints) -> Floats:
    """(M,): how alike one print and each of the others are, as `compare_prints` says of two."""
    scores = np.empty(len(others))
    for begin in range(0, len(others), AT_ONCE):
        some = others.part(begin, begin + AT_ONCE)
        scores[begin : begin + AT_ONCE], scales = _looked_at(one, some)
        for at in np.flatnonzero(scales).tolist():
            second = _at_one_scale(one, some.only(at), float(scales[at]))
            scores[begin + at] = max(scores[begin + at], second)
    return scores


def _at_one_scale(one: Prints, other: Prints, scale: float) -> float:
    """The score once the larger print, which is the other where the scale is over 1, is brought to the smaller."""
    pair = (one, _resized(other, 1 / scale)) if scale > 1 else (_resized(one, scale), other)
    return float(_looked_at(*pair)[0][0])


def _looked_at(one: Prints, others: Prints) -> tuple[Floats, Floats]:
    """(M,) scores at the scales that the prints have, and (M,) another scale at which many minutiae coincide, or 0."""
    likely = likely_pairs(one, others)
    return _scores(relaxed_scores(one, others, likely), align_all(one, others, likely))


@compiled
def _scores(surroundings: Floats, aligned: Floats) -> tuple[Floats, Floats]:
    """Coincidence is how many minutiae coincide, times the share (squared) of those in the overlap that do."""
    scores, scales = np.empty(len(surroundings)), np.zeros(len(surroundings))
    for m in range(len(surroundings)):
        pairs = aligned[m, WEIGHT]
        overlap = max(aligned[m, OVERLAP_A], LEAST_OVERLAP) * max(aligned[m, OVERLAP_B], LEAST_OVERLAP)
        coincidence = pairs * pairs * pairs / overlap
        scores[m] = log(1 + surroundings[m] / SURROUNDINGS_FLOOR)
        scores[m] += COINCIDENCE_WEIGHT * log(1 + coincidence / COINCIDENCE_FLOOR)
        if pairs >= RESCALED_FROM:
            scale = sqrt(aligned[m, ALONG] ** 2 + aligned[m, ASIDE] ** 2)
            if abs(log(scale)) > SCALE_SLACK:
                scales[m] = scale
    return scores, scales


def _resized(print_: Prints, factor: float) -> Prints:
    """A print as if its picture had been enlarged by this factor."""
    minutiae = print_.minutiae[0]
    return prepare(replace(minutiae, x=minutiae.x * factor, y=minutiae.y * factor))


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
