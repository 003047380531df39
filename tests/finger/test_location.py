import numpy as np
import pytest

from handfast.base.errors import NoHandFound
from handfast.base.modality import Hand
from handfast.finger.hand.axes import finger_axes
from handfast.finger.hand.landmarks import Region, region_transform, tracked_region
from handfast.finger.hand.location import Hypothesis, LocationParameters, agreed, locate
from handfast.finger.hand.plausibility import NO_HAND, plausibility
from handfast.finger.hand.silhouette import silhouettes
from support.hands import KnownHand, draw_hand, upright_landmarks

POINTS = upright_landmarks()


def test_four_drawn_fingers_are_plausible_and_supported_by_the_silhouette() -> None:
    known = KnownHand(POINTS)
    location = locate(draw_hand(POINTS), Hand.LEFT, known)
    assert location.seen
    assert known.asked == 1
    assert np.allclose(location.points, POINTS)


def test_the_index_finger_of_a_right_hand_is_on_the_right() -> None:
    location = locate(draw_hand(POINTS), Hand.RIGHT, KnownHand(POINTS))
    tips = finger_axes(location.points).tips
    assert tips[0, 0] > tips[3, 0]


def test_a_blank_wall_holds_no_hand() -> None:
    wall = np.full((504, 378, 3), 128, np.uint8)
    with pytest.raises(NoHandFound):
        locate(wall, Hand.LEFT, KnownHand(POINTS[:, ::-1].copy()))


def test_fingers_that_point_down_are_not_plausible() -> None:
    upside_down = np.array([378, 504]) - POINTS
    assert plausibility(upside_down, np.ones((504, 378), bool)) == NO_HAND


def test_fingers_in_disorder_are_not_plausible() -> None:
    mixed = POINTS.copy()
    mixed[5:9], mixed[9:13] = POINTS[9:13], POINTS[5:9]
    assert plausibility(mixed, np.ones((504, 378), bool)) == NO_HAND


def test_a_silhouette_that_ends_at_the_tips_counts_for_a_hypothesis() -> None:
    fitting = silhouettes(draw_hand(POINTS))[0]
    everywhere = np.ones_like(fitting)
    assert plausibility(POINTS, fitting) > plausibility(POINTS, everywhere) + 0.5


def test_parted_fingers_without_a_palm_make_one_silhouette() -> None:
    mask = silhouettes(draw_hand(POINTS))[0]
    assert all(mask[480, int(x)] for x in finger_axes(POINTS).tips[:, 0])


def test_without_silhouette_one_lonely_hypothesis_is_believed_only_if_it_is_sure() -> None:
    lonely = Hypothesis(POINTS, 0.5, 2.0)
    assert agreed([lonely]) is None
    assert agreed([lonely, lonely, lonely]) is lonely
    assert agreed([Hypothesis(POINTS, 0.9, 2.0)]) is not None


def test_readings_that_disagree_are_outvoted() -> None:
    odd = Hypothesis(POINTS + 200, 0.95, 2.5)
    usual = Hypothesis(POINTS, 0.6, 2.0)
    assert agreed([odd, usual, usual, usual]) is usual


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_region_maps_onto_the_whole_model_input(mirrored: bool) -> None:
    region = Region(np.array([100.0, 80.0]), 0.4, 60.0)
    to_model = region_transform(region, 224, mirrored)
    assert np.allclose(to_model[:, :2] @ region.centre + to_model[:, 2], 112)
    assert abs(np.linalg.det(to_model[:, :2])) == pytest.approx((224 / 60) ** 2)
    assert (np.linalg.det(to_model[:, :2]) < 0) == mirrored


def test_a_tracked_region_follows_a_turned_hand() -> None:
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    upright, turned = tracked_region(POINTS), tracked_region(POINTS @ turn.T)
    assert turned.side == pytest.approx(upright.side)
    assert np.sin(turned.angle - upright.angle) == pytest.approx(0.6)
    assert np.allclose(turned.centre, turn @ upright.centre)


def test_a_hand_that_the_model_is_sure_of_is_not_looked_for_on_its_other_sides() -> None:
    never_good = LocationParameters(good=9.0)
    sure, unsure = KnownHand(POINTS, presence=0.9), KnownHand(POINTS, presence=0.7)
    for known in (sure, unsure):
        assert locate(draw_hand(POINTS), Hand.LEFT, known, p=never_good).turns == 0
    assert unsure.asked > 2 * sure.asked
