import numpy as np
import pytest

from handfast.base.modality import Hand
from handfast.base.sample import Box
from handfast.finger.challenge import judge_fingers, judge_hand
from handfast.finger.hand.open_hand import HandPose, HandSight, is_beside, is_open, which_hand
from handfast.finger.preview import HandObservation
from support.hands import upright_landmarks

OPEN_LEFT = upright_landmarks()
MIRROR = np.array([-1.0, 1.0])
GOOD = HandSight(HandPose(OPEN_LEFT, Hand.LEFT, 0.9), open=True, beside=True)


def with_(**changes: object) -> HandSight:
    values: dict[str, object] = {"pose": GOOD.pose, "open": True, "beside": True}
    return HandSight(**{**values, **changes})  # type: ignore[arg-type]


def test_a_mirrored_hand_is_the_other_hand() -> None:
    assert which_hand(OPEN_LEFT) is Hand.LEFT
    assert which_hand(OPEN_LEFT * MIRROR) is Hand.RIGHT


@pytest.mark.parametrize("degrees", [-80, -30, 45, 170])
def test_turning_a_hand_does_not_change_which_it_is(degrees: float) -> None:
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    assert which_hand(OPEN_LEFT @ turn.T) is Hand.LEFT
    assert is_open(OPEN_LEFT @ turn.T)


def test_one_bent_finger_makes_a_hand_not_open() -> None:
    bent = OPEN_LEFT.copy()
    bent[12] = bent[9] + (0, 5)
    assert not is_open(bent)


def test_a_hand_in_front_of_the_face_or_far_below_is_not_beside_it() -> None:
    low, high = OPEN_LEFT.min(0), OPEN_LEFT.max(0)
    size = float(high[1] - low[1])
    middle = (low + high) / 2
    face = Box(middle[0] + 0.6 * size, middle[1] - size / 2, 0.8 * size, size)
    assert is_beside(OPEN_LEFT, face)
    assert not is_beside(OPEN_LEFT + np.array([face.x + face.width / 2 - middle[0], 0]), face)
    assert not is_beside(OPEN_LEFT + np.array([0, 3 * size]), face)
    assert not is_beside(OPEN_LEFT * 0.2 + (middle - middle * 0.2), face)


def test_the_hand_must_be_seen_in_some_frames_in_a_row() -> None:
    assert judge_hand(Hand.LEFT, [GOOD, GOOD, GOOD]).done
    assert not judge_hand(Hand.LEFT, [GOOD, GOOD]).done
    assert not judge_hand(Hand.LEFT, [GOOD, None, GOOD, GOOD]).done


@pytest.mark.parametrize(
    ("last", "hint"),
    [
        (None, "show-hand"),
        (with_(beside=False), "hand-beside-face"),
        (with_(open=False), "open-hand"),
        (with_(pose=HandPose(OPEN_LEFT * MIRROR, Hand.RIGHT, 0.9)), "other-hand"),
        (GOOD, "good"),
    ],
)
def test_the_newest_frame_gives_the_hint(last: HandSight | None, hint: str) -> None:
    assert judge_hand(Hand.LEFT, [GOOD, last]).hint == hint


def test_before_the_first_frame_the_hand_is_asked_for() -> None:
    assert judge_hand(Hand.LEFT, []).hint == "show-hand"
    assert judge_fingers([]).hint == "show-fingers"


def test_the_photo_waits_for_steady_fingers() -> None:
    good, far = HandObservation((), "good", 3.5, None), HandObservation((), "closer", 3.5, None)
    assert judge_fingers([far, good, good, good]).done
    assert judge_fingers([good, good, far]).hint == "closer"
    assert judge_fingers([good, good, far]).progress == 0
