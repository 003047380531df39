"""Quality of a contactless fingertip: what was measured on it, one number, and one cause where it is too poor."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handfast.base.errors import (
    FingerBlurred,
    FingerDark,
    FingerGlare,
    FingerTooClose,
    FingerTooFar,
    PoorFinger,
)
from handfast.base.image import Pixels
from handfast.base.quality import Quality
from handfast.finger.ridges.blur import gaussian_blur
from handfast.finger.tip.crop import Fingertip
from handfast.finger.tip.scale import RIDGE_PERIOD, RIDGES_ACROSS, finger_ppi
from handfast.finger.types import Mask, Minutiae
from handfast.imaging.compiled import compiled_for_floats

CLARITY_COUNT = 25
CLEAR = 0.5  # coherence at which ridges can be followed
USUAL_AREA = 1.1 * (RIDGE_PERIOD * RIDGES_ACROSS) ** 2  # px at 500 ppi of a fingertip, less its rim
BURNT, BLACK = 250, 5  # gray levels at which nothing is left to see


@dataclass(frozen=True, slots=True)
class QualityParameters:
    """Where a fingertip is accepted, and where each cause begins."""

    least_clarity: float = 0.75  # mean score of the strongest minutiae; 84 % of unguided tips pass
    clarity_width: float = 0.06  # of the curve from clarity to quality
    least_minutiae: int = 12
    far: float = 235.0  # ppi below which ridges cannot be told apart
    rather_far: float = 290.0  # ppi below which distance is the likely cause of poor ridges
    least_visible: float = 0.85  # share of the fingertip inside the picture
    dark: float = 45.0  # mean gray level
    glare: float = 0.10  # share of burnt-out skin
    bright: float = 225.0  # mean gray level


@dataclass(frozen=True, slots=True)
class TipMeasures:
    """What a fingertip's pixels say, before its ridges are read.

    ppi        pixels per inch at the finger, from its width
    exposure   mean green level of the skin, 0..255
    glare      0..1, share of the skin whose green is burnt out
    focus      0..1, how much detail as fine as ridges runs in one direction; see ridge_focus
    covered    0..1, share of the fingertip's shape with skin colour
    visible    0..1, share of it inside the picture
    clear      0..1, share of a fingertip's usual area on which ridges run in one direction
    """

    ppi: float
    exposure: float
    glare: float
    focus: float
    covered: float
    visible: float
    clear: float = 1.0


def measure(tip: Fingertip, gray: Pixels, mask: Mask) -> TipMeasures:
    """Measures of a fingertip; gray and mask are its green channel at 500 ppi and where it can be read."""
    green = tip.pixels[..., 1][tip.mask]
    level = float(green.mean()) if len(green) else 0.0
    burnt = float((green >= BURNT).mean()) if len(green) else 0.0
    inner = cv2.erode(mask.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    coherent = coherence(gray)
    seen = coherent[inner]
    focus = float(seen.mean()) if len(seen) else 0.0
    clear = min(1.0, float((seen > CLEAR).sum()) / USUAL_AREA)
    return TipMeasures(finger_ppi(tip.width), level, burnt, focus, tip.covered, tip.visible, clear)


def ridge_focus(gray: Pixels, mask: Mask) -> float:
    """0..1, mean coherence of what is seen. Sharp ridges give 0.5 and more, blur leaves noise: 0.3."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    return float(coherence(gray)[inner].mean()) if inner.any() else 0.0


def coherence(gray: Pixels) -> NDArray[np.float32]:
    """(H, W) 0..1, how much of the detail as fine as ridges runs in one direction locally (Kass & Witkin 1987).

    Ridges run one way within a period or so; noise, which is what blur leaves, runs every way.
    """
    plane = gray.astype(np.float32)
    band = cv2.GaussianBlur(plane, (0, 0), 1.0) - gaussian_blur(plane, 3.0)
    x, y = cv2.Sobel(band, cv2.CV_32F, 1, 0), cv2.Sobel(band, cv2.CV_32F, 0, 1)
    xx, yy, xy = (gaussian_blur(product, 6.0).reshape(-1) for product in (x * x, y * y, x * y))
    _share_of_one_way(xx, yy, xy)
    return xx.reshape(gray.shape)


@compiled_for_floats
def _share_of_one_way(xx: NDArray[np.float32], yy: NDArray[np.float32], xy: NDArray[np.float32]) -> None:
    """Of gradients' mean squares and products, into the first."""
    for n in range(len(xx)):
        away, both = xx[n] - yy[n], xx[n] + yy[n] + np.float32(1e-3)
        xx[n] = np.sqrt(away * away + np.float32(4) * xy[n] * xy[n]) / both


def readable(gray: Pixels, mask: Mask) -> Mask:
    """The mask without what is burnt out or black over more than a ridge's width: there are no ridges to amplify."""
    if gray.min() > BLACK and gray.max() < BURNT:
        return mask
    lost = ((gray >= BURNT) | (gray <= BLACK)).astype(np.uint8)
    period = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    return np.asarray(mask & (cv2.dilate(cv2.morphologyEx(lost, cv2.MORPH_OPEN, period), period) == 0))


def clarity(minutiae: Minutiae) -> float:
    """0..1, mean score of the 25 strongest minutiae: how surely there are ridges."""
    if not len(minutiae):
        return 0.0
    return float(np.sort(minutiae.quality)[-CLARITY_COUNT:].mean()) / 100


def finger_quality(measures: TipMeasures, minutiae: Minutiae, p: QualityParameters = QualityParameters()) -> Quality:
    """One number (50 at the gate) with its parts."""
    clear = clarity(minutiae)
    value = 100 * expit((clear - p.least_clarity) / p.clarity_width)
    value *= min(1.0, len(minutiae) / p.least_minutiae) * min(1.0, measures.visible / p.least_visible)
    parts = {
        "clarity": clear,
        "minutiae": float(len(minutiae)),
        "ppi": measures.ppi,
        "exposure": measures.exposure,
        "glare": measures.glare,
        "focus": measures.focus,
        "area": measures.covered * measures.visible,
        "clear": measures.clear,
    }
    return Quality(float(np.clip(value, 0, 100)), parts)


def too_poor(quality: Quality, p: QualityParameters = QualityParameters()) -> PoorFinger | None:
    """Why this fingertip must be taken again, or None where it is good enough to compare."""
    parts = quality.parts
    if parts["clarity"] >= p.least_clarity and parts["minutiae"] >= p.least_minutiae and parts["ppi"] >= p.far:
        return None
    return likely_cause(parts["ppi"], parts["exposure"], parts["glare"], p) or FingerBlurred("ridges are not clear")


def likely_cause(
    ppi: float, exposure: float, glare: float, p: QualityParameters = QualityParameters()
) -> PoorFinger | None:
    """What the pixels alone give as the reason for poor ridges, the weightiest first; None where it must be blur."""
    if ppi < p.rather_far:
        return FingerTooFar(f"{ppi:.0f} ppi")
    if exposure < p.dark:
        return FingerDark(f"mean level {exposure:.0f}")
    if glare > p.glare or exposure > p.bright:
        return FingerGlare(f"{100 * glare:.0f} % burnt out")
    return None


def cut_off(tip: Fingertip, p: QualityParameters = QualityParameters()) -> FingerTooClose | None:
    """The reason not to read a fingertip that reaches out of the picture."""
    return FingerTooClose("the fingertip is cut off") if tip.visible < p.least_visible else None
