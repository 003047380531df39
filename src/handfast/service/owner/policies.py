"""The policy of a programme: kept in its row, changed by an administrator as a new version, told in figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handfast.audit.leaf import LeafKind
from handfast.decision.policy import Policy, check_supported, one_in
from handfast.decision.policy_data import changed, policy_data, policy_from
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.storage.tables.programmes import Programme, ProgrammeMode


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """What the plain words on screen are filled with.

    strangers, again, refused   one person in so many: passes though a stranger, is asked again or referred though
                                rightful, is told no though rightful
    counted                     whether strangers whom a person lets pass are among the first
    """

    name: str
    strangers: int
    tries: int
    again: int
    refused: int
    who_decides: str
    counted: bool
    face: bool
    fingers: bool
    attended_only: bool


def policy_of(programme: Programme) -> Policy:
    """The policy that a programme decides by."""
    return policy_from(programme.policy)


def read_policy(context: Context, actor: Actor, programme_id: str) -> Policy:
    """The policy in force, for an administrator or the programme's own caller. Raises NotAllowed, NotFound."""
    with context.store.read() as reader:
        return policy_of(reader.programmes.get(actor.programme(programme_id)))


def new_policy(context: Context, asked: Mapping[str, Any] | None) -> dict[str, object]:
    """What a new programme's row keeps: the default with what was asked for. Raises RequestError, UnsupportedTarget."""
    policy = changed(context.policy, asked) if asked else context.policy
    check_supported(policy, context.tables)
    return policy_data(policy)


def set_policy(context: Context, actor: Actor, programme_id: str, asked: Mapping[str, Any]) -> Policy:
    """The next version of a programme's policy, in force at once; the programme is on trial again.

    Administrators only. Raises NotAllowed, NotFound, RequestError, UnsupportedTarget.
    """
    actor.must_administer()
    with context.store.write() as unit:
        policy = changed(policy_of(unit.programmes.get(programme_id)), asked)
        check_supported(policy, context.tables)
        unit.programmes.set_policy(programme_id, policy_data(policy))
        unit.programmes.set_mode(programme_id, ProgrammeMode.TRIAL)
        keys = context.keys.programme(programme_id)
        context.log.append(unit, keys, LeafKind.POLICY, actor.key_id, policy_data(policy))
    return policy


def figures(policy: Policy) -> PolicyFigures:
    """The policy as the public page tells it."""
    return PolicyFigures(
        name=policy.name,
        strangers=one_in(policy.target_far),
        tries=policy.attempts,
        again=one_in(policy.target_frr),
        refused=one_in(policy.false_refusal),
        who_decides=policy.who_decides,
        counted=policy.referred_far is not None,
        face="face" in policy.required,
        fingers="finger" in policy.required,
        attended_only=policy.attended_only,
    )
