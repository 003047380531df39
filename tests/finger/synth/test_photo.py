import cv2
import numpy as np
import pytest

from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.synth.four_fingers import position_label
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import SynthPhoto, photo
from handfast.finger.synth.shot import Shot, guided_shot, unguided_shot
from handfast.finger.synth.wear import Wear

SMALL = {"size": (512, 683), "ppi": 150.0}


@pytest.fixture(scope="module")
def right_hand() -> SynthPhoto:
    return photo(Person(3), Hand.RIGHT, guided_shot(1, **SMALL))


def test_the_same_shot_gives_the_same_picture(right_hand: SynthPhoto) -> None:
    again = photo(Person(3), Hand.RIGHT, guided_shot(1, **SMALL))
    assert np.array_equal(right_hand.image.pixels, again.image.pixels)


def test_another_shot_gives_another_picture(right_hand: SynthPhoto) -> None:
    other = photo(Person(3), Hand.RIGHT, guided_shot(2, **SMALL))
    assert not np.array_equal(right_hand.image.pixels, other.image.pixels)


def test_all_four_fingers_are_in_a_guided_picture(right_hand: SynthPhoto) -> None:
    assert tuple(tip.position for tip in right_hand.truth.tips) == FOUR_FINGERS[Hand.RIGHT]
    width, height = right_hand.image.size
    for tip in right_hand.truth.tips:
        assert 0 < tip.tip[0] < width
        assert 0 < tip.tip[1] < height
        assert right_hand.truth.tip_mask(tip.position).sum() > 0.5 * tip.box.width * tip.box.height


@pytest.mark.parametrize(("hand", "order"), [(Hand.LEFT, 1), (Hand.RIGHT, -1)])
def test_a_left_hands_index_finger_is_leftmost_with_the_palm_to_the_camera(hand: Hand, order: int) -> None:
    shown = photo(Person(3), hand, guided_shot(1, **SMALL))
    across = [tip.tip[0] for tip in shown.truth.tips]
    assert across == sorted(across, reverse=order < 0)


def test_fingers_point_up_and_the_middle_one_reaches_highest(right_hand: SynthPhoto) -> None:
    tips = right_hand.truth.tips
    assert all(abs(tip.angle + np.pi / 2) < 0.4 for tip in tips)
    assert min(tips, key=lambda tip: tip.tip[1]).position is FingerPosition.RIGHT_MIDDLE


def test_minutiae_lie_on_their_finger(right_hand: SynthPhoto) -> None:
    for tip in right_hand.truth.tips:
        x, y = tip.minutiae[:, 0].round().astype(int), tip.minutiae[:, 1].round().astype(int)
        assert len(x) > 20
        assert np.isfinite(tip.minutiae).all()
        assert (right_hand.truth.labels[y, x] > 0).all()


def test_a_missing_finger_is_not_drawn() -> None:
    missing = FingerPosition.RIGHT_RING
    shown = photo(Person(3), Hand.RIGHT, guided_shot(1, missing=frozenset({missing}), **SMALL))
    assert shown.truth.tip(missing) is None
    assert len(shown.truth.tips) == 3
    assert not (shown.truth.labels == 3).any()


def test_skin_is_as_bright_as_asked(right_hand: SynthPhoto) -> None:
    green = right_hand.image.pixels[..., 1][right_hand.truth.labels > 0]
    assert np.median(green) / 255 == pytest.approx(right_hand.shot.light.exposure, abs=0.06)


@pytest.mark.parametrize("seed", range(3))
def test_an_unguided_shot_can_be_drawn(seed: int) -> None:
    shot: Shot = unguided_shot(seed, **SMALL)
    assert photo(Person(3), Hand.RIGHT, shot).image.size == (512, 683)


@pytest.mark.parametrize(
    ("wear", "redder"),
    [
        (Wear(henna=1.0), True),
        (Wear(dust=1.0), False),
        (Wear(wet=1.0), None),
        (Wear(cracked=1.0), None),
    ],
)
def test_what_a_day_leaves_on_a_hand_changes_its_look_and_not_the_hand(
    right_hand: SynthPhoto, wear: Wear, redder: bool | None
) -> None:
    worn = photo(Person(3), Hand.RIGHT, guided_shot(1, **SMALL, wear=wear))
    assert np.array_equal(worn.truth.labels, right_hand.truth.labels)
    assert not np.array_equal(worn.image.pixels, right_hand.image.pixels)
    tip = right_hand.truth.tip_mask(FingerPosition.RIGHT_MIDDLE)
    red, before = (_redness(shot.image.pixels[tip]) for shot in (worn, right_hand))
    assert redder is None or (red > 1.2 * before if redder else red < before)


def test_a_ring_is_seen_on_its_finger_alone(right_hand: SynthPhoto) -> None:
    wear = Wear(rings=frozenset({FingerPosition.RIGHT_RING}))
    ringed = photo(Person(3), Hand.RIGHT, guided_shot(1, **SMALL, wear=wear))
    changed = np.abs(ringed.image.pixels.astype(int) - right_hand.image.pixels).max(axis=2) > 20
    assert set(np.unique(right_hand.truth.labels[changed])) == {position_label(FingerPosition.RIGHT_RING)}


def test_varnished_nails_stand_out_beyond_the_tips_and_leave_the_fingers_as_they_are(right_hand: SynthPhoto) -> None:
    nailed = photo(Person(3), Hand.RIGHT, guided_shot(1, **SMALL, wear=Wear(nails=1.0)))
    assert np.array_equal(nailed.truth.labels, right_hand.truth.labels)
    changed = np.abs(nailed.image.pixels.astype(int) - right_hand.image.pixels).max(axis=2) > 60
    assert np.mean(right_hand.truth.labels[changed] == 0) > 0.9
    assert len(np.unique(cv2.connectedComponents(changed.astype(np.uint8))[1])) - 1 >= 4


def _redness(pixels: np.ndarray) -> float:
    mean = pixels.astype(float).mean(axis=0)
    return float(mean[0] / mean[1])
