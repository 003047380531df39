"""What stands behind a hand, in linear light; built small and enlarged, since it is out of focus anyway."""

from collections.abc import Callable

import cv2
import numpy as np

from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.noise import fractal_noise, smooth_noise
from handfast.finger.synth.shot import Background

SHRINK = 3
NEAR = (
    Background.WALL,
    Background.CLOTH,
    Background.WOOD,
    Background.DESK,
    Background.SKIN,
)  # near enough to take a shadow

Rng = np.random.Generator
Shape = tuple[int, int]
Tone = tuple[float, float, float]


def draw_background(rng: Rng, kind: Background, size: tuple[int, int], tone: Tone) -> Floats:
    """(H, W, 3) float32 linear red, green, blue for a picture of (width, height); tone: of the skin before it."""
    small = (max(8, size[1] // SHRINK), max(8, size[0] // SHRINK))
    if kind in (Background.CLUTTER, Background.DARK):
        picture = _clutter(rng, small) * (0.10 if kind is Background.DARK else 1.0)
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(2, 10)), np.float32)
    elif kind is Background.SKIN:
        picture = np.asarray(cv2.GaussianBlur(_skin(rng, small, tone), (0, 0), rng.uniform(1, 4)), np.float32)
    else:
        value, tint = _PLAIN[kind](rng, small, rng.uniform(0.25, 0.75))
        picture = np.asarray(value[..., None] * tint, np.float32)
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 2.5)), np.float32)
        picture *= (1 + np.float32(0.15) * smooth_noise(rng, small, 500))[..., None]
    return np.asarray(cv2.resize(np.clip(picture, 0, 1), size, interpolation=cv2.INTER_LINEAR), np.float32)


def _wall(rng: Rng, shape: Shape, base: float) -> tuple[Floats, np.ndarray]:
    value = base * (1 + 0.12 * smooth_noise(rng, shape, 300) + 0.012 * fractal_noise(rng, shape, 4, 2))
    return np.asarray(value, np.float32), 1 + rng.normal(0, 0.05, 3)


def _concrete(rng: Rng, shape: Shape, base: float) -> tuple[Floats, np.ndarray]:
    grain = rng.standard_normal(shape, dtype=np.float32)
    value = np.asarray(base * (1 + 0.05 * fractal_noise(rng, shape, 120, 6, 0.7) + 0.03 * grain), np.float32)
    if rng.random() < 0.6:  # a joint between two slabs
        point, angle = rng.uniform(0, 1, 2) * (shape[1], shape[0]), rng.uniform(0, np.pi)
        reach = 2000 * np.array([np.cos(angle), np.sin(angle)])
        first, last = (point - reach).astype(int), (point + reach).astype(int)
        start, end = (int(first[0]), int(first[1])), (int(last[0]), int(last[1]))
        cv2.line(value, start, end, base * 0.55, int(rng.integers(2, 6)), cv2.LINE_AA)
    return value, 1 + rng.normal(0, 0.05, 3)


def _wood(rng: Rng, shape: Shape, base: float) -> tuple[Floats, np.ndarray]:
    across = rng.random() < 0.5
    grain_shape = (shape[1], shape[0]) if across else shape
    grain = fractal_noise(rng, grain_shape, (9, 240), 4)
    grain = grain + 2 * np.sin(5 * fractal_noise(rng, grain_shape, (50, 400), 2))
    value = np.asarray(base * (0.75 + 0.07 * grain), np.float32)
    return value.T if across else value, np.array([1.1, 0.68, 0.38]) * rng.normal(1, 0.08, 3)


def _cloth(rng: Rng, shape: Shape, base: float) -> tuple[Floats, np.ndarray]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    turn, angle = np.float32(2 * np.pi / rng.uniform(4, 8)), rng.uniform(0, np.pi)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    weave = 2.2 * np.sin(turn * (x * c + y * s)) * np.sin(turn * (y * c - x * s))
    value = base * 0.7 * (1 + 0.10 * weave + 0.22 * smooth_noise(rng, shape, 160))
    return np.asarray(value, np.float32), rng.uniform(0.25, 1.0, 3)


def _desk(rng: Rng, shape: Shape, base: float) -> tuple[Floats, np.ndarray]:
    """Pale laminate with a sheet of paper on it."""
    value = (0.6 + 0.4 * base) * (
        1 + 0.04 * fractal_noise(rng, shape, (6, 90), 4) + 0.05 * smooth_noise(rng, shape, 200)
    )
    corner, turn = rng.uniform(-0.2, 0.8, 2) * (shape[1], shape[0]), float(rng.uniform(-35, 35))
    sheet = np.zeros(shape, np.float32)
    paper = cv2.boxPoints(((float(corner[0]), float(corner[1])), (0.7 * shape[1], 0.55 * shape[0]), turn))
    cv2.fillPoly(sheet, [paper.astype(np.int32)], 1.0)
    tint = np.array([0.95, 0.78, 0.58]) * rng.normal(1, 0.05, 3)
    whiter = sheet[..., None] * (0.9 / tint - 1) + 1
    return np.asarray(value, np.float32), np.asarray(tint * whiter, np.float32)


def _skin(rng: Rng, shape: Shape, tone: Tone) -> Floats:
    """A wall in the colour of the very skin before it, as bright as skin or a little darker."""
    value = rng.uniform(0.6, 0.95) * (
        1 + 0.06 * smooth_noise(rng, shape, 300) + 0.015 * fractal_noise(rng, shape, 4, 2)
    )
    return np.asarray(value[..., None] * (np.array(tone) * rng.normal(1, 0.03, 3)), np.float32)


def _clutter(rng: Rng, shape: Shape) -> Floats:
    colour = rng.uniform(0.1, 0.5) * (1 + rng.normal(0, 0.12, 3))
    picture = np.ones((*shape, 3), np.float32) * colour.astype(np.float32)
    for _ in range(rng.integers(14, 40)):
        paint = tuple(float(c) for c in rng.gamma(1.5, 0.2) * (1 + rng.normal(0, 0.22, 3)))
        x, y = rng.uniform(0, 1, 2) * (shape[1], shape[0])
        long, short = rng.gamma(2, 0.06, 2) * shape[1] + 4
        turn = float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            cv2.ellipse(picture, (int(x), int(y)), (int(long), int(short)), turn, 0, 360, paint, -1)
        else:
            corners = cv2.boxPoints(((float(x), float(y)), (float(long * 2), float(short)), turn))
            cv2.fillPoly(picture, [corners.astype(np.int32)], paint)
    return picture * (1 + np.float32(0.10) * fractal_noise(rng, shape, 30, 4))[..., None]


_PLAIN: dict[Background, Callable[[Rng, Shape, float], tuple[Floats, np.ndarray]]] = {
    Background.WALL: _wall,
    Background.CONCRETE: _concrete,
    Background.WOOD: _wood,
    Background.CLOTH: _cloth,
    Background.DESK: _desk,
}
