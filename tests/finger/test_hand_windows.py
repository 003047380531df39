"""Where in a frame a hand is looked for."""

import numpy as np

from handfast.base.image import Image
from handfast.base.modality import Hand
from handfast.base.sample import Box
from handfast.finger.hand.open_hand import search_windows

FRAME = Image(np.zeros((640, 480, 3), np.uint8))
FACE = Box(180.0, 200.0, 120.0, 150.0)


def test_both_sides_of_a_face_are_looked_at_closely_or_the_one_that_is_asked_for() -> None:
    whole, right, left = search_windows(FRAME, FACE, 3.0)
    assert whole == (slice(0, 640), slice(0, 480))
    assert right[1].stop <= 240 <= left[1].start  # an unmirrored camera sees the right hand on its left
    assert list(search_windows(FRAME, FACE, 3.0, Hand.RIGHT)) == [right]
    assert list(search_windows(FRAME, FACE, 3.0, Hand.LEFT)) == [left]
    assert list(search_windows(FRAME, FACE, 3.0, "whole")) == [whole]


def test_without_a_face_only_the_whole_picture_is_looked_at() -> None:
    assert list(search_windows(FRAME, None, 3.0, Hand.LEFT)) == [(slice(0, 640), slice(0, 480))]
