"""The shared words hold what they promise."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base import errors
from handfast.base.errors import CaptureError, HandfastError
from handfast.base.ids import new_id, new_secret
from handfast.base.image import GrayImage, Image
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.base.quality import Quality
from handfast.base.randomness import SystemRandomness
from handfast.base.trace import trace, watching


def all_errors() -> list[type[HandfastError]]:
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, HandfastError)]


def test_no_two_errors_share_a_code() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))


def test_every_error_stands_in_the_drawn_tree() -> None:
    drawn = set(re.findall(r"[A-Z]\w+", (errors.__doc__ or "").split("\n\n", 1)[1]))
    assert {error.__name__ for error in all_errors()} <= drawn


def test_every_capture_error_says_one_thing_to_do() -> None:
    words = [error.advice for error in all_errors() if issubclass(error, CaptureError)]
    assert all(re.fullmatch(r"[a-z-]+", word) for word in words)


def test_four_fingers_are_those_of_the_hand_without_the_thumb() -> None:
    for hand in Hand:
        assert [position.hand for position in FOUR_FINGERS[hand]] == [hand] * 4
        assert not any("thumb" in position.plain_name for position in FOUR_FINGERS[hand])
    assert FingerPosition.UNKNOWN.hand is None


@given(st.floats(allow_nan=False))
def test_a_quality_outside_0_to_100_is_refused(value: float) -> None:
    if 0.0 <= value <= 100.0:
        assert Quality(value).value == value
    else:
        with pytest.raises(ValueError, match="quality"):
            Quality(value)


def test_an_image_cannot_be_changed_and_has_three_channels() -> None:
    image = Image(np.zeros((4, 6, 3), np.uint8))
    assert image.size == (6, 4)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1
    with pytest.raises(ValueError, match="expected"):
        Image(np.zeros((4, 6), np.uint8))
    with pytest.raises(ValueError, match="expected"):
        GrayImage(np.zeros((4, 6, 3), np.uint8))


def test_ids_and_secrets_do_not_repeat() -> None:
    chance = SystemRandomness()
    ids = {new_id("ses", chance) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"ses_[a-z2-7]{26}", each) for each in ids)
    assert re.fullmatch(r"[\w-]{43}", new_secret(chance))


def test_a_stage_is_watched_only_inside_the_block() -> None:
    seen: list[tuple[str, object]] = []
    with watching(lambda stage, value: seen.append((stage, value))):
        trace("enhanced", 1)
    trace("enhanced", 2)
    assert seen == [("enhanced", 1)]
