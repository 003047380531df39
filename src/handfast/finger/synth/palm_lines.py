"""The lines of an open palm: heart, head and life line, and the creases at the fingers' joints."""

from itertools import pairwise

import numpy as np

from handfast.finger.synth.compiled import Floats

# Control points in mm, x towards the thumb, for a hand of size 1.
HEART = ((-37.0, 12.0), (-20.0, 15.0), (-2.0, 20.0), (14.0, 31.0))
HEAD = ((38.0, 18.0), (20.0, 12.0), (0.0, 1.0), (-22.0, -10.0))
LIFE = ((38.0, 17.0), (16.0, 9.0), (4.0, -16.0), (9.0, -44.0))
WRIST_LINES = (((-24.0, -62.0), (0.0, -60.0), (24.0, -62.0)), ((-24.0, -67.0), (0.0, -66.0), (24.0, -67.0)))


def palm_lines(rng: np.random.Generator, landmarks: np.ndarray, x: Floats, y: Floats) -> Floats:
    """How deep in a line each point (x, y in mm) lies, 0..1; landmarks (21, 3) of the hand in mm."""
    depth = np.zeros_like(x)
    for line, width, strength in ((HEART, 0.9, 0.9), (HEAD, 0.9, 0.85), (LIFE, 1.1, 1.0)):
        _draw(depth, x, y, _curve(np.array(line) + rng.normal(0, 1.5, (4, 2))), width, strength)
    for crease in WRIST_LINES:
        _draw(depth, x, y, _curve(np.array(crease)), 0.8, 0.7)
    for _ in range(6):  # faint lines of the palm
        start = rng.uniform((-25, -35), (20, 20))
        end = start + rng.normal(0, 14, 2)
        _draw(depth, x, y, np.linspace(start, end, 8), 0.6, 0.35)
    for digit in range(5):
        _digit_creases(rng, depth, landmarks[1 + 4 * digit : 5 + 4 * digit, :2], x, y, digit == 0)
    return depth


def _digit_creases(
    rng: np.random.Generator, depth: Floats, joints: np.ndarray, x: Floats, y: Floats, thumb: bool
) -> None:
    """Creases across a digit at its base and joints."""
    base = joints[0] + (joints[1] - joints[0]) * 0.46
    places = [(joints[1], joints[2], 8.0), (joints[2], joints[3], 7.0)]
    if not thumb:
        places.append((base, joints[1], 9.0))
    for place, following, half in places:
        along = (following - place) / np.linalg.norm(following - place)
        across = np.array([-along[1], along[0]])
        for offset in (-0.8, 0.8):
            centre = place + along * (offset + rng.normal(0, 0.2))
            ends = np.linspace(-half, half, 7)[:, None] * across
            sag = (np.linspace(-1, 1, 7) ** 2)[:, None] * along * rng.normal(0.6, 0.3)
            _draw(depth, x, y, centre + ends + sag, 0.7, 0.8)


def _curve(points: np.ndarray) -> np.ndarray:
    """(24, 2) points of a smooth curve near control points: a Bezier curve."""
    t = np.linspace(0, 1, 24)[:, None, None]
    level = np.repeat(points[None], 24, 0)
    while level.shape[1] > 1:
        level = level[:, :-1] * (1 - t) + level[:, 1:] * t
    return np.asarray(level[:, 0])


def _draw(depth: Floats, x: Floats, y: Floats, path: np.ndarray, width: float, strength: float) -> None:
    """Deepen `depth` near a path of points in mm, in place."""
    low, high = path.min(0) - 4 * width, path.max(0) + 4 * width
    near = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])
    px, py = x[near], y[near]
    nearest = np.full(px.shape, 1e9, np.float32)
    for start, end in pairwise(path):
        step = end - start
        along = ((px - start[0]) * step[0] + (py - start[1]) * step[1]) / (step @ step + 1e-9)
        along = np.clip(along, 0, 1)
        squared = (px - start[0] - along * step[0]) ** 2 + (py - start[1] - along * step[1]) ** 2
        nearest = np.minimum(nearest, squared)
    depth[near] = np.maximum(depth[near], strength * np.exp(-nearest / width**2))
