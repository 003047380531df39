"""Rooms behind people, and light upon them, on which a passive cue must not cry out. Drawn."""

from collections.abc import Callable

import cv2
import numpy as np

from handfast.base.image import Pixels

ROOM = 40  # px that a scene is larger than a frame on every side
SHAKE = 5.0  # px of the frame, by which a phone in a hand moves the room
FPS = 5.0
READ = 0.025  # seconds in which a phone reads the rows of a frame
MAINS = 100.0  # pulses a second of a lamp on the mains


def canvas(size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A wall: light from a side, and a little of its plaster."""
    wide, tall = size[0] + 2 * ROOM, size[1] + 2 * ROOM
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, tall))
    base = rng.uniform(110, 190) + rng.uniform(-25, 25) * x + rng.uniform(-25, 25) * y
    plaster = cv2.GaussianBlur(rng.normal(0, 25, (tall, wide)), (0, 0), 3)
    tint = rng.uniform(0.92, 1.04, 3)
    return ((base + plaster)[..., None] * tint).clip(0, 255).astype(np.uint8)


def stripes(wall: Pixels, rng: np.random.Generator) -> Pixels:
    """Wallpaper."""
    period = rng.uniform(7, 26)
    wave = (np.arange(wall.shape[1]) % period) < period / 2
    return np.where(wave[None, :, None], wall, (wall * 0.75).astype(np.uint8)).astype(np.uint8)


def blinds(wall: Pixels, rng: np.random.Generator) -> Pixels:
    """A window with blinds behind the head, bright."""
    out, period = wall.copy(), rng.uniform(4, 9)
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(wall.shape[0]) / period)
    left, right = 60, wall.shape[1] - 60
    out[40:380, left:right] = (150 + 100 * wave[40:380, None, None]).astype(np.uint8)
    cv2.rectangle(out, (left, 40), (right, 380), (235, 235, 230), 6)
    return out


def door(wall: Pixels, rng: np.random.Generator) -> Pixels:
    """A door's frame on both sides of the head, and its lintel."""
    out = wall.copy()
    left, right, top = (
        int(rng.uniform(60, 110)),
        int(rng.uniform(wall.shape[1] - 110, wall.shape[1] - 60)),
        int(rng.uniform(45, 75)),
    )
    cv2.rectangle(out, (left, top), (right, wall.shape[0]), tuple(int(v) for v in rng.uniform(40, 110, 3)), -1)
    cv2.rectangle(out, (left, top), (right, wall.shape[0] + 20), (225, 222, 215), 8)
    return out


def picture(wall: Pixels, rng: np.random.Generator) -> Pixels:
    """A dark framed picture, mirror or television right behind the head."""
    out = wall.copy()
    left, top, foot = int(rng.uniform(60, 90)), int(rng.uniform(55, 80)), int(rng.uniform(390, 450))
    cv2.rectangle(out, (left, top), (wall.shape[1] - left, foot), (190, 195, 200), -1)
    cv2.rectangle(out, (left, top), (wall.shape[1] - left, foot), (22, 20, 18), 9)
    return out


def shelf(wall: Pixels, rng: np.random.Generator) -> Pixels:
    """Books."""
    out = wall.copy()
    for row in range(0, wall.shape[0], 95):
        x = 0
        while x < wall.shape[1]:
            step = int(rng.uniform(8, 22))
            cv2.rectangle(
                out, (x, row + 12), (x + step - 1, row + 88), tuple(int(v) for v in rng.uniform(20, 220, 3)), -1
            )
            x += step
        cv2.rectangle(out, (0, row + 88), (wall.shape[1], row + 95), (95, 70, 45), -1)
    return out


def plain(wall: Pixels, _: np.random.Generator) -> Pixels:
    """The wall alone."""
    return wall


def scene(
    draw: Callable[[Pixels, np.random.Generator], Pixels], size: tuple[int, int], seed: int, shake: float = SHAKE
) -> Callable[[int], Pixels]:
    """The room by number of the frame; a phone in a hand shakes it."""
    rng = np.random.default_rng([seed, 31])
    room = cv2.GaussianBlur(draw(canvas(size, rng), rng), (0, 0), 0.7)
    phase, pace = rng.uniform(0, 6.3, (2, 3)), rng.uniform(0.8, 1.4, (2, 3)) * np.array([1.0, 2.3, 4.1])

    def at(number: int) -> Pixels:
        x, y = ROOM + shake * (np.sin(pace * number / FPS + phase) @ np.array([0.6, 0.3, 0.1]))
        part = cv2.getRectSubPix(room, size, (x + size[0] / 2, y + size[1] / 2))
        return np.asarray(part, np.uint8)

    return at


def countered(frame: Pixels, top: float) -> Pixels:
    """The edge of a counter before the body, from `top` px down."""
    out = frame.copy()
    cv2.rectangle(out, (0, round(top)), (frame.shape[1], frame.shape[0]), (92, 74, 58), -1)
    cv2.rectangle(out, (0, round(top)), (frame.shape[1], round(top) + 5), (170, 160, 150), -1)
    return out


def flicker(frame: Pixels, number: int, rng: np.random.Generator, pulses: float, depth: float) -> Pixels:
    """Rows read one after another under a pulsing lamp."""
    rows = np.arange(frame.shape[0]) / frame.shape[0] * READ + number / FPS + rng.uniform(0, 0.01)
    return (frame * (1 + depth * np.cos(2 * np.pi * pulses * rows))[:, None, None]).clip(0, 255).astype(np.uint8)


def beautified(frame: Pixels) -> Pixels:
    """A filter of the phone's that smooths skin and noise away."""
    return np.asarray(cv2.bilateralFilter(frame, 7, 28, 5), np.uint8)


def with_pulse(frame: Pixels, at: float, rate: float, depth: float = 0.005) -> Pixels:
    """The blood's pulse in all that has the colour of skin: most in green (Wang et al. 2017), `depth` of it."""
    beat = 1 + depth * np.sin(2 * np.pi * rate * at) * np.array([0.43, 1.0, 0.69])
    dither = np.random.default_rng(int(at * 1000)).random(frame.shape, np.float32)
    return (frame * beat.astype(np.float32) + dither).clip(0, 255).astype(np.uint8)
