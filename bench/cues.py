"""Draws people in rooms that resemble attacks, and attacks, for `handfast lab cues`. Simulated: no rate of the product.

    .venv/bin/python bench/cues.py --sources DIR --names 's(?P<person>\\d+)/' --first 0 --count 14 --out OUT
    .venv/bin/python bench/cues.py --sources DIR --names 's(?P<person>\\d+)/' --first 20 --count 14 --out OUT
    .venv/bin/handfast lab cues OUT

Each attempt is one following of the dot, 22 frames at 5 a second. Screens are drawn from their geometry
(lab/attack/grid.py) and, for comparison, as the attack kit guesses them (lab/attack/optics.py).
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from cue_scenes import (
    FPS,
    MAINS,
    beautified,
    blinds,
    countered,
    door,
    flicker,
    picture,
    plain,
    scene,
    shelf,
    stripes,
    with_pulse,
)

from handfast.base.image import Image, Pixels
from handfast.base.settings import Settings
from handfast.capture.challenge import Aim, Camera, Task, TaskKind
from handfast.face.observe import FaceObserver
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor
from handfast.lab.actor.motion import Motion
from handfast.lab.attack.grid import drawn_optics, screen_held
from handfast.lab.attack.kinds import Attacker, Kind
from handfast.lab.attack.recording import Recording
from handfast.lab.attack.sheet import Sheet
from handfast.lab.attack.sources import actors_of, sources_in
from handfast.lab.cues.measure import SIMULATED, measured, read, write
from handfast.models.store import ModelStore

FRAMES = 22
ROOMS = {"plain": plain, "stripes": stripes, "blinds": blinds, "door": door, "picture": picture, "shelf": shelf}
SIZE = (360, 480)
SENT = 74  # quality of the page's JPEG


def path(rng: np.random.Generator) -> tuple[Aim, ...]:
    return tuple(list(Aim)[n] for n in rng.permutation(8)[:4])


def task(places: tuple[Aim, ...]) -> Task:
    return Task(1, TaskKind.FOLLOW, Camera.FRONT, None, (), 0, 0, 30, path=places)


def dot(places: tuple[Aim, ...]) -> Callable[[], Aim | None]:
    count = iter(range(10_000))

    def at() -> Aim | None:
        second = next(count) / FPS - 0.6
        return None if second < 0 else places[min(len(places) - 1, int(second / 1.1))]

    return at


def film(actor: Actor, places: tuple[Aim, ...]) -> Iterator[Image]:
    return actor.frames(task(places), FRAMES / FPS, FPS, dot(places))


def live(actor: Actor, room: Callable[[int], Pixels] | None, rng: np.random.Generator) -> Iterator[Pixels]:
    """A person who follows a dot, with a pulse."""
    actor.scene, rate = room, rng.uniform(0.9, 1.6)
    for number, frame in enumerate(film(actor, path(rng))):
        yield with_pulse(frame.pixels, number / FPS, rate)


def people(actor: Actor, rng: np.random.Generator, seed: int) -> Iterator[tuple[str, Iterator[Pixels]]]:
    """As they are, before every room and in every light."""
    for name, draw in ROOMS.items():
        yield f"bona-fide-{name}", live(actor, scene(draw, SIZE, seed), rng)
    yield "bona-fide-denoised", denoised(live(actor, scene(shelf, SIZE, seed, shake=0.0), rng))
    for name, pulses, depth in (("mains", MAINS, 0.12), ("led", rng.uniform(600, 1200), 0.08)):
        frames = live(actor, scene(door, SIZE, seed), rng)
        yield f"bona-fide-{name}", (flicker(f, n, rng, pulses, depth) for n, f in enumerate(frames))


def at_a_counter(actor: Actor, rng: np.random.Generator, seed: int) -> Iterator[tuple[str, Iterator[Pixels]]]:
    """In a door's frame, behind a counter: lines on all four sides of the face, of things that are really there."""
    room = scene(door, SIZE, seed)
    foot = rng.uniform(0.86, 0.94) * SIZE[1]
    yield (
        "bona-fide-counter",
        (countered(frame, foot + 2 * np.sin(n)) for n, frame in enumerate(live(actor, room, rng))),
    )


