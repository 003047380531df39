from dataclasses import replace

import cv2
import numpy as np
import pytest

from handfast.finger.tip.outline import Outline, find_outline, is_believable, outline_by_edges
from handfast.finger.types import Mask

SHAPE = (310, 235)
TRUE = Outline(centre=120, width=88, tip=72, by_colour=True)
EXPECTED = Outline(centre=117, width=84, tip=69, by_colour=False)
EVERYWHERE = np.ones(SHAPE, bool)


def finger(outline: Outline = TRUE) -> Mask:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    across = (x - outline.centre) / (outline.width / 2)
    up = np.minimum(y - outline.tip - 0.6 * outline.width, 0) / (0.6 * outline.width)
    return np.asarray(across**2 + up**2 <= 1)


def gray(mask: Mask, contrast: int = 60) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur((100 + contrast * mask).astype(np.uint8), (0, 0), 1.5), np.uint8)


def assert_near(found: Outline, true: Outline, tolerance: float) -> None:
    for one, other in ((found.centre, true.centre), (found.width, true.width), (found.tip, true.tip)):
        assert one == pytest.approx(other, abs=tolerance)


def test_a_fitting_mask_gives_the_outline() -> None:
    mask = finger()
    found = find_outline(gray(mask), mask, EVERYWHERE, EXPECTED)
    assert found.by_colour
    assert_near(found, TRUE, 3)


def test_a_mask_that_leaks_everywhere_is_not_believed_and_edges_are() -> None:
    found = find_outline(gray(finger(), contrast=15), EVERYWHERE, EVERYWHERE, EXPECTED)
    assert not found.by_colour
    assert_near(found, TRUE, 6)


def test_a_mask_that_leaks_above_the_tip_does_not_move_the_tip() -> None:
    mask = finger()
    mask[:100, 90:150] = True
    found = find_outline(gray(finger()), mask, EVERYWHERE, EXPECTED)
    assert_near(found, TRUE, 6)


def test_without_any_edge_the_finger_is_where_the_landmarks_say() -> None:
    found = outline_by_edges(np.full(SHAPE, 100, np.float32), EXPECTED)
    assert_near(found, EXPECTED, 3)


def test_touching_fingers_are_parted_at_the_dark_line() -> None:
    mask = EVERYWHERE.copy()
    mask[:72] = False
    shade = np.full(SHAPE, 160, np.uint8)
    for side in (TRUE.centre - TRUE.width / 2, TRUE.centre + TRUE.width / 2):
        shade[:, int(side) - 2 : int(side) + 3] = 90
    found = find_outline(shade, mask, EVERYWHERE, EXPECTED)
    assert_near(found, TRUE, 4)


@pytest.mark.parametrize("wrong", [{"centre": 150}, {"width": 120}, {"tip": 20}])
def test_an_outline_far_from_the_landmarks_is_not_believable(wrong: dict[str, float]) -> None:
    assert is_believable(TRUE, EXPECTED)
    assert not is_believable(replace(TRUE, **wrong), EXPECTED)  # type: ignore[arg-type]
