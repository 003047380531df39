"""What one small live frame of a hand's fingers shows: where they are, and the one thing to change before the photo.

Ridges cannot be judged at this size; whether the photo itself is sharp is for the still to show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

import numpy as np

from handfast.base.errors import FingerMissing, NoFingerFound, NoHandFound, WrongHand
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.sample import Box
from handfast.finger.cutting import PhotoParameters, cut_fingertips
from handfast.finger.few import asked_fingertips
from handfast.finger.hand.landmarks import Landmarker, Points
from handfast.finger.hand.location import Location, LocationParameters, locate
from handfast.finger.order import fingers_there, is_other_hand, named
from handfast.finger.tip.crop import Fingertip

FingerState = Literal["good", "retake", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class PreviewParameters:
    """Shares of the picture's short side unless said otherwise."""

    photo: PhotoParameters = field(
        default_factory=lambda: PhotoParameters(
            sharper=False,
            location=LocationParameters(
                squares=((2.0, True), (2.6, False)),
                frame_squares=((1.0, 0.5), (1.3, 0.5)),
                turns=(0,),
                again=0.05,
            ),
        )
    )
    narrow: float = 0.11  # finger width below which the still will have too few pixels
    near: float = 0.22  # finger width above which some cameras do not focus: 7 to 10 cm from a phone's main one
    wide: float = 0.32  # finger width above which cameras do not focus any more
    least_visible: float = 0.9  # of a fingertip
    dark: float = 55.0  # mean green level, 0..255
    bright: float = 225.0
    glare: float = 0.12  # share of burnt-out skin


@dataclass(frozen=True, slots=True)
class FingerSight:
    """One finger that was asked for.

    box     parts of the picture, 0..1, or None where it was not seen
    hint    what to change for this finger, or None where it is good
    ready   0..1, how near it is to the size that the photo needs
    """

    position: FingerPosition
    state: FingerState
    hint: str | None
    ready: float
    box: Box | None


@dataclass(frozen=True, slots=True)
class HandObservation:
    """What a frame showed of the hand that was asked for.

    fingers        those that were asked for; empty where no hand was found
    hint           one word for what to do next; "good" when the photo can be taken
    plausibility   how much it looks like four fingers, 0 where no hand was found; 1 where fewer were asked for and seen
    points         (21, 2) landmarks for the next frame to start from, or None
    near           whether the fingers are so near that some cameras do not focus
    """

    fingers: tuple[FingerSight, ...]
    hint: str
    plausibility: float
    points: Points | None
    near: bool = False

    @property
    def good(self) -> bool:
        return self.hint == "good"


def observe(
    image: Image,
    hand: Hand,
    positions: tuple[FingerPosition, ...],
    landmarker: Landmarker,
    guide: Box | None = None,
    before: Points | None = None,
    p: PreviewParameters = PreviewParameters(),
) -> HandObservation:
    """Fingertips and a hint from one upright frame, some 360 px wide. `before` are the points of the last frame."""
    if 0 < len(positions) < len(FOUR_FINGERS[hand]):
        return _observe_few(image, hand, positions, guide, p)
    try:
        location = locate(image.pixels, hand, landmarker, guide, before, p.photo.location)
    except NoHandFound:
        return HandObservation((), "show-fingers", 0.0, None)
    points = _upright(location)
    total = location.hypothesis.total
    tips = cut_fingertips(image, location, p.photo)
    if all(fingers_there(tips, p.photo.order)) and is_other_hand(location.points, p.photo.order):
        return HandObservation((), "other-hand", total, points)
    try:
        fingers = tuple(
            _sight(image, name, tip, p) for name, tip in named(tips, hand, positions, p.photo.order).items()
        )
    except FingerMissing:
        fingers = tuple(_missing_or_unknown(tips, hand, positions, p))
    return HandObservation(fingers, overall_hint(fingers), total, points, _near(image, tips, p))


def _upright(location: Location) -> Points | None:
    return location.points if location.turns == 0 else None


def _observe_few(
    image: Image, hand: Hand, positions: Sequence[FingerPosition], guide: Box | None, p: PreviewParameters
) -> HandObservation:
    """One to three asked fingers; no points for the next frame, as they need none."""
    try:
        tips = asked_fingertips(image, hand, positions, guide, p.photo)
    except NoFingerFound:
        return HandObservation((), "show-fingers", 0.0, None)
    except WrongHand:
        return HandObservation((), "other-hand", 1.0, None)
    except FingerMissing:
        unnamed = tuple(FingerSight(position, "unknown", "all-fingers", 0.0, None) for position in positions)
        return HandObservation(unnamed, overall_hint(unnamed), 1.0, None)
    fingers = tuple(_sight(image, position, tip, p) for position, tip in tips.items())
    return HandObservation(fingers, overall_hint(fingers), 1.0, None, _near(image, tuple(tips.values()), p))


def overall_hint(fingers: tuple[FingerSight, ...]) -> str:
    """What most fingers that are not good need, "good" if they all are; the order settles ties."""
    order = ("all-fingers", "further", "closer", "more-light", "less-light", "glare")
    words = [finger.hint for finger in fingers if finger.hint is not None]
    return max(order, key=words.count) if words else "good"


def _sight(image: Image, position: FingerPosition, tip: Fingertip, p: PreviewParameters) -> FingerSight:
    width = tip.width / min(image.size)
    hint = _finger_hint(tip, width, p)
    box = _box(image, tip)
    return FingerSight(position, "good" if hint is None else "retake", hint, min(1.0, width / (1.3 * p.narrow)), box)


def _missing_or_unknown(
    tips: Sequence[Fingertip], hand: Hand, positions: Sequence[FingerPosition], p: PreviewParameters
) -> Iterator[FingerSight]:
    """Every asked finger when the count is wrong, which leaves the names of those in view unsure."""
    there = dict(zip(FOUR_FINGERS[hand], fingers_there(tips, p.photo.order), strict=True))
    for position in positions:
        yield FingerSight(position, "unknown" if there[position] else "missing", "all-fingers", 0.0, None)


def _near(image: Image, tips: Sequence[Fingertip], p: PreviewParameters) -> bool:
    """Whether most of the fingers are."""
    return median(tip.width for tip in tips) > p.near * min(image.size)


def _finger_hint(tip: Fingertip, width: float, p: PreviewParameters) -> str | None:
    skin = tip.pixels[..., 1][tip.mask]
    level = float(skin.mean()) if len(skin) else 0.0
    if tip.visible < p.least_visible or width > p.wide:
        return "further"
    if width < p.narrow:
        return "closer"
    if level < p.dark:
        return "more-light"
    if level > p.bright:
        return "less-light"
    if len(skin) and float((skin >= 250).mean()) > p.glare:
        return "glare"
    return None


def _box(image: Image, tip: Fingertip) -> Box:
    """The fingertip's upright bounding box, as parts of the picture."""
    corners = np.clip(tip.corners / np.array(image.size, np.float64), 0, 1)
    low, high = corners.min(0), corners.max(0)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
