"""What waits in memory for the people who work with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from handfast.base.clock import Clock
from handfast.service.memory.desks import Desks
from handfast.service.memory.once import Once

CHALLENGE_LIFE = timedelta(minutes=3)
PAIRING_LIFE = timedelta(minutes=3)
APPROVAL_LIFE = timedelta(minutes=3)
EXPORT_LIFE = timedelta(hours=1)
SKEW = timedelta(seconds=60)
"""How far the clock of a paired phone may be off when it signs a request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A passkey was asked for: for what, on which host, and (where it is known) of which operator."""

    purpose: str
    host: str
    operator_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code that a signed-in desk shows, for one phone."""

    id: str
    operator_id: str
    programme_id: str
    site: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's yes to one act of one operator in one programme."""

    act: str
    programme_id: str
    operator_id: str
    second_id: str


@dataclass(frozen=True, slots=True)
class Exporting:
    """An export of a study that two people agreed to, and where."""

    programme_id: str
    first: str
    second: str
    site: str


@dataclass(frozen=True, slots=True)
class People:
    """paired: the device that a pairing became; heard: signed requests that must not be heard twice.

    exports   of studies, whose pictures are about to be fetched
    """

    desks: Desks
    challenges: Once[Asked]
    pairings: Once[Pairing]
    paired: Once[str]
    approvals: Once[Approval]
    exports: Once[Exporting]
    heard: Once[None]

    @classmethod
    def empty(cls, clock: Clock) -> Self:
        """Nobody is there yet."""
        return cls(
            desks=Desks(clock),
            challenges=Once(clock, CHALLENGE_LIFE),
            pairings=Once(clock, PAIRING_LIFE),
            paired=Once(clock, 2 * PAIRING_LIFE),
            approvals=Once(clock, APPROVAL_LIFE),
            exports=Once(clock, EXPORT_LIFE),
            heard=Once(clock, 3 * SKEW, limit=200_000),
        )
