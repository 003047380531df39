import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.decision import Assurance
from handfast.base.errors import RequestError, UnsupportedTarget
from handfast.base.modality import Modality
from handfast.decision.policy import DEFAULT_POLICY, best_far, check_supported, plain_words
from handfast.decision.policy_data import changed, policy_data, policy_from
from handfast.decision.tables import Tables
from support.calibration import TABLES

FACE = frozenset({Modality.FACE})
BOTH = frozenset({Modality.FACE, Modality.FINGER})


def test_a_likelihood_ratio_of_one_over_the_target_bounds_the_false_accept_rate() -> None:
    rng = np.random.default_rng(1)
    strangers = rng.normal(0.0, 1.0, 400_000)
    llr = (2.0 * strangers - 2.0) / np.log(10)  # mated scores are N(2, 1): the true log10 likelihood ratio
    for target in (1e-1, 1e-2, 1e-3):
        accept_at = dataclasses.replace(DEFAULT_POLICY, target_far=target).accept_at
        assert np.mean(llr >= accept_at) <= target


def test_a_target_below_what_the_ceilings_support_is_refused() -> None:
    assert best_far(FACE, TABLES) == pytest.approx(1e-4)
    check_supported(dataclasses.replace(DEFAULT_POLICY, required=FACE, attempts=1, target_far=1.01e-4), TABLES)
    with pytest.raises(UnsupportedTarget, match=r"supports 0\.0001 at best"):
        check_supported(dataclasses.replace(DEFAULT_POLICY, required=FACE, attempts=1, target_far=0.99e-4), TABLES)


def test_more_attempts_and_a_fallible_person_who_decides_leave_less_to_one_session() -> None:
    asked = dataclasses.replace(DEFAULT_POLICY, required=FACE, attempts=4, target_far=1e-3, referred_far=6e-4)
    assert asked.session_far == pytest.approx(1e-4)
    check_supported(dataclasses.replace(asked, target_far=1.01e-3), TABLES)
    with pytest.raises(UnsupportedTarget, match=r"supports 0\.001 at best"):
        check_supported(dataclasses.replace(asked, target_far=0.99e-3), TABLES)
    with pytest.raises(ValueError, match="must leave something"):
        dataclasses.replace(asked, referred_far=1e-3)


@given(st.integers(1, 6), st.floats(1e-3, 0.2), st.integers(0, 2**32))
def test_several_attempts_together_stay_within_the_target(attempts: int, target: float, seed: int) -> None:
    policy = dataclasses.replace(DEFAULT_POLICY, target_far=target, attempts=attempts)
    strangers = np.random.default_rng(seed).normal(0.0, 1.0, (20_000, attempts))
    llr = (2.0 * strangers - 2.0) / np.log(10)
    assert np.mean(np.any(llr >= policy.accept_at, axis=1)) <= target


def test_a_false_refusal_below_what_the_floors_support_is_refused() -> None:
    face = dataclasses.replace(DEFAULT_POLICY, required=FACE)
    check_supported(dataclasses.replace(face, false_refusal=0.0032), TABLES)
    with pytest.raises(UnsupportedTarget, match="false refusal"):
        check_supported(dataclasses.replace(face, false_refusal=0.0031), TABLES)


def test_no_rejection_rate_is_promised_below_the_rule_of_three_of_the_people_it_was_fitted_on() -> None:
    check_supported(dataclasses.replace(DEFAULT_POLICY, target_frr=3 / 50), TABLES)
    with pytest.raises(UnsupportedTarget, match="fitted on 50 people"):
        check_supported(dataclasses.replace(DEFAULT_POLICY, target_frr=0.059), TABLES)


def test_a_hand_of_a_synthetic_table_supports_a_factor_of_a_hundred_and_no_more() -> None:
    assert best_far(BOTH, TABLES) == pytest.approx(best_far(FACE, TABLES) / 100)


def test_without_tables_no_target_is_supported() -> None:
    with pytest.raises(UnsupportedTarget):
        check_supported(DEFAULT_POLICY, Tables.of(()))


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_rate_that_is_no_rate_is_refused(rate: float) -> None:
    for name in ("target_far", "false_refusal", "target_frr", "target_fta"):
        with pytest.raises(ValueError, match="between 0 and 1"):
            dataclasses.replace(DEFAULT_POLICY, **{name: rate})  # type: ignore[arg-type]


def test_a_policy_survives_its_file() -> None:
    policy = dataclasses.replace(DEFAULT_POLICY, vouched=True, referred_far=1e-4, required=FACE)
    assert policy_from(json.loads(json.dumps(policy_data(policy)))) == policy


def test_a_change_makes_the_next_version_and_an_unknown_field_is_named() -> None:
    assert changed(DEFAULT_POLICY, {"attempts": 2}).name == "default:2"
    for asked in ({"version": 7}, {"id": "other"}, {"threshold": 3}):
        with pytest.raises(RequestError, match="a policy has no"):
            changed(DEFAULT_POLICY, asked)
    wrongs: tuple[dict[str, object], ...] = ({"target_far": 2}, {"required": []}, {"required": ["iris"]})
    for wrong in wrongs:
        with pytest.raises(RequestError, match="not a policy"):
            changed(DEFAULT_POLICY, wrong)


def test_the_plain_words_say_the_policy_s_own_numbers() -> None:
    policy = dataclasses.replace(DEFAULT_POLICY, target_far=1e-4, false_refusal=5e-3, who_decides="the head nurse")
    words = " ".join(plain_words(policy, Assurance.SELF))
    for expected in (
        "10,000 strangers",
        "200 rightful",
        "the head nurse",
        "twin",
        "fingers alone never pass",
        "up to 3 tries",
    ):
        assert expected in words
    assert "fingers alone" not in " ".join(plain_words(policy, Assurance.ATTENDED))
