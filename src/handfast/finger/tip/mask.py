"""Which pixels are finger: colours learned in this very picture along the fingers, cleaned by a guided filter.

Guided filter: He, Sun & Tang 2013.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handfast.base.image import Pixels
from handfast.finger.hand.axes import FingerAxes, unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.types import Mask

Plane = NDArray[np.float32]
Lines = Sequence[Points]
"""One (n, 2) path along each finger, the tip last, in px."""
BINS = (12, 32, 32)  # of L, a and b
_BIN_SMOOTHING = np.array([1, 4, 6, 4, 1], np.float32) / 16


@dataclass(frozen=True, slots=True)
class MaskParameters:
    """Lengths in finger pitches (distance between neighbouring tips) unless said otherwise."""

    pitch: float = 48.0  # px, the fingers' spacing at which colours are learned
    above: float = 1.3  # of the box round the tips
    below: float = 2.0
    beside: float = 1.3
    finger: float = 0.6  # width of the line along a finger that is surely finger
    background: float = 2.6  # width of the line outside of which is surely background
    blur: float = 0.7  # px, Gaussian sigma before colours are counted
    sharpness: float = 0.6  # gain on the log ratio
    prior: float = 0.0  # how much nearness to a finger's line counts beside colour
    prior_middle: float = 0.6  # distance from the line at which nearness says nothing
    prior_width: float = 0.12
    radius: int = 6  # px, of the guided filter
    epsilon: float = 1e-3


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where colours are learned: surely finger and surely background, both (H, W) bool."""

    finger: Mask
    background: Mask


def finger_mask(small: Pixels, axes: FingerAxes, lines: Lines, p: MaskParameters = MaskParameters()) -> Mask:
    """(H, W) bool of an upright (H, W, 3) RGB picture, True on the fingers that these lines run along."""
    scale = p.pitch / max(axes.spacing, 3.0)
    low = np.maximum(axes.tips.min(0) - np.array([p.beside, p.above]) * axes.spacing, 0).astype(int)
    limit = (small.shape[1], small.shape[0])
    high = np.minimum(axes.tips.max(0) + np.array([p.beside, p.below]) * axes.spacing, limit).astype(int)
    mask = np.zeros(small.shape[:2], bool)
    if (high - low).min() < 8:
        return mask
    crop = small[low[1] : high[1], low[0] : high[0]]
    resampling = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    view = np.asarray(cv2.resize(crop, None, fx=scale, fy=scale, interpolation=resampling), np.uint8)
    local = [(line - low) * scale for line in lines]
    pitch = max(axes.pitch * scale, 6.0)
    near = draw_lines(view.shape[:2], local, p.finger * pitch, -0.15 * pitch)
    far = ~draw_lines(view.shape[:2], local, p.background * pitch, 0.25 * pitch)
    bias = p.prior * nearness(draw_lines(view.shape[:2], local, 0.06 * pitch, 0.25 * pitch), pitch, p)
    found = colour_mask(view, Seeds(near & ~far, far), bias, p)
    size = (crop.shape[1], crop.shape[0])
    mask[low[1] : high[1], low[0] : high[0]] = cv2.resize(found.astype(np.uint8) * 255, size) > 127
    return mask


def colour_mask(view: Pixels, seeds: Seeds, bias: Plane | float = 0.0, p: MaskParameters = MaskParameters()) -> Mask:
    """(H, W) bool where the colour is more like the finger's seeds than like the background's, given a bias (logit)."""
    logit = p.sharpness * colour_log_ratio(view, seeds, p) + bias
    red = np.asarray(view[..., 0] / np.float32(255), np.float32)
    likely = guided_filter(red, np.asarray(expit(logit), np.float32), p.radius, p.epsilon)
    return np.asarray(cv2.morphologyEx((likely > 0.5).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0)


def colour_log_ratio(view: Pixels, seeds: Seeds, p: MaskParameters) -> Plane:
    """Per pixel, the log of how much more often its Lab colour occurs in the finger's seeds."""
    lab = cv2.GaussianBlur(cv2.cvtColor(view, cv2.COLOR_RGB2LAB), (0, 0), p.blur).astype(np.int32)
    light = np.clip(lab[..., 0] * BINS[0] // 256, 0, BINS[0] - 1)
    red, yellow = (np.clip((lab[..., k] - 96) // 2, 0, 31) for k in (1, 2))
    code = (light * BINS[1] + red) * BINS[2] + yellow
    table = np.log(_histogram(code[seeds.finger]) / _histogram(code[seeds.background]))
    return np.asarray(table.ravel()[code], np.float32)


def nearness(lines: Mask, pitch: float, p: MaskParameters) -> Plane:
    """Logit by the distance from a finger's line: +2 on it, -2 far away."""
    distance = cv2.distanceTransform((~lines).astype(np.uint8), cv2.DIST_L2, 3) / np.float32(pitch)
    return np.asarray(-0.5 * np.clip((distance - p.prior_middle) / p.prior_width, -4, 4), np.float32)


def guided_filter(guide: Plane, signal: Plane, radius: int, epsilon: float) -> Plane:
    """The signal smoothed, but not across edges of the guide; both (H, W) float32."""

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.boxFilter(plane, -1, (2 * radius + 1, 2 * radius + 1)), np.float32)

    guide_mean, signal_mean = mean(guide), mean(signal)
    covariance = mean(guide * signal) - guide_mean * signal_mean
    variance = mean(guide * guide) - guide_mean * guide_mean
    slope = np.asarray(covariance / (variance + epsilon), np.float32)
    offset = signal_mean - slope * guide_mean
    return np.asarray(mean(slope) * guide + mean(offset), np.float32)


def draw_lines(shape: tuple[int, ...], lines: Lines, width: float, extend: float) -> Mask:
    """Thick lines, each longer (or shorter) by `extend` pixels at its last end."""
    drawn = np.zeros(shape[:2], np.uint8)
    for line in lines:
        end = line[-1] + unit(line[-1] - line[-2]) * extend
        longer = np.vstack([line, end]) if extend > 0 else np.vstack([line[:-1], end])
        path = np.round(longer).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(drawn, [path], isClosed=False, color=1, thickness=max(1, int(width)))
    return drawn > 0


def _histogram(codes: NDArray[np.int32]) -> Plane:
    """Share of each colour bin, smoothed a little along each axis, never zero."""
    counts: Plane = np.bincount(codes, minlength=BINS[0] * BINS[1] * BINS[2]).reshape(BINS).astype(np.float32)
    for axis in range(3):
        rows = np.ascontiguousarray(np.moveaxis(counts, axis, -1))
        flat = rows.reshape(-1, rows.shape[-1])
        smooth = cv2.sepFilter2D(flat, -1, _BIN_SMOOTHING, np.ones(1, np.float32), borderType=cv2.BORDER_CONSTANT)
        counts = np.moveaxis(np.asarray(smooth, np.float32).reshape(rows.shape), -1, axis)
    return np.asarray(counts / max(float(counts.sum()), 1.0) + 1e-5, np.float32)
