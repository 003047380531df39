"""Everything that varies between two photos of one hand."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from handfast.base.modality import FingerPosition
from handfast.finger.synth.four_fingers import HandPose
from handfast.finger.synth.wear import Wear


class Background(StrEnum):
    """What stands behind the hand."""

    WALL = "wall"
    CONCRETE = "concrete"
    WOOD = "wood"
    CLOTH = "cloth"
    CLUTTER = "clutter"
    DARK = "dark"
    DESK = "desk"
    SKIN = "skin"


ANYWHERE = (
    Background.WALL,
    Background.CONCRETE,
    Background.WOOD,
    Background.CLOTH,
    Background.CLUTTER,
    Background.DARK,
)
"""What unguided photos are drawn on."""


@dataclass(frozen=True, slots=True)
class Light:
    """direction towards the light (scene axes); key: share of directed light; gloss; display level of the skin 0..1."""

    direction: tuple[float, float, float] = (-0.3, 0.5, 0.8)
    key: float = 0.75
    gloss: float = 0.10
    exposure: float = 0.55
    warmth: float = 0.0


@dataclass(frozen=True, slots=True)
class Lens:
    """Blur and noise of the camera.

    defocus   deviation of the blur, pixels
    motion    length of the smear, pixels
    noise     deviation of the sensor noise in linear light
    jpeg      quality of the compression, 1..100
    """

    defocus: float = 0.8
    motion: float = 0.0
    noise: float = 0.004
    jpeg: int = 92


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo of four fingers. The defaults are what a guided capture gives.

    size       width and height, pixels
    ppi        at the fingertips
    distance   from the lens, mm
    tips_at    middle of the four tips, as a share of width and height
    groove     darkening of the valleys between ridges
    relief     slope of the ridges as the light sees it
    missing    fingers that are not there
    wear       what is on the skin that day
    """

    seed: int
    size: tuple[int, int] = (1536, 2048)
    ppi: float = 450.0
    distance: float = 150.0
    tips_at: tuple[float, float] = (0.5, 0.36)
    pose: HandPose = field(default_factory=HandPose)
    light: Light = field(default_factory=Light)
    lens: Lens = field(default_factory=Lens)
    groove: float = 0.06
    relief: float = 0.06
    background: Background = Background.WALL
    missing: frozenset[FingerPosition] = frozenset()
    wear: Wear = field(default_factory=Wear)


def guided_shot(seed: int, **fixed: Any) -> Shot:
    """A sharp, upright photo such as the page's guidance brings about; named fields of Shot override."""
    rng = np.random.default_rng([seed, 5])
    shot = Shot(
        seed=seed,
        ppi=rng.uniform(430, 470),
        distance=rng.uniform(135, 170),
        tips_at=(rng.uniform(0.48, 0.52), rng.uniform(0.33, 0.39)),
        pose=HandPose(rng.normal(0, 4), rng.normal(0, 3), rng.normal(0, 2.5), rng.uniform(-0.35, -0.15), 0.5),
        light=Light((rng.uniform(-0.5, 0.5), rng.uniform(0.2, 0.6), 0.8), rng.uniform(0.6, 0.8), rng.uniform(0, 0.12)),
        lens=Lens(rng.uniform(0.6, 0.9), noise=rng.uniform(0.002, 0.006)),
        groove=rng.uniform(0.05, 0.09),
        relief=rng.uniform(0.05, 0.09),
        background=(Background.WALL, Background.CLOTH)[int(rng.integers(2))],
    )
    return replace(shot, **fixed)


def unguided_shot(seed: int, **fixed: Any) -> Shot:
    """A photo as taken without guidance: any light, background, tilt and focus; named fields of Shot override."""
    rng = np.random.default_rng([seed, 6])
    angle, height = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.9)
    aside = float(np.sqrt(1 - height**2))
    chance = np.array([0.16] * 5 + [0.2])
    shot = Shot(
        seed=seed,
        ppi=rng.uniform(350, 480),
        distance=rng.uniform(110, 180),
        tips_at=(rng.uniform(0.44, 0.56), rng.uniform(0.28, 0.44)),
        pose=HandPose(
            rng.uniform(-18, 18),
            rng.uniform(-15, 15),
            rng.uniform(-12, 12),
            float(np.clip(rng.normal(-0.1, 0.15), -0.4, 0.5)),
        ),
        light=Light(
            (aside * float(np.cos(angle)), aside * float(np.sin(angle)), height),
            rng.uniform(0.35, 0.85),
            rng.uniform(0.0, 0.30),
            float(np.clip(rng.normal(0.58, 0.14), 0.25, 0.95)),
            rng.normal(0, 0.06),
        ),
        lens=Lens(
            float(0.4 + rng.gamma(3.0, 0.22)),
            float(rng.choice([0, rng.uniform(1, 7)], p=[0.6, 0.4])),
            rng.uniform(0.002, 0.014),
            int(rng.integers(78, 97)),
        ),
        groove=float(np.clip(rng.lognormal(-2.95, 0.45), 0.012, 0.13)),
        relief=float(np.clip(rng.lognormal(-2.95, 0.45), 0.012, 0.13)),
        background=ANYWHERE[int(rng.choice(len(ANYWHERE), p=chance))],
    )
    return replace(shot, **fixed)
