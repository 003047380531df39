"""When the hand beside the face and the fingers before the camera count as one hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.modality import Hand
from handfast.capture.bond import Bond, BondParameters, Look, View, bond

P = BondParameters()
MINE, THEIRS = (0.30, -0.20), (0.18, -0.12)


def look(view: View, at: float, tone: tuple[float, float] = MINE, hand: Hand = Hand.RIGHT) -> Look:
    return Look(view, hand, at, tone)


def track(tone: tuple[float, float] = MINE, every: float = 0.3, gap: float = 0.0) -> list[Look]:
    """Beside the face, on the way, near, and the photo; `gap` seconds out of sight on the way."""
    beside = [look(View.BESIDE, n * every) for n in range(3)]
    near = [look(View.NEAR, 3 * every + gap + n * every, tone) for n in range(6)]
    return [*beside, *near, look(View.STILL, near[-1].at + 2.0, tone)]


def test_a_hand_that_is_never_out_of_sight_is_held() -> None:
    assert bond(track(), one_camera=True) is Bond.HELD


def test_a_hand_that_went_out_of_sight_is_not_held() -> None:
    assert bond(track(gap=P.gap), one_camera=True) is Bond.OPEN


def test_a_change_of_camera_holds_nothing() -> None:
    assert bond(track(), one_camera=False) is Bond.OPEN


@pytest.mark.parametrize("one_camera", [True, False])
def test_fingers_of_another_skin_break_the_bond(one_camera: bool) -> None:
    assert bond(track(THEIRS), one_camera=one_camera) is Bond.BROKEN


def test_the_other_hand_of_another_person_breaks_it_too() -> None:
    theirs = [look(View.STILL, 30.0, THEIRS, Hand.LEFT)]
    assert bond([*track(), *theirs], one_camera=True) is Bond.BROKEN


def test_a_photo_that_takes_too_long_holds_nothing() -> None:
    *rest, still = track()
    late = look(View.STILL, rest[-1].at + P.pause + 0.1)
    assert bond([*rest, late], one_camera=True) is Bond.OPEN
    assert bond([*rest, still], one_camera=True) is Bond.HELD


def test_a_photo_alone_holds_nothing() -> None:
    assert bond([look(View.BESIDE, 0.0), look(View.STILL, 1.0)], one_camera=True) is Bond.OPEN
    assert bond([look(View.STILL, 1.0)], one_camera=True) is Bond.OPEN
    assert bond([], one_camera=True) is Bond.OPEN


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True))
def test_leaving_looks_out_never_makes_a_bond(missing: list[int]) -> None:
    whole = track(gap=P.gap)
    kept = [each for n, each in enumerate(whole) if n not in missing]
    assert bond(kept, one_camera=True) is not Bond.HELD


def test_a_hand_swapped_on_the_way_is_not_held_even_if_swapped_back() -> None:
    looks = track()
    for number in range(3, 9):
        swapped = [*looks[:number], look(View.NEAR, looks[number].at, (0.40, -0.20)), *looks[number + 1 :]]
        assert bond(swapped, one_camera=True) is not Bond.HELD


def test_small_differences_of_light_do_not_break_it() -> None:
    for dx, dy in itertools.product((-0.04, 0.0, 0.04), repeat=2):
        assert bond(track((MINE[0] + dx, MINE[1] + dy)), one_camera=True) is Bond.HELD
