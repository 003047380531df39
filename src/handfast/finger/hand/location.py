"""Where the four fingertips are: landmark hypotheses from squares over the silhouette or the page's guide.

Palm detectors fail on half of all four-finger photos, so no detector is asked: the landmark model reads a few squares
that a hand coming from below would fill, twice each, until a reading is plausible enough.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from handfast.base.errors import NoHandFound
from handfast.base.image import Pixels
from handfast.base.modality import Hand
from handfast.base.sample import Box
from handfast.finger.hand.axes import finger_axes, swap_order
from handfast.finger.hand.landmarks import Landmarker, Points, Region, tracked_region
from handfast.finger.hand.plausibility import plausibility
from handfast.finger.hand.silhouette import Extent, extent, silhouettes
from handfast.finger.types import Mask
from handfast.imaging.area import smaller

SMALL_SIDE = 504  # px, long side of the picture that is searched
Start = tuple[Region, bool]
"""A square to look at, and whether to look at it mirrored."""


@dataclass(frozen=True, slots=True)
class LocationParameters:
    """Shares of the hand's width unless said otherwise."""

    squares: tuple[tuple[float, bool], ...] = ((2.0, True), (2.0, False), (2.6, True), (2.6, False))  # side, mirrored
    frame_squares: tuple[tuple[float, float], ...] = ((1.5, 0.65), (1.3, 0.6), (1.3, 0.5), (1.0, 0.4))
    turns: tuple[int, ...] = (0, 1, 3, 2)  # quarter turns anticlockwise, in which the tips may be up
    above: float = 0.08  # of the square's side, above the top of the hand
    looks: int = 2  # readings of each square, each from where the last one found the hand
    again: float = 0.0  # certainty of the model below which a square gets no more readings
    good: float = 3.4  # total at which no other hypothesis is tried
    sure: float = 0.8  # certainty of the model at which a supported hypothesis needs no other side up
    enough: float = 2.8  # total below which the silhouette is not believed
    least_presence: float = 0.5  # the same for the model's own certainty
    blind_presence: float = 0.3  # least certainty of a hypothesis that no silhouette supports
    blind_support: int = 3  # hypotheses that must agree where no silhouette helps
    blind_sure: float = 0.7  # certainty at which one hypothesis needs no other to agree
    near: float = 0.6  # spacings within which two hypotheses agree


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of the four fingers.

    points         (21, 2) px of the small upright picture
    presence       0..1, the model's own certainty
    plausibility   see handfast.finger.hand.plausibility
    """

    points: Points
    presence: float
    plausibility: float

    @property
    def total(self) -> float:
        return self.plausibility + 0.5 * max(self.presence, 0.0)


@dataclass(frozen=True, slots=True)
class Location:
    """Four fingers in an upright picture.

    small        (h, w, 3) RGB, tips up, long side SMALL_SIDE
    turns        quarter turns anticlockwise that brought the picture upright
    hypothesis   the chosen reading, fingers named for the hand that was asked for
    seen         True if the silhouette supports it, False if only agreement among readings does
    """

    small: Pixels
    turns: int
    hypothesis: Hypothesis
    seen: bool

    @property
    def points(self) -> Points:
        return self.hypothesis.points


def locate(
    pixels: Pixels,
    hand: Hand,
    landmarker: Landmarker,
    guide: Box | None = None,
    before: Points | None = None,
    p: LocationParameters = LocationParameters(),
) -> Location:
    """Four fingers of (H, W, 3) RGB pixels, whichever side is up. Raises NoHandFound.

    The guide (px of the unturned picture) and the landmarks of a frame just before (px of its small upright picture)
    are looked at first.
    """
    small = shrink(pixels)
    best: Location | None = None
    for turn in p.turns:
        upright = turn_picture(small, turn)
        starts = _starts(guide, before, small.shape[1] / pixels.shape[1], p) if turn == 0 else []
        found = locate_upright(upright, landmarker, starts, p)
        if found is None:
            continue
        hypothesis, seen = found
        if best is None or (seen, hypothesis.total) > (best.seen, best.hypothesis.total):
            best = Location(upright, turn, hypothesis, seen)
        if best.seen and (best.hypothesis.total >= p.good or best.hypothesis.presence >= p.sure):
            break
    if best is None:
        raise NoHandFound("no four fingers found in any orientation")
    return Location(best.small, best.turns, _named_for(best.hypothesis, hand), best.seen)


def locate_upright(
    small: Pixels, landmarker: Landmarker, starts: Sequence[Start], p: LocationParameters = LocationParameters()
) -> tuple[Hypothesis, bool] | None:
    """The best hypothesis of a small picture with the tips up, and whether the silhouette supports it.

    The silhouette is worthless on skin-coloured ground. Then agreement among the same readings decides.
    """
    masks = silhouettes(small)
    mask = masks[0] if masks else np.zeros(small.shape[:2], bool)
    squares = [square for found in map(extent, masks) if found is not None for square in _squares(found, p)]
    tried: list[Hypothesis] = []
    for hypothesis in _hypotheses(small, mask, landmarker, (*starts, *squares), p):
        tried.append(hypothesis)
        if hypothesis.total >= p.good:
            return hypothesis, True
    best = max((h for h in tried if h.plausibility > 0), key=lambda h: h.total, default=None)
    if best is not None and best.total >= p.enough and best.presence >= p.least_presence:
        return best, True
    everywhere = np.ones_like(mask)
    blind = [replace(h, plausibility=plausibility(h.points, everywhere)) for h in tried]
    if not starts:
        blind.extend(_hypotheses(small, everywhere, landmarker, _frame_squares(small, p), p))
    chosen = agreed(blind, p)
    return None if chosen is None else (chosen, False)


def agreed(hypotheses: list[Hypothesis], p: LocationParameters = LocationParameters()) -> Hypothesis | None:
    """The hypothesis that most others agree with, where enough do; judged without any silhouette."""
    usable = [h for h in hypotheses if h.plausibility > 0 and h.presence > p.blind_presence]
    if not usable:
        return None
    axes = [finger_axes(h.points) for h in usable]
    tips = np.array([a.tips[np.argsort(a.tips[:, 0])] for a in axes])
    spacing = float(np.median([a.spacing for a in axes]))
    apart = np.linalg.norm(tips[:, None] - tips[None], axis=3).max(2) / spacing
    support = (apart < p.near).sum(1)
    weight = support + 0.65 * np.array([h.presence for h in usable]) + 0.3 * np.array([h.plausibility for h in usable])
    chosen = int(np.argmax(weight - 0.2 * np.minimum(apart, 2.0).mean(1)))
    sure = support[chosen] >= p.blind_support or usable[chosen].presence >= p.blind_sure
    return usable[chosen] if sure else None


def shrink(pixels: Pixels, side: int = SMALL_SIDE) -> Pixels:
    """The picture with its long side at `side` pixels."""
    scale = side / max(pixels.shape[:2])
    if scale == 1.0:
        return pixels
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return smaller(pixels, size) if scale < 1 else np.asarray(cv2.resize(pixels, size), np.uint8)


def turn_picture(pixels: Pixels, turns: int) -> Pixels:
    """The picture turned anticlockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns % 4 else pixels


