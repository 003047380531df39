import cv2
import numpy as np
import pytest

from handfast.base.errors import FingerTooClose, NoFingerFound
from handfast.base.image import Image, Pixels
from handfast.base.sample import Box
from handfast.finger.single import find_axis, guide_axis, single_fingertip
from support.hands import GROUND, SKIN

WIDTH = 240


def one_finger(
    lean: float = 0.0, x: int = 700, ground: tuple[int, int, int] = GROUND, width: int = WIDTH, tip: int = 500
) -> Pixels:
    """A portrait photo, 1512 x 2016, of one finger from the lower edge; its tip at about (x, tip)."""
    picture = np.full((2016, 1512, 3), ground, np.uint8)
    start = (x, tip + width // 2)
    foot = (int(x - lean * (2300 - start[1])), 2300)
    cv2.line(picture, start, foot, SKIN, width, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("lean", [-0.25, 0.0, 0.2])
def test_a_finger_is_found_and_stands_upright_in_its_crop(lean: float) -> None:
    tip = single_fingertip(Image(one_finger(lean)))
    assert tip.width == pytest.approx(WIDTH, rel=0.08)
    middle = tip.corners[:2].mean(0)
    apex = np.array([700, 500 + WIDTH / 2]) + WIDTH / 2 * np.array([lean, -1]) / np.hypot(lean, 1)
    assert np.linalg.norm(middle - apex) < 0.1 * WIDTH
    up = tip.corners[0] - tip.corners[3]
    assert np.degrees(np.arctan2(up[0], -up[1])) == pytest.approx(np.degrees(np.arctan(lean)), abs=4)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_finger_from_any_edge_is_found(turns: int) -> None:
    lying = Image(np.ascontiguousarray(np.rot90(one_finger(), turns)))
    assert single_fingertip(lying).width == pytest.approx(WIDTH, rel=0.08)


def test_reddish_ground_that_touches_the_finger_is_told_from_it() -> None:
    picture = one_finger()
    finger = picture[..., 0] == SKIN[0]
    picture[1100:] = (175, 140, 125)
    picture[finger] = SKIN
    assert single_fingertip(Image(picture)).width == pytest.approx(WIDTH, rel=0.08)


def test_a_plain_wall_holds_no_finger() -> None:
    with pytest.raises(NoFingerFound):
        single_fingertip(Image(np.full((2016, 1512, 3), 150, np.uint8)))


def test_a_round_thing_is_no_finger() -> None:
    picture = np.full((504, 378, 3), GROUND, np.uint8)
    cv2.circle(picture, (190, 250), 90, SKIN, -1)
    assert find_axis(picture) is None


def test_without_colour_the_guide_says_where_the_finger_is() -> None:
    gray = np.asarray(cv2.cvtColor(cv2.cvtColor(one_finger(), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)
    guide = Box(570, 480, 260, 500)
    axes = guide_axis(guide, 0.25)
    assert axes.tips[0, 0] == pytest.approx(700 * 0.25)
    assert single_fingertip(Image(gray), guide).width == pytest.approx(WIDTH, rel=0.1)


def test_a_finger_cut_off_at_the_side_is_too_close() -> None:
    with pytest.raises(FingerTooClose):
        single_fingertip(Image(one_finger(x=20)), Box(-100, 480, 240, 500))
