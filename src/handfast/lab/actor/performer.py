"""Plays a person before the camera of a phone, task by task, from a portrait and a synthetic person's hands."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from handfast.base.image import Image, Pixels
from handfast.base.modality import Hand
from handfast.capture.challenge import Aim, Task, TaskKind
from handfast.finger.synth.open_hand import open_hand
from handfast.finger.synth.person import Person
from handfast.lab.actor.hands import Flaw, finger_still, preview_base, preview_frame
from handfast.lab.actor.head import head_of
from handfast.lab.actor.motion import Gaze, Motion, Stance
from handfast.lab.actor.stage import ASIDE, add_hand, before, head_frame, noise_tile, with_noise
from handfast.models.store import ModelStore

Scene = Callable[[int], Pixels]
FOLDED = {1: frozenset({0, 2, 3, 4}), 2: frozenset({0, 3, 4}), 3: frozenset({0, 4}), 4: frozenset({0})}
"""Digits (0 the thumb) that are folded when so many fingers are shown."""
SKIN_LIGHT = 1.2  # cheeks in a portrait against the reflectance of their skin


class Actor:
    """One person; the same portrait, person and seed give the same pictures.

    video   width and height of frames, px, as the camera stands (unmirrored)
    photo   width and height of stills, px
    scene   the room behind, (H, W, 3), by number of the frame; that of the portrait where there is none
    """

    def __init__(
        self,
        portrait: Image,
        person: Person,
        models: ModelStore,
        *,
        seed: int = 0,
        video: tuple[int, int] = (480, 640),
        photo: tuple[int, int] = (1536, 2048),
        scene: Scene | None = None,
    ) -> None:
        self.video = video
        self.scene = scene
        self.photo = photo
        self._seed = seed
        self._head = head_of(portrait, models)
        self._motion = Motion(seed)
        self._noise = noise_tile(seed, video)
        red, green, blue = np.clip(np.array(self._head.tone) * SKIN_LIGHT, 0.03, 0.85).tolist()
        self.person = replace(person, tone=(red, green, blue))

    def frames(
        self,
        task: Task,
        seconds: float = 4.0,
        fps: float = 8.0,
        dot: Callable[[], Aim | None] = lambda: None,
        watch: Callable[[], float] | None = None,
    ) -> Iterator[Image]:
        """What the camera sees while the person does the task; the last frames hold the end of the movement.

        dot     where the dot is that is to be followed, asked before each frame
        watch   seconds since the task began, asked before each frame: then it goes on without end, however seldom it
                is looked at, and fps is of no account
        """
        gaze = Gaze(self._seed)
        count = max(1, round(seconds * fps))
        base = preview_base(self.person, task, self.video, self._take(0)) if task.kind is TaskKind.FINGERS else None
        before = 0.0
        for number in itertools.count() if watch else range(count):
            second = watch() if watch else number / fps
            share = min(1.0, second / seconds) if watch else number / max(1, count - 1)
            stance = self._motion.at(task.kind, task.id * 10 + second, share)
            if task.kind is TaskKind.FOLLOW:
                stance = gaze.towards(dot(), second - before if watch else 1 / fps, stance)
            before = second
            if base is None:
                pixels = self._face_frame(task, stance, number)
            else:
                pixels = preview_frame(base, self.video, share, (stance.x, stance.y))
            yield Image(with_noise(pixels, self._noise, task.id * 1000 + number))

    def still(self, task: Task, flaw: Flaw | None = None, take: int = 0) -> Image:
        """The still of a fingers task, or the last frame of another; another take is another photo."""
        if task.kind is TaskKind.FINGERS:
            return finger_still(self.person, task, self.photo, self._take(take), flaw).image
        return Image(with_noise(self._face_frame(task, self._motion.at(task.kind, take, 1.0)), self._noise, take))

    def _take(self, take: int) -> int:
        return self._seed * 1000 + take

    def _face_frame(self, task: Task, stance: Stance, number: int = 0) -> np.ndarray:
        if task.kind not in (TaskKind.HAND, TaskKind.COUNT):
            frame = head_frame(self._head, stance, self.video)
            return frame if self.scene is None else before(frame, self._head, stance, self.scene(number))
        # An unmirrored camera sees the right hand on its left, so the head gives way to the right.
        hand = task.hand or Hand.RIGHT
        aside = ASIDE if hand is Hand.RIGHT else -ASIDE
        frame = head_frame(self._head, stance, self.video, aside * stance.hand)
        folded = FOLDED[task.count] if task.kind is TaskKind.COUNT else frozenset()
        add_hand(frame, open_hand(self.person, hand, folded=folded), hand, stance)
        return frame
