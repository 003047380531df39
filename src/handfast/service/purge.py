"""Retention that runs by itself, and what crashes left behind."""

from dataclasses import dataclass

from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were dealt with."""

    sessions_expired: int
    sessions_abandoned: int
    people_purged: int


def sweep(context: Context) -> Swept:
    """Expire sessions, make abandoned claims visible, end what retention ends. Safe to run at any time."""
    raise NotImplementedError
