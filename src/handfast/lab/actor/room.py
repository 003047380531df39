"""More room around a portrait: its border goes on outwards, ever more blurred, as a room out of focus does."""

import cv2
import numpy as np

from handfast.base.image import Image, Pixels

SHARE = 0.7  # of the portrait's width and height, added on each side
FADE = 0.06  # of the longer side, over which the border turns into blur
SHRINK = 8  # the blur is made this many times smaller


def with_room(portrait: Image) -> tuple[Pixels, tuple[int, int]]:
    """The portrait in the middle of a larger picture, and where its corner lies in it (x, y)."""
    width, height = portrait.size
    x, y = round(width * SHARE), round(height * SHARE)
    wide = np.asarray(cv2.copyMakeBorder(portrait.pixels, y, y, x, x, cv2.BORDER_REPLICATE), np.uint8)
    size = (wide.shape[1], wide.shape[0])
    small = cv2.resize(wide, (size[0] // SHRINK, size[1] // SHRINK), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), max(size) / SHRINK / 40), size, interpolation=cv2.INTER_LINEAR)
    outside = np.ones(wide.shape[:2], np.uint8)
    outside[y : y + height, x : x + width] = 0
    away = cv2.distanceTransform(outside, cv2.DIST_L2, 3) / (FADE * max(width, height))
    share = np.clip(away, 0, 1)[..., None]
    return np.asarray(wide + (soft.astype(np.float32) - wide) * share, np.uint8), (x, y)
