"""The decision of one check: pure, with its reasons.

The order of the rules, first match wins:

1. nothing was captured of anything enrolled          -> not_captured
2. unattended, and the challenge was not followed     -> not_captured, whatever was compared: trying again is free of
                                                         information for an attacker, and fair to who fumbled
3. the sum is at or below the policy's lower bound    -> not_accepted
4. the sum reaches the policy's threshold, and nothing stands in the way -> accepted
5. all else                                           -> referred: a person decides

What stands in the way of `accepted` (rule 4) makes the answer `referred` at most: an enrolled modality that was not
shown, a required modality that is not enrolled, a challenge not followed in front of an operator who may not vouch,
and unattended either fingers without the face, a challenge without movement, or a policy that wants an operator; and
fingers that are of another skin than the hand beside the face.
"""

from collections.abc import Sequence

from handfast.base.decision import Assurance, Decision, Evidence, Lowered, Outcome
from handfast.base.modality import Modality
from handfast.decision.policy import Policy

SHOW = {Modality.FACE: "show-face", Modality.FINGER: "show-fingers"}


def decide(
    policy: Policy,
    evidence: Sequence[Evidence],
    assurance: Assurance,
    *,
    programme_live: bool = False,
    lowered: Sequence[Lowered] = (),
) -> Decision:
    """What one check answers.

    evidence         one for each modality that the person enrolled, also where nothing was shown
    programme_live   True once the programme passed its go-live gate, which measured the very tables that are in use;
                     until then every answer is a trial
    """
    if len({e.modality for e in evidence}) < len(evidence):
        raise ValueError("two evidences for one modality would count it twice")
    outcome, advice = _outcome(policy, evidence, assurance, lowered)
    return Decision(
        outcome=outcome,
        evidence=tuple(evidence),
        policy=policy.name,
        assurance=assurance,
        advice=advice,
        trial=not programme_live,
        lowered=tuple(lowered),
    )


def public(decision: Decision) -> dict[str, str | bool | None]:
    """What may be told of a decision: no score, no ratio, no quality."""
    return {
        "outcome": decision.outcome.value,
        "policy": decision.policy,
        "assurance": decision.assurance.value,
        "advice": decision.advice,
        "trial": decision.trial,
    }


def _outcome(
    policy: Policy, evidence: Sequence[Evidence], assurance: Assurance, lowered: Sequence[Lowered]
) -> tuple[Outcome, str | None]:
    shown = [e for e in evidence if e.shown]
    not_followed = any(not e.live for e in shown)
    if not shown:
        return Outcome.NOT_CAPTURED, SHOW[evidence[0].modality] if evidence else "try-again"
    if not_followed and assurance is Assurance.SELF:
        return Outcome.NOT_CAPTURED, "follow-the-steps"
    total = sum(e.llr for e in shown)
    if total <= policy.refuse_at:
        return Outcome.NOT_ACCEPTED, None
    unshown = [e.modality for e in evidence if not e.shown]
    if unshown:
        return Outcome.REFERRED, SHOW[unshown[0]]
    if not_followed and not policy.vouched:
        return Outcome.REFERRED, "follow-the-steps"
    if Lowered.HAND_DIFFERS in lowered:
        return Outcome.REFERRED, "one-person"
    barred = _barred(policy, {e.modality for e in shown}, assurance)
    still = assurance is Assurance.SELF and Lowered.NO_MOVEMENT in lowered
    if total >= policy.accept_at and not barred and not still:
        return Outcome.ACCEPTED, None
    return Outcome.REFERRED, None


def _barred(policy: Policy, shown: set[Modality], assurance: Assurance) -> bool:
    if not policy.required <= shown:
        return True
    return assurance is Assurance.SELF and (policy.attended_only or Modality.FACE not in shown)
