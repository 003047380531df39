"""The first administrator: a one-time link printed by `handfast serve`, claimed once."""

from datetime import timedelta

from handfast.base.ids import new_id, new_secret
from handfast.service.actors import ADMINISTRATOR
from handfast.service.context import Context
from handfast.storage.access import Admin, hash_secret

LINK_LIFE = timedelta(hours=1)
TOKEN_LIFE = timedelta(days=90)


def first_link_token(context: Context) -> str | None:
    """A new one-time token while there is no administrator (older ones die); None once there is one."""
    with context.store.read() as reader:
        if reader.access.has_admin(context.clock.now()):
            return None
    return new_link_token(context)


def new_link_token(context: Context) -> str:
    """A new one-time token for an administrator, whoever else there is: for who has the machine itself."""
    now = context.clock.now()
    token = new_secret(context.randomness)
    admin = Admin(
        id=new_id("adm", context.randomness),
        link_hash=hash_secret(token),
        link_expires_at=now + LINK_LIFE,
        token_hash=None,
        token_expires_at=None,
        created_at=now,
    )
    with context.store.write() as unit:
        unit.access.drop_links()
        unit.access.add_admin(admin)
    return token


def claim(context: Context, token: str) -> str:
    """The administrator's bearer token, shown once. Raises NotAuthorised if the link is wrong, used or too old."""
    now = context.clock.now()
    bearer = ADMINISTRATOR + new_secret(context.randomness)
    with context.store.write() as unit:
        unit.access.claim_admin(token, bearer, now + TOKEN_LIFE, now)
    return bearer