def attacks(actor: Actor, rng: np.random.Generator, seed: int) -> Iterator[tuple[str, Iterator[Pixels]]]:
    """What is held before the camera, and what takes its place."""
    asked, theirs = path(rng), scene(list(ROOMS.values())[int(rng.integers(len(ROOMS)))], SIZE, seed + 50)
    tape = [Image(frame) for frame in live(actor, theirs, rng)]
    loop = {kind: tape[: FRAMES // 2 if kind is Kind.RETIMED else FRAMES] for kind in Kind}
    rooms = {
        kind: scene(list(ROOMS.values())[int(rng.integers(len(ROOMS)))], SIZE, seed + n) for n, kind in enumerate(Kind)
    }
    for kind in (Kind.PRINT, Kind.BENT_PRINT, Kind.PHONE, Kind.RECORDED, Kind.RETIMED):
        actor.scene = theirs
        attacker = Attacker(kind, actor, Recording((task(()),), (tuple(loop[kind]),)), seed, scene=rooms[kind])
        name = f"{kind}-as-the-kit" if kind is Kind.PHONE else kind.value
        yield (
            name,
            (
                f.pixels
                for f in islice(attacker.frames(task(asked), FRAMES / FPS, FPS, dot(asked)), FRAMES)
                if isinstance(f, Image)
            ),
        )
    yield "phone-replay", screen((f.pixels for f in tape), rooms[Kind.PHONE], rng, seed, phone=True)
    yield "monitor-replay", screen((f.pixels for f in tape), rooms[Kind.MONITOR], rng, seed, phone=False)
    yield "driven-monitor", screen(live(actor, theirs, rng), rooms[Kind.MONITOR], rng, seed, phone=False)
    yield "recorded-and-scaled", (scaled(f.pixels) for f in tape)
    actor._noise, actor.scene = np.zeros_like(actor._noise), lambda _: theirs(0)  # no sensor
    yield "warped-still", (f.pixels for f in film(actor, asked))


def screen(
    shown: Iterator[Pixels], room: Callable[[int], Pixels], rng: np.random.Generator, seed: int, *, phone: bool
) -> Iterator[Pixels]:
    optics = drawn_optics(rng, phone=phone)
    sheet = Sheet(share=0.95 if phone else rng.uniform(1.3, 2.0), tilt=0.5)
    motion, border = Motion(seed + 5), 14
    for number, frame in enumerate(shown):
        bezel = cv2.copyMakeBorder(frame, border, border, border, border, cv2.BORDER_CONSTANT, value=(14, 14, 14))
        stance = motion.at(TaskKind.LOOK, number / FPS, 0.0)
        seen = screen_held(np.asarray(bezel, np.uint8), sheet, stance, room(number), optics, rng.uniform())
        yield (
            (seen + np.float32(2.2) * rng.standard_normal(seen.shape, np.float32)).round().clip(0, 255).astype(np.uint8)
        )


def scaled(frame: Pixels) -> Pixels:
    """A film of twice the size, compressed as films are, made small by the page."""
    large = cv2.resize(frame, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return np.asarray(
        cv2.resize(decode(jpeg(Image(np.asarray(large, np.uint8)), 80)).pixels, SIZE, interpolation=cv2.INTER_AREA),
        np.uint8,
    )


def denoised(frames: Iterator[Pixels]) -> Iterator[Pixels]:
    """What phones do against noise: what has not moved is mixed with what was there before."""
    before: np.ndarray | None = None
    for frame in frames:
        now = beautified(frame).astype(np.float32)
        if before is not None:
            still = np.abs(cv2.blur(now - before, (5, 5))).max(axis=2, keepdims=True) < 4
            now = np.where(still, 0.2 * now + 0.8 * before, now)
        before = now
        yield now.round().astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--names", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=14)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    store = ModelStore(Settings.from_environment().models_dir)
    chosen = sources_in(arguments.sources, arguments.names, first=arguments.first, count=arguments.count)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / SIMULATED).touch()
    kept = arguments.out / "cues.csv"
    attempts = list(read(kept)) if kept.is_file() else []
    for source, actor in actors_of(chosen, store):
        rng = np.random.default_rng([source.number, 41])
        drawn = [people(actor, rng, 100 * source.number), attacks(actor, rng, 100 * source.number)]
        drawn.insert(0, at_a_counter(actor, np.random.default_rng([source.number, 42]), 100 * source.number))
        for kinds in drawn:
            for kind, frames in kinds:
                folder = arguments.out / kind / f"{source.number:03d}-1"
                folder.mkdir(parents=True, exist_ok=True)
                for number, frame in enumerate(frames):
                    (folder / f"{round(1000 * number / FPS):06d}.jpg").write_bytes(jpeg(Image(frame), SENT))
        attempts += measured(arguments.out, FaceObserver(store), f"{source.number:03d}-*")
        write(attempts, kept)
        print(source.number, flush=True)


if __name__ == "__main__":
    main()
