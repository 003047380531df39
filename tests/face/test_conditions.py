"""The one thing to change, and how quality orders frames."""

from dataclasses import replace

import numpy as np
import pytest

from handfast.base.image import Image
from handfast.base.sample import Box
from handfast.face.conditions import conditions, hint
from handfast.face.expression import NEUTRAL, advice, expression
from handfast.face.pose import MEAN_HEAD, head_pose
from handfast.face.quality import face_quality
from handfast.face.relief import SHOWN_BY_NOD, deep, parallax
from handfast.face.types import Conditions, DetectedFace, Pose
from support.faces import points

GOOD = Conditions(sharpness=0.6, brightness=120.0, balance=0.9, eye_distance=70.0, size=0.4)
AHEAD = Pose(0.0, 0.0, 0.0)


def test_a_good_picture_needs_no_change() -> None:
    assert hint(GOOD, AHEAD) == "good"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (replace(GOOD, eye_distance=30.0), "closer"),
        (replace(GOOD, size=0.9), "further"),
        (replace(GOOD, cut=0.2), "show-face"),
        (replace(GOOD, brightness=15.0), "more-light"),
        (replace(GOOD, balance=0.2), "more-light"),
        (replace(GOOD, brightness=230.0), "less-light"),
        (replace(GOOD, sharpness=0.1), "hold-still"),
    ],
)
def test_each_fault_has_its_own_word(changed: Conditions, word: str) -> None:
    assert hint(changed, AHEAD) == word


def test_a_dark_skin_in_fair_light_is_not_told_to_find_more_light() -> None:
    assert hint(replace(GOOD, brightness=35.0), AHEAD) == "good"


def test_a_face_turned_aside_is_told_to_turn_back() -> None:
    assert hint(GOOD, Pose(-40.0, 0.0, 0.0)) == "turn-back"
    assert hint(GOOD, Pose(0.0, 40.0, 0.0)) == "turn-back"


def test_quality_falls_with_everything_that_harms() -> None:
    best = face_quality(13.0, AHEAD, GOOD).value
    assert best == 100.0
    assert face_quality(10.0, AHEAD, GOOD).value < best
    assert face_quality(13.0, Pose(40.0, 0.0, 0.0), GOOD).value < best
    assert face_quality(13.0, AHEAD, replace(GOOD, sharpness=0.2)).value < best
    assert face_quality(2.0, AHEAD, GOOD).value == 0.0


def test_quality_names_its_parts() -> None:
    parts = face_quality(12.0, AHEAD, replace(GOOD, backlight=0.4)).parts
    assert parts["norm"] == 12.0
    assert (parts["backlight"], parts["eyes"], parts["mouth"]) == (0.4, NEUTRAL.eyes, NEUTRAL.mouth)


