from dataclasses import replace

import cv2
import numpy as np
import pytest

from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.preview import FingerSight, HandObservation, observe, overall_hint
from support.hands import KnownHand, draw_hand, upright_landmarks

POINTS = upright_landmarks()
LEFT = FOUR_FINGERS[Hand.LEFT]


def seen(
    picture: np.ndarray, points: np.ndarray = POINTS, hand: Hand = Hand.LEFT, **options: object
) -> HandObservation:
    frame = cv2.resize(picture, (360, 480), interpolation=cv2.INTER_AREA)
    return observe(Image(np.asarray(frame, np.uint8)), hand, FOUR_FINGERS[hand], KnownHand(points), **options)  # type: ignore[arg-type]


def test_four_fingers_well_in_view_can_be_photographed() -> None:
    observation = seen(draw_hand(POINTS, width=48))
    assert observation.good
    assert [finger.state for finger in observation.fingers] == ["good"] * 4
    assert [finger.position for finger in observation.fingers] == list(LEFT)


def test_boxes_lie_on_the_tips_as_parts_of_the_picture() -> None:
    for finger, tip in zip(seen(draw_hand(POINTS)).fingers, POINTS[[8, 12, 16, 20]] / (378, 504), strict=True):
        assert finger.box is not None
        assert finger.box.x < tip[0] < finger.box.x + finger.box.width
        assert finger.box.y < tip[1] < finger.box.y + finger.box.height


def test_nothing_in_view_asks_for_the_fingers() -> None:
    observation = seen(np.full((504, 378, 3), 120, np.uint8), POINTS[:, ::-1].copy())
    assert (observation.hint, observation.fingers) == ("show-fingers", ())


def test_a_dark_hand_asks_for_light() -> None:
    dim = (draw_hand(POINTS, width=48) * 0.25).astype(np.uint8)
    assert seen(dim).hint == "more-light"


def test_a_small_hand_asks_to_come_closer() -> None:
    small = upright_landmarks(left=150, top=300, spacing=24, drop=(5, 0, 4, 20))
    assert seen(draw_hand(small, width=19), small).hint == "closer"


def test_fingers_so_near_that_a_camera_may_not_focus_are_seen_as_near() -> None:
    near = upright_landmarks(left=50, top=60, spacing=92)
    assert seen(draw_hand(near, width=90), near).near
    assert not seen(draw_hand(POINTS, width=48)).near


def test_the_other_hand_is_asked_for() -> None:
    assert seen(draw_hand(POINTS), hand=Hand.RIGHT).hint == "other-hand"


def test_a_finger_that_was_not_asked_for_may_be_missing() -> None:
    picture = draw_hand(POINTS, width=48)
    picture[:330, 194:246] = picture[0, 0]
    frame = Image(np.asarray(cv2.resize(picture, (360, 480)), np.uint8))
    three = tuple(position for position in LEFT if position is not FingerPosition.LEFT_RING)
    assert observe(frame, Hand.LEFT, LEFT, KnownHand(POINTS)).hint == "all-fingers"
    assert observe(frame, Hand.LEFT, three, KnownHand(POINTS)).hint == "good"


@pytest.mark.parametrize("word", ["closer", "glare", "more-light"])
def test_the_hint_is_what_most_fingers_need(word: str) -> None:
    poor = FingerSight(LEFT[0], "retake", word, 0.5, None)
    other = replace(poor, hint="further")
    good = replace(poor, state="good", hint=None)
    assert overall_hint((poor, poor, other, good)) == word
    assert overall_hint((good, good)) == "good"
