"""One finger's strip: a window on the picture, turned so that the finger stands upright in it."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.finger.hand.axes import FingerAxes, unit
from handfast.finger.hand.landmarks import Points
from handfast.finger.tip.outline import Outline, OutlineParameters, find_outline
from handfast.finger.types import Mask


@dataclass(frozen=True, slots=True)
class StripParameters:
    """Lengths in finger breadths."""

    breadth: float = 84.0  # strip px
    width: float = 2.8
    height: float = 3.7
    above: float = 1.15  # of the landmark, where the strip begins
    outline: OutlineParameters = field(default_factory=OutlineParameters)
    beyond: float = 0.33  # how far the tip reaches beyond its landmark


DEFAULT = StripParameters()


@dataclass(frozen=True, slots=True)
class Window:
    """A turned rectangle on the small picture.

    origin        (2,) px of the small picture, the top left corner
    right, down   (2,) px of the small picture for one px of the window
    size          width and height in px of the window
    """

    origin: Points
    right: Points
    down: Points
    size: tuple[int, int]

    def corners(self) -> Points:
        """(4, 2) px of the small picture, clockwise from the top left."""
        across, along = self.right * self.size[0], self.down * self.size[1]
        return np.stack([self.origin, self.origin + across, self.origin + across + along, self.origin + along])

    def view(self, picture: Pixels, scale: float, interpolation: int = cv2.INTER_LINEAR) -> Pixels:
        """What the window shows of a picture that is `scale` times the small one."""
        width, height = self.size
        # Pixel centres, not corners, stay in place when a picture is shrunk.
        source = (self.corners()[[0, 1, 3]] * scale + (scale - 1) / 2).astype(np.float32)
        target = np.array([(0, 0), (width, 0), (0, height)], np.float32)
        to_window = cv2.getAffineTransform(source, target)
        return np.asarray(cv2.warpAffine(picture, to_window, self.size, flags=interpolation), np.uint8)

    def inside(self, shape: tuple[int, ...]) -> Mask:
        """(height, width) bool: what of the window lies in a small picture of this (height, width)."""
        corners, ends = self.corners(), (shape[1] - 1, shape[0] - 1)
        if np.all(corners >= 0) and np.all(corners <= ends):
            return np.ones(self.size[::-1], bool)
        return self.view(np.ones(shape, np.uint8), 1.0, cv2.INTER_NEAREST) > 0


@dataclass(frozen=True, slots=True)
class Strip:
    """A finger turned tip up.

    window          where it lies on the small picture
    mask, visible   (H, W) bool: finger by colour; inside the picture
    outline         the finger in it
    """

    window: Window
    mask: Mask
    visible: Mask
    outline: Outline

    @property
    def small_width(self) -> float:
        """Breadth of the finger in px of the small picture."""
        return self.outline.width * float(np.linalg.norm(self.window.right))


def finger_strip(
    gray: Pixels,
    gray_scale: float,
    mask: Mask,
    axes: FingerAxes,
    finger: int,
    p: StripParameters = DEFAULT,
) -> Strip:
    """Strip and outline of one finger of these axes.

    gray       (H, W) uint8, the upright picture at `gray_scale` times the small picture's size
    mask       (h, w) bool over the small picture
    """
    down_unit = -unit(axes.directions[finger] + axes.mean)
    right_unit = np.array([down_unit[1], -down_unit[0]])
    breadth = float(axes.breadths[finger])
    origin = axes.tips[finger] - breadth * (down_unit * p.above + right_unit * p.width / 2)
    per_px = breadth / p.breadth
    size = (int(p.width * p.breadth), int(p.height * p.breadth))
    window = Window(origin, right_unit * per_px, down_unit * per_px, size)
    inside = window.view(mask.astype(np.uint8), 1.0, cv2.INTER_NEAREST) > 0
    visible = window.inside(mask.shape)
    expected = Outline(size[0] / 2, p.breadth, (p.above - p.beyond) * p.breadth, by_colour=False)
    found = find_outline(window.view(gray, gray_scale), inside, visible, expected, p.outline)
    return Strip(window, inside, visible, found)
