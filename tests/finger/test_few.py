from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations

import cv2
import numpy as np
import pytest

from handfast.base.errors import FingerMissing, NoFingerFound, WrongHand
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.sample import Box
from handfast.finger.few import count_fingers
from handfast.finger.hand.lobes import find_lobes
from handfast.finger.order import lengths_fit
from handfast.finger.photo import photo_fingertips
from handfast.finger.preview import observe
from handfast.finger.synth.four_fingers import HandPose
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import SynthPhoto, photo
from handfast.finger.synth.shot import Shot, guided_shot
from handfast.finger.tip.crop import Fingertip
from support.hands import KnownHand, upright_landmarks

LEFT = FOUR_FINGERS[Hand.LEFT]
INDEX, MIDDLE, RING, LITTLE = LEFT
NOBODY = KnownHand(upright_landmarks()[:, ::-1].copy())  # a landmark model that never sees a hand
Shown = tuple[FingerPosition, ...]


@cache
def taken(shown: Shown, person: int = 3, seed: int = 11) -> SynthPhoto:
    """A guided photo of the fingers of this hand that are shown."""
    hand = shown[0].hand
    assert hand is not None
    missing = frozenset(FOUR_FINGERS[hand]) - frozenset(shown)
    shot = guided_shot(seed, missing=missing)
    return photo(Person(person), hand, replace(shot, size=(768, 1024), ppi=shot.ppi / 2))


def closed_shot(missing: frozenset[FingerPosition]) -> Shot:
    """Fingers held so close that they overlap."""
    shot = guided_shot(5, missing=missing, pose=HandPose(spread=-0.7, looseness=0.3))
    return replace(shot, size=(768, 1024), ppi=shot.ppi / 2)


def tips_of(picture: SynthPhoto, asked: Shown) -> dict[FingerPosition, Fingertip]:
    tips = photo_fingertips(picture.image, picture.truth.hand, NOBODY, asked=asked)
    assert all(isinstance(tip, Fingertip) for tip in tips.values()), tips
    return {position: tip for position, tip in tips.items() if isinstance(tip, Fingertip)}


def assert_under_right_names(picture: SynthPhoto, tips: dict[FingerPosition, Fingertip]) -> None:
    truth = {tip.position: tip for tip in picture.truth.tips}
    for position, tip in tips.items():
        assert np.linalg.norm(tip.corners[:2].mean(0) - truth[position].tip) < 0.3 * truth[position].width
        assert tip.width == pytest.approx(truth[position].width, rel=0.25)


@pytest.mark.parametrize("missing", LEFT, ids=lambda position: position.plain_name)
def test_a_hand_without_one_finger_gives_three_prints_under_the_right_names(missing: FingerPosition) -> None:
    asked = tuple(position for position in LEFT if position is not missing)
    tips = tips_of(taken(asked), asked)
    assert tuple(tips) == asked
    assert_under_right_names(taken(asked), tips)


@pytest.mark.parametrize("asked", list(combinations(LEFT, 2)), ids=lambda pair: "-".join(p.name[5:] for p in pair))
def test_two_fingers_give_two_prints_under_the_right_names(asked: Shown) -> None:
    tips = tips_of(taken(asked), asked)
    assert tuple(tips) == asked
    assert_under_right_names(taken(asked), tips)


@pytest.mark.parametrize("finger", FOUR_FINGERS[Hand.RIGHT], ids=lambda position: position.plain_name)
def test_one_finger_gives_one_print(finger: FingerPosition) -> None:
    tips = tips_of(taken((finger,)), (finger,))
    assert tuple(tips) == (finger,)
    assert_under_right_names(taken((finger,)), tips)


def wrong_counts() -> Iterator[tuple[Shown, Shown]]:
    for shown in ((INDEX,), (MIDDLE, LITTLE), (INDEX, MIDDLE, LITTLE)):
        for count in {1, 2, 3} - {len(shown)}:
            yield shown, LEFT[:count]


