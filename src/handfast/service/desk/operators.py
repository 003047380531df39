"""Operators: made, given rights and ended by administrators and, within one programme, by its owner."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAllowed, NotFound, RequestError
from handfast.base.ids import new_id, new_secret
from handfast.base.roles import Right, Role
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.installation import keys_for
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.operators import INVITATION, Operator

INVITATION_LIFE = timedelta(days=1)
MAX_RIGHTS = 50
_NOT_FOR_ALL = (Role.FINDER, Role.REVIEWER)


@dataclass(frozen=True, slots=True)
class OperatorView:
    """An operator as an owner or administrator sees them.

    passkeys   how many they have made; 0 until the invitation is taken up
    """

    id: str
    name: str
    rights: tuple[Right, ...]
    passkeys: int
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An operator and the one-time secret that they make their passkey with; shown once, good for a day."""

    operator: OperatorView
    invitation: str


def invite(context: Context, actor: Actor, name: str, rights: tuple[Right, ...]) -> Invited:
    """Make an operator. Raises NotAllowed where the actor may not give these rights, RequestError, NotFound."""
    _may_give(actor, rights)
    operator = Operator(new_id("opr", context.randomness), name.strip(), context.clock.now())
    with context.store.write() as unit:
        _must_make_sense(unit, rights)
        unit.operators.add(operator)
        unit.operators.set_rights(operator.id, rights)
        secret = _invitation(context, unit, operator.id)
        _log(context, unit, actor, rights, {"operator": operator.id, "rights": _told(rights), "outcome": "made"})
        return Invited(_view(unit, operator), secret)


def invite_again(context: Context, actor: Actor, operator_id: str) -> Invited:
    """Another invitation, for who lost their passkey; older ones end. Raises NotAllowed, NotFound."""
    with context.store.write() as unit:
        operator, rights = _theirs(unit, actor, operator_id)
        secret = _invitation(context, unit, operator.id)
        _log(context, unit, actor, rights, {"operator": operator.id, "outcome": "invited"})
        return Invited(_view(unit, operator), secret)


def set_rights(context: Context, actor: Actor, operator_id: str, rights: tuple[Right, ...]) -> OperatorView:
    """These rights and no others, from the next request on. Raises NotAllowed, NotFound, RequestError."""
    _may_give(actor, rights)
    if actor.key_id == operator_id:
        raise NotAllowed("nobody changes their own rights")
    with context.store.write() as unit:
        operator, before = _theirs(unit, actor, operator_id)
        _must_make_sense(unit, rights)
        unit.operators.set_rights(operator_id, rights)
        told: dict[str, object] = {"operator": operator_id, "rights": _told(rights), "outcome": "changed"}
        _log(context, unit, actor, (*before, *rights), told)
        return _view(unit, operator)


def end(context: Context, actor: Actor, operator_id: str) -> OperatorView:
    """They open nothing from now on, and are signed out everywhere. Raises NotAllowed, NotFound."""
    now = context.clock.now()
    with context.store.write() as unit:
        _, rights = _theirs(unit, actor, operator_id)
        unit.operators.end(operator_id, now)
        unit.devices.end_all(operator_id, now)
        _log(context, unit, actor, rights, {"operator": operator_id, "outcome": "ended"})
        view = _view(unit, unit.operators.get(operator_id))
    context.people.desks.end_all(operator_id)
    return view


def listed(context: Context, actor: Actor) -> tuple[OperatorView, ...]:
    """Everyone for an administrator; for an owner, who works with their programmes alone. Raises NotAllowed."""
    if not actor.may(Role.ADMINISTRATOR, "") and not any(right.role is Role.OWNER for right in actor.rights):
        raise NotAllowed("only an administrator or an owner may do this")
    with context.store.read() as reader:
        views = (_view(reader, operator) for operator in reader.operators.all())
        return tuple(view for view in views if _governs(actor, view.rights))


def first_administrator(context: Context, name: str, key_id: str) -> str:
    """The invitation of an administrator's own passkey, for who holds an administrator's token."""
    return invite(context, Actor("administrator", key_id, None, ""), name, (Right(Role.ADMINISTRATOR),)).invitation


def _may_give(actor: Actor, rights: Iterable[Right]) -> None:
    for right in rights:
        if right.role is Role.ADMINISTRATOR or not right.programme_id:
            actor.must_administer()
        elif not actor.may(Role.ADMINISTRATOR, ""):
            actor.must(right.programme_id, Role.OWNER)


def _must_make_sense(reader: Reader, rights: tuple[Right, ...]) -> None:
    if len(rights) > MAX_RIGHTS:
        raise RequestError(f"at most {MAX_RIGHTS} rights")
    for right in rights:
        if right.role is Role.ADMINISTRATOR and (right.programme_id or right.site):
            raise RequestError("an administrator is one for the whole installation")
        if right.role in _NOT_FOR_ALL and not right.programme_id:
            raise RequestError(f"the right of {right.role} is given for one programme at a time")
        if right.programme_id:
            reader.programmes.get(right.programme_id)


def _theirs(unit: Unit, actor: Actor, operator_id: str) -> tuple[Operator, tuple[Right, ...]]:
    """An operator that this actor may change. Raises NotAllowed; NotFound for others, who are not told of."""
    operator, rights = unit.operators.get(operator_id), unit.operators.rights(operator_id)
    if not _governs(actor, rights) or operator.ended_at is not None:
        raise NotFound("no such operator")
    return operator, rights


def _governs(actor: Actor, rights: tuple[Right, ...]) -> bool:
    if actor.may(Role.ADMINISTRATOR, ""):
        return True
    own = [right.programme_id and actor.may(Role.OWNER, right.programme_id) for right in rights]
    return bool(own) and all(own)


def _invitation(context: Context, unit: Unit, operator_id: str) -> str:
    secret = new_secret(context.randomness)
    unit.operators.drop_secrets(operator_id, INVITATION)
    unit.operators.add_secret(secret, operator_id, INVITATION, context.clock.now() + INVITATION_LIFE)
    return secret


def _log(context: Context, unit: Unit, actor: Actor, rights: Iterable[Right], told: dict[str, object]) -> None:
    """One leaf in each programme that it touches; in the installation's own where it touches none alone."""
    for programme_id in sorted({right.programme_id for right in rights}) or [""]:
        context.log.append(unit, keys_for(context, programme_id), LeafKind.OPERATOR, actor.key_id, told)


def _told(rights: tuple[Right, ...]) -> list[list[str]]:
    return [[right.role.value, right.programme_id, right.site] for right in rights]


def _view(reader: Reader, operator: Operator) -> OperatorView:
    return OperatorView(
        id=operator.id,
        name=operator.name,
        rights=reader.operators.rights(operator.id),
        passkeys=len(reader.operators.passkeys(operator.id)),
        created_at=operator.created_at,
        ended_at=operator.ended_at,
    )
