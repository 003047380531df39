"""Where an operator is signed in, and signing out elsewhere (OWASP ASVS 5, 7.5.2): with the passkey shown just now."""

from dataclasses import dataclass
from datetime import datetime

from handfast.base.errors import NotFound
from handfast.service.context import Context
from handfast.service.desk.actors import at_desk
from handfast.service.memory.desks import LOCKS_AFTER


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """One desk where the operator is signed in.

    here     whether it is the one that asks
    locked   whether nobody touched it for a while: a passkey opens it again
    """

    id: str
    site: str
    started_at: datetime
    ends_at: datetime
    here: bool
    locked: bool


def own_desks(context: Context, secret: str) -> tuple[OwnDesk, ...]:
    """Where the operator of this desk is signed in. Raises NotAuthorised, DeskLocked."""
    here, now = context.people.desks.get(secret), context.clock.now()
    return tuple(
        OwnDesk(
            each.id, each.site, each.started_at, each.ends_at, each.id == here.id, each.touched_at + LOCKS_AFTER <= now
        )
        for each in context.people.desks.of(here.operator_id)
    )


def end_desk(context: Context, secret: str, desk_id: str) -> None:
    """Sign out of one desk, this one too. Raises StepUpNeeded; NotFound for another operator's."""
    _may_end(context, secret)
    if desk_id not in {each.id for each in own_desks(context, secret)}:
        raise NotFound("you are not signed in at such a desk")
    context.people.desks.end_some(context.people.desks.get(secret).operator_id, {desk_id})


def end_others(context: Context, secret: str) -> tuple[OwnDesk, ...]:
    """Sign out of every desk but this one, and end the pairing of one's phones; where that was. Raises StepUpNeeded."""
    _may_end(context, secret)
    operator_id = context.people.desks.get(secret).operator_id
    others = tuple(each for each in own_desks(context, secret) if not each.here)
    context.people.desks.end_some(operator_id, {each.id for each in others})
    with context.store.write() as unit:
        unit.devices.end_all(operator_id, context.clock.now())
    return others


def _may_end(context: Context, secret: str) -> None:
    at_desk(context, context.people.desks.get(secret)).must_have_stepped_up(context.clock.now())
