"""Similarity transforms between point sets, and the warps they give."""

from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Image
from handfast.imaging.compiled import compiled

Points = NDArray[np.float32]
"""(N, 2): x right, y down, pixels."""

Points64 = NDArray[np.float64]
Affine = NDArray[np.float64]
"""(2, 3): maps (x, y, 1) of one picture to (x, y) of another."""


def similarity(source: Points, target: Points) -> Affine:
    """The rotation, scale and shift that carry `source` onto `target` best, by least squares; never a reflection.

    In complex numbers it is a line through the points: Umeyama 1991 without singular values.
    """
    return _similarity(np.ascontiguousarray(source, np.float64), np.ascontiguousarray(target, np.float64))


@compiled
def _similarity(source: Points64, target: Points64) -> Affine:
    x, y, to_x, to_y = source[:, 0].mean(), source[:, 1].mean(), target[:, 0].mean(), target[:, 1].mean()
    along = across = square = 0.0
    for n in range(len(source)):
        a, b, c, d = source[n, 0] - x, source[n, 1] - y, target[n, 0] - to_x, target[n, 1] - to_y
        along, across, square = along + a * c + b * d, across + a * d - b * c, square + a * a + b * b
    cosine, sine = along / square, across / square
    return np.array([[cosine, -sine, to_x - (cosine * x - sine * y)], [sine, cosine, to_y - (sine * x + cosine * y)]])


def turn_and_scale(centre: tuple[float, float], side: float, angle: float, size: int) -> Affine:
    """Carries the square of `side` px around `centre`, turned by `angle` (radians, +x towards +y), to size x size."""
    across, down = cos(angle) * size / side, sin(angle) * size / side
    x, y = centre
    return np.array(
        [[across, down, size / 2 - across * x - down * y], [-down, across, size / 2 + down * x - across * y]]
    )


def inverse(transform: Affine) -> Affine:
    """The transform that undoes it."""
    (a, b, x), (c, d, y) = transform.tolist()
    size = a * d - b * c
    return np.asarray(np.array([[d, -b, b * y - d * x], [-c, a, c * x - a * y]]) / size)


def apply(transform: Affine, points: Points) -> Points:
    """The points carried over."""
    return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)


def warp(image: Image, transform: Affine, size: tuple[int, int]) -> Image:
    """The picture carried over, (width, height) = size, black beyond its edge."""
    return Image(np.asarray(cv2.warpAffine(image.pixels, transform, size, flags=cv2.INTER_LINEAR), np.uint8))
