"""A rough silhouette of the hand from skin colour: Cr - Cb, Otsu's threshold, the blob that comes from below."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.types import Mask


@dataclass(frozen=True, slots=True)
class SilhouetteParameters:
    """Lengths in pixels of a picture whose long side is 504."""

    blur: float = 1.5  # Gaussian sigma
    opening: int = 7  # square, removes threads of background
    floating: float = 0.2  # weight of a blob that does not touch the lower edge
    kin: float = 0.2  # least area, of the largest blob's, of another that counts with it
    least_area: int = 750  # px, below this there is no silhouette
    top_share: float = 0.003  # of the blob's pixels that may lie above its top row


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a hand lies: its top row, and left and right where it is widest below the fingers; px."""

    top: float
    left: float
    right: float


def silhouettes(pixels: Pixels, parameters: SilhouetteParameters = SilhouetteParameters()) -> tuple[Mask, ...]:
    """(H, W, 3) RGB with the tips up in; likely hands out, each (H, W) bool: parted fingers as one, then the best blob.

    Four spread fingers held close, with no palm in view, are four blobs; so those that come from below count together.
    """
    redness = skin_redness(pixels, parameters)
    skin = redder_than(redness, split_level(redness), parameters)
    # An opened blob has 49 px or more, so 16 bits count those of three million px, in half the time.
    count, labels, stats, _ = cv2.connectedComponentsWithStats(skin, ltype=cv2.CV_16U)
    if count < 2:
        return ()
    blobs = stats[1:]
    lowest = blobs[:, cv2.CC_STAT_TOP] + blobs[:, cv2.CC_STAT_HEIGHT]
    from_below = lowest >= pixels.shape[0] - 3
    areas = blobs[:, cv2.CC_STAT_AREA] * np.where(from_below, 1.0, parameters.floating)
    best = int(np.argmax(areas))
    single = np.asarray(labels == 1 + best)
    kin = np.flatnonzero(from_below & (areas >= parameters.kin * areas[best]))
    if len(kin) < 2 or not from_below[best]:
        return (single,)
    return np.logical_or.reduce([labels == 1 + blob for blob in kin]), single


def skin_redness(pixels: Pixels, parameters: SilhouetteParameters = SilhouetteParameters()) -> Pixels:
    """How much redder than blue each pixel is: Cr - Cb, not below 0; (H, W) uint8."""
    luma_chroma = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    smooth = cv2.GaussianBlur(luma_chroma, (0, 0), parameters.blur)
    return np.asarray(cv2.subtract(cv2.extractChannel(smooth, 1), cv2.extractChannel(smooth, 2)), np.uint8)


def split_level(values: Pixels) -> float:
    """Otsu's threshold (1979): what parts the values best into a lower and an upper class."""
    return float(cv2.threshold(values, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])


def redder_than(redness: Pixels, level: float, parameters: SilhouetteParameters = SilhouetteParameters()) -> Pixels:
    """1 where the redness is above a level, without thin threads; (H, W) uint8."""
    square = np.ones((parameters.opening, parameters.opening), np.uint8)
    return np.asarray(cv2.morphologyEx((redness > level).astype(np.uint8), cv2.MORPH_OPEN, square), np.uint8)


def extent(mask: Mask, parameters: SilhouetteParameters = SilhouetteParameters()) -> Extent | None:
    """Where the silhouette's lower part lies; None where it is too small to be a hand."""
    filled = np.cumsum(np.count_nonzero(mask, axis=1))
    if not len(filled) or filled[-1] < max(1, parameters.least_area):
        return None
    top = int(np.searchsorted(filled, parameters.top_share * filled[-1]))
    lower = mask[min(mask.shape[0] - 1, int(top + 0.6 * (mask.shape[0] - top))) :]
    columns = np.flatnonzero(lower.any(0))
    if len(columns) < 12:
        return None
    return Extent(float(top), float(columns[0]), float(columns[-1]))
