import numpy as np
import pytest

from handfast.base.modality import FingerPosition
from handfast.finger.synth.master import SHAPE, make_master
from handfast.finger.synth.pattern import LOOPS, PatternClass, draw_class


def test_the_same_seed_grows_the_same_finger() -> None:
    first = make_master(5, FingerPosition.LEFT_RING)
    make_master.cache_clear()
    second = make_master(5, FingerPosition.LEFT_RING)
    assert first is not second
    assert np.array_equal(first.ridges, second.ridges)
    assert np.array_equal(first.minutiae, second.minutiae)


def test_two_seeds_grow_two_fingers() -> None:
    first, second = make_master(5), make_master(6)
    assert abs(np.corrcoef(first.ridges.ravel(), second.ridges.ravel())[0, 1]) < 0.1


def test_a_master_has_as_many_minutiae_as_a_rolled_print() -> None:
    counts = [len(make_master(seed).minutiae) for seed in (5, 6)]
    assert all(40 <= count <= 130 for count in counts)


def test_minutiae_lie_inside_the_master_with_angles_of_one_turn() -> None:
    x, y, angle, kind = make_master(5).minutiae.T
    assert (x >= 0).all()
    assert (x < SHAPE[1]).all()
    assert (y >= 0).all()
    assert (y < SHAPE[0]).all()
    assert (angle >= 0).all()
    assert (angle < 2 * np.pi + 1e-6).all()
    assert set(kind) <= {0.0, 1.0}


def test_a_ridge_goes_on_in_the_direction_of_its_ending() -> None:
    master = make_master(6)
    endings = master.minutiae[master.minutiae[:, 3] == 0]
    x, y, angle = endings[:, 0], endings[:, 1], endings[:, 2]
    ahead = master.ridges[(y + 5 * np.sin(angle)).astype(int), (x + 5 * np.cos(angle)).astype(int)]
    behind = master.ridges[(y - 5 * np.sin(angle)).astype(int), (x - 5 * np.cos(angle)).astype(int)]
    assert ahead.mean() > 0.3
    assert ahead.mean() > behind.mean() + 0.4


@pytest.mark.parametrize(
    ("position", "ulnar"),
    [(FingerPosition.LEFT_RING, PatternClass.LEFT_LOOP), (FingerPosition.RIGHT_RING, PatternClass.RIGHT_LOOP)],
)
def test_loops_open_towards_the_little_finger(position: FingerPosition, ulnar: PatternClass) -> None:
    rng = np.random.default_rng(1)
    drawn = [draw_class(rng, position) for _ in range(200)]
    loops = [pattern for pattern in drawn if pattern in LOOPS]
    assert loops.count(ulnar) > 0.85 * len(loops)
