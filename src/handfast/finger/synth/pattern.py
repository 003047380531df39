"""Pattern classes and ridge direction.

The zero-pole model (Sherlock & Monro 1993) with corrections round each pole (Vizcaya & Gerhardt 1996).
Inside this module the plane has y up and its origin in the middle of the print.
"""

from enum import StrEnum

import numpy as np

from handfast.base.modality import FingerPosition, Hand
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.noise import fractal_noise


class PatternClass(StrEnum):
    """Henry classes; a left loop opens to the left of the contact print."""

    ARCH = "arch"
    TENTED_ARCH = "tented-arch"
    LEFT_LOOP = "left-loop"
    RIGHT_LOOP = "right-loop"
    WHORL = "whorl"
    TWIN_LOOP = "twin-loop"


NATURAL_FREQUENCY = {
    PatternClass.ARCH: 0.037,
    PatternClass.TENTED_ARCH: 0.029,
    PatternClass.LEFT_LOOP: 0.338,
    PatternClass.RIGHT_LOOP: 0.317,
    PatternClass.WHORL: 0.200,
    PatternClass.TWIN_LOOP: 0.079,
}
LOOPS = (PatternClass.LEFT_LOOP, PatternClass.RIGHT_LOOP)
ULNAR_SHARE_INDEX, ULNAR_SHARE_OTHERS = 0.65, 0.95  # loops that open towards the little finger


def draw_class(rng: np.random.Generator, position: FingerPosition) -> PatternClass:
    """A class by its natural frequency; loops mostly open towards the little finger."""
    drawn = rng.choice(len(NATURAL_FREQUENCY), p=np.array(list(NATURAL_FREQUENCY.values())))
    pattern = list(NATURAL_FREQUENCY)[int(drawn)]
    if pattern not in LOOPS or position.hand is None:
        return pattern
    index = position in (FingerPosition.LEFT_INDEX, FingerPosition.RIGHT_INDEX)
    ulnar = rng.random() < (ULNAR_SHARE_INDEX if index else ULNAR_SHARE_OTHERS)
    return PatternClass.LEFT_LOOP if ulnar == (position.hand is Hand.LEFT) else PatternClass.RIGHT_LOOP


def ridge_direction(rng: np.random.Generator, pattern: PatternClass, shape: tuple[int, int]) -> Floats:
    """Ridge direction per pixel in radians from +x towards -y (anticlockwise on screen), not wrapped; (H, W)."""
    height, width = shape
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    plane = (column - width / 2) + 1j * (height / 2 - row)
    across, towards_tip = plane.real / width, plane.imag / height
    cores, deltas = _singular_points(rng, pattern, width, height)
    direction = np.zeros(shape, np.float32)
    for turn, points in ((0.5, cores), (-0.5, deltas)):
        for point in points:
            direction += turn * _corrected_angle(rng, plane - point)
    strength = {PatternClass.ARCH: 0.0, PatternClass.TENTED_ARCH: 0.35}.get(pattern, 0.55) * rng.uniform(0.8, 1.2)
    direction -= strength * np.tanh(2.6 * across) / (1 + np.exp(-(towards_tip + 0.10) / 0.10))
    if pattern is PatternClass.ARCH:
        direction -= _arch(rng, across, towards_tip)
    return direction + np.float32(0.06) * fractal_noise(rng, shape, 120, 2)


def _corrected_angle(rng: np.random.Generator, offset: np.ndarray) -> np.ndarray:
    """The angle around a singular point, bent by a random piecewise-linear correction."""
    angle = np.angle(offset)
    bend = rng.normal(0, 0.16, 9)
    bend[-1] = bend[0]  # no jump where the angle wraps
    return np.asarray(angle + np.interp(angle, np.linspace(-np.pi, np.pi, 9), bend), np.float32)


def _arch(rng: np.random.Generator, across: np.ndarray, towards_tip: np.ndarray) -> np.ndarray:
    hump = rng.uniform(0.8, 1.2) * np.exp(-(((towards_tip + 0.02) / 0.20) ** 2))
    hump = hump + 0.75 / (1 + np.exp(-(towards_tip - 0.10) / 0.08))
    phase = np.clip(2.2 * np.pi * (across - rng.normal(0, 0.02)), -np.pi * 0.75, np.pi * 0.75)
    return np.asarray(np.arctan(hump * np.sin(phase)), np.float32)


def _singular_points(
    rng: np.random.Generator, pattern: PatternClass, width: int, height: int
) -> tuple[list[complex], list[complex]]:
    """Cores and deltas as complex numbers."""
    core = complex(rng.normal(0, 0.03 * width), 0.06 * height + rng.normal(0, 0.02 * height))
    if pattern is PatternClass.ARCH:
        return [], []
    if pattern is PatternClass.TENTED_ARCH:
        core = complex(rng.normal(0, 0.02 * width), rng.normal(0, 0.03 * height))
        return [core], [core - 1j * rng.uniform(0.10, 0.18) * height + rng.normal(0, 5)]
    if pattern in LOOPS:
        side = 1 if pattern is PatternClass.LEFT_LOOP else -1
        return [core], [core + side * rng.uniform(0.19, 0.32) * width - 1j * rng.uniform(0.17, 0.30) * height]
    if pattern is PatternClass.WHORL:
        gap, tilt = rng.uniform(0.02, 0.10) * height, rng.normal(0, 0.25)
    else:
        gap, tilt = rng.uniform(0.13, 0.20) * height, rng.choice([-1, 1]) * rng.uniform(0.4, 0.9)
    axis = 1j * np.exp(1j * tilt)
    left, right = rng.uniform(0.24, 0.36, 2) * width
    drop_left, drop_right = rng.uniform(0.17, 0.27, 2) * height
    deltas = [core - left - 1j * drop_left, core + right - 1j * drop_right]
    return [core + axis * gap / 2, core - axis * gap / 2], deltas
