"""The phone's side of a session: read the welcome, say yes or no, be captured, or go another way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handfast.base.modality import FingerPosition, Hand
from handfast.capture.challenge import Challenge
from handfast.capture.frames import Frame
from handfast.capture.progress import FrameAnswer
from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class HandView:
    """A hand that can be shown and its fingers."""

    hand: Hand
    positions: tuple[FingerPosition, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """What the welcome and the notice say of the programme; seconds is how long the capture takes."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class CaptureView:
    """Body 1 of the contract. The notice's version and hashes are the page's, added by web."""

    kind: Literal["enrol", "check"]
    mode: Literal["attended", "self"]
    state: Literal["welcome", "capture", "finished"]
    trial: bool
    programme: ProgrammeView
    languages: tuple[str, ...]
    language: str | None
    hands: tuple[HandView, ...]
    has_face: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """The person's own act: how they said it, and when on their phone's clock (ISO 8601)."""

    kind: Literal["press", "key", "voice"]
    at: str


@dataclass(frozen=True, slots=True)
class PersonsAnswer:
    """Yes or no to the notice as shown: language, version, hash of its text, answers to the two questions (enrol)."""

    answer: Literal["yes", "no"]
    language: str
    notice_version: str
    notice_hash: str
    questions: tuple[int, ...]
    act: Act


def view(context: Context, token: str) -> CaptureView:
    """The session behind the link. Raises SessionUnknown, SessionExpired."""
    raise NotImplementedError


def answer(context: Context, token: str, said: PersonsAnswer, notices: Mapping[str, str]) -> CaptureView:
    """Take the person's yes or no; notices is {language: hash} of what the server serves. "no" ends the session."""
    raise NotImplementedError


def begin(
    context: Context, token: str, hands: tuple[Hand, ...], missing: frozenset[FingerPosition], *, face: bool
) -> Challenge:
    """Draw the challenge; at most a few times a session, the newest counts. Raises RequestError, SessionSpent."""
    raise NotImplementedError


def frame(context: Context, token: str, sent: Frame) -> FrameAnswer:
    """Accept one frame, judge it, answer. Raises FrameRefused, SessionExpired, SessionSpent, ImageError, Overloaded."""
    raise NotImplementedError


def another_way(context: Context, token: str, step: str, cause: str) -> tuple[str, ...]:
    """End the session as not_captured and give the programme's other way."""
    raise NotImplementedError