def mesh(eyes: float, mouth: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """468 points with eyes and mouth 40 wide, opened by these parts of that; the rest nowhere."""
    points = np.zeros((468, 2), np.float32)
    for corner, other, lids in ((33, 133, ((160, 144), (158, 153))), (362, 263, ((385, 380), (387, 373)))):
        left = 0.0 if corner == 33 else 60.0
        points[[corner, other]] = np.array([(left, 0), (left + 40, 0)])
        for upper, lower in lids:
            points[[upper, lower]] = np.array([(left + 20, -20 * eyes), (left + 20, 20 * eyes)])
    points[[78, 308, 13, 14]] = np.array([(30, 80), (70, 80), (50, 80 - 20 * mouth), (50, 80 + 20 * mouth)])
    points[[61, 291]] = np.array([(20, 80), (80, 80)])
    return points


def test_an_expression_is_told_by_its_ratios_at_any_size() -> None:
    shown = expression(mesh(0.3, 0.1))
    assert (shown.eyes, shown.mouth, shown.smile) == pytest.approx((0.3, 0.1, 0.6), abs=1e-5)
    assert expression(3.0 * mesh(0.3, 0.1)).eyes == pytest.approx(shown.eyes)


@pytest.mark.parametrize(
    ("eyes", "mouth", "word"), [(0.25, 0.1, ""), (0.05, 0.1, "open-eyes"), (0.25, 0.6, "close-mouth")]
)
def test_closed_eyes_and_an_open_mouth_are_named(eyes: float, mouth: float, word: str) -> None:
    assert advice(expression(mesh(eyes, mouth))) == word


def test_a_bright_background_is_measured_and_faults_nobody() -> None:
    picture = np.full((240, 200, 3), 220, np.uint8)
    picture[80:160, 60:140] = 60
    face = DetectedFace(Box(60, 80, 80, 80), np.zeros((5, 2), np.float32), 0.9)
    shown = conditions(Image(picture), face, Image(np.full((112, 112, 3), 60, np.uint8)), mesh(0.25, 0.1))
    assert shown.backlight == pytest.approx(60 / 220, rel=0.05)
    assert hint(replace(shown, eye_distance=70.0, sharpness=0.6), AHEAD) == "good"


def test_a_face_that_the_edge_cuts_is_measured_by_the_points_beyond_it() -> None:
    aligned, face = (
        Image(np.full((112, 112, 3), 90, np.uint8)),
        DetectedFace(Box(0, 0, 80, 80), np.zeros((5, 2), np.float32), 0.9),
    )
    points = np.column_stack([np.linspace(-20, 79, 468), np.full(468, 40.0)]).astype(np.float32)
    shown = conditions(Image(np.full((240, 200, 3), 90, np.uint8)), face, aligned, points)
    assert shown.cut == pytest.approx(0.2, abs=0.01)


def projected(yaw: float, pitch: float, roll: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """468 points, those of the mean head seen by a camera 60 cm away, the rest nowhere. Angles in radians."""
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    head = np.array(list(MEAN_HEAD.values())) * [1, -1, -1] @ (tilt @ turn @ nod).T + [0, 0, 60]
    mesh = np.zeros((468, 2), np.float32)
    mesh[list(MEAN_HEAD)] = head[:, :2] / head[:, 2:] * 1.1 * 640 + [240, 320]
    return mesh


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (25, 0, 0), (-25, 0, 0), (0, 15, 0), (0, -15, 0), (0, 0, 20), (20, 10, 0)]
)
def test_pose_is_what_the_head_was_turned_by(angles: tuple[int, int, int]) -> None:
    pose = head_pose(projected(*np.radians(angles)), (480, 640))
    assert (pose.yaw, pose.pitch) == pytest.approx(angles[:2], abs=0.5)
    assert pose.roll == pytest.approx(angles[2], abs=4.0)


@pytest.mark.parametrize("yaw", [-40.0, -20.0, 20.0, 40.0])
def test_a_head_has_relief_and_a_print_has_none(yaw: float) -> None:
    ((across, down),) = parallax(points(0.0), [points(yaw)])
    assert across == pytest.approx(np.sin(np.radians(yaw)), rel=0.25)
    assert abs(down) < 1e-4
    assert np.abs(parallax(points(0.0, flat=True), [points(yaw, flat=True)])).max() < 1e-4


def test_moving_and_growing_is_no_relief() -> None:
    assert np.abs(parallax(points(10.0, 0.3), [points(10.0, 0.5)])).max() < 1e-4


@pytest.mark.parametrize("bend", [-2.0, -1.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("tilt", [15.0, 30.0])
def test_a_bent_print_explains_itself_away(bend: float, tilt: float) -> None:
    flat = points(0.0, flat=True)
    across, down = (flat - flat.mean(axis=0)).T
    width = np.ptp(across)
    bulge = (np.cos(across / width * bend) - 1.0) * width / bend
    angle = np.radians(tilt)
    turned = np.column_stack([across * np.cos(angle) - bulge * np.sin(angle), down]).astype(np.float32)
    assert np.abs(parallax(flat, [turned])).max() < 0.05 < np.abs(parallax(points(0.0), [points(tilt)])).max()


def test_relief_must_keep_up_with_the_pose() -> None:
    assert deep(0.19, 15.0, SHOWN_BY_NOD)
    assert not deep(0.19, 44.0, SHOWN_BY_NOD)
    assert not deep(0.1, 15.0, SHOWN_BY_NOD)
