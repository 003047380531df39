"""Contact impressions of a master: placement, skin distortion drawn per touch, partial area, pressure, dirt."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.master import PPI, SHAPE, Master
from handfast.finger.synth.noise import fractal_noise, smooth_noise, thin_plate_shift
from handfast.finger.synth.person import Person
from handfast.finger.synth.skin import master_of


@dataclass(frozen=True, slots=True, eq=False)
class Impression:
    """A contact print, dark ridges on light, 500 ppi.

    mask       (H, W) bool, where the finger touched
    minutiae   (N, 4) float32 inside the mask: x, y, angle (radians from +x towards +y), type
    """

    image: GrayImage
    mask: np.ndarray
    minutiae: Floats


@dataclass(frozen=True, slots=True)
class Placement:
    """From the print's pixels to the master's: turn about the middle, shift, and a smooth distortion."""

    angle: float
    shift: np.ndarray
    map_x: Floats
    map_y: Floats

    def warp(self, texture: Floats) -> Floats:
        """The master's texture as the print shows it; 0 beyond it."""
        warped = cv2.remap(texture, self.map_x, self.map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(warped, np.float32)


def impression(person: Person, position: FingerPosition, seed: int, severity: float = 1.0) -> Impression:
    """One touch of a finger on a sensor; severity scales distortion, partiality and dirt together."""
    master = master_of(person, position)
    rng = np.random.default_rng([seed, person.seed, int(position), 8])
    severity *= float(np.clip(rng.lognormal(-0.1, 0.55), 0.25, 2.2))  # good and bad touches of one finger
    placement = _place(rng, severity)
    height, width = SHAPE
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = width * rng.uniform(0.28, 0.46), height * rng.uniform(0.25, 0.45)
    middle_x = width / 2 + placement.shift[0] + rng.normal(0, 10 * severity)
    middle_y = height / 2 + placement.shift[1] + rng.normal(-8, 18 * severity)
    radius = np.hypot((column - middle_x) / reach[0], (row - middle_y) / reach[1])
    radius = np.asarray(radius + 0.035 * smooth_noise(rng, SHAPE, 60), np.float32)
    mask = (radius < 1) & (placement.warp(np.ones(SHAPE, np.float32)) > 0.99)
    ink = _ink(rng, master, placement, radius, severity) * mask
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 0.9))
    light = rng.uniform(225, 250)
    pixels = light - (light - rng.uniform(20, 80)) * ink + rng.normal(0, 3, SHAPE)
    image = GrayImage(np.clip(pixels, 0, 255).astype(np.uint8), PPI)
    return Impression(image, mask, _minutiae(master, placement, mask))


def _place(rng: np.random.Generator, severity: float) -> Placement:
    height, width = SHAPE
    angle = float(np.clip(rng.normal(0, 0.12 * severity), -0.45, 0.45))
    shift = rng.normal(0, (16 * severity, 20 * severity))
    dy, dx = thin_plate_shift(rng, SHAPE, 3.2 * severity)
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = column - width / 2 - shift[0], row - height / 2 - shift[1]
    map_x = width / 2 + np.cos(angle) * x + np.sin(angle) * y + dx
    map_y = height / 2 - np.sin(angle) * x + np.cos(angle) * y + dy
    return Placement(angle, shift, map_x.astype(np.float32), map_y.astype(np.float32))


def _ink(rng: np.random.Generator, master: Master, placement: Placement, radius: Floats, severity: float) -> np.ndarray:
    """0..1: pressure and moisture shift where a ridge begins; marks, pores and specks break it."""
    level = rng.normal(0.0, 0.22 * severity) + 0.22 * severity * fractal_noise(rng, SHAPE, 90, 3)
    level = level + np.clip(radius - 0.75, 0, 1)
    ridges = np.clip((placement.warp(master.ridges) - level) * rng.uniform(1.1, 2.2), -1, 1)
    ridges = ridges - 1.3 * placement.warp(master.pores) * rng.uniform(0, 1) * (ridges > 0)
    ridges = ridges - 2.0 * placement.warp(master.marks)
    speck = fractal_noise(rng, SHAPE, 3, 2)
    ridges = ridges + 0.28 * severity * speck - 1.2 * (speck > 2.3 / max(severity, 0.3))
    return np.asarray(np.clip((ridges + 1) / 2, 0, 1) * np.clip((1 - radius) * 9, 0, 1), np.float32)


def _minutiae(master: Master, placement: Placement, mask: np.ndarray) -> Floats:
    """The master's minutiae in the print: the placement inverted at each by fixed-point iteration."""
    wanted = np.ascontiguousarray(master.minutiae[:, :2])
    guess = wanted + placement.shift.astype(np.float32)
    for _ in range(12):
        x, y = np.ascontiguousarray(guess[:, :1]), np.ascontiguousarray(guess[:, 1:])
        there = [
            cv2.remap(m, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for m in (placement.map_x, placement.map_y)
        ]
        guess = np.clip(guess + wanted - np.hstack(there), -50, max(SHAPE) + 50)
    column, row = guess.round().astype(int).T
    kept = (column >= 0) & (row >= 0) & (column < SHAPE[1]) & (row < SHAPE[0])
    kept[kept] &= mask[row[kept], column[kept]]
    angle = (master.minutiae[:, 2] + placement.angle) % (2 * np.pi)
    return np.asarray(np.c_[guess, angle, master.minutiae[:, 3]][kept], np.float32)
