"""The colour of a hand's skin, as far as two views of one hand can share it: its exposure is taken out.

Two cameras of one phone balance white differently, and so this can tell some hands apart and prove none to be the same.
"""

import numpy as np

from handfast.base.image import Pixels
from handfast.finger.hand.axes import finger_lines
from handfast.finger.hand.landmarks import FINGER_BASES, WRIST, Points

GAMMA = 2.2
PATCH = 120  # times that half a patch goes into the picture's short side

Tone = tuple[float, float]
"""log10 of red over green and of blue over green, in linear light."""


def palm_tone(pixels: Pixels, points: Points) -> Tone:
    """Of an open hand: (H, W, 3) RGB and its 21 landmarks, px."""
    return tone_at(pixels, points[list(FINGER_BASES)] * 0.6 + points[WRIST] * 0.4)


def finger_tone(pixels: Pixels, points: Points) -> Tone:
    """Of four fingers near the camera, between their middle and last joints."""
    return tone_at(pixels, np.concatenate([line[1:3] for line in finger_lines(points)]))


def tone_at(pixels: Pixels, places: Points) -> Tone:
    """The median colour of small patches at places (N, 2) px; those outside the picture do not count."""
    height, width = pixels.shape[:2]
    reach = max(2, min(height, width) // PATCH)
    inside = places[((places >= 0) & (places < [width, height])).all(axis=1)].astype(int)
    patches = [pixels[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1] for x, y in inside]
    if not patches:
        return 0.0, 0.0
    middle = np.median(np.concatenate([patch.reshape(-1, 3) for patch in patches]), axis=0)
    red, green, blue = (float(level) + 1.0 for level in middle)
    return GAMMA * float(np.log10(red / green)), GAMMA * float(np.log10(blue / green))
