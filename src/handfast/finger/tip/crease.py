"""The crease at the last joint: below it are no fingerprint ridges."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from handfast.base.image import Pixels


@dataclass(frozen=True, slots=True)
class CreaseParameters:
    """Lengths in finger widths from the top of the fingertip's crop."""

    first: float = 1.05  # row below which a crease may lie
    pad: tuple[float, float] = (0.45, 1.0)  # rows that have none, to compare with
    band: float = 0.6  # share of the width that is looked at
    fine: float = 0.03  # Gaussian sigma that swallows ridges
    coarse: float = 0.12  # Gaussian sigma of the shading round the crease
    depth: float = 5.0  # standard deviations of the pad's own rows
    least: float = 3.0  # gray levels


def crease_row(gray: Pixels, p: CreaseParameters = CreaseParameters()) -> int | None:
    """Row of the first dark line right across the lower part of a fingertip's (H, W) crop; None where there is none."""
    height, width = gray.shape
    left = int((1 - p.band) / 2 * width)
    rows = gray[:, left : width - left].astype(np.float32).mean(1)
    profile = gaussian_filter1d(rows, p.fine * width) - gaussian_filter1d(rows, p.coarse * width)
    first, pad = int(p.first * width), slice(int(p.pad[0] * width), int(p.pad[1] * width))
    if first >= height - 2:
        return None
    limit = -max(p.least, p.depth * float(profile[pad].std()))
    deep = np.flatnonzero(profile[first:] < limit)
    return first + int(deep[0]) if len(deep) else None
