import io

import numpy as np
import pytest
from PIL import Image as Pillow

from handfast.base.image import GrayImage
from handfast.imaging.print_files import CONTACTLESS, contactless_png


def test_a_png_keeps_every_pixel_and_says_how_it_was_taken() -> None:
    y, x = np.mgrid[:440, :320]
    ridges = GrayImage((128 + 60 * np.cos(2 * np.pi * np.hypot(x - 150, y + 50) / 9)).astype(np.uint8), 500.0)
    read = Pillow.open(io.BytesIO(contactless_png(ridges)))
    assert np.array_equal(np.asarray(read), ridges.pixels)
    assert read.info["dpi"] == pytest.approx((500, 500), abs=0.1)
    assert read.info["Impression type"] == CONTACTLESS