@pytest.mark.parametrize(("shown", "asked"), list(wrong_counts()))
def test_fingers_are_never_named_when_the_count_differs(shown: Shown, asked: Shown) -> None:
    with pytest.raises((FingerMissing, NoFingerFound)):
        photo_fingertips(taken(shown).image, Hand.LEFT, NOBODY, asked=asked)
    seen = observe(taken(shown).image, Hand.LEFT, asked, NOBODY)
    assert seen.hint == "all-fingers"
    assert {finger.state for finger in seen.fingers} == {"unknown"}


@pytest.mark.parametrize("shown", [(MIDDLE, RING), (INDEX, MIDDLE, RING)])
def test_touching_fingers_are_never_taken_for_one(shown: Shown) -> None:
    together = photo(Person(31), Hand.LEFT, closed_shot(frozenset(LEFT) - frozenset(shown)))
    with pytest.raises((FingerMissing, NoFingerFound)):
        photo_fingertips(together.image, Hand.LEFT, NOBODY, asked=(INDEX,))


def test_two_bars_grown_together_are_no_finger() -> None:
    mask = np.zeros((504, 378), bool)
    mask[160:, 120:170] = True
    mask[130:, 170:220] = True
    assert find_lobes(mask) == ()


def test_a_whole_hand_gives_the_asked_fingers_by_their_names() -> None:
    asked = (MIDDLE, LITTLE)
    tips = tips_of(taken(LEFT), asked)
    assert tuple(tips) == asked
    assert_under_right_names(taken(LEFT), tips)


@pytest.mark.parametrize("shown", [(2, 3), (2, 3, 5), (4, 5)])
def test_the_other_hand_is_told_by_the_fingers_lengths(shown: tuple[int, ...]) -> None:
    right = tuple(FingerPosition(code) for code in shown)
    asked = tuple(FingerPosition(code + 5) for code in shown)
    with pytest.raises(WrongHand):
        photo_fingertips(taken(right).image, Hand.LEFT, NOBODY, asked=asked)
    assert observe(taken(right).image, Hand.LEFT, asked, NOBODY).hint == "other-hand"


def test_fingers_of_like_lengths_fit_either_hand() -> None:
    usual, mirrored = np.array([-0.5, 0.0, -0.4]), np.array([-0.4, 0.0, -0.5])
    assert lengths_fit(usual, (INDEX, MIDDLE, RING))
    assert lengths_fit(mirrored, (INDEX, MIDDLE, RING))
    assert lengths_fit(np.array([3.0]), (LITTLE,))


def test_other_fingers_than_those_asked_for_are_refused_where_their_lengths_tell() -> None:
    with pytest.raises(WrongHand):
        photo_fingertips(taken((RING, LITTLE)).image, Hand.LEFT, NOBODY, asked=(INDEX, MIDDLE))


def test_a_wall_holds_no_fingers_to_count() -> None:
    wall = Image(np.full((1024, 768, 3), 140, np.uint8))
    assert count_fingers(wall.pixels) is None
    with pytest.raises(NoFingerFound):
        photo_fingertips(wall, Hand.LEFT, NOBODY, asked=(INDEX,))
    assert observe(wall, Hand.LEFT, (INDEX,), NOBODY).hint == "show-fingers"


def test_fingers_outside_of_the_guide_are_not_counted() -> None:
    pixels = taken((INDEX, MIDDLE)).image.pixels
    assert count_fingers(pixels, Box(80, 300, 600, 700)) is not None
    assert count_fingers(pixels, Box(650, 900, 100, 120)) is None


@pytest.mark.parametrize("asked", [(INDEX,), (INDEX, LITTLE), (INDEX, MIDDLE, LITTLE)])
def test_a_live_frame_of_few_fingers_is_good_when_they_fill_the_guide(asked: Shown) -> None:
    frame = cv2.resize(taken(asked).image.pixels, (360, 480), interpolation=cv2.INTER_AREA)
    seen = observe(Image(np.asarray(frame, np.uint8)), Hand.LEFT, asked, NOBODY)
    assert seen.good
    assert tuple(finger.position for finger in seen.fingers) == asked
