"""What a finger carries besides its ridges, for life: pores, creases, scars, fine wrinkles."""

import cv2
import numpy as np

from handfast.finger.synth.compiled import Floats


def pores(rng: np.random.Generator, ridges: Floats) -> Floats:
    """Sweat pores as small dots 0..1 on the ridge centres; (H, W)."""
    score = np.where(ridges > 0.85, rng.random(ridges.shape, dtype=np.float32), np.float32(0))
    peaks = (score == cv2.dilate(score, np.ones((9, 9), np.uint8))) & (score > 0)
    dots = np.zeros_like(ridges)
    dots[peaks] = rng.uniform(0.5, 1.0, int(peaks.sum()))
    return np.asarray(np.clip(cv2.GaussianBlur(dots, (0, 0), 1.0) * 5.5, 0, 1), np.float32)


def creases_and_scars(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """1 where a crease or scar interrupts the ridges, 0 elsewhere; (H, W)."""
    marks = np.zeros(shape, np.float32)
    height, width = shape
    for _ in range(rng.poisson(1.6)):
        start = (rng.uniform(0, width), rng.uniform(0.1, 1) * height)
        along = np.linspace(-1, 1, 12) * rng.uniform(25, 110)
        bow = rng.normal(0, 0.0015) * along**2
        _draw(marks, start, rng.normal(0, 0.5), along, bow, float(rng.uniform(0.3, 0.8)))
    if rng.random() < 0.12:  # a scar: wider, cuts everything
        first = rng.uniform(0.25, 0.75, 2) * (width, height)
        last = first + rng.normal(0, 55, 2)
        ends = [(int(p[0]), int(p[1])) for p in (first, last)]
        cv2.line(marks, ends[0], ends[1], 1.0, int(rng.integers(3, 6)), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(marks, (0, 0), 0.8), np.float32)


def wrinkles(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Fine lines 0..1 that cross the ridges of the pad, mostly slanting; (H, W)."""
    lines = np.zeros(shape, np.float32)
    for _ in range(rng.poisson(7)):
        start = (rng.uniform(0, shape[1]), rng.uniform(0.25, 1) * shape[0])
        along = np.linspace(-1, 1, 14) * rng.uniform(15, 80)
        bend = np.cumsum(rng.normal(0, 0.9, 14))
        _draw(lines, start, rng.normal(0, 0.8), along, bend, float(rng.uniform(0.3, 1)))
    return np.asarray(cv2.GaussianBlur(lines, (0, 0), 0.9) * 1.8, np.float32)


def _draw(
    canvas: Floats, start: tuple[float, float], angle: float, along: np.ndarray, aside: np.ndarray, depth: float
) -> None:
    x = start[0] + along * np.cos(angle) - aside * np.sin(angle)
    y = start[1] + along * np.sin(angle) + aside * np.cos(angle)
    cv2.polylines(canvas, [np.stack([x, y], 1).round().astype(np.int32)], False, depth, 1, cv2.LINE_AA)  # noqa: FBT003
