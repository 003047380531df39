"""A synthetic person: a seed, and the traits of body and skin that follow from it."""

from dataclasses import dataclass

import numpy as np

# Skin reflectance in linear red, green, blue, from light to dark.
TONES = np.array(
    [[0.74, 0.46, 0.35], [0.68, 0.41, 0.28], [0.60, 0.345, 0.22], [0.50, 0.27, 0.165], [0.40, 0.205, 0.13]]
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist. Equal seeds are the same person, in every process.

    tone   skin reflectance instead of the seed's own, linear red, green, blue
    """

    seed: int
    tone: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What all fingers of a person share.

    size        times the average hand
    tone        skin reflectance, linear red, green, blue
    roughness   of the skin at the scale of the ridges, 0..1
    flush       redness of the fingertips, 0..1
    """

    size: float
    tone: tuple[float, float, float]
    roughness: float
    flush: float


def traits_of(person: Person) -> Traits:
    """The traits of a person."""
    rng = np.random.default_rng([person.seed, 2])
    size = float(np.clip(rng.normal(1.0, 0.06), 0.85, 1.15))
    place = rng.uniform(0, len(TONES) - 1)
    low = min(int(place), len(TONES) - 2)
    tone = (TONES[low] + (place - low) * (TONES[low + 1] - TONES[low])) * rng.normal(1, 0.04, 3)
    red, green, blue = (float(value) for value in tone)
    return Traits(size, person.tone or (red, green, blue), rng.uniform(0.2, 0.5), rng.uniform(0.03, 0.25))
