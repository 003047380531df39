"""The API keys of a programme's callers: made, listed and revoked by administrators, each act a leaf of the log."""

from dataclasses import dataclass, replace
from datetime import datetime

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotFound
from handfast.base.ids import new_id, new_secret
from handfast.service.actors import CALLER, Actor
from handfast.service.context import Context
from handfast.storage.access import ApiKey, hash_secret


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as an administrator sees it; the secret itself is not kept."""

    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new API key; the secret is shown once."""

    id: str
    name: str
    api_key: str


def add_key(context: Context, actor: Actor, programme_id: str, name: str) -> NewKey:
    """Another API key of the programme. Raises NotAllowed, NotFound where there is no such programme."""
    actor.must_administer()
    with context.store.write() as unit:
        unit.programmes.get(programme_id)
        row, new = fresh_key(context, programme_id, name)
        unit.access.add_api_key(row)
        keys = context.keys.programme(programme_id)
        context.log.append(unit, keys, LeafKind.KEY, actor.key_id, {"key": row.id, "name": name, "outcome": "made"})
    return new


def keys_of(context: Context, actor: Actor, programme_id: str) -> tuple[Key, ...]:
    """Every key that the programme ever had. Raises NotAllowed, NotFound."""
    actor.must_administer()
    with context.store.read() as reader:
        reader.programmes.get(programme_id)
        return tuple(_seen(row) for row in reader.access.api_keys_of(programme_id))


def revoke_key(context: Context, actor: Actor, programme_id: str, key_id: str) -> Key:
    """The key opens nothing from now on; sessions that it opened run out. Raises NotAllowed, NotFound."""
    actor.must_administer()
    now = context.clock.now()
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


def fresh_key(context: Context, programme_id: str, name: str) -> tuple[ApiKey, NewKey]:
    """The row of a key that is yet to be kept, and the key itself."""
    secret = CALLER + new_secret(context.randomness)
    row = ApiKey(new_id("key", context.randomness), programme_id, hash_secret(secret), name, context.clock.now())
    return row, NewKey(row.id, name, secret)


def _seen(row: ApiKey) -> Key:
    return Key(row.id, row.label, row.created_at, row.revoked_at)
