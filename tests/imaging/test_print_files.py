import io

import numpy as np
import pytest
import wsq  # noqa: F401 - registers itself with Pillow
from PIL import Image as Pillow

from handfast.base.image import GrayImage
from handfast.imaging.print_files import CONTACTLESS, contactless_png, contactless_wsq


@pytest.fixture(scope="module")
def ridges() -> GrayImage:
    y, x = np.mgrid[:440, :320]
    return GrayImage((128 + 60 * np.cos(2 * np.pi * np.hypot(x - 150, y + 50) / 9)).astype(np.uint8), 500.0)


def test_a_png_keeps_every_pixel_and_says_how_it_was_taken(ridges: GrayImage) -> None:
    read = Pillow.open(io.BytesIO(contactless_png(ridges, "study 7")))
    assert np.array_equal(np.asarray(read), ridges.pixels)
    assert read.info["dpi"] == pytest.approx((500, 500), abs=0.1)
    assert read.info["Impression type"] == CONTACTLESS
    assert read.info["Comment"] == "study 7"


def test_a_wsq_file_is_read_by_another_decoder_with_its_ridges(ridges: GrayImage) -> None:
    read = np.asarray(Pillow.open(io.BytesIO(contactless_wsq(ridges)))).astype(float)
    assert read.shape == ridges.pixels.shape
    assert np.abs(read - ridges.pixels).mean() < 3


def test_a_wsq_file_states_its_resolution_and_how_it_was_taken(ridges: GrayImage) -> None:
    coded = contactless_wsq(ridges)
    assert b"PPI 500" in coded
    assert CONTACTLESS.encode() in coded
    assert len(coded) < ridges.pixels.size / 8
