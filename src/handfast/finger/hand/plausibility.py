"""How much a landmark hypothesis looks like four fingers held up, in a picture whose silhouette is roughly known."""

from dataclasses import dataclass

import numpy as np

from handfast.finger.hand.axes import DIPS, unit
from handfast.finger.hand.landmarks import TIPS, Points
from handfast.finger.types import Mask

NO_HAND = -1.0


@dataclass(frozen=True, slots=True)
class PlausibilityParameters:
    """Lengths in finger spacings unless said otherwise."""

    least_agreement: float = 0.9  # length of the mean of the four unit directions
    least_up: float = 0.6  # how far that mean points up
    least_length: float = 2.0  # px, last joint to tip
    uneven: float = 2.5  # excess of the widest gap over the narrowest that scores 0
    overshoot: float = 0.2  # the silhouette ends this far beyond the landmark
    overshoot_width: float = 0.35
    length: float = 0.95  # last joint to tip
    length_width: float = 0.5


def plausibility(points: Points, mask: Mask, p: PlausibilityParameters = PlausibilityParameters()) -> float:
    """0 .. 3.5 (even spacing + axes inside + silhouette ends at the tips + half the length), or NO_HAND."""
    tips, joints = points[list(TIPS)], points[list(DIPS)]
    last = tips - joints
    lengths = np.linalg.norm(last, axis=1)
    if lengths.min() < p.least_length:
        return NO_HAND
    mean = unit(last).mean(0)
    agreement = float(np.linalg.norm(mean))
    mean = mean / max(agreement, 1e-9)
    if agreement < p.least_agreement or mean[1] > -p.least_up:
        return NO_HAND
    gaps = np.diff(tips @ np.array([-mean[1], mean[0]]))
    if not (np.all(gaps > 0) or np.all(gaps < 0)):
        return NO_HAND
    gaps = np.abs(gaps)
    spacing = float(np.median(gaps))
    evenness = 1.0 - min(1.0, (gaps.max() / gaps.min() - 1.0) / p.uneven)
    right_length = float(np.exp(-(((np.median(lengths) / spacing - p.length) / p.length_width) ** 2)))
    return float(evenness + _inside(mask, joints, last) + _ends(mask, tips, mean * spacing, p) + 0.5 * right_length)


def _inside(mask: Mask, joints: Points, last: Points) -> float:
    """Share of the fingers' axes that lies in the mask."""
    along = joints[:, None] + np.linspace(-1.2, 0.9, 12)[None, :, None] * last[:, None]
    return float(_look_up(mask, np.round(along)).mean())


def _ends(mask: Mask, tips: Points, step: Points, p: PlausibilityParameters) -> float:
    """1 where the mask ends a little above each tip, less where it goes on or ends early."""
    reach = np.arange(-0.6, 1.2, 0.1)
    hit = _look_up(mask, tips[:, None] + reach[None, :, None] * step)
    last = np.array([reach[row].max() if row.any() else 0.0 for row in hit])
    return float(np.exp(-(((last - p.overshoot) / p.overshoot_width) ** 2)).mean())


def _look_up(mask: Mask, points: Points) -> Mask:
    x = np.clip(points[..., 0].astype(int), 0, mask.shape[1] - 1)
    y = np.clip(points[..., 1].astype(int), 0, mask.shape[0] - 1)
    return np.asarray(mask[y, x])
