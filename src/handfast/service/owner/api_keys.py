"""The API keys of a programme's callers: made, listed and revoked by its owners, each act a leaf of the log."""

from dataclasses import dataclass, replace
from datetime import datetime

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotFound, RequestError
from handfast.base.ids import new_id, new_secret
from handfast.base.roles import Role
from handfast.service.context import Context
from handfast.service.desk.actors import CALLER, METRICS, PURPOSES, Actor
from handfast.storage.tables.access import ApiKey, hash_secret


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as an owner sees it; the secret itself is not kept."""

    id: str
    name: str
    purposes: tuple[str, ...]
    site: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key is for: "enrol", "check" or "metrics"; at which site; until when."""

    purposes: tuple[str, ...] = tuple(PURPOSES)
    site: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new API key; the secret is shown once."""

    id: str
    name: str
    api_key: str


def add_key(context: Context, actor: Actor, programme_id: str, name: str, scope: Scope = Scope()) -> NewKey:
    """Another API key of the programme. NotAllowed, StepUpNeeded, RequestError; NotFound for no such programme."""
    actor.must(programme_id, Role.OWNER, Role.ADMINISTRATOR)
    actor.must_have_stepped_up(context.clock.now())
    if not scope.purposes or not set(scope.purposes) <= {*PURPOSES, METRICS}:
        raise RequestError(f"a key is for some of: {', '.join((*PURPOSES, METRICS))}")
    if scope.expires_at is not None and scope.expires_at <= context.clock.now():
        raise RequestError("expires_at is over already")
    with context.store.write() as unit:
        unit.programmes.get(programme_id)
        row, new = fresh_key(context, programme_id, name, scope)
        unit.access.add_api_key(row)
        keys = context.keys.programme(programme_id)
        context.log.append(unit, keys, LeafKind.KEY, actor.key_id, _told(row) | {"outcome": "made"})
    return new


def keys_of(context: Context, actor: Actor, programme_id: str) -> tuple[Key, ...]:
    """Every key that the programme ever had. Raises NotAllowed, NotFound."""
    actor.must(programme_id, Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR)
    with context.store.read() as reader:
        reader.programmes.get(programme_id)
        return tuple(_seen(row) for row in reader.access.api_keys_of(programme_id))


def revoke_key(context: Context, actor: Actor, programme_id: str, key_id: str) -> Key:
    """The key opens nothing from now on; sessions that it opened run out. NotAllowed, StepUpNeeded, NotFound."""
    now = context.clock.now()
    actor.must(programme_id, Role.OWNER, Role.ADMINISTRATOR)
    actor.must_have_stepped_up(now)
    with context.store.write() as unit:
        row = next((row for row in unit.access.api_keys_of(programme_id) if row.id == key_id), None)
        if row is None:
            raise NotFound("this programme has no such key")
        if row.revoked_at is None:
            row = replace(row, revoked_at=now)
            unit.access.revoke_api_key(key_id, now)
            keys = context.keys.programme(programme_id)
            context.log.append(unit, keys, LeafKind.KEY, actor.key_id, {"key": key_id, "outcome": "revoked"})
    return _seen(row)


def fresh_key(context: Context, programme_id: str, name: str, scope: Scope = Scope()) -> tuple[ApiKey, NewKey]:
    """The row of a key that is yet to be kept, and the key itself."""
    secret = CALLER + new_secret(context.randomness)
    row = ApiKey(
        id=new_id("key", context.randomness),
        programme_id=programme_id,
        secret_hash=hash_secret(secret),
        label=name,
        created_at=context.clock.now(),
        expires_at=scope.expires_at,
        purposes=scope.purposes,
        site=scope.site,
    )
    return row, NewKey(row.id, name, secret)


def _told(row: ApiKey) -> dict[str, object]:
    ends = row.expires_at.isoformat() if row.expires_at else None
    return {"key": row.id, "name": row.label, "purposes": list(row.purposes), "site": row.site, "expires_at": ends}


def _seen(row: ApiKey) -> Key:
    return Key(row.id, row.label, row.purposes, row.site, row.created_at, row.expires_at, row.revoked_at)
