"""The open hand beside the face: which hand it is, whether it is open, and where it is held."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from handfast.base.errors import NoHandFound
from handfast.base.image import Image
from handfast.base.modality import Hand
from handfast.base.sample import Box
from handfast.finger.hand.axes import finger_lines
from handfast.finger.hand.landmarks import FINGER_BASES, WRIST, Landmarker, LandmarkModel, Points, tracked_region
from handfast.finger.hand.palm import Palm, PalmDetector
from handfast.models.store import ModelStore

Where = Hand | Literal["whole"]
"""Where palms are looked for: closely at the side of the face where this hand is held, or in the whole picture."""


@dataclass(frozen=True, slots=True)
class HandParameters:
    """Lengths in face widths unless said otherwise."""

    least_presence: float = 0.5  # of the landmark model
    followed_presence: float = 0.8  # the same where no palm was looked for
    sure_presence: float = 0.9  # of the first reading of a palm, from which no second one is made
    moved: float = 0.2  # of the region's side, from which a hand that is followed is read again where it went
    straight: float = 0.75  # cosine between a finger's first bone and its last two
    beyond: float = 1.15  # how much further from the wrist a straight finger's tip is than its middle joint
    aside: tuple[float, float] = (0.55, 3.2)  # from the face's middle to the hand's
    level: float = 1.5  # face heights above or below the face's middle
    size: tuple[float, float] = (0.45, 2.2)  # hand's length in face heights
    around: float = 3.0  # half side of the squares that are searched at each side of a face


@dataclass(frozen=True, slots=True, eq=False)
class HandPose:
    """One hand.

    landmarks    (21, 2) px of the picture
    hand         the person's own, if the palm faces the camera
    confidence   0..1
    """

    landmarks: Points
    hand: Hand
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class HandSight:
    """A hand in one live frame.

    beside   None where no face was given to compare with
    near     the same for a hand with folded fingers, whose size says nothing
    shown    how many of the four fingers are stretched; thumb, whether the thumb is too
    """

    pose: HandPose
    open: bool
    beside: bool | None
    near: bool | None = None
    shown: int = 4
    thumb: bool = False


class HandObserver:
    """Finds the surest hand of a frame. Safe to share between threads."""

    def __init__(self, models: ModelStore, parameters: HandParameters = HandParameters()) -> None:
        self._palms = PalmDetector(models, half=True)
        self._landmarks: Landmarker = LandmarkModel(models, half=True)
        self._parameters = parameters

    def observe(
        self, image: Image, face: Box | None = None, before: Points | None = None, part: Where | None = None
    ) -> HandSight:
        """The hand in view; a face's box (px) says where else to look closely. Raises NoHandFound.

        Landmarks of the frame before (px) are followed while a hand is surely there, which spares looking for palms.
        With `part` palms are looked for there alone.
        """
        followed = None if before is None else self._followed(image, before)
        if followed is not None:
            return self._sight(followed, face)
        for window in search_windows(image, face, self._parameters.around, part):
            pixels = np.ascontiguousarray(image.pixels[window])
            corner = np.array([window[1].start, window[0].start], np.float64)
            for palm in self._palms.detect(pixels):
                pose = self._pose(image, palm, corner)
                if pose is not None:
                    return self._sight(pose, face)
        raise NoHandFound("no open hand")

    def _sight(self, pose: HandPose, face: Box | None) -> HandSight:
        p, points = self._parameters, pose.landmarks
        return HandSight(
            pose,
            is_open(points, p),
            None if face is None else is_beside(points, face, p),
            None if face is None else is_near(points, face, p),
            sum(stretched(points, p)),
            thumb_out(points),
        )

    def _followed(self, image: Image, before: Points) -> HandPose | None:
        p, region = self._parameters, tracked_region(before)
        reading = self._landmarks.read(image.pixels, region)
        now = tracked_region(reading.points)
        unsure = p.least_presence <= reading.presence < p.followed_presence
        if unsure or float(np.linalg.norm(now.centre - region.centre)) > p.moved * region.side:
            reading = self._landmarks.read(image.pixels, now)
        if reading.presence < p.followed_presence:
            return None
        return HandPose(reading.points, which_hand(reading.points), reading.presence)

    def _pose(self, image: Image, palm: Palm, corner: Points) -> HandPose | None:
        """Landmarks of a palm, read twice unless once is sure; None where the landmark model does not see a hand."""
        region = replace(palm.region, centre=palm.region.centre + corner)
        reading = self._landmarks.read(image.pixels, region)
        if reading.presence < self._parameters.sure_presence:
            second = self._landmarks.read(image.pixels, tracked_region(reading.points))
            reading = max((reading, second), key=lambda reading: reading.presence)
        if reading.presence < self._parameters.least_presence:
            return None
        return HandPose(reading.points, which_hand(reading.points), reading.presence)


def which_hand(landmarks: Points) -> Hand:
    """The hand by geometry: with the palm towards the camera, a right hand's index knuckle is right of its little one.

    The model's own guess swaps hands too often to be asked.
    """
    index, little = (landmarks[FINGER_BASES[k]] - landmarks[WRIST] for k in (0, 3))
    return Hand.RIGHT if index[0] * little[1] - index[1] * little[0] < 0 else Hand.LEFT


def is_open(landmarks: Points, p: HandParameters = HandParameters()) -> bool:
    """Whether all four fingers are stretched; the thumb may be anywhere."""
    return all(stretched(landmarks, p))


def stretched(landmarks: Points, p: HandParameters = HandParameters()) -> tuple[bool, ...]:
    """Which of the four fingers are stretched, from the index finger."""
    return tuple(_is_straight(line, landmarks[WRIST], p) for line in finger_lines(landmarks))


def thumb_out(landmarks: Points) -> bool:
    """Whether the thumb's tip is further from the little finger's knuckle than its joint is: not folded inwards."""
    tip, joint = (float(np.linalg.norm(landmarks[k] - landmarks[FINGER_BASES[3]])) for k in (4, 3))
    return tip > 1.1 * joint


def is_near(landmarks: Points, face: Box, p: HandParameters = HandParameters()) -> bool:
    """Whether the hand is held to the side of the face and at its height, whatever its fingers do."""
    middle = landmarks[[WRIST, *FINGER_BASES]].mean(0)
    aside = abs(middle[0] - (face.x + face.width / 2)) / face.width
    level = abs(middle[1] - (face.y + face.height / 2)) / face.height
    return bool(p.aside[0] <= aside <= p.aside[1] and level <= p.level)


def is_beside(landmarks: Points, face: Box, p: HandParameters = HandParameters()) -> bool:
    """Whether the hand is held next to the face: to its side, at its height, and about as far from the camera."""
    low, high = landmarks.min(0), landmarks.max(0)
    middle = (low + high) / 2
    aside = abs(middle[0] - (face.x + face.width / 2)) / face.width
    level = abs(middle[1] - (face.y + face.height / 2)) / face.height
    size = float(np.linalg.norm(landmarks[12] - landmarks[WRIST])) / face.height
    return bool(p.aside[0] <= aside <= p.aside[1] and level <= p.level and p.size[0] <= size <= p.size[1])


def search_windows(
    image: Image, face: Box | None, around: float, part: Where | None = None
) -> Iterator[tuple[slice, slice]]:
    """Parts of the picture to look for palms in: all of it, then closely at each side of the face; or one of these."""
    width, height = image.size
    if face is None or part in (None, "whole"):
        yield slice(0, height), slice(0, width)
    if face is None or part == "whole":
        return
    reach = around * face.width
    middle, top = face.x + face.width / 2, face.y + face.height / 2 - reach / 2
    left_of_picture = {Hand.RIGHT: middle - reach, Hand.LEFT: middle}  # a camera does not mirror
    for hand, left in left_of_picture.items():
        rows = slice(max(0, int(top)), min(height, int(top + 1.3 * reach)))
        columns = slice(max(0, int(left)), min(width, int(left + reach)))
        if part in (None, hand) and rows.stop - rows.start > 8 and columns.stop - columns.start > 8:
            yield rows, columns


def _is_straight(line: Points, wrist: Points, p: HandParameters) -> bool:
    first, rest = line[1] - line[0], line[3] - line[1]
    cosine = float(first @ rest / (np.linalg.norm(first) * np.linalg.norm(rest) + 1e-9))
    further = float(np.linalg.norm(line[3] - wrist) / (np.linalg.norm(line[1] - wrist) + 1e-9))
    return cosine >= p.straight and further >= p.beyond
