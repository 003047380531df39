import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import NoCalibration
from handfast.base.modality import FingerPosition, SampleKind
from handfast.decision.tables import Basis, Table, Tables, load_tables
from support.calibration import FACE_TABLE, HAND_TABLE, TABLES, face_score, finger_score

scores = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(scores, scores)
def test_a_higher_score_is_never_worth_less(a: float, b: float) -> None:
    low, high = sorted((a, b))
    for table in (FACE_TABLE, HAND_TABLE, *load_tables().by_key.values()):
        assert table.llr(low).llr <= table.llr(high).llr


@given(scores)
def test_no_score_is_worth_more_than_the_ceiling_or_less_than_the_floor(value: float) -> None:
    for table in (FACE_TABLE, *load_tables().by_key.values()):
        assert table.floor <= table.llr(value).llr <= table.ceiling


@given(scores)
def test_one_comparison_by_a_synthetic_table_never_says_more_than_a_factor_of_ten(value: float) -> None:
    assert -1.0 <= HAND_TABLE.llr(value).llr <= 1.0


@given(st.floats(-6.0, 6.0), st.floats(1e-6, 1.0))
def test_no_score_below_the_one_that_reaches_a_ratio_is_worth_as_much(llr: float, apart: float) -> None:
    for table in (FACE_TABLE, HAND_TABLE, *load_tables().by_key.values()):
        score = table.reaches(llr)
        if score == math.inf:
            assert table.limits[1] < llr or table.llrs[-1] < llr
        elif score == -math.inf:
            assert table.llr(table.scores[0] - apart).llr >= llr
        else:
            assert table.llr(score - apart).llr < llr <= table.llr(score + 1e-6).llr + 1e-9


def test_no_score_tells_where_another_comparators_may_be_worth_as_much() -> None:
    kind = FACE_TABLE.reference_kind
    assert TABLES.reaches(FACE_TABLE.comparator, kind, 1.0) == FACE_TABLE.reaches(1.0)
    newer = dataclasses.replace(FACE_TABLE, id="newer", comparator="toy-face:2")
    assert Tables.of([FACE_TABLE, newer]).reaches(FACE_TABLE.comparator, kind, 1.0) == -math.inf
    assert Tables.of([HAND_TABLE]).reaches(FACE_TABLE.comparator, kind, 1.0) == math.inf


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_not_a_number_is_worth_nothing_at_all(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        FACE_TABLE.llr(value)


def test_a_table_of_one_kind_is_never_applied_to_another() -> None:
    index = FingerPosition.RIGHT_INDEX
    assert TABLES.llr(finger_score(0.5, index)).llr == 0.0
    for kind in (SampleKind.CONTACT, SampleKind.FINGERTIP):
        with pytest.raises(NoCalibration):
            TABLES.llr(finger_score(0.5, index, kind))
        mixed = dataclasses.replace(finger_score(0.5, index), probe_kind=kind)
        with pytest.raises(NoCalibration):
            TABLES.llr(mixed)


def test_a_table_of_one_comparator_is_never_applied_to_the_next_version_of_it() -> None:
    with pytest.raises(NoCalibration):
        TABLES.llr(dataclasses.replace(face_score(0.9), comparator="toy-face:2"))


def test_a_table_survives_its_file() -> None:
    table = dataclasses.replace(FACE_TABLE, lower=(-6.0, 4.0), upper=(-4.0, 6.0), protocol={"seed": 1})
    assert Table.from_json(table.to_json()) == table


@pytest.mark.parametrize(
    "broken",
    [
        {"llrs": (1.0, 0.0)},
        {"scores": (1.0, 1.0)},
        {"scores": (1.0,), "llrs": (1.0,)},
        {"floor": 0.5},
        {"ceiling": -0.5},
    ],
)
def test_a_table_that_is_not_monotone_or_has_no_bounds_does_not_load(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="toy-face:1"):
        dataclasses.replace(FACE_TABLE, **broken)  # type: ignore[arg-type]  # wrong on purpose


def test_two_tables_for_one_kind_do_not_load() -> None:
    with pytest.raises(ValueError, match="two tables"):
        Tables.of((FACE_TABLE, dataclasses.replace(FACE_TABLE, id="toy-face-again:1")))


def test_every_shipped_table_says_what_it_was_fitted_on_and_holds_no_path_and_no_person() -> None:
    for table in load_tables().by_key.values():
        text = table.to_json()
        assert len(table.description) > 40
        assert {"people", "person_pairs", "mated", "nonmated"} <= set(table.counts)
        assert "/" not in text.replace("1/", ""), "looks like a path"
        assert len(table.lower) == len(table.upper) == len(table.scores)


def test_no_shipped_table_claims_more_than_its_pairs_of_people_could_show() -> None:
    for table in load_tables().by_key.values():
        assert table.ceiling <= math.log10(table.counts["person_pairs"] / 2.99)
        assert table.floor >= -math.log10(table.counts["people"] / 2.99)


def test_no_shipped_table_calls_itself_fitted_on_a_study() -> None:
    assert all(table.basis is not Basis.STUDY for table in load_tables().by_key.values())
