"""The first administrator: a one-time link printed by `handfast serve`, claimed once."""

from handfast.service.context import Context


def first_link_token(context: Context) -> str | None:
    """A new one-time token while no administrator has claimed one yet (older ones die); None afterwards."""
    raise NotImplementedError


def claim(context: Context, token: str) -> str:
    """The administrator's bearer token, shown once. Raises NotAuthorised if the link is wrong or used."""
    raise NotImplementedError
