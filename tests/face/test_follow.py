"""The head that follows the dot, and what else might pass for one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.face.follow import FollowParameters, Seen, follow
from handfast.face.types import FaceObservation
from support.faces import observed

P = FollowParameters()
POSES = {"": (0.0, 0.0), "left": (22.0, 0.0), "right": (-22.0, 0.0), "up": (0.0, 18.0), "down": (0.0, -18.0)}
STAYS = (0.2, 0.2, 0.2)
PLACES = [place for place in POSES if place]
places = st.sampled_from(PLACES)


def shown(*stops: str, frames: int = 4, every: float = 0.2, flat: bool = False) -> list[Seen]:
    """A head that starts ahead and stops at each place for some frames."""
    poses = [POSES[stop] for stop in ("", *stops) for _ in range(frames)]
    return [
        seen(observed(yaw, pitch=pitch, flat=flat, nod=pitch), at=number * every)
        for number, (yaw, pitch) in enumerate(poses)
    ]


def seen(face: FaceObservation, at: float) -> Seen:
    return Seen(face.pose, face.rigid, at)


@given(st.lists(places, min_size=3, max_size=3).filter(lambda path: path[0] != path[1] != path[2]))
def test_a_head_that_goes_where_the_dot_goes_is_done(path: list[str]) -> None:
    now = follow(path, STAYS, shown(*path))
    assert (now.reached, now.dot, now.failed) == (3, None, False)


def test_the_next_place_is_told_only_once_the_one_before_was_reached() -> None:
    path = ("left", "up", "right")
    assert follow(path, STAYS, shown()).dot == "left"
    assert follow(path, STAYS, shown("left")).dot == "up"
    assert follow(path, STAYS, shown("left", "up")).dot == "right"


def test_nothing_is_asked_before_the_head_was_seen_facing() -> None:
    assert follow(("left",), STAYS, [seen(observed(40.0), 0.0)]).dot is None


def test_a_recording_of_another_path_fails() -> None:
    for recorded, asked in itertools.product(itertools.permutations(PLACES, 3), repeat=2):
        now = follow(asked, STAYS, shown(*recorded))
        assert (now.reached == 3) == (recorded == asked), (recorded, asked)


def test_a_recording_that_goes_round_and_round_fails() -> None:
    now = follow(("up", "left", "down"), STAYS, shown(*["left", "right", "up", "down"] * 6))
    assert now.failed


def test_one_stray_is_forgiven() -> None:
    assert follow(("left", "up", "right"), STAYS, shown("right", "left", "up", "right")).reached == 3
    assert follow(("left", "up", "right"), STAYS, shown("down", "right", "left", "up", "right")).failed


def test_who_is_too_slow_fails() -> None:
    assert follow(("left", "up", "right"), STAYS, shown(frames=2 * P.ahead, every=P.seconds / 2)).failed


@pytest.mark.parametrize("path", list(itertools.permutations(PLACES, 2)))
def test_a_print_that_is_tilted_reaches_nothing(path: tuple[str, str]) -> None:
    assert follow(path, STAYS, shown(*path, flat=True)).reached == 0


@given(st.integers(0, 2**32 - 1))
def test_noise_reaches_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed)
    still = [seen(observed(noise=noise), 0.1 * number) for number in range(40)]
    assert follow(("left", "up", "right"), STAYS, still).reached == 0


def test_the_dot_stays_as_long_as_was_drawn() -> None:
    path, stays = ("left", "up", "right"), (0.2, 1.0, 0.2)
    assert follow(path, stays, shown("left", "up")).dot == "up"
    stayed = shown("left", "up", "up", "right")
    assert follow(path, stays, stayed).reached == 3
    assert follow(path, stays, stayed[:-4]).dot == "right"


@pytest.mark.parametrize("long", range(3))
def test_a_recording_of_the_very_path_leaves_before_the_dot_does(long: int) -> None:
    path = ("left", "up", "right")
    stays = tuple(1.0 if place == long else 0.2 for place in range(3))
    assert follow(path, stays, shown(*path, *path)).reached < 3


def test_a_step_that_takes_long_forgets_no_place() -> None:
    path, frames = ("left", "up", "right"), shown("left", "", "up", "", "right", frames=38, every=0.1)
    assert [follow(path, STAYS, frames[:n]).reached for n in (60, 120, len(frames))] == [1, 2, 3]
