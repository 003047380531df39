import numpy as np

from handfast.base.modality import Hand
from handfast.finger.synth.open_hand import open_hand
from handfast.finger.synth.person import Person

SMALL = 0.6  # px a mm


def test_a_right_hands_thumb_is_on_the_right_with_the_palm_to_the_camera() -> None:
    landmarks = open_hand(Person(1), Hand.RIGHT, SMALL).landmarks
    thumb, little = landmarks[4, 0], landmarks[20, 0]
    assert thumb > little


def test_a_left_hands_thumb_is_on_the_left_with_the_palm_to_the_camera() -> None:
    landmarks = open_hand(Person(1), Hand.LEFT, SMALL).landmarks
    assert landmarks[4, 0] < landmarks[20, 0]


def test_every_landmark_lies_on_the_hand() -> None:
    for hand in Hand:
        shown = open_hand(Person(2), hand, SMALL)
        x, y = shown.landmarks.round().astype(int).T
        assert (shown.pixels[y, x, 3] > 200).all()


def test_the_whole_hand_is_inside_its_picture() -> None:
    cover = open_hand(Person(3), Hand.RIGHT, SMALL).pixels[..., 3]
    assert not cover[0].any()
    assert not cover[:, 0].any()
    assert not cover[:, -1].any()


def test_open_hands_of_two_people_differ() -> None:
    first, second = open_hand(Person(1), Hand.RIGHT, SMALL), open_hand(Person(2), Hand.RIGHT, SMALL)
    assert first.pixels.shape != second.pixels.shape or not np.array_equal(first.pixels, second.pixels)
