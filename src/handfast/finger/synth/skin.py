"""The skin of one finger as textures over its skin coordinates, and the same for life."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.creases import flexion_creases
from handfast.finger.synth.finger_mesh import joints_on_skin, proportions_of
from handfast.finger.synth.marks import wrinkles
from handfast.finger.synth.master import PPI, SHAPE, Master, make_master
from handfast.finger.synth.noise import fractal_noise, smooth_noise
from handfast.finger.synth.person import Person, Traits, traits_of

PX_PER_MM = PPI / 25.4
ATLAS = (1500, 600)  # rows, columns: 76 x 30 mm at 500 ppi
COARSE = 3  # the colour texture is this many times smaller
TIP_MARGIN = 6  # rows of the master above the apex of the fingertip
KEPT = 12  # skins held in memory, about 12 MB each


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """Textures over (t, s) at 500 ppi, s = 0 in the middle column; colour at a third of that.

    relief   (1500, 600) float32: ridges about 1, valleys -1
    crease   (1500, 600) float32: depth of flexion creases, 0..1
    bead     (1500, 600) float32: how sweat and flakes break up highlights, about 1
    colour   (500, 200, 3) float32: linear reflectance
    """

    relief: Floats
    crease: Floats
    bead: Floats
    colour: Floats


def master_of(person: Person, position: FingerPosition) -> Master:
    """The master print of one of a person's fingers."""
    return make_master(person.seed, position)


@lru_cache(KEPT)
def skin_of(person: Person, position: FingerPosition) -> Skin:
    """The skin of one of a person's fingers."""
    rng = np.random.default_rng([person.seed, int(position), 4])
    traits = traits_of(person)
    relief = _relief(rng, master_of(person, position), traits.roughness)
    crease, around = flexion_creases(rng, joints_on_skin(proportions_of(person, position)), ATLAS, PX_PER_MM)
    bead = np.clip(1 + 0.6 * fractal_noise(rng, ATLAS, 6, 2), 0, 2.5).astype(np.float32)
    return Skin(relief, crease, bead, _colour(rng, traits, around[::COARSE, ::COARSE]))


def _relief(rng: np.random.Generator, master: Master, roughness: float) -> Floats:
    ridges = master.ridges - np.float32(0.9) * master.pores - np.float32(1.5) * master.marks
    wear = np.clip(0.85 + 0.3 * fractal_noise(rng, SHAPE, 70, 3), 0.2, 1.3)
    ridges = ridges * wear + roughness * fractal_noise(rng, SHAPE, 14, 3, 0.8) - 0.8 * wrinkles(rng, SHAPE)
    # A photo sees the mirror image of the print.
    tip = ridges[:, ::-1][TIP_MARGIN:].astype(np.float32)
    rows, pad = len(tip), (ATLAS[1] - SHAPE[1]) // 2
    tip = np.asarray(cv2.copyMakeBorder(tip, 0, 0, pad, pad, cv2.BORDER_REFLECT), np.float32)
    relief = _lower_lines(rng)
    fade = np.clip((rows - 40 - np.arange(rows, dtype=np.float32)) / 60, 0, 1)[:, None]
    relief[:rows] = fade * tip + (1 - fade) * relief[:rows]
    return relief


def _lower_lines(rng: np.random.Generator) -> Floats:
    """Broken, wavy, mostly transverse lines: the skin below the last joint."""
    lines = fractal_noise(rng, ATLAS, (7, 46), 2)
    lines = np.tanh(np.float32(0.9) * (lines - cv2.GaussianBlur(lines, (0, 0), 6)))
    lengthways = np.clip(fractal_noise(rng, ATLAS, (40, 5), 2) - 1.2, 0, 1)
    return np.asarray(0.5 * lines - 0.5 * lengthways, np.float32)


def _colour(rng: np.random.Generator, traits: Traits, around_creases: Floats) -> Floats:
    """Tone with blotches, blood in the tip, and darker skin around the creases."""
    shape = around_creases.shape[0], around_creases.shape[1]
    blotch = 1 + 0.055 * fractal_noise(rng, shape, 50, 4) + 0.015 * fractal_noise(rng, shape, 3, 2)
    t, s = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) * np.float32(COARSE / PX_PER_MM)
    s -= np.float32(ATLAS[1] / 2 / PX_PER_MM)
    blood = np.exp(-(((t - rng.uniform(6, 11)) / 7) ** 2) - ((s + rng.normal(0, 2)) / 6) ** 2)
    blood = traits.flush * blood * (1 + 0.3 * smooth_noise(rng, shape, 20)) + 0.04 * fractal_noise(rng, shape, 37, 2)
    blood = np.clip(blood, -0.1, 0.5)
    planes = [
        traits.tone[0] * blotch * (1 - 0.10 * blood) * (1 - 0.06 * around_creases),
        traits.tone[1] * blotch**1.35 * (1 - 1.00 * blood) * (1 - 0.14 * around_creases),
        traits.tone[2] * blotch**1.35 * (1 - 0.85 * blood) * (1 - 0.15 * around_creases),
    ]
    return np.ascontiguousarray(np.stack(planes, -1), np.float32)
