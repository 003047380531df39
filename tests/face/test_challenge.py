"""What passes a step of the challenge, and what does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.face.challenge import judge
from handfast.face.types import FaceObservation
from support.faces import observed

LEFT, RIGHT = "turn-left", "turn-right"


def turning(to: float, *, flat: bool = False) -> list[FaceObservation]:
    return [observed(yaw, flat=flat) for yaw in np.linspace(0, to, 8)]


def test_nothing_seen_is_nothing_done() -> None:
    progress = judge("look", [])
    assert (progress.progress, progress.hint, progress.done) == (0.0, "show-face", False)


def test_looking_takes_three_good_frames_in_a_row() -> None:
    assert not judge("look", [observed(), observed()]).done
    assert not judge("look", [observed(), observed(hint="hold-still"), observed(), observed()]).done
    assert judge("look", [observed(hint="hold-still"), observed(), observed(), observed()]).done


def test_looking_aside_is_not_looking() -> None:
    progress = judge("look", [observed(22.0)] * 5)
    assert not progress.done
    assert progress.hint == "turn-back"


def test_a_fault_of_the_picture_is_the_hint() -> None:
    assert judge("look", [observed(), observed(hint="more-light")]).hint == "more-light"


@pytest.mark.parametrize(("kind", "to"), [(LEFT, 30.0), (RIGHT, -30.0)])
def test_a_turn_to_the_side_that_was_asked_for_is_done(kind: str, to: float) -> None:
    assert judge(kind, turning(to)).done


@pytest.mark.parametrize(("kind", "to"), [(LEFT, -30.0), (RIGHT, 30.0)])
def test_a_turn_to_the_other_side_never_is(kind: str, to: float) -> None:
    progress = judge(kind, turning(to))
    assert not progress.done
    assert progress.hint == kind


@given(st.floats(-14, 14), st.integers(1, 200))
def test_a_still_picture_never_turns(yaw: float, frames: int) -> None:
    assert not judge(LEFT, [observed(yaw)] * frames).done
    assert not judge(RIGHT, [observed(yaw)] * frames).done


@pytest.mark.parametrize("to", [-50.0, -30.0, 30.0, 50.0])
def test_a_print_that_turns_is_not_a_head_that_turns(to: float) -> None:
    assert not judge(LEFT if to > 0 else RIGHT, turning(to, flat=True)).done


def test_a_print_that_turns_and_bends_the_estimate_once_does_not_pass() -> None:
    frames = [*turning(30.0, flat=True), observed(30.0)]
    assert not judge(LEFT, frames).done


def test_a_turn_counts_from_the_persons_own_facing_pose() -> None:
    start = [observed(10.0)] * 3
    assert not judge(LEFT, [*start, observed(20.0), observed(22.0), observed(22.0), observed(22.0)]).done
    assert judge(LEFT, [*start, observed(20.0), observed(32.0), observed(32.0), observed(32.0)]).done


def test_who_is_turned_from_the_start_is_asked_to_turn_back() -> None:
    progress = judge(LEFT, [observed(35.0)] * 6)
    assert (progress.progress, progress.hint) == (0.0, "turn-back")


def test_one_wild_frame_does_not_make_a_turn() -> None:
    assert not judge(LEFT, [observed(), observed(), observed(60.0), observed(), observed()]).done


@given(st.integers(0, 2**32 - 1))
def test_noise_neither_makes_nor_breaks_a_turn(seed: int) -> None:
    noise = np.random.default_rng(seed)
    still = [observed(noise=noise) for _ in range(40)]
    turned = [observed(yaw, noise=noise) for yaw in (0, 0, 0, 10, 20, 30, 35, 35, 35, 35)]
    assert not judge(LEFT, still).done
    assert judge(LEFT, turned).done


def test_progress_of_a_turn_grows_with_it() -> None:
    values = [judge(LEFT, [observed(), *[observed(yaw)] * 3]).progress for yaw in (0.0, 6.0, 12.0, 17.0, 30.0)]
    assert values == sorted(values)
    assert values[0] == 0.0
    assert values[-1] == 1.0


def test_coming_closer_is_done_when_the_face_has_grown_by_a_quarter() -> None:
    sizes = [0.3, 0.3, 0.33, 0.36]
    assert not judge("closer", [observed(size=size) for size in sizes]).done
    assert judge("closer", [observed(size=size) for size in [*sizes, 0.39, 0.39, 0.39]]).done


@given(st.integers(0, 2**32 - 1))
def test_standing_still_is_never_coming_closer(seed: int) -> None:
    noise = np.random.default_rng(seed)
    assert not judge("closer", [observed(noise=noise) for _ in range(60)]).done


def test_who_is_too_close_already_is_asked_to_step_back() -> None:
    assert judge("closer", [observed(size=0.7)] * 3).hint == "further"
    sizes = [0.7, 0.6, 0.5, 0.5, 0.6, 0.65, 0.66, 0.66]
    assert judge("closer", [observed(size=size) for size in sizes]).done


def test_coming_closer_with_the_head_turned_does_not_count() -> None:
    assert not judge("closer", [observed(size=0.3), *[observed(30.0, size=0.5)] * 5]).done


def test_an_unknown_step_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="wink"):
        judge("wink", [observed()])
