"""Capture sessions as their caller sees them: opened by reference or card, then an outcome."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handfast.base.decision import Assurance
from handfast.base.modality import Hand
from handfast.service.actors import Actor
from handfast.service.context import Context

Kind = Literal["enrol", "check"]
State = Literal["welcome", "capture", "finished", "expired", "abandoned"]


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a caller asks for: exactly one of reference and card (enrol: reference).

    programme     needed from an administrator; from a caller it must be absent or its own
    return_url    one of the programme's registered ones, or None
    hand          the hand to check, or None for the person's choice
    """

    kind: Kind
    programme: str | None = None
    reference: str | None = None
    card: str | None = None
    mode: Assurance = Assurance.SELF
    return_url: str | None = None
    webhook_url: str | None = None
    language: str | None = None
    hand: Hand | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session for the phone: the link is https://HOST/c#token."""

    id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome told to the caller; reference only where accepted (check) or enrolled."""

    outcome: str
    advice: str | None
    trial: bool
    assurance: str
    policy: str
    reference: str | None
    log_index: int | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its caller may see it; jws is the signed answer, fresh for five minutes."""

    id: str
    kind: Kind
    state: State
    programme: str
    expires_at: datetime
    return_url: str | None
    answer: Answer | None
    jws: str | None
    another_way: tuple[str, ...]


def open_session(context: Context, actor: Actor, new: NewSession, idempotency_key: str) -> OpenedSession:
    """Open a session; the same key and request again give the same answer, the same key otherwise is a Conflict.

    An unknown, frozen or withdrawn reference opens in the same way and ends not_accepted; nothing tells them apart.
    Raises RequestError, NotAllowed (another programme), NotAuthorised (a card that is no card), Conflict (enrolled).
    """
    raise NotImplementedError


def session_state(context: Context, actor: Actor, session_id: str) -> SessionView:
    """The session and, once finished, its answer. Raises SessionUnknown, also for other programmes' sessions."""
    raise NotImplementedError
