import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import NoCalibration
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.decision.fuse import INDEPENDENT_FINGERS, fuse
from handfast.decision.tables import Basis, Tables
from support.calibration import HAND_TABLE, TABLES, face_score, finger_score, hand_scores

values = st.lists(st.floats(-1, 2), min_size=1, max_size=4)


@given(values)
def test_a_hand_never_says_more_than_two_fingers_of_it_could(scores: list[float]) -> None:
    evidence = fuse(Modality.FINGER, hand_scores(*scores), TABLES, live=True)
    assert abs(evidence.llr) <= 2.0
    best = max(abs(HAND_TABLE.llr(score).llr) for score in scores)
    assert abs(evidence.llr) <= INDEPENDENT_FINGERS * best + 1e-12


@given(values)
def test_two_fingers_or_fewer_simply_add_up(scores: list[float]) -> None:
    two = scores[:2]
    evidence = fuse(Modality.FINGER, hand_scores(*two), TABLES, live=True)
    assert evidence.llr == pytest.approx(sum(HAND_TABLE.llr(score).llr for score in two))


def test_a_hand_counts_as_two_fingers_with_real_tables_too() -> None:
    tables = Tables.of((dataclasses.replace(HAND_TABLE, basis=Basis.STUDY),))
    evidence = fuse(Modality.FINGER, hand_scores(0.7, 0.7, 0.7, 0.7), tables, live=True)
    assert evidence.llr == pytest.approx(2 * 2.0)
    assert not evidence.provisional


def test_the_other_hand_counts_on_its_own() -> None:
    right = hand_scores(1.0, 1.0, 1.0, 1.0)
    left = tuple(finger_score(1.0, FingerPosition(code)) for code in (7, 8, 9, 10))
    assert fuse(Modality.FINGER, right + left, TABLES, live=True).llr == pytest.approx(4.0)


def test_nothing_compared_is_worth_nothing_and_counts_as_not_shown() -> None:
    evidence = fuse(Modality.FINGER, (), TABLES, live=True)
    assert (evidence.llr, evidence.shown) == (0.0, False)


def test_one_score_without_its_table_stops_the_whole_sum() -> None:
    scores = (*hand_scores(1.0, 1.0), finger_score(1.0, FingerPosition.RIGHT_RING, SampleKind.FINGERTIP))
    with pytest.raises(NoCalibration):
        fuse(Modality.FINGER, scores, TABLES, live=True)


def test_an_answer_from_a_synthetic_table_is_marked() -> None:
    assert fuse(Modality.FINGER, hand_scores(0.5), TABLES, live=True).provisional
    assert not fuse(Modality.FACE, (face_score(0.5),), TABLES, live=True).provisional


def test_a_position_counted_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        fuse(Modality.FACE, (face_score(0.5), face_score(0.6)), TABLES, live=True)


def test_a_face_score_never_enters_as_a_finger() -> None:
    with pytest.raises(ValueError, match="another modality"):
        fuse(Modality.FINGER, (face_score(0.5),), TABLES, live=True)
