"""Flexion creases across the joints: a few strong lines, several weak ones, darker skin around them."""

import numpy as np

from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.noise import smooth_noise

STRONG = ((1, 1, 2), (2, 2, 3))  # numbers to draw from, last joint then middle joint
WEAK = (3, 7)
EXTENT = (1.2, 2.4)  # mm along the finger


def flexion_creases(
    rng: np.random.Generator, joints: tuple[float, float], shape: tuple[int, int], px_per_mm: float
) -> tuple[Floats, Floats]:
    """Depth of the lines 0..1, and a broad surrounding 0..1, both (H, W); joints in mm from the top."""
    lines, around = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for joint, numbers, weak, extent in zip(joints, STRONG, WEAK, EXTENT, strict=True):
        top = max(0, int((joint - 4 * extent - 3) * px_per_mm))
        band = slice(top, min(shape[0], int((joint + 4 * extent + 3) * px_per_mm)))
        row = np.arange(band.start, band.stop, dtype=np.float32)[:, None] / np.float32(px_per_mm) - np.float32(joint)
        strong = int(rng.choice(numbers))
        for number in range(strong + weak):
            main = number < strong
            centre = (number - (strong - 1) / 2) * rng.uniform(1.2, 2.2) if main else rng.normal(0, extent)
            gap = row - np.float32(centre) - _course(rng, shape[1])[None]
            line = _strength(rng, shape[1], main)[None] * np.exp(-((gap / _width(rng, shape[1], main)[None]) ** 2))
            lines[band] = np.maximum(lines[band], line)
            if main:
                around[band] = np.maximum(around[band], np.exp(-((gap / (0.9 * extent)) ** 2)))
    return lines, around


def _wave(rng: np.random.Generator, columns: int, cell: float) -> Floats:
    return np.asarray(smooth_noise(rng, (4, columns), (4, cell))[1], np.float32)


def _course(rng: np.random.Generator, columns: int) -> Floats:
    """How far a line strays along the finger, mm; (columns,)."""
    side = np.linspace(-1, 1, columns, dtype=np.float32)
    course = 0.45 * _wave(rng, columns, 130) + 0.15 * _wave(rng, columns, 30) + rng.normal(0, 0.8) * side**2
    return np.asarray(course, np.float32)


def _width(rng: np.random.Generator, columns: int, main: bool) -> Floats:
    base = rng.uniform(0.22, 0.42) if main else rng.uniform(0.10, 0.22)
    return np.asarray(np.maximum(base * (1 + 0.3 * _wave(rng, columns, 60)), 0.08), np.float32)


def _strength(rng: np.random.Generator, columns: int, main: bool) -> Floats:
    if main:
        return np.asarray(np.clip(0.8 + 0.3 * _wave(rng, columns, 80), 0.15, 1.1), np.float32)
    return np.asarray(0.55 * np.clip(0.3 + 0.7 * _wave(rng, columns, 70), 0, 1), np.float32)
