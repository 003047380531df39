"""Colour to grey."""

import cv2
import numpy as np

from handfast.base.image import GrayImage, Image


def grey(image: Image) -> GrayImage:
    """Luma of ITU-R BT.601, the same size and ppi."""
    return GrayImage(np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), np.uint8), image.ppi)
