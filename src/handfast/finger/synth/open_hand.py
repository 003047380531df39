"""A picture of a synthetic person's open hand, palm to the camera, cut out of its background."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from handfast.base.modality import Hand
from handfast.finger.synth.compiled import Bytes, Floats
from handfast.finger.synth.hand_bones import FLESH, WEBBING, HandBones, hand_bones
from handfast.finger.synth.hand_march import march
from handfast.finger.synth.noise import fractal_noise
from handfast.finger.synth.palm_lines import palm_lines
from handfast.finger.synth.person import Person, traits_of

FRAME = (-78.0, 146.0, 94.0, -150.0)  # left, top, right, bottom in mm for a hand of size 1
LIGHT = (0.35, 0.45, 0.82)
AMBIENT = 0.42
GAMMA = 2.2
KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class OpenHand:
    """pixels (H, W, 4) uint8: red, green, blue and coverage; landmarks (21, 2) px in MediaPipe's order; px a mm."""

    pixels: Bytes
    landmarks: Floats
    px_per_mm: float


@lru_cache(KEPT)
def open_hand(
    person: Person,
    hand: Hand,
    px_per_mm: float = 2.0,
    tone: tuple[float, float, float] | None = None,
    spread: float = 0.8,
    folded: frozenset[int] = frozenset(),
) -> OpenHand:
    """The person's open hand; tone (linear red, green, blue) overrides the person's own; folded digits, 0 the thumb."""
    traits = traits_of(person)
    rng = np.random.default_rng([person.seed, hand is Hand.RIGHT, 9])
    shape = hand_bones(rng, traits.size, spread, folded)
    surface = _surface(shape, traits.size, px_per_mm)
    colour = _skin(rng, shape, surface, tone or traits.tone, traits.flush)
    light = np.array(LIGHT) / np.linalg.norm(LIGHT)
    lit = np.clip(surface[..., 3:6] @ light.astype(np.float32), 0, 1)
    level = AMBIENT * (0.35 + 0.65 * surface[..., 6]) * (0.7 + 0.3 * surface[..., 5]) + (1 - AMBIENT) * lit
    # Light that has travelled under the skin is red: edges and shadows keep more of it.
    under = level[..., None] ** np.array([0.80, 1.0, 1.05], np.float32)
    shown = np.clip(colour * under * 1.15, 0, 1) ** (1 / GAMMA) * 255
    pixels = np.dstack([shown, surface[..., 0] * 255]).round().astype(np.uint8)
    landmarks = _to_pixels(shape.landmarks[:, :2], traits.size, px_per_mm)
    if hand is Hand.LEFT:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        landmarks[:, 0] = pixels.shape[1] - 1 - landmarks[:, 0]
    pixels.setflags(write=False)
    return OpenHand(pixels, landmarks, px_per_mm)


def _surface(shape: HandBones, size: float, px_per_mm: float) -> Floats:
    left, top, right, bottom = (edge * size for edge in FRAME)
    rows, columns = round((top - bottom) * px_per_mm), round((right - left) * px_per_mm)
    surface = np.zeros((rows, columns, 7), np.float32)
    frame = np.array([left, top, px_per_mm])
    march(shape.bones, FLESH * np.sqrt(size), WEBBING * np.sqrt(size), frame, surface)
    return surface


def _to_pixels(points: np.ndarray, size: float, px_per_mm: float) -> Floats:
    left, top = FRAME[0] * size, FRAME[1] * size
    return np.asarray(np.c_[points[:, 0] - left, top - points[:, 1]] * px_per_mm - 0.5, np.float32)


def _skin(
    rng: np.random.Generator, shape: HandBones, surface: Floats, tone: tuple[float, float, float], flush: float
) -> Floats:
    """Reflectance (H, W, 3): blotches, red fingertips and mounds, darker lines."""
    rows, columns = surface.shape[:2]
    blotch = 1 + 0.04 * fractal_noise(rng, (rows, columns), 40, 4) + 0.015 * fractal_noise(rng, (rows, columns), 4, 2)
    x, y = surface[..., 1], surface[..., 2]
    blood = np.zeros((rows, columns), np.float32)
    warm = [*shape.landmarks[[4, 8, 12, 16, 20], :2], shape.landmarks[2, :2] * 0.75, np.array([-24.0, -22.0])]
    for (cx, cy), reach in zip(warm, (9, 8, 8, 8, 7, 18, 16), strict=True):
        blood += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2.0 * reach**2))
    blood *= np.float32(0.10 + flush * 0.5)
    lines = palm_lines(rng, shape.landmarks, x, y)
    reflect = np.array(tone, np.float32) * blotch[..., None]
    reflect = reflect * (1 - np.array([0.05, 0.55, 0.45], np.float32) * blood[..., None])
    reflect = reflect * (1 - np.array([0.30, 0.46, 0.46], np.float32) * lines[..., None])
    return np.asarray(cv2.GaussianBlur(reflect, (0, 0), 0.6), np.float32)
