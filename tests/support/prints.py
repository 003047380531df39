"""Prints made of minutiae alone: scattered at random, moved rigidly, thinned and shaken."""

from math import cos, sin, tau

import numpy as np

from handfast.finger.types import Minutiae


def scattered(seed: int, count: int = 40, width: int = 300, height: int = 400) -> Minutiae:
    """A print of `count` minutiae at least 9 px apart, as far as they find room."""
    rng = np.random.default_rng(seed)
    places: list[tuple[float, float]] = []
    for x, y in zip(rng.uniform(5, width - 5, 40 * count), rng.uniform(5, height - 5, 40 * count), strict=True):
        if len(places) < count and all((x - a) ** 2 + (y - b) ** 2 >= 81 for a, b in places):
            places.append((float(x), float(y)))
    x, y = np.array(places).reshape(-1, 2).T
    return Minutiae(
        width=width,
        height=height,
        x=x.copy(),
        y=y.copy(),
        angle=rng.uniform(0, tau, len(x)),
        type=rng.integers(1, 3, len(x)).astype(np.uint8),
        quality=rng.uniform(30, 100, len(x)),
    )


def moved(minutiae: Minutiae, turn: float, shift: tuple[float, float]) -> Minutiae:
    """The print turned from +x towards +y about the origin, then shifted."""
    x = cos(turn) * minutiae.x - sin(turn) * minutiae.y + shift[0]
    y = sin(turn) * minutiae.x + cos(turn) * minutiae.y + shift[1]
    angle = (minutiae.angle + turn) % tau
    return Minutiae(minutiae.width, minutiae.height, x, y, angle, minutiae.type, minutiae.quality)


def scaled(minutiae: Minutiae, factor: float) -> Minutiae:
    """The print as large by this factor."""
    x, y = minutiae.x * factor, minutiae.y * factor
    width, height = round(minutiae.width * factor), round(minutiae.height * factor)
    return Minutiae(width, height, x, y, minutiae.angle, minutiae.type, minutiae.quality)


def mirrored(minutiae: Minutiae) -> Minutiae:
    """The print as its mirror image, left and right exchanged."""
    x = minutiae.width - 1 - minutiae.x
    angle = (tau / 2 - minutiae.angle) % tau
    return Minutiae(minutiae.width, minutiae.height, x, minutiae.y, angle, minutiae.type, minutiae.quality)


def another_touch(minutiae: Minutiae, seed: int, kept: float = 0.8, shake: float = 1.5) -> Minutiae:
    """The same finger again: some minutiae missing, the rest displaced by a Gaussian of `shake` px and 5 degrees."""
    rng = np.random.default_rng(seed)
    seen = minutiae.take(rng.random(len(minutiae)) < kept)
    return Minutiae(
        width=seen.width,
        height=seen.height,
        x=seen.x + rng.normal(0, shake, len(seen)),
        y=seen.y + rng.normal(0, shake, len(seen)),
        angle=(seen.angle + rng.normal(0, tau / 72, len(seen))) % tau,
        type=seen.type,
        quality=seen.quality,
    )
