"""A finger's lifelong ridge pattern (a master fingerprint), wholly determined by its seed."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.growth import PERIOD_RANGE, grow_ridges
from handfast.finger.synth.marks import creases_and_scars, pores
from handfast.finger.synth.noise import smooth_noise
from handfast.finger.synth.pattern import PatternClass, draw_class, ridge_direction
from handfast.finger.synth.skeleton import minutiae_of

PPI = 500
SHAPE = (520, 440)  # rows, columns: 26 x 22 mm
KEPT = 32  # masters held in memory, about 3 MB each


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """A finger as a contact print shows it (a photo is its mirror image), at 500 ppi.

    ridges     (H, W) float32, ridges 1, valleys -1
    pores      (H, W) float32, 0..1
    marks      (H, W) float32, 1 where a crease or scar interrupts the ridges
    minutiae   (N, 4) float32: x, y, angle (radians from +x towards +y), type (0 ending, 1 bifurcation)
    """

    seed: int
    pattern: PatternClass
    ridges: Floats
    pores: Floats
    marks: Floats
    minutiae: Floats


@lru_cache(KEPT)
def make_master(seed: int, position: FingerPosition = FingerPosition.UNKNOWN) -> Master:
    """The master of one finger; the same seed and position give the same finger."""
    rng = np.random.default_rng([seed, int(position), 1])
    pattern = draw_class(rng, position)
    direction = ridge_direction(rng, pattern, SHAPE)
    period = _period(rng, rng.uniform(8.2, 9.6))
    ridges = grow_ridges(rng, direction, period)
    return Master(
        seed=seed,
        pattern=pattern,
        ridges=ridges,
        pores=pores(rng, ridges),
        marks=creases_and_scars(rng, SHAPE),
        minutiae=minutiae_of(ridges),
    )


def _period(rng: np.random.Generator, base: float) -> Floats:
    """Ridge period in pixels, varying smoothly, wider towards the joint."""
    down = np.linspace(-0.5, 0.5, SHAPE[0], dtype=np.float32)[:, None]
    period = base * (1 + 0.12 * np.clip(down, 0, 1)) * (1 + 0.05 * smooth_noise(rng, SHAPE, 130))
    return np.asarray(np.clip(period, *PERIOD_RANGE), np.float32)
