"""The person's own page: what is held, every use with its proof, freeze, receipt, withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handfast.base.modality import Modality
from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A bearer token for my page, good for a quarter of an hour."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """One template that is held; position in plain words or None for the face."""

    modality: Modality
    position: str | None
    taken_at: datetime
    quality_word: Literal["good", "fair", "poor"]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What was agreed to."""

    at: datetime
    language: str
    notice_version: str
    purposes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Inclusion of one use in the log (RFC 6962): its leaf, hex hashes, and the checkpoint they lead to."""

    index: int
    size: int
    leaf: str
    hashes: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of what is held, with its proof."""

    n: int
    at: datetime
    kind: str
    purpose: str
    desk: str
    outcome: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class MyPage:
    """The page; complete is False when a use is missing from the list or the log."""

    programme: str
    programme_name: str
    another_way: tuple[str, ...]
    enrolled_at: datetime
    state: Literal["active", "pending", "frozen", "withdrawn"]
    held: tuple[Held, ...]
    consent: ConsentView
    uses: tuple[Use, ...]
    complete: bool
    checkpoint: str


def open_page(context: Context, private_code: str, pin: str) -> OpenedPage:
    """Open by code and PIN. Raises NotAuthorised (one answer for every wrong pair), TooManyTries."""
    raise NotImplementedError


def page(context: Context, token: str) -> MyPage:
    """Everything held and done. Raises NotAuthorised."""
    raise NotImplementedError


def freeze(context: Context, token: str, *, frozen: bool) -> None:
    """Stop, or allow again, every use."""
    raise NotImplementedError


def withdraw(context: Context, token: str) -> Mapping[str, object]:
    """Withdraw for good; the signed statement of it."""
    raise NotImplementedError


def receipt(context: Context, token: str) -> Mapping[str, object]:
    """The signed receipt of the consent, with the newest checkpoint."""
    raise NotImplementedError


def download(context: Context, token: str) -> Mapping[str, object]:
    """Everything held about the person as JSON values, with proofs."""
    raise NotImplementedError
