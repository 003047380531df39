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
    """The rotation, scale and shift that carry `source` onto `target` best (Umeyama 1991); never a reflection."""
    source_mean, target_mean = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    a, b = source - source_mean, target - target_mean
    u, singular, vt = np.linalg.svd(b.T @ a / len(a))
    signs = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = (u * signs) @ vt
    scale = float(singular @ signs) / float((a**2).sum() / len(a))
    return np.column_stack([scale * rotation, target_mean - scale * rotation @ source_mean])


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
