import dataclasses

import numpy as np
import pytest

from handfast.base.decision import Assurance
from handfast.base.errors import UnsupportedTarget
from handfast.base.modality import Modality
from handfast.decision.policy import DEFAULT_POLICY, best_far, check_supported, plain_words
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
    check_supported(dataclasses.replace(DEFAULT_POLICY, required=FACE, target_far=1.01e-4), TABLES)
    with pytest.raises(UnsupportedTarget, match=r"supports 0\.0001 at best"):
        check_supported(dataclasses.replace(DEFAULT_POLICY, required=FACE, target_far=0.99e-4), TABLES)


def test_a_hand_of_a_synthetic_table_supports_a_factor_of_a_hundred_and_no_more() -> None:
    assert best_far(BOTH, TABLES) == pytest.approx(best_far(FACE, TABLES) / 100)


def test_without_tables_no_target_is_supported() -> None:
    with pytest.raises(UnsupportedTarget):
        check_supported(DEFAULT_POLICY, Tables.of(()))


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_rate_that_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        dataclasses.replace(DEFAULT_POLICY, target_far=rate)


def test_the_plain_words_say_the_policy_s_own_numbers() -> None:
    policy = dataclasses.replace(DEFAULT_POLICY, target_far=1e-4, false_refusal=5e-3, who_decides="the head nurse")
    words = " ".join(plain_words(policy, Assurance.SELF))
    for expected in ("10,000 strangers", "200 rightful", "the head nurse", "twin", "fingers alone never pass"):
        assert expected in words
    assert "fingers alone" not in " ".join(plain_words(policy, Assurance.ATTENDED))
