"""What a day leaves on a hand: henna, dust, water, cracks, a ring, varnish. None of it is the finger's for life."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.finger_mesh import joints_on_skin, proportions_of
from handfast.finger.synth.marks import wrinkles
from handfast.finger.synth.noise import fractal_noise
from handfast.finger.synth.person import Person
from handfast.finger.synth.skin import ATLAS, COARSE, PX_PER_MM, Skin, skin_of

STAIN = np.array([0.62, 0.32, 0.22], np.float32)  # of full henna: what is left of red, green and blue
DUST = np.array([0.42, 0.31, 0.20], np.float32)  # linear reflectance of dry earth
GOLD = np.array([0.72, 0.53, 0.24], np.float32)
RING_BREADTH = 4.0  # mm
RING_BELOW = 8.0  # mm from the second joint


@dataclass(frozen=True, slots=True)
class Wear:
    """How much of each, 0 (none) to 1 (as much as a working day brings).

    henna     stained tips and lines below them
    dust      earth that fills valleys and creases and dulls the skin
    wet       water that fills valleys and shines in patches
    cracked   dry skin with fine open lines
    rings     fingers that wear one, below the second joint
    nails     how far varnished nails stand out beyond the tips (`nails`)
    """

    henna: float = 0.0
    dust: float = 0.0
    wet: float = 0.0
    cracked: float = 0.0
    rings: frozenset[FingerPosition] = frozenset()
    nails: float = 0.0


def worn_skin(person: Person, position: FingerPosition, wear: Wear, seed: int) -> Skin:
    """The skin of a person's finger on that day; equal seeds are the same day."""
    skin = skin_of(person, position)
    if wear == Wear():
        return skin
    rng = np.random.default_rng([person.seed, int(position), seed, 8])
    joints = joints_on_skin(proportions_of(person, position))
    skin = _cracked(rng, skin, wear.cracked)
    skin = _stained(rng, skin, wear.henna, joints[0] * PX_PER_MM)
    skin = _dusty(rng, skin, wear.dust)
    skin = _wet(rng, skin, wear.wet)
    return _ringed(skin, joints[1]) if position in wear.rings else skin


def _cracked(rng: np.random.Generator, skin: Skin, amount: float) -> Skin:
    lines = np.clip(np.sum([wrinkles(rng, ATLAS) for _ in range(6)], axis=0), 0, 1)
    return replace(skin, relief=np.asarray(skin.relief - np.float32(1.6 * amount) * lines, np.float32))


def _stained(rng: np.random.Generator, skin: Skin, amount: float, joint: float) -> Skin:
    """Full down to about the first joint, then lines round the finger."""
    row = np.arange(ATLAS[0], dtype=np.float32)[:, None] + 6 * fractal_noise(rng, ATLAS, 40, 2)
    tip = np.clip((0.92 * joint - row) / 8, 0, 1)
    lines = (np.abs((row - 1.25 * joint) % 90 - 45) < 7) & (row > 1.1 * joint) & (row < 2.6 * joint)
    stain = np.float32(amount) * _coarse(np.maximum(tip, lines.astype(np.float32)))[..., None]
    return replace(skin, colour=np.ascontiguousarray(skin.colour * STAIN**stain, np.float32))


def _dusty(rng: np.random.Generator, skin: Skin, amount: float) -> Skin:
    cover = np.clip(0.6 + 0.4 * fractal_noise(rng, ATLAS, 60, 3), 0, 1) * np.float32(amount)
    lies = cover * np.clip(0.45 - 0.35 * skin.relief + 0.5 * skin.crease, 0, 1)
    colour = skin.colour + (DUST - skin.colour) * _coarse(lies)[..., None]
    return replace(
        skin,
        relief=np.asarray(skin.relief * (1 - 0.4 * cover), np.float32),
        bead=np.asarray(skin.bead * (1 - 0.8 * cover), np.float32),
        colour=np.ascontiguousarray(colour, np.float32),
    )


def _wet(rng: np.random.Generator, skin: Skin, amount: float) -> Skin:
    film = np.clip(0.5 + 0.6 * fractal_noise(rng, ATLAS, 45, 2), 0, 1) * np.float32(amount)
    return replace(
        skin,
        relief=np.asarray(skin.relief * (1 - 0.5 * film), np.float32),
        bead=np.asarray(skin.bead + 2.5 * film, np.float32),
        colour=np.ascontiguousarray(skin.colour * (1 - 0.15 * _coarse(film)[..., None]), np.float32),
    )


def _ringed(skin: Skin, joint: float) -> Skin:
    middle = (joint + RING_BELOW) * PX_PER_MM
    apart = np.abs(np.arange(ATLAS[0], dtype=np.float32) - middle) / (RING_BREADTH / 2 * PX_PER_MM)
    metal = np.broadcast_to((apart < 1).astype(np.float32)[:, None], ATLAS)
    return replace(
        skin,
        relief=np.asarray(skin.relief * (1 - metal), np.float32),
        bead=np.asarray(skin.bead + 2 * metal, np.float32),
        colour=np.ascontiguousarray(skin.colour + (GOLD - skin.colour) * _coarse(metal)[..., None], np.float32),
    )


def _coarse(plane: Floats) -> Floats:
    """A plane of the atlas at the resolution of the colour texture."""
    size = ATLAS[1] // COARSE, ATLAS[0] // COARSE
    return np.asarray(cv2.resize(np.ascontiguousarray(plane), size, interpolation=cv2.INTER_AREA), np.float32)
