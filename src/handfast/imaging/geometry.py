"""Similarity transforms between point sets, and the warps they give."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image

Points = NDArray[np.float32]
"""(N, 2): x right, y down, pixels."""

Affine = NDArray[np.float64]
"""(2, 3): maps (x, y, 1) of one picture to (x, y) of another."""


def similarity(source: Points, target: Points) -> Affine:
    """The rotation, scale and shift that carry `source` onto `target` best, by least squares; never a reflection.

    In complex numbers it is a line through the points: Umeyama 1991 without singular values.
    """
    before, after = (np.ascontiguousarray(points, np.float64).view(np.complex128)[:, 0] for points in (source, target))
    centre, there = before.mean(), after.mean()
    before = before - centre
    turn = complex(np.vdot(before, after - there) / np.vdot(before, before).real)
    shift = there - turn * centre
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def turn_and_scale(centre: tuple[float, float], side: float, angle: float, size: int) -> Affine:
    """Carries the square of `side` px around `centre`, turned by `angle` (radians, +x towards +y), to size x size."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, sin], [-sin, cos]]) * (size / side)
    return np.column_stack([matrix, np.array([size / 2, size / 2]) - matrix @ np.array(centre)])


def inverse(transform: Affine) -> Affine:
    """The transform that undoes it."""
    matrix = np.linalg.inv(transform[:, :2])
    return np.column_stack([matrix, -matrix @ transform[:, 2]])


def apply(transform: Affine, points: Points) -> Points:
    """The points carried over."""
    return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)


def warp(image: Image, transform: Affine, size: tuple[int, int]) -> Image:
    """The picture carried over, (width, height) = size, black beyond its edge."""
    return Image(np.asarray(cv2.warpAffine(image.pixels, transform, size, flags=cv2.INTER_LINEAR), np.uint8))
