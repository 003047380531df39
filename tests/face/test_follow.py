"""The head that follows the dot, and what else might pass for one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.face.follow import AROUND, FollowParameters, Seen, follow, visited
from handfast.face.types import FaceObservation
from support.faces import observed

P = FollowParameters()
LEFT, UP, ASLANT = 24.0, 20.0, (18.0, 15.0)  # degrees that a head turns and nods
STAYS = (0.2, 0.2, 0.2)
PATH = ("left", "up-right", "down")
places = st.sampled_from(AROUND)


def pose(place: str) -> tuple[float, float]:
    """Yaw and pitch of a head that points there; "" is ahead."""
    across = ("left" in place) - ("right" in place)
    up = ("up" in place) - ("down" in place)
    yaw, pitch = ASLANT if across and up else (LEFT, UP)
    return across * yaw, up * pitch


def shown(*stops: str, frames: int = 4, every: float = 0.2, flat: bool = False) -> list[Seen]:
    """A head that starts ahead, and stops at each place for some frames after two that point nowhere."""
    poses = [(0.0, 0.0)] * 3
    for stop in stops:
        poses += [(0.0, 0.0)] * 2 + [pose(stop)] * frames
    return [
        seen(observed(yaw, pitch=pitch, flat=flat, nod=pitch), at=number * every)
        for number, (yaw, pitch) in enumerate(poses)
    ]


def seen(face: FaceObservation, at: float) -> Seen:
    return Seen(face.pose, face.rigid, at)


def after(*each: tuple[str, int]) -> tuple[list[str], list[float]]:
    """Where a head points in frames a fifth of a second apart, and their times: so many frames at each place."""
    pointed = [place for place, count in each for _ in range(count)]
    return pointed, [0.2 * number for number in range(len(pointed) + 1)]


def apart(path: list[str]) -> bool:
    return all((AROUND.index(b) - AROUND.index(a)) % 8 not in (0, 1, 7) for a, b in itertools.pairwise(path))


@settings(deadline=None)  # the first head that is looked at may have to wait until that is compiled
@given(st.lists(places, min_size=3, max_size=3).filter(apart))
def test_a_head_that_goes_where_the_dot_goes_is_done(path: list[str]) -> None:
    now = follow(path, STAYS, shown(*path))
    assert (now.reached, now.dot, now.failed) == (3, None, False)


def test_the_next_place_is_told_only_once_the_one_before_was_reached() -> None:
    assert [follow(PATH, STAYS, shown(*PATH[:n])).dot for n in range(4)] == ["left", "up-right", "down", None]


def test_what_is_still_lacking_is_told_part_by_part() -> None:
    path, ahead = ("up-left",), shown()
    assert follow(path, (0.0,), ahead).lacks in ("up", "left")
    for place, lacking in (("up", "left"), ("left", "up")):
        assert follow(path, (0.0,), [*ahead, *shown(place)[-2:]]).lacks == lacking
    assert follow(("down",), (0.0,), ahead).lacks == "down"


def test_nothing_is_asked_before_the_head_was_seen_facing() -> None:
    assert follow(("left",), STAYS, [seen(observed(40.0), 0.0)]).dot is None


def test_a_recording_of_another_path_fails() -> None:
    """Of all paths with nothing near the place before, one place after the other."""
    paths = [path for path in itertools.product(AROUND, repeat=3) if apart(list(path))]
    for recorded, asked in itertools.product([PATH, ("up", "down-left", "up")], paths):
        pointed, at = after(*((place, 4) for stop in recorded for place in ("", stop)))
        reached, _ = visited(asked, STAYS, pointed, at)
        assert (reached == 3) == (recorded == asked), (recorded, asked)


def test_what_lies_on_the_way_is_no_stray_and_what_lies_beside_the_place_is_forgiven_once() -> None:
    path = ("left", "up-right", "left")
    slow = after(
        ("", 2), ("left", 2), ("up-left", 3), ("up", 3), ("up-right", 2), ("up", 2), ("up-left", 2), ("left", 2)
    )
    assert visited(path, (0.0,) * 3, *slow) == (3, False)
    once = after(("", 2), ("down-left", 3), ("left", 2), ("", 3), ("up-right", 2), ("", 3), ("left", 1))
    assert visited(path, (0.0,) * 3, *once) == (3, False)
    twice = after(("", 2), ("down-left", 3), ("left", 2), ("", 3), ("right", 3), ("up-right", 2))
    assert visited(path, (0.0,) * 3, *twice) == (1, True)


def test_who_takes_left_for_right_is_forgiven_once_and_who_goes_anywhere_else_never() -> None:
    path = ("up-left", "right")
    assert visited(path, (0.0, 0.0), *after(("", 2), ("up-right", 3), ("up-left", 2), ("", 3), ("right", 1))) == (
        2,
        False,
    )
    assert visited(path, (0.0, 0.0), *after(("", 2), ("down", 3), ("up-left", 2), ("", 3), ("right", 1))) == (0, True)


def test_a_recording_that_goes_round_and_round_fails() -> None:
    now = follow(("up", "left", "down"), STAYS, shown(*["left", "right", "up", "down"] * 6))
    assert now.failed


def test_who_is_there_sooner_than_a_head_can_be_fails() -> None:
    path = ("left", "up-right")
    assert visited(path, (0.5, 0.0), *after(("", 2), ("left", 4), ("", 1), ("up-right", 1))) == (2, False)
    assert visited(path, (0.5, 0.0), *after(("", 2), ("left", 4), ("up-right", 1))) == (1, True)


def test_one_frame_beside_the_place_where_a_head_stays_does_not_end_its_stay_and_two_do() -> None:
    path, stays = ("down-right", "left"), (0.9, 0.0)
    once = after(("", 2), ("down-right", 2), ("right", 1), ("down-right", 3))
    twice = after(("", 2), ("down-right", 2), ("right", 2), ("down-right", 3))
    elsewhere = after(("", 2), ("down-right", 2), ("", 1), ("down-right", 3))
    assert [visited(path, stays, *film) for film in (once, twice, elsewhere)] == [(1, False), (0, False), (0, False)]


def test_who_is_slower_wherever_the_dot_stayed_shorter_goes_by_a_time_of_their_own() -> None:
    path, stays = ("left", "up-right", "down", "up"), (0.0, 1.0, 0.2, 0.0)
    film = after(*((place, count) for stop in path for place, count in (("", 2), (stop, 7))))
    assert visited(path, stays, *film) == (3, True)
    person = after(("", 3), ("left", 3), ("", 2), ("up-right", 9), ("", 1), ("down", 5), ("", 2), ("up", 1))
    assert visited(path, stays, *person) == (4, False)


def test_who_is_too_slow_fails() -> None:
    assert follow(PATH, STAYS, shown("left", frames=8, every=P.seconds / 5)).failed


@pytest.mark.parametrize("path", list(itertools.permutations(AROUND[:4], 2)))
def test_a_print_that_is_tilted_reaches_nothing(path: tuple[str, str]) -> None:
    assert follow(path, STAYS, shown(*path, flat=True)).reached == 0


@given(st.integers(0, 2**32 - 1))
def test_noise_reaches_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed)
    still = [seen(observed(noise=noise), 0.1 * number) for number in range(40)]
    assert follow(PATH, STAYS, still).reached == 0


def test_the_dot_stays_as_long_as_was_drawn() -> None:
    stays = (0.2, 1.0, 0.2)
    assert follow(PATH, stays, shown(*PATH[:2], frames=5)).dot == "up-right"
    assert follow(PATH, stays, shown(*PATH[:2], frames=6)).dot == "down"


@pytest.mark.parametrize("long", range(3))
def test_a_recording_of_the_very_path_leaves_before_the_dot_does(long: int) -> None:
    stays = tuple(1.0 if place == long else 0.2 for place in range(3))
    assert follow(PATH, stays, shown(*PATH, *PATH)).reached < 3


def test_a_step_that_takes_long_forgets_no_place() -> None:
    frames = shown(*PATH, frames=38, every=0.1)
    assert [follow(PATH, STAYS, frames[:n]).reached for n in (30, 60, len(frames))] == [1, 2, 3]
