"""Accepting frames: each is bound by HMAC to the challenge's nonce, its place in it, its time and its bytes."""

from dataclasses import dataclass
from enum import StrEnum

from handfast.base.clock import Clock
from handfast.capture.challenge import Challenge


class FrameKind(StrEnum):
    """frame: for the live steps; preview: small, for guidance before a still; still: what is compared."""

    FRAME = "frame"
    PREVIEW = "preview"
    STILL = "still"


MAX_BYTES: dict[FrameKind, int] = {FrameKind.FRAME: 150_000, FrameKind.PREVIEW: 150_000, FrameKind.STILL: 600_000}
"""Largest body of each kind; to be refused by header before the body is read."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture as it came from the phone.

    task    id of the task it is for
    n       strictly increasing over the whole challenge
    t       milliseconds since the phone received the challenge
    mac     base64url HMAC-SHA256 under the nonce of "challenge|task|n|t|kind|sha256hex(body)"
    guide   where the drawn guide lay: x, y, width, height as parts of the picture (0..1), or None
    """

    task: int
    n: int
    t: int
    kind: FrameKind
    body: bytes
    mac: str
    guide: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """What was accepted so far: the last n and t, the task that is on, hashes of all bodies seen."""

    task: int = 0
    n: int = -1
    t: int = -1
    seen: frozenset[bytes] = frozenset()


def accept(
    challenge: Challenge, frame: Frame, *, expected_nonce: bytes, received: Reception, clock: Clock
) -> Reception:
    """The reception with this frame in it; raises FrameRefused or SessionExpired with a plain reason."""
    raise NotImplementedError
