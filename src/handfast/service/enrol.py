"""Enrolment: key first, then template, consent and leaf in one transaction; pending until the person comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handfast.base.modality import FingerPosition
from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class Card:
    """number: short, to be read aloud; payload: what the QR code holds, good only to start a check."""

    number: str
    payload: str


@dataclass(frozen=True, slots=True)
class EnrolAnswer:
    """What the phone is told; card, code and receipt only when enrolled."""

    outcome: Literal["enrolled", "not_captured", "referred"]
    advice: str | None
    trial: bool
    card: Card | None
    private_code: str | None
    failed: tuple[FingerPosition, ...]


def choose_pin(context: Context, token: str, pin: str) -> None:
    """Set the private code's PIN: once, within the session's life. Raises RequestError, SessionExpired, Conflict."""
    raise NotImplementedError


def receipt(context: Context, token: str) -> Mapping[str, object]:
    """The signed receipt of a session that enrolled, within the session's life."""
    raise NotImplementedError
