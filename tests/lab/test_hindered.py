"""People who move little before a slow camera, or wear glasses in poor light, get through the live challenge."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from handfast.base.image import Image
from handfast.capture.challenge import Task
from handfast.capture.sight import LiveEyes
from handfast.face.engine import FaceEngine
from handfast.finger.engine import FingerEngine
from handfast.finger.hand.open_hand import HandObserver
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor, motion
from handfast.lab.attack import play
from handfast.lab.attack.kinds import Attacker, Dot, Kind, Shown
from handfast.lab.attack.play import Player, Trial
from handfast.lab.attack.recording import Recording
from handfast.lab.attack.run import Drawn
from handfast.models.store import ModelStore

pytestmark = [pytest.mark.models, pytest.mark.campaign]


@pytest.fixture(scope="module")
def eyes(models_dir: Path) -> LiveEyes:
    models = ModelStore(models_dir)
    return LiveEyes(FaceEngine(models), FingerEngine(models), HandObserver(models))


@dataclass(frozen=True, slots=True, eq=False)
class InPoorLight(Attacker):
    """Less than a third of the light, and twice the noise."""

    def frames(self, task: Task, seconds: float, fps: float, dot: Dot) -> Iterator[Shown]:
        noise = np.random.default_rng(1)
        for frame in Attacker.frames(self, task, seconds, fps, dot):
            assert isinstance(frame, Image)
            dim = frame.pixels * 0.3 + noise.normal(0, 4.0, frame.pixels.shape)
            yield Image(dim.clip(0, 255).astype(np.uint8))


def with_glasses(eyes: LiveEyes, portrait: Image) -> Image:
    """Dark frames, a lamp in each lens."""
    face, pixels = eyes.face.observer.observe(portrait).face, portrait.pixels.copy()
    apart, dark = face.eye_distance, (26, 21, 18)
    thick = max(2, round(0.06 * apart))
    for x, y in face.landmarks[:2].astype(int).tolist():
        cv2.ellipse(pixels, (x, y), (round(0.4 * apart), round(0.3 * apart)), 0, 0, 360, dark, thick)
        lamp = (x - round(0.15 * apart), y - round(0.1 * apart))
        cv2.ellipse(pixels, lamp, (round(0.1 * apart), round(0.05 * apart)), 30, 0, 360, (238, 236, 232), -1)
    return Image(pixels)


def played(eyes: LiveEyes, person: Attacker) -> Trial:
    return Player(eyes, Drawn(4)).play(person)


def acting(models_dir: Path, portrait: Image) -> Actor:
    return Actor(portrait, Person(3), ModelStore(models_dir), seed=1, video=(360, 480))


def portrait(models_dir: Path) -> Image:
    return decode((models_dir / "portraits" / "person_b_1.jpg").read_bytes())


def test_who_moves_little_before_a_slow_camera_gets_through(
    eyes: LiveEyes, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(motion, "GAZE", {aim: (0.7 * yaw, 0.7 * pitch) for aim, (yaw, pitch) in motion.GAZE.items()})
    monkeypatch.setattr(motion, "TURN", 0.8 * motion.TURN)
    monkeypatch.setattr(motion, "NOD", 0.7 * motion.NOD)
    monkeypatch.setattr(play, "FPS", 3.0)
    person = Attacker(Kind.BONA_FIDE, acting(models_dir, portrait(models_dir)), Recording((), ()), seed=1)
    assert played(eyes, person).followed


def test_who_wears_glasses_in_poor_light_gets_through(eyes: LiveEyes, models_dir: Path) -> None:
    actor = acting(models_dir, with_glasses(eyes, portrait(models_dir)))
    assert played(eyes, InPoorLight(Kind.BONA_FIDE, actor, Recording((), ()), seed=1)).followed
