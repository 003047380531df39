"""Whether the hand beside the face and the fingers before the camera are one hand. Pure: from what frames showed.

Attended, one camera sees everything: the hand is followed from beside the face to near the lens, over the pause that a
photo makes, and its colour stays. Unattended, the camera is changed in between, so the bond cannot be shown: colours
that agree speak against nothing, colours that differ speak against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import hypot
from statistics import median

from handfast.base.modality import Hand


class View(StrEnum):
    """Where a hand was seen."""

    BESIDE = "beside"
    NEAR = "near"
    STILL = "still"


class Bond(StrEnum):
    """What the looks at a hand say.

    HELD     it was followed all the way
    OPEN     nothing shows that it is one hand, nothing that it is not
    BROKEN   the fingers are of another colour than the hand beside the face
    """

    HELD = "held"
    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Look:
    """One frame's look at a hand: the hand that was asked for, seconds of the challenge, skin tone (finger.tone)."""

    view: View
    hand: Hand
    at: float
    tone: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BondParameters:
    """Set on ten simulated people in one light: one's views differ by 0.05 at most, unlike skins by 0.09 or more."""

    differs: float = 0.08  # between medians of the tone, log10
    gap: float = 1.5  # seconds without a look that a track bears
    pause: float = 5.0  # seconds that a photo takes


def bond(looks: Sequence[Look], *, one_camera: bool, p: BondParameters = BondParameters()) -> Bond:
    """What all looks of a capture say, oldest first."""
    beside = [look for look in looks if look.view is View.BESIDE]
    others = [look for look in looks if look.view is not View.BESIDE]
    parts = [[look for look in others if look.hand is hand] for hand in Hand]
    parts += [[look] for look in others if look.view is View.STILL]  # what is compared must agree by itself
    if beside and any(_apart(beside, part) > p.differs for part in parts):
        return Bond.BROKEN
    return Bond.HELD if one_camera and beside and _followed(looks, beside[-1], p) else Bond.OPEN


def _followed(looks: Sequence[Look], last: Look, p: BondParameters) -> bool:
    """Whether the hand beside the face was never out of sight until its first photo, and came near before that."""
    track = [look for look in looks if look.hand is last.hand and look.at >= last.at]
    photo = next((n for n, look in enumerate(track) if look.view is View.STILL), None)
    if photo is None or photo < 2:
        return False
    steps = list(pairwise(track[: photo + 1]))
    return all(
        after.at - before.at <= (p.pause if after.view is View.STILL else p.gap)
        and _distance(before.tone, after.tone) <= p.differs
        for before, after in steps
    )


def _apart(some: Sequence[Look], others: Sequence[Look]) -> float:
    return _distance(_middle(some), _middle(others)) if others else 0.0


def _middle(looks: Sequence[Look]) -> tuple[float, float]:
    return median(look.tone[0] for look in looks), median(look.tone[1] for look in looks)


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])
