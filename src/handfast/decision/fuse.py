"""Adding up what the scores of one modality say.

Fingers of one hand are not independent: one photo, one light, one person's moisture. Until a study measures how much,
a hand counts at most as two independent fingers: n > 2 ratios of a hand are added and scaled by 2 / n. By Hölder's
inequality the scaled sum stays a valid likelihood-ratio bound when the fingers fall into two groups that are
independent of each other, however dependent the fingers are within a group.
"""

from collections import defaultdict
from collections.abc import Sequence

from handfast.base.decision import Evidence
from handfast.base.modality import Hand, Modality
from handfast.base.template import Score
from handfast.decision.tables import CalibratedLlr, Tables

INDEPENDENT_FINGERS = 2  # what a hand counts for at most; a stated constant, not a measured one
SYNTHETIC_FINGER_LIMIT = 1.0  # log10, one finger by a table that never saw a real finger
SYNTHETIC_HAND_LIMIT = 2.0  # log10, one hand by such tables


def fuse(
    modality: Modality, scores: Sequence[Score], tables: Tables, *, live: bool, quality: float | None = None
) -> Evidence:
    """What one modality contributes: the sum of its calibrated scores, log10; none at all if nothing was compared.

    live      whether the live challenge was followed while the probe was taken
    quality   0..100 of the probe, or None
    Raises NoCalibration if any score has no table of its own kind; nothing is then decided.
    """
    if any(score.modality is not modality for score in scores):
        raise ValueError(f"scores of another modality than {modality}")
    if len({score.position for score in scores}) < len(scores):
        raise ValueError("two scores for one position would count it twice")
    if not scores:
        return Evidence(modality, llr=0.0, shown=False, live=live, quality=quality, provisional=False)
    calibrated = [(score.position.hand if score.position else None, tables.llr(score)) for score in scores]
    by_hand: dict[Hand | None, list[CalibratedLlr]] = defaultdict(list)
    for hand, llr in calibrated:
        by_hand[hand].append(llr)
    return Evidence(
        modality,
        llr=sum(_hand_llr(llrs) if modality is Modality.FINGER else llrs[0].llr for llrs in by_hand.values()),
        shown=True,
        live=live,
        quality=quality,
        provisional=any(llr.provisional for _, llr in calibrated),
    )


def _hand_llr(fingers: Sequence[CalibratedLlr]) -> float:
    clipped = [_clip(f.llr, SYNTHETIC_FINGER_LIMIT) if f.synthetic else f.llr for f in fingers]
    total = sum(clipped) * min(1.0, INDEPENDENT_FINGERS / len(clipped))
    return _clip(total, SYNTHETIC_HAND_LIMIT) if any(f.synthetic for f in fingers) else total


def _clip(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
