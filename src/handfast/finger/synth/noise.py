"""Smooth random fields and random thin-plate warps (Bookstein 1989), driven by a numpy generator."""

import cv2
import numpy as np

from handfast.finger.synth.compiled import Floats

Cell = float | tuple[float, float]


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cell: Cell) -> Floats:
    """Normal noise whose features are about `cell` pixels wide, or (down, across) pixels; (H, W)."""
    down, across = cell if isinstance(cell, tuple) else (cell, cell)
    rows, columns = max(3, int(shape[0] / down) + 3), max(3, int(shape[1] / across) + 3)
    grid = rng.standard_normal((rows, columns), dtype=np.float32)
    return np.asarray(cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def fractal_noise(
    rng: np.random.Generator, shape: tuple[int, int], cell: Cell, octaves: int = 4, gain: float = 0.5
) -> Floats:
    """Octaves of smooth noise, the first with features of `cell` pixels, scaled to unit deviation; (H, W)."""
    down, across = cell if isinstance(cell, tuple) else (cell, cell)
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        fine = (max(1.0, down / 2**octave), max(1.0, across / 2**octave))
        total += np.float32(gain**octave) * smooth_noise(rng, shape, fine)
    return total / np.float32(total.std() + 1e-6)


def thin_plate_shift(
    rng: np.random.Generator, shape: tuple[int, int], amplitude: float, nodes: int = 4
) -> tuple[Floats, Floats]:
    """A smooth displacement (dy, dx) in pixels, each (H, W), from a jittered grid of shifted control points."""
    height, width = shape
    rows, columns = np.meshgrid(np.linspace(0, height, nodes), np.linspace(0, width, nodes), indexing="ij")
    points = np.stack([rows.ravel(), columns.ravel()], 1) + rng.normal(0, 0.05 * min(shape), (nodes * nodes, 2))
    shifts = rng.normal(0, amplitude, points.shape)
    count = len(points)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _thin_plate(points, points) + np.eye(count) * 1e-3
    system[:count, count:] = np.c_[np.ones(count), points]
    system[count:, :count] = system[:count, count:].T
    weights = np.linalg.solve(system, np.r_[shifts, np.zeros((3, 2))])
    # A coarse grid every 8 px is enough: node i of it lies at pixel 8 i.
    step = 8
    rows, columns = np.meshgrid(np.arange(0, height + step, step), np.arange(0, width + step, step), indexing="ij")
    query = np.stack([rows.ravel(), columns.ravel()], 1).astype(float)
    coarse = _thin_plate(query, points) @ weights[:count] + np.c_[np.ones(len(query)), query] @ weights[count:]
    field = coarse.reshape(*rows.shape, 2).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(step)
    dy = cv2.remap(np.ascontiguousarray(field[..., 0]), x, y, cv2.INTER_LINEAR)
    dx = cv2.remap(np.ascontiguousarray(field[..., 1]), x, y, cv2.INTER_LINEAR)
    return np.asarray(dy, np.float32), np.asarray(dx, np.float32)


def _thin_plate(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squared = ((a[:, None] - b[None]) ** 2).sum(2)
    return np.asarray(squared * np.log(squared + 1e-9))
