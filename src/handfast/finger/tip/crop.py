"""A fingertip cut out of the full picture at native resolution, with its mask."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.hand.landmarks import Points
from handfast.finger.tip.strip import Strip, Window
from handfast.finger.types import Mask


@dataclass(frozen=True, slots=True)
class CropParameters:
    """Lengths in finger widths."""

    height: float = 1.38
    above: float = 0.03  # of the tip
    dome: float = 0.6  # height of the half ellipse that bounds the tip
    believed: float = 0.6  # share of the ellipse below which the colour mask is not believed


@dataclass(frozen=True, slots=True, eq=False)
class Fingertip:
    """One fingertip, tip up, as the camera saw it.

    pixels    (H, W, 3) RGB at native resolution; the finger fills the width
    mask      (H, W) bool, where skin is in view
    covered   0..1, how much of what is in the picture of the fingertip's shape has finger colour
    visible   0..1, how much of it lies inside the picture
    corners   (4, 2) px of the upright picture
    """

    pixels: Pixels
    mask: Mask
    covered: float
    visible: float
    corners: Points

    @property
    def width(self) -> float:
        """Breadth of the finger in px of the picture."""
        return float(self.pixels.shape[1])


def cut_fingertip(full: Pixels, scale: float, strip: Strip, p: CropParameters = CropParameters()) -> Fingertip:
    """The fingertip of a strip, from the upright full picture that is `scale` times the small one."""
    width = max(8, round(strip.small_width * scale))
    height = int(p.height * width)
    outline, window = strip.outline, strip.window
    per_px = outline.width / width  # strip px for one px of the crop
    left, top = outline.centre - outline.width / 2, outline.tip - p.above * outline.width
    origin = window.origin + window.right * left + window.down * top
    window = Window(origin, window.right * per_px, window.down * per_px, (width, height))
    pixels = window.view(full, scale)

    def from_strip(mask: Mask) -> Mask:
        to_crop = np.array([(1 / per_px, 0, -left / per_px), (0, 1 / per_px, -top / per_px)])
        return np.asarray(cv2.warpAffine(mask.astype(np.uint8) * 255, to_crop, (width, height)) > 127)

    shape = fingertip_shape(width, height, p.dome)
    colour, inside = from_strip(strip.mask), from_strip(strip.visible)
    seen = shape & inside
    covered = float(colour[seen].mean()) if seen.any() else 0.0
    believed = outline.by_colour and covered >= p.believed
    mask = (colour if believed else np.ones_like(colour)) & seen
    return Fingertip(pixels, mask, covered, float(inside[shape].mean()), window.corners() * scale)


def fingertip_shape(width: int, height: int, dome: float) -> Mask:
    """(H, W) bool: full width, closed above by half an ellipse that is `dome` widths high."""
    x = (np.arange(width) - width / 2)[None] / (width / 2)
    y = np.minimum(np.arange(height) - dome * width, 0)[:, None] / (dome * width)
    return np.asarray(x * x + y * y <= 1)
