import cv2
import numpy as np
import pytest

from handfast.finger.ridges.blur import gaussian_blur
from handfast.imaging.area import smaller


@pytest.mark.parametrize("shape", [(60, 130), (64, 64), (20, 7), (1, 5), (3, 1)])
@pytest.mark.parametrize("sigma", [1.0, 3.0, 6.0, 9.0])
def test_a_blur_is_what_opencv_makes_of_it(shape: tuple[int, int], sigma: float) -> None:
    noise = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    half = np.where(np.add.outer(np.arange(shape[0]), np.arange(shape[1])) < sum(shape) / 2, 0, 255).astype(np.float32)
    for plane in (noise, half):
        away = np.abs(gaussian_blur(plane, sigma) - cv2.GaussianBlur(plane, (0, 0), sigma)).max()
        assert away < (1e-4 if sigma < 3 else 1e-4 * 255)


@pytest.mark.parametrize("size", [(31, 40), (63, 80), (21, 20), (1, 1), (64, 80)])
def test_a_smaller_picture_is_what_opencv_makes_of_it_but_for_ties(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (80, 64, 3), np.uint8)
    apart = cv2.absdiff(smaller(pixels, size), cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.01


def test_a_picture_of_one_colour_keeps_it() -> None:
    pixels = np.full((90, 70, 3), (255, 0, 17), np.uint8)
    assert np.all(smaller(pixels, (33, 41)) == (255, 0, 17))
