"""Where a fingertip ends and a nail that stands out beyond it begins, varnished or not.

A nail is a band of another colour between the finger's upper end and a sharp edge across its axis. Skin changes its
colour towards the tip too, but little, or without an edge.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.tip.strip import Strip, Window
from handfast.finger.types import Floats


@dataclass(frozen=True, slots=True)
class NailParameters:
    """Lengths in finger breadths; colour differences in CIE Lab, lightness counted half."""

    band: float = 0.12  # to each side of the axis
    skin: tuple[float, float] = (0.65, 1.2)  # below the tip, where skin is sure to be
    rim: float = 0.04  # at the finger's upper end, where it mixes with the background
    shortest: float = 0.1
    longest: float = 0.65
    edge: float = 0.08  # within which colour turns into skin's
    other: float = 15.0  # from skin, that a nail is at the least
    near: float = 0.5  # of the nail's difference, that skin below the edge is at the most


def beyond_nail(strip: Strip, small: Pixels, p: NailParameters = NailParameters()) -> Strip:
    """The strip of a finger in the small upright RGB picture, its tip where the skin begins."""
    outline, window = strip.outline, strip.window
    reach, low = p.band * outline.width + 2, outline.tip + p.skin[1] * outline.width + 2  # all that is looked at
    left, right = max(0, int(outline.centre - reach)), min(window.size[0], int(outline.centre + reach) + 1)
    size = (right - left, min(window.size[1], int(low) + 1))
    if min(size) < 1:
        return strip
    band = Window(window.origin + window.right * left, window.right, window.down, size)
    length = nail_length(band.view(small, 1.0), outline.centre - left, outline.tip, outline.width, p)
    if length == 0.0:
        return strip
    return replace(strip, outline=replace(outline, tip=outline.tip + length))


def nail_length(
    picture: Pixels, centre: float, tip: float, width: float, p: NailParameters = NailParameters()
) -> float:
    """Pixels by which a nail stands out of an upright finger, 0.0 where none does; picture (H, W, 3) RGB."""
    first, last = round(tip + p.rim * width), round(tip + p.skin[1] * width)
    left, right = round(centre - p.band * width), round(centre + p.band * width) + 1
    if first < 0 or left < 0 or last > picture.shape[0] or right > picture.shape[1]:
        return 0.0
    away = _from_skin(picture[first:last, left:right], round((p.skin[0] - p.rim) * width))
    step = max(1, round(p.edge * width))
    shortest, longest = (round((length - p.rim) * width) for length in (p.shortest, p.longest))
    for row in range(max(1, shortest), min(longest, len(away) - step)):
        least = float(away[:row].min())
        if least < p.other:
            return 0.0
        if away[row + step :].max() <= p.near * least:
            return float(row + step / 2 + p.rim * width)
    return 0.0


def _from_skin(band: Pixels, skin: int) -> Floats:
    """(H,) how far each row's colour is from that of the rows from `skin` on."""
    lab = cv2.cvtColor(np.ascontiguousarray(band).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    ordered = np.sort(lab, axis=1)  # for the median, which numpy's own takes four times as long for
    rows = (ordered[:, (lab.shape[1] - 1) // 2] + ordered[:, lab.shape[1] // 2]) / 2
    difference = rows - np.median(rows[skin:], axis=0)
    return np.asarray(np.linalg.norm(difference * (0.5, 1.0, 1.0), axis=1))
