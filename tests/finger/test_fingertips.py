import cv2
import numpy as np
import pytest

from handfast.base.errors import FingerMissing, FingerTooClose, WrongHand
from handfast.base.image import Image, Pixels
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.hand.axes import finger_axes, finger_lines
from handfast.finger.photo import fingertip_print, photo_fingertips
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.mask import finger_mask
from handfast.finger.tip.scale import finger_ppi, print_scale
from support.hands import KnownHand, draw_hand, upright_landmarks

POINTS = upright_landmarks()
LEFT = FOUR_FINGERS[Hand.LEFT]
SCALE = 4


def photo(points: np.ndarray = POINTS) -> Image:
    return enlarged(draw_hand(points))


def enlarged(small: Pixels) -> Image:
    return Image(np.asarray(cv2.resize(small, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC), np.uint8))


def tips_of(image: Image, hand: Hand = Hand.LEFT, points: np.ndarray = POINTS) -> list[Fingertip]:
    tips = photo_fingertips(image, hand, KnownHand(points))
    assert tuple(tips) == FOUR_FINGERS[hand]
    found = list(tips.values())
    assert all(isinstance(tip, Fingertip) for tip in found), found
    return [tip for tip in found if isinstance(tip, Fingertip)]


def test_the_mask_is_the_drawn_fingers() -> None:
    picture = draw_hand(POINTS)
    mask = finger_mask(picture, finger_axes(POINTS), finger_lines(POINTS))
    drawn = picture[..., 0] > 150
    rows = slice(60, 230)  # the last phalanges
    assert (mask[rows] & drawn[rows]).sum() > 0.97 * (mask[rows] | drawn[rows]).sum()


def test_each_fingertip_is_as_wide_as_the_finger_is_drawn() -> None:
    for tip in tips_of(photo()):
        assert tip.width == pytest.approx(40 * SCALE, rel=0.08)


def test_a_crop_begins_just_above_the_tip() -> None:
    for tip, landmark in zip(tips_of(photo()), finger_axes(POINTS).tips, strict=True):
        drawn_tip = (landmark[1] + 8 - 20) * SCALE
        assert tip.corners[0, 1] == pytest.approx(drawn_tip - 0.03 * tip.width, abs=8)


def test_a_photo_lying_on_its_side_gives_the_same_fingertips() -> None:
    class Upright(KnownHand):
        """Sees a hand only where the picture is upright."""

        def read(self, pixels, region, mirrored=False):  # type: ignore[no-untyped-def]
            reading = super().read(pixels, region, mirrored)
            points = reading.points if pixels.shape[0] > pixels.shape[1] else reading.points[:, ::-1].copy()
            return type(reading)(points, reading.presence, 0.5)

    upright = photo()
    lying = Image(np.ascontiguousarray(np.rot90(upright.pixels, 3)))
    tips = photo_fingertips(lying, Hand.LEFT, Upright(POINTS))
    for tip, expected in zip(tips.values(), tips_of(upright), strict=True):
        assert isinstance(tip, Fingertip)
        assert np.array_equal(tip.pixels, expected.pixels)


def test_the_other_hand_is_told_by_its_little_finger() -> None:
    with pytest.raises(WrongHand):
        photo_fingertips(photo(), Hand.RIGHT, KnownHand(POINTS))


def three_fingers() -> Image:
    picture = draw_hand(POINTS)
    x = int(finger_axes(POINTS).tips[2, 0])
    picture[:, x - 26 : x + 27] = picture[0, 0]
    return enlarged(picture)


def test_with_a_finger_missing_no_finger_is_named() -> None:
    with pytest.raises(FingerMissing):
        photo_fingertips(three_fingers(), Hand.LEFT, KnownHand(POINTS))


def test_a_person_without_a_ring_finger_shows_the_other_three() -> None:
    asked = tuple(position for position in LEFT if position is not FingerPosition.LEFT_RING)
    tips = photo_fingertips(three_fingers(), Hand.LEFT, KnownHand(POINTS), asked=asked)
    assert tuple(tips) == asked
    assert all(isinstance(tip, Fingertip) for tip in tips.values())


def test_one_finger_named_twice_is_not_two_fingers() -> None:
    doubled = POINTS.copy()
    doubled[13:17] = POINTS[9:13] + np.array([8, 0])
    with pytest.raises(FingerMissing):
        photo_fingertips(three_fingers(), Hand.LEFT, KnownHand(doubled))


def test_a_fingertip_cut_off_by_the_picture_is_too_close() -> None:
    cropped = photo().pixels[:, int(110 * SCALE) :]
    shifted = POINTS - (110, 0)
    image = Image(np.ascontiguousarray(cropped))
    small_scale = 504 / max(cropped.shape[:2]) * SCALE
    tips = photo_fingertips(image, Hand.LEFT, KnownHand(shifted * small_scale))
    assert isinstance(tips[FingerPosition.LEFT_INDEX], FingerTooClose)
    assert isinstance(tips[FingerPosition.LEFT_MIDDLE], Fingertip)


def test_a_print_is_at_500_ppi_and_mirrored() -> None:
    tip = tips_of(photo())[0]
    marked = tip.pixels.copy()
    marked[80:140, 20:60] = (60, 40, 30)
    left_marked = Fingertip(marked, tip.mask, tip.covered, tip.visible, tip.corners)
    found, measures = fingertip_print(left_marked, FingerPosition.LEFT_INDEX)
    assert found.image.ppi == 500
    assert found.image.size[0] == pytest.approx(320, abs=2)
    assert measures.ppi == pytest.approx(finger_ppi(tip.width))
    scale = print_scale(tip.width)
    rows = slice(int(90 * scale), int(130 * scale))
    lively = (np.abs(found.image.pixels[rows].astype(int) - 128) > 40) & found.mask[rows]
    middle = found.image.size[0] // 2
    assert lively[:, middle:].sum() > 2 * lively[:, :middle].sum()
