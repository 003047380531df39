"""A stand-in for the phone: sends what an actor shows, bound to the challenge, until every task is over."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from handfast.base import base64url
from handfast.base.image import Image
from handfast.capture.challenge import Aim, Challenge, Task, TaskKind
from handfast.capture.frames import MAX_BYTES, Frame, FrameKind, binding
from handfast.capture.progress import FrameAnswer
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor, Flaw

Send = Callable[[Frame], FrameAnswer]
PREVIEWS = 3  # small frames before each still
USUAL, LONG = 4.0, 12.0  # seconds that an actor keeps at a step
FPS = 8.0  # of the frames, and no faster where times are judged
QUALITIES = (92, 88, 84, 80, 75, 70, 60, 50)  # of JPEG, until a picture fits


@dataclass(frozen=True, slots=True)
class Step:
    """How one task went: frames sent, seconds, the last answer."""

    task: Task
    frames: int
    seconds: float
    last: FrameAnswer


class Phone:
    """Follows one challenge. `flaws` says what is wrong with the first stills of each hand, in order."""

    def __init__(self, challenge: Challenge, actor: Actor, send: Send, flaws: tuple[Flaw, ...] = ()) -> None:
        self._challenge = challenge
        self._actor = actor
        self._send = send
        self._flaws = flaws
        self._number = 0
        self._dot: Aim | None = None
        self._began = time.monotonic()

    def follow(self) -> Iterator[Step]:
        """Do every task in order; a step for each. Raises what `send` raises."""
        for task in self._challenge.tasks:
            yield self.do(task)

    def do(self, task: Task) -> Step:
        """One task, until the server says that it is over or the actor has nothing more to show."""
        began, first = time.monotonic(), self._number
        sent = self._fingers(task) if task.kind is TaskKind.FINGERS else self._shown(task)
        last: FrameAnswer | None = None
        for last in sent:
            if last.task.state != "going":
                break
        if last is None:
            raise ValueError(f"the actor shows nothing for {task.kind}")
        return Step(task, self._number - first, time.monotonic() - began, last)

    def _shown(self, task: Task) -> Iterator[FrameAnswer]:
        follows = task.kind is TaskKind.FOLLOW
        seconds, began = LONG if follows else USUAL, time.monotonic()
        due = began
        watch = (lambda: time.monotonic() - began) if follows else None  # a head is no slower where it is drawn slowly
        shown = self._actor.frames(task, seconds, FPS, dot=lambda: self._dot, watch=watch)
        for image in islice(shown, round(seconds * FPS)):
            if follows:
                time.sleep(max(0.0, due - time.monotonic()))
                due = time.monotonic() + 1 / FPS
            answer = self._send(self.bound(task, FrameKind.FRAME, image))
            self._dot = Aim(answer.dot) if answer.dot else None
            yield answer

    def _fingers(self, task: Task) -> Iterator[FrameAnswer]:
        for image in [*self._actor.frames(task)][-PREVIEWS:]:
            yield self._send(self.bound(task, FrameKind.PREVIEW, image))
        for take in range(task.stills + task.retakes):
            flaw = self._flaws[take] if take < len(self._flaws) else None
            yield self._send(self.bound(task, FrameKind.STILL, self._actor.still(task, flaw, take)))

    def bound(self, task: Task, kind: FrameKind, image: Image) -> Frame:
        """The picture as the next frame of the challenge."""
        elapsed = round((time.monotonic() - self._began) * 1000)
        loose = Frame(task=task.id, n=self._number, t=elapsed, kind=kind, body=_small(image, MAX_BYTES[kind]), mac="")
        self._number += 1
        mac = binding(self._challenge.id, self._challenge.nonce, loose)
        return replace(loose, mac=base64url.encode(mac))


def _small(image: Image, limit: int) -> bytes:
    """A JPEG of at most `limit` bytes, of the best quality that fits."""
    for quality in QUALITIES:
        body = jpeg(image, quality)
        if len(body) <= limit:
            return body
    raise ValueError(f"{image.size} does not fit into {limit} bytes")
