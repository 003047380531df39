"""The chain that one would write first, to compare with: Otsu, lobes, the period by FFT, minutiae, cylinders, no gate.

Skin is what is redder than Otsu's threshold; fingers are the four highest peaks of its upper edge; a print is the
upright rectangle under a peak, brought to a period of 9 px by the strongest frequency of its middle, with its
contrast equalised. Minutiae are LEADER's, as the engine's are, so that what differs is the way there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from scipy.signal import find_peaks

from handfast.base.image import GrayImage, Image, Pixels
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.finger.comparison.prints import Prints, prepare
from handfast.finger.comparison.relaxation import relaxed_scores
from handfast.finger.comparison.similarity import likely_pairs
from handfast.finger.ridges.minutiae import MinutiaExtractor

SMALL_SIDE = 504
FINGERS = 4
KIN = 0.15  # least area, of the largest blob's, of another that is a finger too
HEIGHT = 1.38  # widths, of a print
PERIOD = 9.0  # px at 500 ppi
PERIODS = (4.0, 20.0)  # px of the photo


@dataclass(frozen=True, slots=True)
class Lobe:
    """One finger in the small picture, px."""

    left: int
    right: int
    top: int


def naive_prints(photo: Image, hand: Hand, extractor: MinutiaExtractor) -> Mapping[FingerPosition, Prints]:
    """The prints of four fingers; none where the skin has not four peaks."""
    scale = max(photo.pixels.shape[:2]) / SMALL_SIDE
    lobes = find_lobes(_skin(photo.pixels, scale))
    names = FOUR_FINGERS[hand] if hand is Hand.LEFT else FOUR_FINGERS[hand][::-1]
    if len(lobes) != FINGERS:
        return {}
    return {name: _read(photo.pixels, lobe, scale, extractor) for name, lobe in zip(names, lobes, strict=True)}


def compare_naive(a: Prints, b: Prints) -> float:
    """LSS-R of two prints, 0..1."""
    return float(relaxed_scores(a, b, likely_pairs(a, b))[0])


def find_lobes(skin: Pixels) -> list[Lobe]:
    """The fingers of a skin mask (H, W), from the left."""
    columns = np.flatnonzero(skin.any(0))
    if len(columns) < SMALL_SIDE // 12:
        return []
    first, last = int(columns[0]), int(columns[-1])
    tops = np.where(skin.any(0), skin.argmax(0), skin.shape[0])[first : last + 1]
    edge = cv2.GaussianBlur(tops.astype(np.float32)[None], (0, 0), 2)[0]
    padded = np.r_[skin.shape[0], edge, skin.shape[0]]
    peaks, facts = find_peaks(-padded, prominence=4, distance=max(8, len(tops) // 8))
    peaks = np.sort(peaks[np.argsort(-facts["prominences"])[:FINGERS]]) - 1
    valleys = [int(a + edge[a : b + 1].argmax()) for a, b in pairwise(peaks)]
    bounds = [0, *valleys, len(tops) - 1]
    return [
        Lobe(first + bounds[k], first + bounds[k + 1], int(tops[max(0, peak)]))
        for k, peak in enumerate(peaks)
        if bounds[k + 1] - bounds[k] > 8
    ]


def _skin(pixels: Pixels, scale: float) -> Pixels:
    size = (round(pixels.shape[1] / scale), round(pixels.shape[0] / scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    red = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb)[..., 1], (0, 0), 1.5)
    _, mask = cv2.threshold(red, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5))))
    if count < 2:
        return np.zeros_like(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return np.asarray(np.isin(labels, 1 + np.flatnonzero(areas >= KIN * areas.max())), np.uint8)


def _read(pixels: Pixels, lobe: Lobe, scale: float, extractor: MinutiaExtractor) -> Prints:
    left, right, top = (round(value * scale) for value in (lobe.left, lobe.right, lobe.top))
    bottom = min(pixels.shape[0], top + int(HEIGHT * (right - left)))
    gray = np.asarray(cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY), np.uint8)
    factor = float(np.clip(PERIOD / ridge_period(gray), 0.4, 2.5))
    resized = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    clear = np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(resized), np.uint8)[:, ::-1]
    print_ = GrayImage(np.ascontiguousarray(clear), 500.0)
    return prepare(extractor.extract(print_, np.ones(clear.shape, bool)))


def ridge_period(gray: Pixels) -> float:
    """The period of the strongest frequency in the middle of a print, px."""
    side = min(256, *gray.shape)
    y, x = (gray.shape[0] - side) // 2, (gray.shape[1] - side) // 2
    middle = gray[y : y + side, x : x + side].astype(np.float32)
    window = np.outer(np.hanning(side), np.hanning(side))
    power = np.abs(np.fft.rfft2((middle - middle.mean()) * window)) ** 2
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    rings = np.round(radius * side).astype(int)
    strength = np.bincount(rings.ravel(), power.ravel()) / np.maximum(np.bincount(rings.ravel()), 1)
    frequency = np.arange(len(strength)) / side
    usable = (frequency > 1 / PERIODS[1]) & (frequency < 1 / PERIODS[0])
    # Skin's own brightness falls with the square of the frequency; ridges stand out above that.
    return float(1 / frequency[usable][(strength * frequency**2)[usable].argmax()]) if usable.any() else PERIOD
