"""From probes to a decision, and what of it may be told."""

import logging
from dataclasses import replace

from handfast.base.decision import Assurance, Decision, Outcome
from handfast.base.errors import HandfastError, Overloaded
from handfast.base.grant import Grant
from handfast.service.answer import Answer
from handfast.service.comparison import Probes, held_for
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.service.owner.policies import policy_of

logger = logging.getLogger("handfast.service")


def decided(context: Context, link: Link, grant: Grant | None, probes: Probes) -> Decision:
    """The decision of one check. What cannot be compared honestly is referred: a person decides."""
    assurance, policy = Assurance(link.row.mode.value), policy_of(link.programme)
    try:
        held = None if grant is None else held_for(context, grant)
        return context.matcher.decide(held, probes, policy, assurance, programme_live=not link.trial)
    except Overloaded:  # the matcher is away: nobody is told anything
        raise
    except HandfastError as error:
        logger.warning("session %s could not be compared: %s", link.id, error.code)
        return Decision(Outcome.REFERRED, (), policy.name, assurance, advice=None, trial=True)


def refused(decision: Decision) -> Decision:
    """The same decision for who turned out to have withdrawn meanwhile."""
    captured = decision.outcome is not Outcome.NOT_CAPTURED
    return replace(decision, outcome=Outcome.NOT_ACCEPTED, advice=None, quality=()) if captured else decision


def checked_answer(decision: Decision, reference: str | None, log_index: int) -> Answer:
    """What the caller is told: never the evidence."""
    return Answer(
        outcome=decision.outcome.value,
        advice=decision.advice,
        trial=decision.trial,
        assurance=decision.assurance.value,
        policy=decision.policy,
        reference=reference,
        log_index=log_index,
        lowered=tuple(decision.lowered),
    )
