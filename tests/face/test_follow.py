"""The head that follows the dot, and what else might pass for one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.face.follow import FollowParameters, Seen, follow
from support.faces import observed

P = FollowParameters()
POSES = {"": (0.0, 0.0), "left": (22.0, 0.0), "right": (-22.0, 0.0), "up": (0.0, 18.0), "down": (0.0, -18.0)}
PLACES = [place for place in POSES if place]
places = st.sampled_from(PLACES)


def shown(*stops: str, frames: int = 4, every: float = 0.2, flat: bool = False) -> list[Seen]:
    """A head that starts ahead and stops at each place for some frames."""
    poses = [POSES[stop] for stop in ("", *stops) for _ in range(frames)]
    return [
        Seen(observed(yaw, pitch=pitch, flat=flat, nod=pitch), at=number * every)
        for number, (yaw, pitch) in enumerate(poses)
    ]


@given(st.lists(places, min_size=3, max_size=3).filter(lambda path: path[0] != path[1] != path[2]))
def test_a_head_that_goes_where_the_dot_goes_is_done(path: list[str]) -> None:
    now = follow(path, shown(*path))
    assert (now.reached, now.dot, now.failed) == (3, None, False)


def test_the_next_place_is_told_only_once_the_one_before_was_reached() -> None:
    path = ("left", "up", "right")
    assert follow(path, shown()).dot == "left"
    assert follow(path, shown("left")).dot == "up"
    assert follow(path, shown("left", "up")).dot == "right"


def test_nothing_is_asked_before_the_head_was_seen_facing() -> None:
    assert follow(("left",), [Seen(observed(40.0), 0.0)]).dot is None


def test_a_recording_of_another_path_fails() -> None:
    for recorded, asked in itertools.product(itertools.permutations(PLACES, 3), repeat=2):
        now = follow(asked, shown(*recorded))
        assert (now.reached == 3) == (recorded == asked), (recorded, asked)


def test_a_recording_that_goes_round_and_round_fails() -> None:
    now = follow(("up", "left", "down"), shown(*["left", "right", "up", "down"] * 6))
    assert now.failed


def test_one_stray_is_forgiven() -> None:
    assert follow(("left", "up", "right"), shown("right", "left", "up", "right")).reached == 3
    assert follow(("left", "up", "right"), shown("down", "right", "left", "up", "right")).failed


def test_who_is_too_slow_fails() -> None:
    assert follow(("left", "up", "right"), shown(frames=2 * P.ahead, every=P.seconds / 2)).failed


@pytest.mark.parametrize("path", list(itertools.permutations(PLACES, 2)))
def test_a_print_that_is_tilted_reaches_nothing(path: tuple[str, str]) -> None:
    assert follow(path, shown(*path, flat=True)).reached == 0


@given(st.integers(0, 2**32 - 1))
def test_noise_reaches_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed)
    still = [Seen(observed(noise=noise), 0.1 * number) for number in range(40)]
    assert follow(("left", "up", "right"), still).reached == 0
