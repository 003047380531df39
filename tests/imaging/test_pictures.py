"""Encoding, focus and geometry."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.image import GrayImage, Image
from handfast.imaging.colour import grey
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg, png
from handfast.imaging.focus import sharpness
from handfast.imaging.geometry import apply, inverse, similarity, turn_and_scale
from handfast.imaging.resize import fit


def noise(height: int = 90, width: int = 120) -> Image:
    return Image(np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8))


def test_a_png_gives_back_the_same_pixels() -> None:
    assert np.array_equal(decode(png(noise())).pixels, noise().pixels)


def test_a_jpeg_carries_no_metadata() -> None:
    data = jpeg(noise(), 90)
    assert b"Exif" not in data
    assert decode(data).size == (120, 90)


def test_more_blur_is_never_sharper() -> None:
    pixels = grey(noise()).pixels
    blurred = [GrayImage(np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)) for sigma in (0.5, 1, 2, 4)]
    values = [sharpness(image) for image in (GrayImage(pixels), *blurred)]
    assert values == sorted(values, reverse=True)


def test_focus_does_not_depend_on_contrast() -> None:
    pixels = grey(noise()).pixels
    assert sharpness(GrayImage(pixels // 4 + 100)) == pytest.approx(sharpness(GrayImage(pixels)), abs=0.03)


def test_a_flat_picture_has_no_focus() -> None:
    assert sharpness(GrayImage(np.full((50, 50), 128, np.uint8))) == 0.0


@given(st.floats(0.2, 5.0), st.floats(-3.1, 3.1), st.floats(-100, 100), st.floats(-100, 100))
def test_a_similarity_is_recovered_from_its_points(scale: float, angle: float, x: float, y: float) -> None:
    source = np.array([[0, 0], [40, 3], [20, 30], [5, 50], [38, 52]], np.float32)
    matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = (source @ matrix.T + [x, y]).astype(np.float32)
    assert np.allclose(apply(similarity(source, target), source), target, atol=1e-2)


def test_a_similarity_never_mirrors() -> None:
    source = np.array([[0, 0], [40, 0], [20, 30]], np.float32)
    matrix = similarity(source, source * np.array([-1, 1], np.float32))[:, :2]
    assert np.linalg.det(matrix) > 0


def test_a_square_is_carried_to_the_whole_picture_and_back() -> None:
    transform = turn_and_scale((50.0, 60.0), 20.0, 0.0, 100)
    corners = np.array([[40, 50], [60, 70]], np.float32)
    assert np.allclose(apply(transform, corners), [[0, 0], [100, 100]])
    assert np.allclose(apply(inverse(transform), apply(transform, corners)), corners, atol=1e-4)


def test_a_turned_square_has_its_own_right_along_the_angle() -> None:
    transform = turn_and_scale((50.0, 50.0), 20.0, np.pi / 2, 100)
    below = np.array([[50, 60]], np.float32)
    assert np.allclose(apply(transform, below), [[100, 50]], atol=1e-4)


def test_fitting_keeps_the_shape_and_tells_the_scale() -> None:
    image, scale = fit(noise(90, 120), 60)
    assert image.size == (60, 45)
    assert scale == 0.5


@pytest.mark.parametrize("sigma", [0.0, 1.0, 3.0])
def test_sharpness_is_what_a_second_blur_takes_away(sigma: float) -> None:
    noise = np.random.default_rng(4).integers(0, 256, (40, 60), np.uint8)
    pixels = cv2.GaussianBlur(noise, (0, 0), sigma) if sigma else noise
    kept = []
    for plane in (pixels, pixels.T):
        plain = np.ascontiguousarray(plane, np.float32)
        before, after = (np.abs(np.diff(p, axis=0)) for p in (plain, cv2.blur(plain, (1, 9))))
        kept.append(np.maximum(before - after, 0).sum() / before.sum())
    assert sharpness(GrayImage(np.ascontiguousarray(pixels, np.uint8))) == pytest.approx(min(kept), abs=1e-5)
