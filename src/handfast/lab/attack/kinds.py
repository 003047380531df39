"""The kinds of attack: what each shows to the camera, or sends in its place, while a challenge asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import cycle

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image, Pixels
from handfast.capture.challenge import Aim, Task, TaskKind
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor
from handfast.lab.actor.motion import Gaze, Motion, Stance
from handfast.lab.actor.performer import Scene
from handfast.lab.actor.stage import noise_tile, with_noise
from handfast.lab.attack.grid import drawn_optics, screen_held
from handfast.lab.attack.optics import on_paper, on_screen
from handfast.lab.attack.recording import Recording
from handfast.lab.attack.sheet import Sheet, held

Shown = Image | bytes
Dot = Callable[[], Aim | None]


class Kind(StrEnum):
    """What is tried. A presentation is held before the camera; an injection takes its place."""

    BONA_FIDE = "bona-fide"
    PRINT = "print"
    BENT_PRINT = "bent-print"
    CUT_OUT = "cut-out"
    PHONE = "phone-replay"
    MONITOR = "monitor-replay"
    DRIVEN = "driven-screen"
    STREAM = "replayed-stream"
    RECORDED = "pre-recorded"
    RETIMED = "re-timed"
    WARPED = "warped-still"


PRESENTATIONS = (Kind.PRINT, Kind.BENT_PRINT, Kind.CUT_OUT, Kind.PHONE, Kind.MONITOR, Kind.DRIVEN)
INJECTIONS = (Kind.STREAM, Kind.RECORDED, Kind.RETIMED, Kind.WARPED)
FROM_A_RECORDING = (Kind.PHONE, Kind.MONITOR, Kind.RECORDED, Kind.RETIMED)
NOT_BARRED = (Kind.DRIVEN, Kind.WARPED)
"""Reported only: what is drawn to order on the spot looks like a person to this challenge, and is said to."""


@dataclass(frozen=True, slots=True, eq=False)
class Attacker:
    """Somebody with a portrait of the person and a recording of an earlier session of theirs.

    recording   empty for who has a portrait alone
    stream      what that session sent, byte for byte, where it was caught on the way
    scene       the room behind a sheet, by number of the frame; a grey wall where there is none
    """

    kind: Kind
    victim: Actor
    recording: Recording
    seed: int
    stream: tuple[bytes, ...] = ()
    scene: Scene | None = None
    noise: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "noise", noise_tile(self.seed, self.victim.video))

    def frames(self, task: Task, seconds: float, fps: float, dot: Dot) -> Iterator[Shown]:
        """What reaches the server while this task is on."""
        match self.kind:
            case Kind.BONA_FIDE | Kind.WARPED:  # the actor is a portrait warped to the pose that is asked
                yield from self.victim.frames(task, seconds, fps, dot)
            case Kind.STREAM:
                yield from cycle(self.stream)
            case Kind.RECORDED:
                yield from self._encoded(self._through(task))
            case Kind.RETIMED:
                yield from self._encoded(cycle(self.recording.of(task)))
            case Kind.DRIVEN:
                yield from self._driven(task, self.victim.frames(task, seconds, fps, dot), fps)
            case Kind.PHONE | Kind.MONITOR:
                yield from self._screen(task, fps)
            case _:
                yield from self._paper(task, fps, dot)

    def _through(self, task: Task) -> Iterator[Image]:
        """The whole recording from where it has come to: tasks before this one took a few seconds each."""
        whole = self.recording.through()
        start = (task.id * len(whole)) // (len(self.recording.frames) + 1)
        yield from cycle(whole[start:] + whole[:start])

    def _encoded(self, frames: Iterator[Image]) -> Iterator[Image]:
        """A virtual camera decodes a video and shows it again: other bytes, the same picture but for a dither."""
        rng = np.random.default_rng([self.seed, 21])
        for frame in frames:
            small = jpeg(frame, 80)
            again = decode(small).pixels.astype(np.int16)
            dither = rng.integers(-1, 2, again.shape, np.int16)
            yield Image(np.asarray((again + dither).clip(0, 255), np.uint8))

    def _screen(self, task: Task, fps: float) -> Iterator[Image]:
        """A recording on a screen: the part that was asked for, as far as there is one."""
        sheet = Sheet(share=0.95 if self.kind is Kind.PHONE else 1.5, tilt=0.5)
        motion, rng = Motion(self.seed), np.random.default_rng([self.seed, 22])
        for number, frame in enumerate(cycle(self.recording.of(task))):
            stance = motion.at(TaskKind.LOOK, task.id * 10 + number / fps, 0.0)
            shown = on_screen(frame.pixels, rng)
            yield self._seen(shown, sheet, stance, number)

    def _driven(self, task: Task, shown: Iterator[Image], fps: float) -> Iterator[Image]:
        """A portrait that a program moves as is asked, on a monitor that fills the frame and stands still."""
        sheet, motion, rng = Sheet(share=1.05, tilt=0.5), Motion(self.seed), np.random.default_rng([self.seed, 24])
        optics = drawn_optics(rng, phone=False)
        for number, frame in enumerate(shown):
            stance = motion.at(TaskKind.LOOK, task.id * 10 + number / fps, 0.0)
            seen = screen_held(frame.pixels, sheet, stance, self._ground(number), optics, rng.uniform())
            yield Image(with_noise(seen, self.noise, number))

    def _paper(self, task: Task, fps: float, dot: Dot) -> Iterator[Image]:
        """A print that is tilted, moved and brought closer as the person is asked to; another for each posture."""
        posture = task if task.kind in (TaskKind.HAND, TaskKind.COUNT) else replace(task, kind=TaskKind.LOOK)
        rng = np.random.default_rng([self.seed, 23])
        picture = on_paper(self.victim.still(posture).pixels, rng)
        sheet = Sheet(share=1.1, bend=0.0 if self.kind is Kind.PRINT else 1.0)
        motion, gaze, number = Motion(self.seed), Gaze(self.seed), 0
        while True:
            share = min(1.0, number / (2 * fps))
            stance = replace(motion.at(task.kind, task.id * 10 + number / fps, share), hand=0.0)
            if task.kind is TaskKind.FOLLOW:
                stance = gaze.towards(dot(), 1 / fps, stance)
            shown = self._alive(picture, number) if self.kind is Kind.CUT_OUT else picture
            yield self._seen(shown, sheet, stance, number)
            number += 1

    def _alive(self, picture: Pixels, number: int) -> Pixels:
        """Eyes and mouth cut out: what is behind the holes moves against the paper."""
        shift = np.array([[1, 0, 3 * np.sin(number / 2)], [0, 1, 2 * np.cos(number / 3)]], np.float32)
        height, width = picture.shape[:2]
        behind = cv2.warpAffine(picture, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
        holes = np.zeros((height, width), np.uint8)
        for x, y, rx, ry in ((0.43, 0.41, 0.05, 0.02), (0.57, 0.41, 0.05, 0.02), (0.5, 0.54, 0.07, 0.025)):
            middle, radii = (int(x * width), int(y * height)), (int(rx * width), int(ry * height))
            cv2.ellipse(holes, middle, radii, 0, 0, 360, 255, -1)
        return np.where(holes[..., None] > 0, behind, picture).astype(np.uint8)

    def _seen(self, shown: Pixels, sheet: Sheet, stance: Stance, number: int) -> Image:
        return Image(with_noise(held(shown, sheet, stance, self._ground(number)), self.noise, number))

    def _ground(self, number: int) -> Pixels:
        width, height = self.victim.video
        wall = np.full((height, width, 3), (122, 118, 110), np.uint8)
        return wall if self.scene is None else self.scene(number)
