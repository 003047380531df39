"""What the generator drew when its version was last raised, coarsely, since sums differ a little between processors."""

import cv2
import numpy as np

from handfast.base.modality import FingerPosition, Hand
from handfast.finger.synth import VERSION
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import Background, unguided_shot

DESK = [
    [208, 223, 233, 244, 253, 250],
    [211, 223, 229, 235, 249, 250],
    [203, 189, 192, 194, 215, 220],
    [192, 173, 173, 178, 186, 199],
    [183, 173, 169, 179, 176, 202],
    [178, 167, 168, 177, 191, 214],
    [184, 176, 173, 172, 204, 227],
    [181, 181, 171, 175, 212, 233],
]
TOUCH = [
    [227, 227, 215, 207, 227, 227],
    [227, 216, 159, 172, 212, 227],
    [227, 212, 177, 184, 194, 227],
    [227, 203, 155, 150, 174, 227],
    [227, 205, 151, 148, 185, 227],
    [227, 224, 197, 181, 210, 227],
    [227, 227, 222, 224, 227, 227],
    [227, 227, 227, 227, 227, 227],
]


def departs(pixels: np.ndarray, golden: list[list[int]]) -> float:
    small = cv2.resize(pixels, (6, 8), interpolation=cv2.INTER_AREA).astype(float)
    return float(np.abs(small - np.array(golden)).mean())


def test_the_version_has_the_golden_pictures_below() -> None:
    assert VERSION == "fingers:2"


def test_a_photo_is_drawn_as_when_the_version_was_raised() -> None:
    shot = unguided_shot(12, size=(384, 512), ppi=112.5, background=Background.DESK)
    assert departs(photo(Person(12), Hand.LEFT, shot).image.pixels[..., 1], DESK) < 1


def test_a_touch_is_drawn_as_when_the_version_was_raised() -> None:
    touch = impression(Person(12), FingerPosition.LEFT_INDEX, 1)
    assert departs(touch.image.pixels, TOUCH) < 1.5
    assert abs(len(touch.minutiae) - 34) <= 2


def test_another_person_is_not_mistaken_for_the_golden_one() -> None:
    assert departs(impression(Person(13), FingerPosition.LEFT_INDEX, 1).image.pixels, TOUCH) > 3
