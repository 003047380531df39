import numpy as np
import pytest

from handfast.base.image import Pixels
from handfast.finger.tip.nail import nail_length

SKIN, VARNISH = (196, 150, 128), (150, 20, 40)
WIDTH, TIP = 40, 30


def finger(nail: int, colour: tuple[int, int, int] = VARNISH, blend: int = 0) -> Pixels:
    """An upright finger 40 px wide from row 30 on whose first `nail` rows have another colour."""
    picture = np.full((140, 80, 3), 225, np.uint8)
    for row in range(TIP, 140):
        share = np.clip((row - TIP - nail) / max(blend, 1) + 0.5, 0, 1) if blend else float(row >= TIP + nail)
        picture[row, 20:60] = np.round(share * np.array(SKIN) + (1 - share) * np.array(colour))
    return picture


@pytest.mark.parametrize("nail", [6, 12, 20])
@pytest.mark.parametrize("colour", [VARNISH, (20, 20, 20), (40, 170, 170), (240, 235, 225)])
def test_a_nail_ends_where_skin_begins(nail: int, colour: tuple[int, int, int]) -> None:
    assert nail_length(finger(nail, colour), 40.0, TIP, WIDTH) == pytest.approx(nail, abs=2.5)


def test_plain_skin_has_none() -> None:
    assert nail_length(finger(0), 40.0, TIP, WIDTH) == 0.0


def test_a_tip_that_turns_redder_bit_by_bit_is_skin() -> None:
    assert nail_length(finger(16, (205, 105, 95), blend=30), 40.0, TIP, WIDTH) == 0.0


def test_a_finger_of_two_colours_all_along_is_left_as_it_is() -> None:
    assert nail_length(finger(60), 40.0, TIP, WIDTH) == 0.0


def test_a_finger_that_leaves_the_picture_is_left_as_it_is() -> None:
    assert nail_length(finger(12)[:60], 40.0, TIP, WIDTH) == 0.0