def _starts(guide: Box | None, before: Points | None, scale: float, p: LocationParameters) -> list[Start]:
    starts: list[Start] = []
    if before is not None:
        starts += [(tracked_region(before), mirrored) for mirrored in (True, False)]
    if guide is not None:
        starts += _squares(Extent(guide.y * scale, guide.x * scale, (guide.x + guide.width) * scale), p)
    return starts


def _squares(found: Extent, p: LocationParameters) -> Iterator[Start]:
    width, middle = found.right - found.left, (found.left + found.right) / 2
    for share, mirrored in p.squares:
        side = share * width
        yield Region(np.array([middle, found.top + (0.5 - p.above) * side]), 0.0, side), mirrored


def _frame_squares(small: Pixels, p: LocationParameters) -> Iterator[Start]:
    height, width = small.shape[:2]
    for mirrored in (True, False):
        for side, middle in p.frame_squares:
            yield Region(np.array([width / 2, middle * height]), 0.0, side * min(width, height)), mirrored


def _hypotheses(
    small: Pixels,
    mask: Mask,
    landmarker: Landmarker,
    squares: Iterable[Start],
    p: LocationParameters,
) -> Iterator[Hypothesis]:
    for square, mirrored in squares:
        region = square
        for _ in range(p.looks):
            reading = landmarker.read(small, region, mirrored)
            yield Hypothesis(reading.points, reading.presence, plausibility(reading.points, mask))
            if reading.presence < p.again:
                break
            region = tracked_region(reading.points)


def _named_for(hypothesis: Hypothesis, hand: Hand) -> Hypothesis:
    """The landmark model mixes up left and right; seen from the palm, a left hand's index finger is on the left."""
    tips = finger_axes(hypothesis.points).tips
    index_is_left = tips[0, 0] < tips[3, 0]
    if index_is_left == (hand is Hand.LEFT):
        return hypothesis
    return Hypothesis(swap_order(hypothesis.points), hypothesis.presence, hypothesis.plausibility)
