"""A second person's yes: they show their passkey at the first one's desk or phone, for one act in one programme.

Whoever does the act hands the approval over with it: `use(context, actor, secret, act, programme_id)`, once.
"""

from dataclasses import dataclass
from datetime import datetime

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAllowed, SecondPersonNeeded
from handfast.base.ids import new_secret
from handfast.base.roles import Right, Role
from handfast.service.context import Context
from handfast.service.desk import passkeys
from handfast.service.desk.actors import Actor
from handfast.service.desk.passkeys import Credential, Origin
from handfast.service.memory.people import Approval

MAY_SECOND: dict[str, tuple[Role, ...]] = {
    "witness": (Role.ENROLLER, Role.CHECKER, Role.REVIEWER),
    "find": (Role.FINDER, Role.OWNER),
    "export": (Role.OWNER, Role.AUDITOR),
    "purge": (Role.OWNER, Role.ADMINISTRATOR),
    "withdraw": (Role.ENROLLER, Role.CHECKER, Role.REVIEWER, Role.OWNER),
    "correct": (Role.ENROLLER, Role.CHECKER, Role.REVIEWER, Role.OWNER),
    "retake": (Role.ENROLLER, Role.CHECKER, Role.REVIEWER, Role.OWNER),
    "lost-card": (Role.ENROLLER, Role.CHECKER, Role.REVIEWER, Role.OWNER),
    "merge": (Role.REVIEWER, Role.OWNER),
}
"""The acts that take two people, and who may be the second."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A second person's yes, to be handed over with the act."""

    approval: str
    second: str
    ends_at: datetime


def purpose_of(act: str) -> str:
    """What the second person's passkey is asked for."""
    return f"approve {act}"


def approve(
    context: Context, origin: Origin, actor: Actor, act: str, programme_id: str, credential: Credential
) -> Approved:
    """Take the second person's passkey. Raises SecondPersonNeeded if it is the first one's, or has no such right."""
    actor.must_be_person()
    second = passkeys.shown(context, origin, purpose_of(act), credential)
    with context.store.read() as reader:
        rights = reader.operators.rights(second.id)
    if second.id == actor.key_id:
        raise SecondPersonNeeded("this is your own passkey; somebody else must say yes")
    if not _may_second(rights, act, programme_id, actor.desk):
        raise SecondPersonNeeded(f"{second.name} may not say yes to this")
    with context.store.write() as unit:
        told = {"act": act, "first": actor.key_id, "second": second.id, "site": actor.desk}
        context.log.append(unit, context.keys.programme(programme_id), LeafKind.APPROVE, second.id, told)
    secret = new_secret(context.randomness)
    ends_at = context.people.approvals.put(secret, Approval(act, programme_id, actor.key_id, second.id))
    return Approved(secret, second.name, ends_at)


def use(context: Context, actor: Actor, secret: str | None, act: str, programme_id: str) -> str:
    """The id of the second person who said yes to this very act; the approval is used up. SecondPersonNeeded."""
    approval = context.people.approvals.take(secret) if secret else None
    if approval is None or (approval.act, approval.programme_id, approval.operator_id) != (
        act,
        programme_id,
        actor.key_id,
    ):
        raise SecondPersonNeeded("a second person must show their passkey")
    return approval.second_id


def may_find(context: Context, actor: Actor, programme_id: str, reason: str, approval: str | None) -> str | None:
    """Whether this request may search: the right, a paired phone of the site, a typed reason, a second person if asked.

    The second person's id, or None where the programme asks for none. Raises NotAllowed, NotPaired, SecondPersonNeeded.
    """
    actor.must(programme_id, Role.FINDER)
    actor.must_be_paired(programme_id)
    if len(reason.strip()) < MIN_REASON:
        raise NotAllowed("say in a few words why you search")
    with context.store.read() as reader:
        wanted = reader.programmes.get(programme_id).settings.get("find_second_person", False)
    return use(context, actor, approval, "find", programme_id) if wanted else None


MIN_REASON = 8  # letters; a word is no reason


def _may_second(rights: tuple[Right, ...], act: str, programme_id: str, site: str) -> bool:
    here = [right for right in rights if right.site in ("", site)]
    return any(right.covers(role, programme_id) for right in here for role in MAY_SECOND[act])
