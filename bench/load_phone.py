"""A phone of the load bench: one capture of somebody over HTTP, its pictures drawn before, as the page sends them."""

import json
import os
import pickle
import random
import struct
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from check import challenge_of
from load_line import Line

from handfast.base import base64url
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.capture.challenge import Aim, Camera, Challenge, Task, TaskKind
from handfast.capture.frames import MAX_BYTES, Frame, FrameKind, binding
from handfast.imaging.encode import jpeg
from handfast.imaging.resize import fit
from handfast.lab.actor import Actor

GIVE_UP = 180.0  # seconds after which a phone stops trying
PREVIEWS = 3
FILM_FPS = 8.0
FRAME_WIDTH, PREVIEW_WIDTH = 480, 360  # px, as in frames.js
FRAME_BYTES = 18_000
SMALLEST = 0.6  # share of width and quality, as in line.js
STILLS = 5  # different photos of a hand: an enrolment takes several

Opens = Callable[["Phone"], Any]
"""Opens the session that the phone is for, and gives what the server says."""


class Film:
    """An actor's pictures of every task there can be, as JPEG, drawn once."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._drawn: dict[object, list[bytes]] = {}

    def draw_all(self, kept: Path | None = None) -> None:
        """Draw everything, or take it from where an earlier run kept it."""
        if kept and kept.is_file():
            self._drawn = pickle.loads(kept.read_bytes())  # noqa: S301  our own file
            return
        for kind in TaskKind:
            hands = (Hand.RIGHT,) if kind in (TaskKind.HAND, TaskKind.FINGERS) else (None,)
            for hand in hands:
                fingers = FOUR_FINGERS[Hand.RIGHT] if kind is TaskKind.FINGERS else ()
                task = Task(0, kind, Camera.FRONT, hand, fingers, 1, 1, 30, count=2 if kind is TaskKind.COUNT else 0)
                if kind is TaskKind.FINGERS:
                    self._still(task)
                for aim in Aim if kind is TaskKind.FOLLOW else (None,):
                    self.frames(task, aim)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(self._drawn))

    def frames(self, task: Task, aim: Aim | None = None) -> list[bytes]:
        key = (task.kind, task.hand, task.count, aim)
        if key not in self._drawn:
            images = self._actor.frames(task, fps=FILM_FPS, dot=lambda: aim)
            self._drawn[key] = [_as_the_page(image, task.kind is TaskKind.FINGERS) for image in images]
        return self._drawn[key]

    def still(self, task: Task, number: int) -> bytes:
        return self._still(task)[number % STILLS]

    def _still(self, task: Task) -> list[bytes]:
        key = ("still", task.hand)
        if key not in self._drawn:
            self._drawn[key] = [_jpeg(self._actor.still(task), MAX_BYTES[FrameKind.STILL]) for _ in range(STILLS)]
        return self._drawn[key]


def _as_the_page(image: Image, of_fingers: bool) -> bytes:
    """A small picture as the page sends it where there is room: five of a face a second in 90 kB."""
    width, quality, share = (PREVIEW_WIDTH, 70, 1.0) if of_fingers else (FRAME_WIDTH, 74, 1.0)
    while True:
        small, _ = fit(image, round(max(image.size) * share * width / image.size[0]))
        body = jpeg(small, round(quality * share**1.5))
        if len(body) <= FRAME_BYTES or share <= SMALLEST:
            return body
        share = max(SMALLEST, share - 0.05)


def _jpeg(image: Image, limit: int) -> bytes:
    return next(body for quality in (88, 80, 70, 60, 50) if len(body := jpeg(image, quality)) <= limit)


def fresh(body: bytes) -> bytes:
    """The same picture as bytes that were never sent before: a comment after the start of the image."""
    return body[:2] + b"\xff\xfe" + struct.pack(">H", 18) + os.urandom(16) + body[2:]


class Refused(Exception):
    """The server said no, and it is not to be asked again; or the phone stops asking."""


@dataclass
class Told:
    """How one capture went.

    outcome   what the server told, "" where it never came to that
    waited    seconds from asking for the challenge to being let in
    told_to_wait, refused   503s before it was let in, and after
    frames    seconds until each small picture was answered
    pictures  how many it sent: small ones, photos, and those that the server was too busy for
    steps     how the steps of the face and hand ended that did not end well
    """

    kind: str
    due: float
    outcome: str = ""
    let_in: bool = False
    waited: float = 0.0
    latency: float = 0.0
    whole: float = 0.0
    told_to_wait: int = 0
    refused: int = 0
    ended: float = 0.0
    pictures: int = 0
    frames: list[float] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def gave_up(self) -> bool:
        """Whether it was told to come back, each time that it asked, until it asked no more."""
        return not (self.let_in or self.outcome or self.wrong)


class Phone:
    """One check of somebody, their enrolment or a find, from its link to its outcome."""

    def __init__(self, port: int, film: Film, fps: float, told: Told, opens: Opens, also: tuple[str, ...] = ()) -> None:
        self._opens = opens
        self._also = also
        self._film = film
        self._pause = 1 / fps
        self.told = told
        self._line = Line(port)
        self._stop = told.due + GIVE_UP

    def capture(self) -> None:
        try:
            self._capture()
        except (OSError, Refused) as error:
            if self.told.let_in or " 503 " not in f" {error} ":
                self.told.wrong.append(repr(error)[:200])
        finally:
            self.told.ended = time.monotonic()
            self._line.close()

    def _capture(self) -> None:
        began = time.monotonic()
        token = self._opens(self)["link"].split("#")[1]
        notice = self._ask("GET", "/v1/capture", None, token)["notice"]
        act = {"kind": "press", "at": "2026-01-01T00:00:00Z"}
        version = {"notice_version": notice["version"], "notice_hash": notice["hash"]["en"]}
        said = {"answer": "yes", "language": "en", "act": act, "also": list(self._also)} | version
        said["questions"] = [0, 1] if self.told.kind == "enrol" else []
        self._ask("POST", "/v1/capture/answer", said, token)
        asked = time.monotonic()
        drawn = self._ask("POST", "/v1/capture/challenge", {"hands": [Hand.RIGHT], "face": True}, token)
        self.told.waited, self.told.let_in = time.monotonic() - asked, True
        last = self._show(challenge_of(drawn), token)
        told = self._ask("POST", "/v1/capture/finish", {}, token)
        now = time.monotonic()
        self.told.outcome, self.told.latency, self.told.whole = told["outcome"], now - last, now - began

    def _show(self, challenge: Challenge, token: str) -> float:
        """Do every task; when the last byte of the last still was sent."""
        began, number, sent, pause = time.monotonic(), count(), 0.0, self._pause
        for task in challenge.tasks:
            self._dot: str | None = None
            answer: Any = None
            for kind, picture in self._pictures(task):
                answer = None
                while answer is None:
                    sent = time.monotonic()
                    elapsed = round((sent - began) * 1000)
                    loose = Frame(task=task.id, n=next(number), t=elapsed, kind=kind, body=fresh(picture), mac="")
                    mac = base64url.encode(binding(challenge.id, challenge.nonce, loose))
                    self.told.pictures += 1
                    answer = self._frame(token, replace(loose, mac=mac))
                    if kind is not FrameKind.STILL:  # as the page does it: the next picture will count instead
                        self.told.frames.append(time.monotonic() - sent)
                        break
                if answer is not None:
                    self._dot, pause = answer["dot"], max(self._pause, answer["next_in_ms"] / 1000)
                    if answer["task"]["state"] != "going":
                        break
                if kind is not FrameKind.STILL:
                    time.sleep(max(0.0, sent + pause - time.monotonic()))
            state = answer["task"]["state"] if answer else "refused"
            if state != "done":
                self.told.steps.append(f"{task.kind} {state}")
        return sent

    def _pictures(self, task: Task) -> Iterator[tuple[FrameKind, bytes]]:
        if task.kind is TaskKind.FINGERS:
            yield from ((FrameKind.PREVIEW, picture) for picture in self._film.frames(task)[-PREVIEWS:])
            yield from ((FrameKind.STILL, self._film.still(task, n)) for n in range(task.stills + task.retakes))
        elif task.kind is TaskKind.FOLLOW:
            aim, since = None, time.monotonic()
            for _ in range(200):
                now = Aim(self._dot) if self._dot else None
                if now != aim:
                    aim, since = now, time.monotonic()
                frames = self._film.frames(task, aim or Aim.LEFT)
                passed = time.monotonic() - since if aim else 0.0  # nobody turns slower for being asked late
                yield FrameKind.FRAME, frames[min(int(FILM_FPS * passed), len(frames) - 1)]
        else:
            for _ in range(5):
                yield from ((FrameKind.FRAME, picture) for picture in self._film.frames(task))

    def open(self, new: Mapping[str, object], by: Callable[[bytes], dict[str, str]]) -> Any:
        """What the server says to a new session; `by` gives the headers that say who asks."""
        body = json.dumps(new).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        return self._sent("POST", "/v1/sessions", body, headers | by(body))

    def _ask(self, method: str, path: str, body: object, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self._sent(method, path, json.dumps(body).encode() if body is not None else None, headers)

    def _frame(self, token: str, frame: Frame) -> Any:
        path = f"/v1/capture/frames?task={frame.task}&n={frame.n}&t={frame.t}&kind={frame.kind}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg", "Handfast-Frame": frame.mac}
        return self._sent("POST", path, frame.body, headers, again=False)

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, again: bool = True) -> Any:
        """What the server says; None where it was busy and this is not to be sent again as it is."""
        while True:
            said = self._line.ask(method, path, body, headers)
            if said.status < 400:
                return json.loads(said.body)
            if said.status != 503 or said.retry_after is None or time.monotonic() > self._stop:
                raise Refused(f"{said.status} {path.split('?')[0]} {said.body[:160].decode()}")
            if self.told.let_in:
                self.told.refused += 1
            else:
                self.told.told_to_wait += 1
            time.sleep(said.retry_after + random.random())
            if not again:
                return None
