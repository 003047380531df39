"""Scripted eyes and pictures: what a phone would show, without any model."""

import base64
import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image as Pillow

from handfast.base.errors import CaptureError, FacesDiffer, PoorFinger
from handfast.base.image import Image
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.sample import Acquisition, Box, Failure
from handfast.base.template import Template
from handfast.capture.bond import Look, View
from handfast.capture.challenge import Challenge, Task, TaskKind
from handfast.capture.eyes import Sight
from handfast.capture.frames import Frame, FrameKind, binding
from handfast.capture.progress import FaceView, FingerView
from support.service import FixedClock


def picture(person: int, number: int) -> bytes:
    """A small JPEG whose colour names the person; no two numbers give the same bytes."""
    pixels = np.full((48, 48, 3), 20 * (person % 12), np.uint8)
    pixels[:, 24:] = np.random.default_rng(number).integers(0, 256, (48, 24, 1), np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "jpeg", quality=95)
    return out.getvalue()


def person_in(image: Image) -> int:
    """The person that `picture` drew."""
    return round(float(image.pixels[:, :16].mean()) / 20)


def template(modality: Modality, position: FingerPosition | None, person: int) -> Template:
    kind = SampleKind.PORTRAIT if modality is Modality.FACE else SampleKind.HAND
    return Template(modality, position, kind, "scripted:1", "scripted:1", b"person %d" % person, Quality(60.0))


def look_at(task: Task, view: View, person: int, at: float) -> Look:
    """A look at the hand of somebody whose skin is like nobody else's."""
    assert task.hand is not None
    return Look(view, task.hand, at, (0.1 * person, 0.0))


class ScriptedEyes:
    """See the person that is drawn; `frames` pictures end a face step; `bad` lists fingers that stay blurred."""

    def __init__(self, frames: int = 2, bad: Sequence[FingerPosition] = ()) -> None:
        self.frames = frames
        self.bad = set(bad)
        self.blind: CaptureError | None = None
        self.near = False

    def watch(self, task: Task, image: Image, before: Sequence[object], at: float = 0.0) -> Sight:
        if self.blind:
            raise self.blind
        seen = len(before) + 1
        face = FaceView(box=(0.2, 0.2, 0.6, 0.6), turn=0.0, size=0.5)
        person = person_in(image)
        look = look_at(task, View.BESIDE, person, at) if task.kind is TaskKind.HAND else None
        return Sight(seen >= self.frames, min(1.0, seen / self.frames), None, face=face, observation=person, look=look)

    def begun(self, task: Task, before: Sequence[object], at: float) -> Sight | None:
        return None

    def preview(self, task: Task, image: Image, guide: Box | None, before: Sequence[object], at: float = 0.0) -> Sight:
        fingers = tuple(FingerView(p, "unknown", 0.5, (0.1, 0.1, 0.2, 0.2)) for p in task.positions)
        look = look_at(task, View.NEAR, person_in(image), at)
        return Sight(done=False, progress=0.0, hint="good", fingers=fingers, look=look, near=self.near)

    def faces(self, task: Task, observations: Sequence[object]) -> tuple[Template, ...]:
        people = [seen for seen in observations if isinstance(seen, int)]
        if len(set(people)) > 1:
            raise FacesDiffer("two people")
        return (template(Modality.FACE, None, people[-1]),) if people else ()

    def same_face(self, first: Sequence[Template], later: Sequence[Template]) -> bool:
        return {t.data for t in first} == {t.data for t in later}

    def still(self, task: Task, image: Image, guide: Box | None, at: float) -> tuple[Acquisition, Look | None]:
        person = person_in(image)
        good = [p for p in task.positions if p not in self.bad]
        prints = Acquisition(
            tuple(template(Modality.FINGER, p, person) for p in good),
            tuple(Failure(p, PoorFinger("blurred")) for p in task.positions if p in self.bad),
        )
        return prints, look_at(task, View.STILL, person, at)


class ScriptedPhone:
    """Plays the page: frames of one challenge, in order and properly bound."""

    def __init__(self, challenge: Challenge, clock: FixedClock, person: int, first_picture: int = 0) -> None:
        self.challenge = challenge
        self.clock = clock
        self.person = person
        self.n = 0
        self.first_picture = first_picture

    def frame(self, task: int, kind: FrameKind | None = None) -> Frame:
        """The next frame for a task; a still for fingers unless said otherwise."""
        if kind is None:
            fingers = self.challenge.tasks[task].kind is TaskKind.FINGERS
            kind = FrameKind.STILL if fingers else FrameKind.FRAME
        self.clock.pass_time(0.3)
        t = int((self.clock.now() - self.challenge.drawn_at).total_seconds() * 1000)
        body = picture(self.person, self.first_picture + self.n)
        frame = Frame(task, self.n, t, kind, body, mac="")
        self.n += 1
        return self.bound(frame)

    def bound(self, frame: Frame) -> Frame:
        """The frame with the HMAC that its challenge asks for."""
        mac = binding(self.challenge.id, self.challenge.nonce, frame)
        return replace(frame, mac=base64.urlsafe_b64encode(mac).rstrip(b"=").decode())
