"""Portraits of people who agreed to it, as sources of attacks: one a person, coloured where the picture is grey."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from handfast.base.errors import CaptureError, RequestError
from handfast.base.image import Image, Pixels
from handfast.face.observe import FaceObserver
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore

PORTRAIT_WIDTH = 420  # px, to which small portraits are enlarged
SKIN = np.array([1.12, 0.96, 0.84])  # red, green, blue over grey: a grey face made one that could stand before a camera
HANDS = 810_000  # first seed of the hands that go with the portraits
VIDEO = (360, 480)


@dataclass(frozen=True, slots=True)
class Source:
    """One person: a number, and the paths of their portraits."""

    number: int
    paths: tuple[Path, ...]


def sources_in(folder: Path, names: str, *, first: int, count: int) -> tuple[Source, ...]:
    """The portraits of `count` people, from the person at place `first` on. Raises RequestError."""
    pattern, people = re.compile(names), defaultdict[str, list[Path]](list)
    for path in sorted(folder.rglob("*")):
        found = pattern.search(str(path.relative_to(folder)))
        if found and path.is_file():
            people[found["person"]].append(path)
    chosen = [people[name] for name in sorted(people, key=_natural)][first : first + count]
    if not chosen:
        raise RequestError("no portrait fits the pattern; it needs a named group person")
    return tuple(Source(first + number, tuple(paths)) for number, paths in enumerate(chosen))


def actors_of(sources: tuple[Source, ...], models: ModelStore) -> Iterator[tuple[Source, Actor]]:
    """Somebody who can act, from the portrait of each source that looks most straight ahead."""
    observer = FaceObserver(models)
    for source in sources:
        portraits = [Image(_coloured(_enlarged(decode(path.read_bytes()).pixels))) for path in source.paths]
        straight = min(portraits, key=lambda portrait: _turned(observer, portrait))
        yield source, Actor(straight, Person(HANDS + source.number), models, seed=source.number, video=VIDEO)


def _turned(observer: FaceObserver, portrait: Image) -> float:
    try:
        pose = observer.observe(portrait).pose
    except CaptureError:
        return float("inf")
    return abs(pose.yaw) + abs(pose.pitch)


def _natural(name: str) -> tuple[int, str]:
    return (int(name) if name.isdigit() else 0, name)


def _enlarged(pixels: Pixels) -> Pixels:
    scale = max(1.0, PORTRAIT_WIDTH / pixels.shape[1])
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _coloured(pixels: Pixels) -> Pixels:
    grey = bool((pixels[..., 0] == pixels[..., 2]).all())
    return (pixels * SKIN).clip(0, 255).astype(np.uint8) if grey else pixels
