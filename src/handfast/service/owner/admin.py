"""Administrators: a one-time link printed by `handfast serve` or `handfast admin link`, claimed once."""

from datetime import datetime, timedelta

from handfast.base.ids import new_id, new_secret
from handfast.base.randomness import Randomness
from handfast.service.context import Context
from handfast.service.desk.actors import ADMINISTRATOR
from handfast.storage.tables.access import AccessWrites, Admin, hash_secret

LINK_LIFE = timedelta(hours=1)
TOKEN_LIFE = timedelta(days=90)


def first_link_token(context: Context) -> str | None:
    """A new one-time token while there is no administrator (older ones die); None once there is one."""
    with context.store.read() as reader:
        if reader.access.has_admin(context.clock.now()):
            return None
    return new_link_token(context)


def new_link_token(context: Context) -> str:
    """A new one-time token for an administrator, whoever else there is."""
    with context.store.write() as unit:
        return add_link(unit.access, context.clock.now(), context.randomness)


def add_link(access: AccessWrites, now: datetime, randomness: Randomness) -> str:
    """Keep a new link, good for an hour, and drop those before it; its one-time token."""
    token = new_secret(randomness)
    admin = Admin(
        id=new_id("adm", randomness),
        link_hash=hash_secret(token),
        link_expires_at=now + LINK_LIFE,
        token_hash=None,
        token_expires_at=None,
        created_at=now,
    )
    access.drop_links()
    access.add_admin(admin)
    return token


def claim(context: Context, token: str) -> str:
    """The administrator's bearer token, shown once. Raises NotAuthorised if the link is wrong, used or too old."""
    now = context.clock.now()
    bearer = ADMINISTRATOR + new_secret(context.randomness)
    with context.store.write() as unit:
        unit.access.claim_admin(token, bearer, now + TOKEN_LIFE, now)
    return bearer
