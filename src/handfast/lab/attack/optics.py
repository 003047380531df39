"""What paper and screens do to a picture before a camera sees it again. Simulated; the amplitudes are guesses."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels


@dataclass(frozen=True, slots=True)
class PrintOptics:
    """A photo on paper: white border (share of the width), ink gamut, halftone."""

    border: float = 0.05
    darkest: float = 28.0
    brightest: float = 228.0
    saturation: float = 0.85
    halftone: float = 5.0  # grey levels
    pitch: float = 3.1  # px of the picture


@dataclass(frozen=True, slots=True)
class ScreenOptics:
    """A picture on a screen: black bezel (share of the width), gamut, grid of pixels against the sensor's, a lamp."""

    bezel: float = 0.06
    darkest: float = 12.0
    brightest: float = 245.0
    blue: float = 1.07
    moire: float = 9.0  # grey levels
    glare: float = 60.0  # grey levels at its middle


def on_paper(picture: Pixels, rng: np.random.Generator, p: PrintOptics = PrintOptics()) -> Pixels:
    """The picture as printed."""
    height, width = picture.shape[:2]
    grey = picture.mean(2, keepdims=True)
    inked = grey + (picture - grey) * p.saturation
    inked = p.darkest + inked * ((p.brightest - p.darkest) / 255)
    x, y = _axes(width, height)
    angle = rng.uniform(0.2, 1.3)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    dots = np.cos(2 * np.pi * u / p.pitch) * np.cos(2 * np.pi * v / p.pitch)
    printed = (inked + p.halftone * dots[..., None]).clip(0, 255).astype(np.uint8)
    return _framed(printed, round(p.border * width), 238)


def on_screen(picture: Pixels, rng: np.random.Generator, p: ScreenOptics = ScreenOptics()) -> Pixels:
    """The picture as a screen shows it and a sensor samples it."""
    height, width = picture.shape[:2]
    gain = np.array([1.0, 1.0, p.blue], np.float32) * np.float32((p.brightest - p.darkest) / 255)
    shown = np.float32(p.darkest) + picture * gain
    x, y = _axes(width, height)
    waves = np.stack([_wave(x, y, rng) for _ in range(3)], -1)
    across, down = x - rng.uniform(0, width), y - rng.uniform(0, height)
    lamp = np.exp(-(across**2 + down**2) / (0.2 * width) ** 2)
    lit = shown + p.moire * waves + p.glare * lamp[..., None]
    return _framed(lit.clip(0, 255).astype(np.uint8), round(p.bezel * width), 14)


def _wave(x: NDArray[np.float32], y: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The slow beat of two fine grids, in one colour."""
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 22)
    along = x * np.cos(angle) + y * np.sin(angle)
    return np.asarray(np.cos(2 * np.pi * along / period + rng.uniform(0, 6.3)), np.float32)


def _axes(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


def _framed(picture: Pixels, border: int, level: int) -> Pixels:
    framed = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_CONSTANT, value=(level,) * 3)
    return np.asarray(framed, np.uint8)
