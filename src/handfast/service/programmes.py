"""Programmes: one purpose, one retention rule, one policy; and the API keys of their callers."""

from dataclasses import dataclass
from datetime import datetime

from handfast.service.actors import Actor
from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """What an administrator states. return_urls are exact; another_way is at least one plain step."""

    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    languages: tuple[str, ...] = ("en",)
    return_urls: tuple[str, ...] = ()
    webhook_url: str | None = None
    trial: bool = True


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as its administrator and callers see it."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    languages: tuple[str, ...]
    return_urls: tuple[str, ...]
    webhook_url: str | None
    trial: bool
    policy: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PublicProgramme:
    """What anyone may read of a programme; declines are counts by day and desk, never by person."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    trial: bool


@dataclass(frozen=True, slots=True)
class CreatedProgramme:
    """A new programme with its first API key and the secret its webhooks are signed with; both shown once."""

    programme: Programme
    api_key: str
    webhook_secret: str


def create(context: Context, actor: Actor, new: NewProgramme) -> CreatedProgramme:
    """Create a programme with its keys. Administrators only (NotAllowed); RequestError names what is missing."""
    raise NotImplementedError


def listed(context: Context, actor: Actor) -> tuple[Programme, ...]:
    """All programmes for an administrator, the caller's own for a caller."""
    raise NotImplementedError


def public_page(context: Context, programme_id: str) -> PublicProgramme:
    """The programme's public face. Raises NotFound."""
    raise NotImplementedError


def add_key(context: Context, actor: Actor, programme_id: str, name: str) -> str:
    """Another API key of the programme, shown once. Administrators only."""
    raise NotImplementedError
