"""Accepting frames: each is bound by HMAC to the challenge's nonce, its place in it, its time and its bytes."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from handfast.base.clock import Clock
from handfast.base.errors import FrameRefused, SessionExpired
from handfast.capture.challenge import Challenge
from handfast.capture.seen import SeenBodies


class FrameKind(StrEnum):
    """frame: for the live steps; preview: small, for guidance before a still; still: what is compared."""

    FRAME = "frame"
    PREVIEW = "preview"
    STILL = "still"


MAX_BYTES: dict[FrameKind, int] = {FrameKind.FRAME: 150_000, FrameKind.PREVIEW: 150_000, FrameKind.STILL: 600_000}
"""Largest body of each kind; to be refused by header before the body is read."""

MAX_FRAMES = 900  # in one challenge: four minutes at almost four a second
MAX_CHALLENGE_BYTES = 48_000_000  # over all bodies of one challenge
EARLY = timedelta(seconds=1)  # how far the phone's watch may run ahead of ours
LATE = timedelta(seconds=20)  # from the camera to us, over a slow network


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
    """What a challenge has received so far: the task that is on, the last n and t, how many frames and bytes."""

    task: int = 0
    n: int = -1
    t: int = -1
    frames: int = 0
    bytes: int = 0


def accept(
    challenge: Challenge,
    frame: Frame,
    *,
    expected_nonce: bytes,
    received: Reception,
    seen: SeenBodies,
    clock: Clock,
) -> Reception:
    """The reception with this frame in it. Raises FrameRefused or SessionExpired, saying why."""
    elapsed = clock.now() - challenge.drawn_at
    if elapsed >= challenge.expires_at - challenge.drawn_at:
        raise SessionExpired("the challenge is over; draw another")
    if len(frame.body) > MAX_BYTES[frame.kind]:
        raise FrameRefused(f"a {frame.kind} holds at most {MAX_BYTES[frame.kind]} bytes")
    body = hashlib.sha256(frame.body)
    if not hmac.compare_digest(_decoded(frame.mac), _bound(challenge.id, expected_nonce, frame, body.hexdigest())):
        raise FrameRefused("the frame is not bound to this challenge")
    if frame.task != received.task:
        raise FrameRefused(f"task {received.task} is on, not {frame.task}")
    if frame.n <= received.n or frame.t < received.t:
        raise FrameRefused("the frame is out of order")
    if not elapsed - LATE <= timedelta(milliseconds=frame.t) <= elapsed + EARLY:
        raise FrameRefused("the frame was not taken just now")
    total = replace(received, n=frame.n, t=frame.t, frames=received.frames + 1, bytes=received.bytes + len(frame.body))
    if total.frames > MAX_FRAMES or total.bytes > MAX_CHALLENGE_BYTES:
        raise FrameRefused("too many frames for one challenge")
    if not seen.first_time(body.digest()):
        raise FrameRefused("this picture was sent before")
    return total


def binding(challenge_id: str, nonce: bytes, frame: Frame) -> bytes:
    """The 32 bytes that bind a frame to its challenge, place, time, kind and body."""
    return _bound(challenge_id, nonce, frame, hashlib.sha256(frame.body).hexdigest())


def _bound(challenge_id: str, nonce: bytes, frame: Frame, body: str) -> bytes:
    message = f"{challenge_id}|{frame.task}|{frame.n}|{frame.t}|{frame.kind}|{body}"
    return hmac.digest(nonce, message.encode("ascii"), "sha256")


def _decoded(mac: str) -> bytes:
    try:
        return base64.b64decode(mac.encode("ascii") + b"=" * (-len(mac) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
