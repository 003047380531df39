"""A screen before a camera, from its geometry: the grid of coloured stripes as lens and sensor let it through.

Each of red, green and blue is a stripe a third of a pixel broad. Of the grid the first harmonic is drawn, weakened by
lens and sensor as its frequency asks (a Gaussian of the lens, the breadth of a sensor's pixel), and sampled where the
sensor samples: what is finer than that turns into moire by itself. How sharp phones are is guessed. Simulated.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.lab.actor.motion import Stance
from handfast.lab.attack.sheet import Sheet, corners

FINER = 2  # times as many pixels across as the frame: what the phone reads, before the page makes it smaller
STRIPE, ROW = 1 / 3, 0.85  # of a screen's pixel, that lights


@dataclass(frozen=True, slots=True)
class GridOptics:
    """A screen and a camera.

    across    pixels of the screen, left to right
    lens      px of the picture that is read, standard deviation of what a point becomes
    pixel     of its px, the breadth that gathers light: 1 where all of the sensor is used, less where rows are skipped
    bands     depth of the bands that its pulsed light makes in rows read one after another
    pulses    of that light while a frame is read
    gain      light of the screen against the room's
    """

    across: int = 1440
    lens: float = 0.35
    pixel: float = 1.0
    bands: float = 0.0
    pulses: float = 6.0
    gain: float = 0.95


def drawn_optics(rng: np.random.Generator, *, phone: bool) -> GridOptics:
    """Some screen before some camera."""
    across = int(rng.choice([1080, 1170, 1440] if phone else [1920, 2560, 3840]))
    lens, pixel = rng.uniform(0.12, 0.45), rng.uniform(0.4, 1.0)
    return GridOptics(across, lens, pixel, bands=rng.uniform(0, 0.15 if phone else 0.03), pulses=rng.uniform(2, 12))


def screen_held(picture: Pixels, sheet: Sheet, stance: Stance, ground: Pixels, p: GridOptics, phase: float) -> Pixels:
    """The frame (H, W, 3) with a flat screen before the ground; phase 0..1 of its bands."""
    height, width = ground.shape[:2]
    fine = (width * FINER, height * FINER)
    tall, wide = picture.shape[:2]
    there = (corners((wide, tall), sheet, stance, (width, height)) + 0.5) * FINER - 0.5
    own = np.array([[0, 0], [wide, 0], [0, tall], [wide, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(own, there.astype(np.float32))
    shown = cv2.warpPerspective(picture, matrix, fine, flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = cv2.warpPerspective(np.full((tall, wide), 255, np.uint8), matrix, fine, flags=cv2.INTER_LINEAR)
    u, v = _places(np.linalg.inv(matrix).astype(np.float32), fine, p.across / wide)
    rows = 1 + p.bands * np.cos(2 * np.pi * (p.pulses * np.arange(fine[1]) / fine[1] + phase))
    lit = shown * grid(u, v, p) * (p.gain * rows[:, None, None]).astype(np.float32)
    behind = cv2.resize(ground, fine, interpolation=cv2.INTER_LINEAR)
    share = cover[..., None].astype(np.float32) / 255
    seen = (behind + (lit - behind) * share).clip(0, 255)
    return np.asarray(cv2.resize(seen.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def grid(u: NDArray[np.float32], v: NDArray[np.float32], p: GridOptics) -> NDArray[np.float32]:
    """(H, W, 3) light of the grid over its mean, where the screen's pixel (u, v) falls on each that is read."""
    across = np.float32(2 * np.sinc(STRIPE) * passed(_fineness(u), p))
    down = np.float32(2 * np.sinc(ROW) * passed(_fineness(v), p))
    rows = 1 + down * np.cos(np.float32(2 * np.pi) * v)
    turned = np.float32(2 * np.pi) * u
    one, other = across * rows * np.cos(turned), across * rows * np.sin(turned)
    out = np.empty((*u.shape, 3), np.float32)
    for stripe, (c, s) in enumerate(((1.0, 0.0), (-0.5, np.sqrt(0.75)), (-0.5, -np.sqrt(0.75)))):
        out[..., stripe] = rows + np.float32(c) * one + np.float32(s) * other
    return out


def passed(frequency: float, p: GridOptics) -> float:
    """How much of a wave of so many cycles a px is left by lens and sensor."""
    return float(np.sinc(p.pixel * frequency) * np.exp(-2 * (np.pi * p.lens * frequency) ** 2))


def _fineness(places: NDArray[np.float32]) -> float:
    """Cycles a px, as they are in the middle of the picture."""
    row, column = places.shape[0] // 2, places.shape[1] // 2
    middle = places[row : row + 2, column : column + 2].astype(np.float64)
    return float(np.hypot(middle[1, 0] - middle[0, 0], middle[0, 1] - middle[0, 0]))


def _places(
    back: NDArray[np.float32], size: tuple[int, int], scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The screen's pixel under each of the sensor's."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    a, b, c = back
    below = c[0] * x + c[1] * y + c[2]
    return (a[0] * x + a[1] * y + a[2]) / below * np.float32(scale), (b[0] * x + b[1] * y + b[2]) / below * np.float32(
        scale
    )
