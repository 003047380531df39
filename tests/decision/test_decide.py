import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.decision import Assurance, Decision, Evidence, Outcome
from handfast.base.modality import Modality
from handfast.decision.decide import decide, public
from handfast.decision.policy import DEFAULT_POLICY

FACE = Evidence(Modality.FACE, llr=2.0, shown=True, live=True, quality=80.0, provisional=False)
HAND = Evidence(Modality.FINGER, llr=2.0, shown=True, live=True, quality=80.0, provisional=True)
NO_FACE = Evidence(Modality.FACE, llr=0.0, shown=False, live=True, quality=None, provisional=False)
NO_HAND = Evidence(Modality.FINGER, llr=0.0, shown=False, live=True, quality=None, provisional=False)
FINGERS_ONLY = dataclasses.replace(DEFAULT_POLICY, required=frozenset({Modality.FINGER}))

llrs = st.floats(-8, 8)
assurances = st.sampled_from(Assurance)


def check(*evidence: Evidence, assurance: Assurance = Assurance.ATTENDED) -> Decision:
    return decide(DEFAULT_POLICY, evidence, assurance)


def worth(evidence: Evidence, llr: float, *, live: bool = True) -> Evidence:
    return dataclasses.replace(evidence, llr=llr, live=live)


@given(llrs, llrs, assurances)
def test_nobody_is_accepted_below_the_threshold(face: float, hand: float, assurance: Assurance) -> None:
    outcome = check(worth(FACE, face), worth(HAND, hand), assurance=assurance).outcome
    assert (outcome is Outcome.ACCEPTED) == (face + hand >= DEFAULT_POLICY.accept_at)
    assert (outcome is Outcome.NOT_ACCEPTED) == (face + hand <= DEFAULT_POLICY.refuse_at)


@given(llrs, assurances)
def test_an_enrolled_modality_that_was_not_shown_makes_it_referred_at_most(llr: float, assurance: Assurance) -> None:
    for evidence in ((worth(FACE, llr), NO_HAND), (NO_FACE, worth(HAND, llr))):
        assert check(*evidence, assurance=assurance).outcome in (Outcome.REFERRED, Outcome.NOT_ACCEPTED)


@given(llrs, llrs)
def test_a_challenge_not_followed_is_never_accepted(face: float, hand: float) -> None:
    evidence = (worth(FACE, face, live=False), worth(HAND, hand))
    assert check(*evidence).outcome in (Outcome.REFERRED, Outcome.NOT_ACCEPTED)


@given(llrs, llrs)
def test_unattended_a_challenge_not_followed_says_nothing_of_the_comparison(face: float, hand: float) -> None:
    decision = check(worth(FACE, face, live=False), worth(HAND, hand), assurance=Assurance.SELF)
    assert (decision.outcome, decision.advice) == (Outcome.NOT_CAPTURED, "follow-the-steps")


@given(llrs)
def test_unattended_fingers_alone_never_pass(llr: float) -> None:
    hand = worth(HAND, llr)
    assert decide(FINGERS_ONLY, (hand,), Assurance.SELF).outcome is not Outcome.ACCEPTED


def test_attended_fingers_alone_pass_where_the_policy_says_so() -> None:
    assert decide(FINGERS_ONLY, (worth(HAND, FINGERS_ONLY.accept_at),), Assurance.ATTENDED).outcome is Outcome.ACCEPTED


def test_a_face_alone_is_referred_where_both_are_required() -> None:
    assert check(worth(FACE, 8.0)).outcome is Outcome.REFERRED


def test_an_attended_only_policy_accepts_nobody_unattended() -> None:
    policy = dataclasses.replace(DEFAULT_POLICY, attended_only=True)
    assert decide(policy, (FACE, HAND), Assurance.ATTENDED).outcome is Outcome.ACCEPTED
    assert decide(policy, (FACE, HAND), Assurance.SELF).outcome is Outcome.REFERRED


def test_nothing_captured_is_not_an_answer_about_the_person() -> None:
    decision = check(NO_FACE, NO_HAND)
    assert (decision.outcome, decision.advice) == (Outcome.NOT_CAPTURED, "show-face")


def test_every_answer_is_a_trial_until_the_programme_passed_its_gate() -> None:
    assert decide(DEFAULT_POLICY, (FACE, HAND), Assurance.ATTENDED).trial
    assert not decide(DEFAULT_POLICY, (FACE, HAND), Assurance.ATTENDED, programme_live=True).trial


@given(llrs, llrs, assurances)
def test_what_may_be_told_is_the_same_for_every_score_with_the_same_outcome(
    face: float, hand: float, assurance: Assurance
) -> None:
    decision = check(worth(FACE, face), worth(HAND, hand), assurance=assurance)
    told = public(decision)
    assert set(told) == {"outcome", "policy", "assurance", "advice", "trial"}
    assert not any(isinstance(value, float) for value in told.values())
    same = {"policy": "default:1", "assurance": assurance.value, "advice": None, "trial": True}
    assert told == {"outcome": decision.outcome.value, **same}


def test_one_modality_is_never_counted_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        check(FACE, FACE)
