import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person

FINGER = FingerPosition.LEFT_INDEX


def test_two_touches_of_one_finger_differ() -> None:
    first, second = impression(Person(3), FINGER, 1), impression(Person(3), FINGER, 2)
    assert not np.array_equal(first.image.pixels, second.image.pixels)


def test_a_touch_can_be_repeated_exactly() -> None:
    first, second = impression(Person(3), FINGER, 1), impression(Person(3), FINGER, 1)
    assert np.array_equal(first.image.pixels, second.image.pixels)


def test_ridges_are_dark_on_a_light_ground() -> None:
    print_ = impression(Person(3), FINGER, 1)
    assert print_.image.pixels[print_.mask].mean() < print_.image.pixels[~print_.mask].mean() - 30


def test_minutiae_lie_where_the_finger_touched() -> None:
    print_ = impression(Person(3), FINGER, 1)
    x, y = print_.minutiae[:, 0].round().astype(int), print_.minutiae[:, 1].round().astype(int)
    assert len(x) > 8
    assert print_.mask[y, x].all()
