"""What the person said at the welcome."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handfast.consent.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Act:
    """The person's own act: how they said it, and when on their phone's clock (ISO 8601)."""

    kind: Literal["press", "key", "voice"]
    at: str


@dataclass(frozen=True, slots=True)
class PersonsAnswer:
    """Yes or no to the notice as shown: language, version, hash of its text, answers to the two questions (enrol).

    missed   how many of the questions were not answered rightly at the first go
    also     further purposes that the person said yes to, each by itself (enrol)
    """

    answer: Literal["yes", "no"]
    language: str
    notice_version: str
    notice_hash: str
    questions: tuple[int, ...]
    act: Act
    missed: int = 0
    also: tuple[Purpose, ...] = ()


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes, and when the server heard it."""

    said: PersonsAnswer
    heard_at: datetime
